"""Logged models of MLflow 3."""

import mlflow

from .harness import attempt, by_key, case_of_3

gone = "m-" + "f" * 32


def model(at, name, **more):
    return at.client.create_logged_model(at.experiment, name=name, **more)


@case_of_3
def a_logged_model_is_made_and_finalised(at):
    run = at.run()
    made = model(
        at, "one", source_run_id=run, tags={"team": "birds"}, params={"lr": "0.1"}, model_type="tree"
    )
    ready = at.client.finalize_logged_model(made.model_id, "READY")
    return [made, ready, at.client.get_logged_model(made.model_id)]


@case_of_3
def a_logged_model_that_failed(at):
    made = model(at, "one")
    return str(at.client.finalize_logged_model(made.model_id, "FAILED").status)


@case_of_3
def names_of_logged_models(at):
    names = ["ok", "größe +1", "a/b", "a:b", "a.b", "a%b", 'a"b', "a'b", "a" * 300, "ok"]
    answers = {name[:10] + str(i): attempt(model, at, name) for i, name in enumerate(names)}
    invented = at.client.create_logged_model(at.experiment)
    return [
        {key: a if isinstance(a, dict) else a.name for key, a in answers.items()},
        bool(invented.name),
        attempt(at.client.create_logged_model, "987654"),
    ]


@case_of_3
def tags_of_logged_models(at):
    made = model(at, "one", tags={"kept": "1", "gone": "1"})
    at.client.set_logged_model_tags(made.model_id, {"kept": "2", "new": 3})
    at.client.delete_logged_model_tag(made.model_id, "gone")
    return [
        at.client.get_logged_model(made.model_id).tags,
        attempt(at.client.delete_logged_model_tag, made.model_id, "never"),
        attempt(at.client.set_logged_model_tags, gone, {"a": "1"}),
        attempt(at.client.delete_logged_model_tag, gone, "a"),
    ]


@case_of_3
def parameters_of_logged_models(at):
    made = model(at, "one", params={f"p{number}": str(number) for number in range(150)})
    at.client.log_model_params(made.model_id, {"more": "1"})
    return [
        len(at.client.get_logged_model(made.model_id).params),
        attempt(at.client.log_model_params, made.model_id, {"long": "v" * 7000}),
        attempt(at.client.log_model_params, gone, {"a": "1"}),
    ]


@case_of_3
def a_logged_model_is_deleted(at):
    made = model(at, "one")
    at.client.delete_logged_model(made.model_id)
    return [
        attempt(at.client.get_logged_model, made.model_id),
        at.rest("GET", f"logged-models/{made.model_id}", query={"allow_deleted": "true"}),
        [m.name for m in at.client.search_logged_models([at.experiment])],
        attempt(at.client.delete_logged_model, made.model_id),
    ]


@case_of_3
def logged_models_that_are_not_there(at):
    return [
        attempt(at.client.get_logged_model, gone),
        attempt(at.client.finalize_logged_model, gone, "READY"),
        attempt(at.client.delete_logged_model, gone),
        attempt(at.client.get_logged_model, "no id at all"),
    ]


def four(at):
    run = at.run("source")
    for number, (name, kind, params, tags, accuracy) in enumerate(
        [
            ("ant", "tree", {"lr": "0.1"}, {"team": "birds"}, 0.1),
            ("bee", "Tree", {"lr": "1"}, {"team": "Birds"}, 0.9),
            ("cat", "svm", {}, {"a b": "1"}, 0.5),
            ("dog", None, {"lr": "0.1"}, {}, None),
        ]
    ):
        made = model(
            at, name, model_type=kind, params=params, tags=tags, source_run_id=run if number % 2 else None
        )
        if accuracy is not None:
            at.client.log_metric(run, "acc", accuracy, 1000, number, model_id=made.model_id)
            at.client.log_metric(
                run,
                "acc",
                accuracy / 2,
                1000,
                number - 1,
                model_id=made.model_id,
                dataset_name="d",
                dataset_digest="1",
            )
        if number < 2:
            at.client.finalize_logged_model(made.model_id, "READY")
    return run


@case_of_3
def search_logged_models_with_filters(at):
    run = four(at)
    filters = [
        "",
        "name = 'ant'",
        "name != 'ant'",
        "name LIKE '%e%'",
        "name ILIKE 'ANT'",
        "attributes.name = 'cat'",
        "name IN ('ant', 'dog')",
        "name NOT IN ('ant', 'dog')",
        "model_type = 'tree'",
        "model_type ILIKE 'tree'",
        "status = 'READY'",
        "status != 'READY'",
        f"source_run_id = '{run}'",
        "source_run_id = 'x'",
        "params.lr = '0.1'",
        "params.lr != '0.1'",
        "params.lr LIKE '0%'",
        "tags.team = 'birds'",
        "tags.team ILIKE 'BIRDS'",
        "tags.`a b` = '1'",
        "metrics.acc > 0.3",
        "metrics.acc <= 0.5",
        "metrics.acc = 0.9 AND params.lr = '1'",
        "creation_timestamp > 5",
        "creation_time < 5",
        "last_updated_timestamp >= 1000",
        "name = 'ant' AND name = 'bee'",
    ]
    found = lambda text: sorted(m.name for m in at.client.search_logged_models([at.experiment], text))
    return {text.replace(run, "<run>"): attempt(found, text) for text in filters}


