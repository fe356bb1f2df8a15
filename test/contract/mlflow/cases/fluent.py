"""The fluent API, as training scripts use it."""

import math
import os
import threading

import mlflow
import numpy
import pandas

from .harness import attempt, by_key, case, case_of_3, names


def content(at, run_id):
    """A run as a person would look through it: data, inputs, outputs and the names of its files."""
    run = at.client.get_run(run_id)
    return {
        "info": {key: value for key, value in dict(run.info).items() if key != "run_name"},
        "params": run.data.params,
        "metrics": run.data.metrics,
        "tags": {key: value for key, value in run.data.tags.items() if key != "mlflow.runName"},
        "datasets": by_key(at.normalise(run.inputs.dataset_inputs)),
        "files": files(at, run_id),
    }


def files(at, run_id, path=None):
    found = []
    for file in at.client.list_artifacts(run_id, path):
        # How large a picture or a pickled model is, differs from run to run.
        found.append(file.path)
        if file.is_dir:
            found += files(at, run_id, file.path)
    return found


@case
def set_experiment_makes_it_and_finds_it_again(at):
    made = mlflow.set_experiment(at.name + " by name")
    at.known_experiment(made.experiment_id, at.name + " by name")
    return [
        made,
        mlflow.set_experiment(at.name + " by name").experiment_id == made.experiment_id,
        attempt(mlflow.set_experiment, experiment_id="987654"),
        attempt(mlflow.set_experiment, ""),
    ]


@case
def start_run_and_the_end_of_it(at):
    at.fluent()
    with mlflow.start_run(run_name="plain", tags={"a": "1"}, description="what it is for") as run:
        during = mlflow.active_run().info.status, at.client.get_run(run.info.run_id).info.status
    return [
        during,
        at.client.get_run(run.info.run_id),
        mlflow.last_active_run().info.run_id == run.info.run_id,
    ]


@case
def a_run_without_a_name_gets_one_from_the_server(at):
    at.fluent()
    with mlflow.start_run() as run:
        pass
    return [
        len(run.info.run_name) > 5,
        at.client.get_run(run.info.run_id).data.tags["mlflow.runName"] == run.info.run_name,
    ]


@case
def a_run_that_raises_has_failed(at):
    at.fluent()
    try:
        with mlflow.start_run(run_name="raises") as run:
            mlflow.log_metric("m", 1)
            raise KeyError("sex")
    except KeyError:
        pass
    return dict(at.client.get_run(run.info.run_id).info)


@case
def a_run_is_taken_up_again(at):
    at.fluent()
    with mlflow.start_run(run_name="first") as run:
        mlflow.log_metric("m", 1, step=1)
    with mlflow.start_run(run_id=run.info.run_id):
        during = at.client.get_run(run.info.run_id).info
        mlflow.log_metric("m", 2, step=2)
    at.client.delete_run(run.info.run_id)
    return [
        during,
        at.client.get_run(run.info.run_id),
        attempt(mlflow.start_run, run_id=run.info.run_id),
        attempt(mlflow.start_run, run_id="f" * 32),
    ]


@case
def a_run_named_by_the_environment(at):
    at.fluent()
    os.environ["MLFLOW_RUN_ID"] = at.run("from outside")
    try:
        with mlflow.start_run() as run:
            mlflow.log_param("p", 1)
    finally:
        os.environ.pop("MLFLOW_RUN_ID", None)
    return at.client.get_run(run.info.run_id)


@case
def nested_runs_in_three_layers(at):
    at.fluent()
    with mlflow.start_run(run_name="parent") as parent:
        for child in ("a", "b"):
            with mlflow.start_run(run_name=child, nested=True):
                mlflow.log_metric("m", 1)
                with mlflow.start_run(run_name=child + " grandchild", nested=True) as last:
                    mlflow.log_metric("m", 2)
    children = mlflow.search_runs(
        filter_string=f"tags.mlflow.parentRunId = '{parent.info.run_id}'",
        order_by=["attributes.run_name"],
        output_format="list",
    )
    return [
        names(children),
        mlflow.get_parent_run(last.info.run_id).info.run_name,
        names(at.client.search_runs([at.experiment], order_by=["run_name"])),
    ]


@case
def everything_that_is_logged_is_read_back(at):
    at.fluent()
    with mlflow.start_run(run_name="all") as run:
        mlflow.log_param("lr", 0.1)
        mlflow.log_params({"epochs": 3, "note": "größe"})
        for step in range(5):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)
        mlflow.log_metrics({"a": 1, "b": 2.5}, step=7)
        mlflow.log_metric("at", 1, timestamp=12345)
        mlflow.set_tag("team", "birds")
        mlflow.set_tags({"x": 1, "y": None, "gone": "1"})
        mlflow.delete_tag("gone")
        mlflow.log_text("hello", "notes/a.txt")
        mlflow.log_dict({"k": 1}, "config.yaml")
        mlflow.log_artifact(at.file("file.txt", "file"))
        uri = mlflow.get_artifact_uri("notes")
    return [
        content(at, run.info.run_id),
        at.client.get_metric_history(run.info.run_id, "loss"),
        uri,
        mlflow.get_run(run.info.run_id).data.metrics["at"],
    ]


