"""Models: logged, registered and loaded again by every address that MLflow knows."""

import mlflow
import numpy
import pandas
from mlflow.models import infer_signature
from sklearn.linear_model import LinearRegression

from .artifacts import walk
from .harness import attempt, case, case_of_2, case_of_3, client_is_3, plain

features = pandas.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 1.0, 0.0]})


def fitted(slope=2.0):
    return LinearRegression().fit(features, features["a"] * slope + features["b"])


def log(at, slope=2.0, registered=None, name="model", run_name="run", **more):
    """Logs a model as both clients can."""
    at.fluent()
    with mlflow.start_run(run_name=run_name) as run:
        place = {"name": name} if client_is_3 else {"artifact_path": name}
        logged = mlflow.sklearn.log_model(
            fitted(slope), registered_model_name=registered, pip_requirements=["mlflow"], **place, **more
        )
    return run.info.run_id, logged


def predicted(uri):
    return [round(value, 6) for value in mlflow.pyfunc.load_model(uri).predict(features).tolist()]


@case
def a_model_is_loaded_from_its_run(at):
    run, logged = log(at)
    return [
        predicted(f"runs:/{run}/model"),
        mlflow.sklearn.load_model(f"runs:/{run}/model").coef_.round(6),
        logged.model_uri,
        sorted(at.client.get_run(run).data.tags),
        [file[:2] for file in walk(at, run)],
    ]


@case
def a_model_is_loaded_by_its_own_address(at):
    _run, logged = log(at)
    return [predicted(logged.model_uri), mlflow.models.get_model_info(logged.model_uri).flavors]


@case
def a_model_has_a_signature_and_an_example(at):
    run, logged = log(
        at, signature=infer_signature(features, numpy.array([1.0])), input_example=features.head(2)
    )
    loaded = mlflow.pyfunc.load_model(f"runs:/{run}/model")
    info = mlflow.models.get_model_info(f"runs:/{run}/model")
    return [
        loaded.metadata.signature.to_dict(),
        info.signature.to_dict(),
        mlflow.models.Model.load(logged.model_uri).saved_input_example_info,
    ]


