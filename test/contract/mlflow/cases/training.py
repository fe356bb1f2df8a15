"""What scikit-learn and mlflow.evaluate log by themselves."""

import mlflow
from sklearn.datasets import load_iris
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from .fluent import content, files
from .harness import case


def iris():
    features, target = load_iris(return_X_y=True, as_frame=True)
    return features.iloc[::5], target.iloc[::5]


@case
def autolog_of_a_classifier_without_its_model(at):
    at.fluent()
    mlflow.sklearn.autolog(log_models=False, silent=True)
    with mlflow.start_run(run_name="auto") as run:
        features, target = iris()
        LogisticRegression(max_iter=50).fit(features, target)
    return content(at, run.info.run_id)


@case
def autolog_of_a_classifier_with_its_model(at):
    at.fluent()
    mlflow.sklearn.autolog(silent=True, log_input_examples=True, extra_tags={"mine": "yes"})
    with mlflow.start_run(run_name="auto") as run:
        features, target = iris()
        model = LogisticRegression(max_iter=50).fit(features, target)
        mean = model.score(features, target)
    loaded = mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/model")
    return [
        content(at, run.info.run_id),
        mean,
        loaded.predict(features.head(20)).tolist(),
        at.client.get_run(run.info.run_id).outputs if hasattr(run, "outputs") else None,
    ]


@case
def autolog_starts_a_run_of_its_own(at):
    at.fluent()
    mlflow.sklearn.autolog(log_models=False, silent=True, log_datasets=False)
    features, target = iris()
    make_pipeline(StandardScaler(), LinearRegression()).fit(features, target)
    run = mlflow.last_active_run()
    return [mlflow.active_run(), content(at, run.info.run_id)]


@case
def autolog_of_a_grid_search_makes_children(at):
    at.fluent()
    mlflow.sklearn.autolog(silent=True, log_models=False, max_tuning_runs=3)
    with mlflow.start_run(run_name="grid") as run:
        features, target = iris()
        GridSearchCV(LogisticRegression(max_iter=50), {"C": [0.1, 1.0, 10.0, 100.0]}, cv=2).fit(
            features, target
        )
    children = at.client.search_runs(
        [at.experiment], f"tags.mlflow.parentRunId = '{run.info.run_id}'", order_by=["params.C"]
    )
    # How long a fit took is a metric as well.
    timed = lambda data: {key: value for key, value in data.metrics.items() if "time" not in key}
    whole = content(at, run.info.run_id)
    whole["metrics"] = timed(at.client.get_run(run.info.run_id).data)
    return [whole, [[child.data.params, timed(child.data), child.info.status] for child in children]]


@case
def metrics_after_the_fit_are_logged_as_well(at):
    from sklearn.metrics import accuracy_score

    at.fluent()
    mlflow.sklearn.autolog(silent=True, log_models=False)
    with mlflow.start_run(run_name="after") as run:
        features, target = iris()
        model = LogisticRegression(max_iter=50).fit(features, target)
        accuracy_score(target, model.predict(features))
    return content(at, run.info.run_id)


@case
def evaluation_of_a_table_of_predictions(at):
    at.fluent()
    features, target = iris()
    table = features.assign(target=target, prediction=(target + (features.index % 10 == 0)) % 3)
    with mlflow.start_run(run_name="evaluation") as run:
        result = mlflow.models.evaluate(
            data=mlflow.data.from_pandas(
                table,
                source="https://example.invalid/iris.csv",
                name="iris",
                targets="target",
                predictions="prediction",
            ),
            model_type="classifier",
            evaluator_config={"log_explainer": False},
        )
    return [content(at, run.info.run_id), result.metrics, sorted(result.artifacts)]


@case
def evaluation_of_a_logged_model(at):
    at.fluent()
    features, target = iris()
    with mlflow.start_run(run_name="evaluation") as run:
        logged = mlflow.sklearn.log_model(
            LinearRegression().fit(features, target), "model", input_example=features.head(2)
        )
        result = mlflow.models.evaluate(
            logged.model_uri,
            features.assign(target=target),
            targets="target",
            model_type="regressor",
            evaluator_config={"log_explainer": False},
        )
    data = at.client.get_run(run.info.run_id).data
    return [
        {k: round(v, 9) for k, v in data.metrics.items()},
        result.metrics == data.metrics,
        sorted(data.tags),
        files(at, run.info.run_id),
    ]