@case
def logging_without_waiting(at):
    at.fluent()
    with mlflow.start_run(run_name="asynchronous") as run:
        for step in range(20):
            mlflow.log_metric("m", step, step=step, timestamp=1000 + step, synchronous=False)
        mlflow.log_params({"a": 1, "b": 2}, synchronous=False)
        mlflow.set_tag("t", "1", synchronous=False)
        mlflow.flush_async_logging()
    read = at.client.get_run(run.info.run_id).data
    return [
        read.metrics,
        read.params,
        read.tags.get("t"),
        len(at.client.get_metric_history(run.info.run_id, "m")),
    ]


@case
def several_threads_log_into_one_run(at):
    run = at.run("threads")

    def work(thread):
        for step in range(8):
            at.client.log_metric(run, f"m{thread}", step, 1000, step)
            at.client.log_param(run, f"p{thread}-{step}", step)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    read = at.client.get_run(run).data
    return [
        read.metrics,
        len(read.params),
        [len(at.client.get_metric_history(run, f"m{n}")) for n in range(4)],
    ]


@case
def images_with_keys_and_names(at):
    at.fluent()
    picture = numpy.full((8, 8, 3), 100, dtype=numpy.uint8)
    with mlflow.start_run(run_name="images") as run:
        mlflow.log_image(picture, "plain.png")
        mlflow.log_image(picture, key="dogs", step=3, timestamp=1000)
        mlflow.log_image(picture, key="cats/small one", step=0, timestamp=2000)
    stored = sorted(files(at, run.info.run_id))
    back = mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/plain.png")
    return [stored, back.size, at.client.get_run(run.info.run_id).data.tags.get("mlflow.loggedImages")]


@case
def figures(at):
    from matplotlib.figure import Figure

    at.fluent()
    figure = Figure(figsize=(1, 1))
    figure.subplots().plot([1, 2])
    with mlflow.start_run(run_name="figure") as run:
        mlflow.log_figure(figure, "plots/line.png")
    return [
        files(at, run.info.run_id),
        mlflow.artifacts.load_image(f"runs:/{run.info.run_id}/plots/line.png").size,
    ]


@case
def tables_grow(at):
    at.fluent()
    with mlflow.start_run(run_name="table") as run:
        mlflow.log_table({"q": ["a", "b"], "n": [1, 2]}, "t.json")
        mlflow.log_table(pandas.DataFrame({"q": ["c"], "n": [3]}), "t.json")
    return [mlflow.load_table("t.json", [run.info.run_id]), content(at, run.info.run_id)]


@case
def datasets_of_pandas_and_numpy(at):
    at.fluent()
    frame = pandas.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "z"]})
    with mlflow.start_run(run_name="data") as run:
        mlflow.log_input(
            mlflow.data.from_pandas(
                frame, source="https://example.invalid/p.csv", name="penguins", targets="b"
            ),
            context="training",
        )
        mlflow.log_input(
            mlflow.data.from_numpy(
                numpy.arange(6).reshape(2, 3), source="https://example.invalid/n.npy", name="numbers"
            ),
            context="eval",
            tags={"split": "2"},
        )
        mlflow.log_input(
            mlflow.data.from_pandas(
                frame, source="https://example.invalid/p.csv", name="penguins", targets="b"
            ),
            context="training",
        )
    read = at.client.get_run(run.info.run_id)
    logged = next(i.dataset for i in read.inputs.dataset_inputs if i.dataset.name == "penguins")
    return [content(at, run.info.run_id), mlflow.data.get_source(logged).to_dict()]


@case
def runs_and_experiments_are_deleted(at):
    at.fluent()
    with mlflow.start_run(run_name="gone") as run:
        pass
    mlflow.delete_run(run.info.run_id)
    mlflow.delete_experiment(at.experiment)
    return [
        at.client.get_run(run.info.run_id).info.lifecycle_stage,
        mlflow.get_experiment(at.experiment).lifecycle_stage,
        mlflow.get_experiment_by_name(at.name),
        mlflow.get_experiment_by_name("nobody has this name"),
    ]


@case
def experiments_are_made_and_searched(at):
    made = at.known_experiment(mlflow.create_experiment(at.name, tags={"a": "1"}), at.name)
    mlflow.set_experiment(experiment_id=made)
    mlflow.set_experiment_tag("b", "2")
    mlflow.set_experiment_tags({"c": "3"})
    return mlflow.search_experiments(filter_string=f"name = '{at.name}' AND tags.b = '2'")


@case_of_3
def a_metric_belongs_to_a_dataset_and_a_model(at):
    at.fluent()
    frame = mlflow.data.from_pandas(
        pandas.DataFrame({"a": [1, 2]}), source="https://example.invalid/a.csv", name="small"
    )
    with mlflow.start_run(run_name="linked") as run:
        model = mlflow.initialize_logged_model("linked", source_run_id=run.info.run_id)
        mlflow.log_metric("accuracy", 0.5, step=1, dataset=frame, model_id=model.model_id)
        mlflow.log_metrics({"f1": 0.25}, step=2, dataset=frame, model_id=model.model_id)
    metrics = by_key(at.normalise(mlflow.get_logged_model(model.model_id).metrics))
    return [metrics, at.client.get_run(run.info.run_id)]


@case
def not_a_number_through_the_fluent_api(at):
    at.fluent()
    with mlflow.start_run(run_name="nan") as run:
        mlflow.log_metric("broken", math.nan)
        mlflow.log_metrics({"broken too": math.nan, "fine": 1})
    frame = mlflow.search_runs([at.experiment])
    return [at.client.get_run(run.info.run_id).data.metrics, frame[["metrics.broken", "metrics.fine"]]]