@case
def a_model_of_python_functions(at):
    class Doubles(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            return model_input * 2

    at.fluent()
    with mlflow.start_run(run_name="function") as run:
        place = {"name": "double"} if client_is_3 else {"artifact_path": "double"}
        mlflow.pyfunc.log_model(
            python_model=Doubles(),
            pip_requirements=["mlflow"],
            artifacts={"words": at.file("words.txt", "a")},
            **place,
        )
    return mlflow.pyfunc.load_model(f"runs:/{run.info.run_id}/double").predict(
        pandas.DataFrame({"a": [1, 2]})
    )


@case
def a_model_is_registered_while_it_is_logged(at):
    name = at.name
    log(at, 2.0, name)
    log(at, 3.0, name)
    return [
        predicted(f"models:/{name}/1"),
        predicted(f"models:/{name}/2"),
        predicted(f"models:/{name}/latest"),
        at.client.get_model_version(name, "1"),
        at.client.get_registered_model(name),
    ]


@case
def a_model_of_a_run_is_registered_later(at):
    run, _logged = log(at)
    version = mlflow.register_model(f"runs:/{run}/model", at.name, tags={"stage": "later"})
    again = mlflow.register_model(f"runs:/{run}/model", at.name)
    return [version, again.version, predicted(f"models:/{at.name}/2")]


@case
def a_model_is_loaded_by_its_alias(at):
    log(at, 2.0, at.name)
    log(at, 3.0, at.name)
    at.client.set_registered_model_alias(at.name, "champion", "1")
    first = predicted(f"models:/{at.name}@champion")
    at.client.set_registered_model_alias(at.name, "champion", 2)
    second = predicted(f"models:/{at.name}@champion")
    at.client.delete_registered_model_alias(at.name, "champion")
    return [first, second, attempt(predicted, f"models:/{at.name}@champion")]


@case
def a_model_is_loaded_by_its_stage(at):
    log(at, 2.0, at.name)
    log(at, 3.0, at.name)
    at.client.transition_model_version_stage(at.name, 1, "Production")
    at.client.transition_model_version_stage(at.name, 2, "Staging")
    return [
        predicted(f"models:/{at.name}/Production"),
        predicted(f"models:/{at.name}/staging"),
        attempt(predicted, f"models:/{at.name}/Archived"),
    ]


@case
def models_that_are_not_there(at):
    run = at.run()
    return [
        attempt(predicted, uri) if client_is_3 else attempt(predicted, uri).get("error_code")
        for uri in (
            f"models:/{at.name}/1",
            f"models:/{at.name}@nobody",
            f"models:/{at.name}/latest",
            f"models:/{at.name}/Production",
        )
    ] + [broken(predicted, f"runs:/{run}/nothing"), broken(predicted, f"runs:/{'f' * 32}/model")]


def broken(work, *arguments):
    try:
        return attempt(work, *arguments)
    except Exception as error:
        return type(error).__name__


@case
def a_version_is_copied_to_another_name(at):
    log(at, 2.0, at.name)
    at.client.set_model_version_tag(at.name, "1", "checked", "yes")
    at.client.update_model_version(at.name, "1", "described")
    copied = at.client.copy_model_version(f"models:/{at.name}/1", at.name + " copy")
    again = at.client.copy_model_version(f"models:/{at.name} copy/1", at.name + " copy of the copy")
    return [
        copied,
        again,
        predicted(f"models:/{at.name} copy/1"),
        predicted(f"models:/{at.name} copy of the copy/1"),
        at.client.get_model_version_download_uri(at.name + " copy of the copy", "1"),
    ]


@case
def the_files_of_a_version_are_downloaded(at):
    log(at, 2.0, at.name)
    folder = mlflow.artifacts.download_artifacts(f"models:/{at.name}/1", dst_path=str(at.folder))
    import os

    return [sorted(os.listdir(folder)), at.client.get_model_version_download_uri(at.name, "1")]


@case
def models_in_deep_and_strange_places(at):
    place = "größe" if client_is_3 else "deep/er/größe +1"
    run, _logged = log(at, name=place)
    return [predicted(f"runs:/{run}/{place}")]


@case_of_2
def the_history_of_models_is_a_tag(at):
    at.fluent()
    with mlflow.start_run(run_name="two models") as run:
        mlflow.sklearn.log_model(fitted(), "one", pip_requirements=["mlflow"])
        mlflow.sklearn.log_model(
            fitted(), "two", pip_requirements=["mlflow"], signature=infer_signature(features)
        )
    return at.client.get_run(run.info.run_id).data.tags["mlflow.log-model.history"]


@case
def log_model_by_hand(at):
    run = at.run()
    model = (
        '{"run_id": "%s", "artifact_path": "m", "utc_time_created": "2024-01-01 00:00:00", "flavors": {"x": {"a": 1, "config": {}}}}'
        % run
    )
    send = lambda **body: at.rest("POST", "runs/log-model", body)
    return [
        send(run_id=run, model_json=model),
        send(run_id=run, model_json=model.replace('"m"', '"n"')),
        send(run_id=run, model_json="{}"),
        send(run_id=run, model_json="no json"),
        send(run_id=run),
        at.client.get_run(run).data.tags.get("mlflow.log-model.history"),
    ]


@case_of_3
def a_model_of_mlflow_3_lies_beside_its_run(at):
    run, logged = log(at, params={"depth": 3}, tags={"team": "birds"}, model_type="linear")
    model = mlflow.get_logged_model(logged.model_id)
    return [
        model,
        at.client.get_run(run).outputs,
        [file[:2] for file in walk(at, run)],
        [f.path for f in at.client.list_logged_model_artifacts(logged.model_id)],
        predicted(f"models:/{logged.model_id}"),
    ]


@case_of_3
def a_model_is_logged_without_a_run(at):
    at.fluent()
    logged = mlflow.sklearn.log_model(fitted(), name="alone", pip_requirements=["mlflow"])
    model = mlflow.get_logged_model(logged.model_id)
    return [model.name, str(model.status), bool(model.source_run_id), predicted(logged.model_uri)]


@case_of_3
def several_models_of_one_run_by_step(at):
    at.fluent()
    with mlflow.start_run(run_name="checkpoints") as run:
        ids = []
        for step in range(3):
            logged = mlflow.sklearn.log_model(
                fitted(step + 1.0), name=f"checkpoint-{step}", step=step, pip_requirements=["mlflow"]
            )
            mlflow.log_metric("accuracy", step / 10, step=step, model_id=logged.model_id)
            ids.append(logged.model_id)
    best = mlflow.search_logged_models(
        [at.experiment],
        order_by=[{"field_name": "metrics.accuracy", "ascending": False}],
        output_format="list",
    )
    outputs = at.client.get_run(run.info.run_id).outputs.model_outputs
    return [
        ids,
        sorted((plain(output) for output in outputs), key=lambda output: output["step"]),
        [model.name for model in best],
        predicted(f"runs:/{run.info.run_id}/checkpoint-2"),
    ]


@case_of_3
def registering_shows_on_the_logged_model(at):
    _run, logged = log(at, registered=at.name)
    version = at.client.get_model_version(at.name, "1")
    return [mlflow.get_logged_model(logged.model_id), version.source, version.model_id]
