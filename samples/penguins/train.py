"""Tells the species of a penguin from four measurements.

Needs only Python's standard library: there is nothing to install.
Multinomial logistic regression (softmax), trained by mini-batch gradient descent.
"""

import csv
import math
import os
import random
import sys
from contextlib import nullcontext
from pathlib import Path

try:
    import mlflow
except ImportError:
    try:  # The Workbench puts this stand-in on the path: same calls, nothing to install.
        import mlops_workbench as mlflow
    except ImportError:
        mlflow = None  # Plain `python3 train.py`: the figures are printed and kept nowhere.

FOLDER = Path(__file__).resolve().parent
MEASUREMENTS = ["beak_length_mm", "beak_depth_mm", "flipper_length_mm", "body_mass_g"]
SPECIES = ["Adelie", "Chinstrap", "Gentoo"]
VALIDATION_SHARE = 0.3


def main():
    parameters = read_parameters(os.environ.get("MLOPS_PARAMS") or FOLDER / "params.yaml")
    rows = read_penguins(FOLDER / "data" / "penguins.csv")
    with mlflow.start_run() if mlflow else nullcontext():
        if mlflow:
            mlflow.log_params(parameters)
        train_and_log(parameters, rows)


def train_and_log(parameters, rows):
    generator = random.Random(int(parameters["seed"]))
    generator.shuffle(rows)
    held_out = round(len(rows) * VALIDATION_SHARE)
    scaling = measure_scaling(rows[held_out:])
    validation, training = scale(rows[:held_out], scaling), scale(rows[held_out:], scaling)
    print(f"{len(training)} penguins to learn from, {len(validation)} to check against", flush=True)

    epochs = int(parameters["epochs"])
    for epoch, weights, loss in train(training, parameters, generator):
        figures = {
            "loss": loss,
            "accuracy": accuracy(weights, training),
            "validation_accuracy": accuracy(weights, validation),
        }
        if mlflow:
            mlflow.log_metrics(figures, step=epoch)
        if epoch == 1 or epoch % 100 == 0 or epoch == epochs:
            print(f"epoch {epoch:4d}  " + "  ".join(f"{k} {v:.4f}" for k, v in figures.items()), flush=True)

    confusion = confusion_matrix(weights, validation)
    print("\n" + confusion_text(confusion), flush=True)
    if mlflow:
        mlflow.log_dict({"species": SPECIES, "rows_are": "true species", "counts": confusion}, "confusion_matrix.json")
        mlflow.log_text(confusion_text(confusion), "confusion_matrix.txt")
        mlflow.log_dict(model_description(weights, scaling), "model.json")
        mlflow.set_tags({"model": "softmax regression", "rows": str(len(rows))})


def train(examples, parameters, generator):
    """Yields (epoch from 1, weights, mean loss of the epoch); weights are one row per species, bias last."""
    learning_rate, l2 = float(parameters["learning_rate"]), float(parameters["l2"])
    batch_size = int(parameters["batch_size"])
    weights = [[0.0] * (len(MEASUREMENTS) + 1) for _ in SPECIES]
    for epoch in range(1, int(parameters["epochs"]) + 1):
        generator.shuffle(examples)
        total_loss = 0.0
        for start in range(0, len(examples), batch_size):
            batch = examples[start : start + batch_size]
            slope = [[0.0] * len(row) for row in weights]
            for inputs, species in batch:
                chances = softmax(scores(weights, inputs))
                total_loss -= math.log(max(chances[species], 1e-12))
                for index, chance in enumerate(chances):
                    miss = chance - (index == species)
                    for column, value in enumerate(inputs):
                        slope[index][column] += miss * value
            for row, slope_row in zip(weights, slope):
                for column, value in enumerate(slope_row):
                    shrink = 0.0 if column == len(MEASUREMENTS) else l2 * row[column]
                    row[column] -= learning_rate * (value / len(batch) + shrink)
        yield epoch, weights, total_loss / len(examples)


def scores(weights, inputs):
    return [sum(weight * value for weight, value in zip(row, inputs)) for row in weights]


def softmax(values):
    highest = max(values)  # Subtracted so that no power overflows.
    powers = [math.exp(value - highest) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def predict(weights, inputs):
    values = scores(weights, inputs)
    return values.index(max(values))


def accuracy(weights, examples):
    return sum(predict(weights, inputs) == species for inputs, species in examples) / len(examples)


def confusion_matrix(weights, examples):
    counts = [[0] * len(SPECIES) for _ in SPECIES]
    for inputs, species in examples:
        counts[species][predict(weights, inputs)] += 1
    return counts


def confusion_text(counts):
    lines = ["true \\ found " + "".join(f"{name:>10}" for name in SPECIES)]
    lines += [f"{name:<13}" + "".join(f"{count:>10}" for count in row) for name, row in zip(SPECIES, counts)]
    return "\n".join(lines) + "\n"


def model_description(weights, scaling):
    return {
        "kind": "softmax regression",
        "inputs": [{"name": n, "mean": mean, "deviation": d} for n, (mean, d) in zip(MEASUREMENTS, scaling)],
        "classes": SPECIES,
        "weights": [row[:-1] for row in weights],
        "biases": [row[-1] for row in weights],
    }


def read_penguins(file):
    """([four measurements], species index) of each penguin that was measured at all."""
    if not file.exists():
        sys.exit(f"{file} is missing. Make it with `node prepare.mjs`, then run this again.")
    with open(file, encoding="utf-8", newline="") as table:
        return [
            ([float(row[name]) for name in MEASUREMENTS], SPECIES.index(row["species"]))
            for row in csv.DictReader(table)
            if all(row[name] for name in MEASUREMENTS)
        ]


def measure_scaling(rows):
    """(mean, standard deviation) of each measurement."""
    columns = list(zip(*(values for values, _ in rows)))
    means = [sum(column) / len(column) for column in columns]
    deviations = [math.sqrt(sum((v - m) ** 2 for v in c) / len(c)) for c, m in zip(columns, means)]
    return list(zip(means, deviations))


def scale(rows, scaling):
    """Every measurement in standard deviations from its mean, and a 1 for the bias."""
    return [
        ([(value - mean) / deviation for value, (mean, deviation) in zip(values, scaling)] + [1.0], species)
        for values, species in rows
    ]


def read_parameters(file):
    """Names and values as they are written: flat YAML, `name: value  # comment`."""
    lines = (line.split("#")[0] for line in Path(file).read_text(encoding="utf-8").splitlines())
    pairs = (line.partition(":") for line in lines if ":" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


if __name__ == "__main__":
    main()