@case_of_3
def search_logged_models_in_order(at):
    four(at)
    orders = [
        [{"field_name": "name"}],
        [{"field_name": "name", "ascending": False}],
        [{"field_name": "metrics.acc"}],
        [{"field_name": "metrics.acc", "ascending": False}],
        [{"field_name": "metrics.acc", "dataset_name": "d", "dataset_digest": "1"}],
        [{"field_name": "params.lr"}, {"field_name": "name", "ascending": False}],
        [{"field_name": "creation_timestamp"}, {"field_name": "name"}],
        [{"field_name": "tags.team"}, {"field_name": "name"}],
        [{"field_name": "nonsense"}],
        [{"field_name": "model_type"}, {"field_name": "name"}],
    ]
    found = lambda order: [m.name for m in at.client.search_logged_models([at.experiment], order_by=order)]
    return {str(order): attempt(found, order) for order in orders}


@case_of_3
def search_logged_models_by_metrics_of_a_dataset(at):
    four(at)
    found = lambda text, *datasets: sorted(
        m.name for m in at.client.search_logged_models([at.experiment], text, datasets=[*datasets] or None)
    )
    return [
        found("metrics.acc > 0.2", {"dataset_name": "d", "dataset_digest": "1"}),
        found("metrics.acc > 0.2", {"dataset_name": "d"}),
        found("metrics.acc > 0.2", {"dataset_name": "other"}),
        found("metrics.acc > 0.4"),
    ]


@case_of_3
def search_logged_models_refuses_what_it_does_not_understand(at):
    filters = [
        "name",
        "name = 5",
        "name > 'a'",
        "nonsense = 'a'",
        "nonsense.x = 'a'",
        "name = 'a' OR name = 'b'",
        "metrics.acc = 'text'",
        "metrics.acc LIKE 'a'",
        "creation_timestamp = 'a'",
        "(name = 'a')",
        "params.a > '1'",
        "name =",
        "metrics.acc IN (1)",
    ]
    return [
        {text: attempt(at.client.search_logged_models, [at.experiment], text) for text in filters},
        attempt(at.client.search_logged_models, [at.experiment], max_results=0),
        attempt(at.client.search_logged_models, [at.experiment], page_token="no token"),
        attempt(at.client.search_logged_models, []),
    ]


@case_of_3
def search_logged_models_page_by_page(at):
    for number in range(5):
        model(at, f"model {number}")
    pages, token = [], None
    while True:
        page = at.client.search_logged_models(
            [at.experiment], max_results=2, order_by=[{"field_name": "name"}], page_token=token
        )
        pages.append([m.name for m in page])
        token = page.token
        if not token:
            return pages


@case_of_3
def search_logged_models_becomes_a_table(at):
    four(at)
    frame = mlflow.search_logged_models([at.experiment], order_by=[{"field_name": "name"}])
    return [sorted(frame.columns), frame[["name", "status", "model_type"]]]


@case_of_3
def an_external_model_and_the_active_model(at):
    at.fluent()
    model_id = mlflow.create_external_model(name="external", params={"a": "1"}, tags={"t": "1"}).model_id
    active = mlflow.set_active_model(name="active one")
    active_id = mlflow.get_active_model_id()
    mlflow.clear_active_model()
    return [
        mlflow.get_logged_model(model_id),
        active.model_id == active_id,
        mlflow.get_logged_model(active_id).name,
    ]


@case_of_3
def models_are_inputs_and_outputs_of_runs(at):
    from mlflow.entities import LoggedModelInput, LoggedModelOutput

    run = at.run()
    ids = [model(at, name).model_id for name in ("one", "two")]
    at.client.log_inputs(run, models=[LoggedModelInput(ids[0])])
    at.client.log_outputs(run, [LoggedModelOutput(ids[1], 5)])
    read = at.client.get_run(run)
    return [by_key(at.normalise(read.inputs.model_inputs)), by_key(at.normalise(read.outputs.model_outputs))]


@case_of_3
def logged_models_by_plain_http(at):
    run = at.run()
    made = at.rest(
        "POST",
        "logged-models",
        {
            "experiment_id": at.experiment,
            "name": "by hand",
            "source_run_id": run,
            "params": [{"key": "a", "value": "1"}],
            "tags": [{"key": "t", "value": "1"}],
        },
    )
    model_id = made["json"].get("model", {}).get("info", {}).get("model_id", "none")
    return [
        made,
        at.rest("PATCH", f"logged-models/{model_id}", {"model_id": model_id, "status": "LOGGED_MODEL_READY"}),
        at.rest("PATCH", f"logged-models/{model_id}/tags", {"tags": [{"key": "t", "value": "2"}]}),
        at.rest(
            "POST",
            f"logged-models/{model_id}/params",
            {"model_id": model_id, "params": [{"key": "b", "value": "2"}]},
        ),
        at.rest("GET", f"logged-models/{model_id}"),
        at.rest("POST", "logged-models/search", {"experiment_ids": [at.experiment]}),
        at.rest("GET", f"logged-models/{model_id}/artifacts/directories"),
        at.rest("DELETE", f"logged-models/{model_id}/tags/t"),
        at.rest("DELETE", f"logged-models/{model_id}"),
        at.rest("POST", "logged-models", {"name": "no experiment"}),
        at.rest("PATCH", f"logged-models/{model_id}", {"model_id": model_id}),
    ]
