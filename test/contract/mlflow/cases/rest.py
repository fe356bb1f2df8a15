"""Details of the REST API that no client shows, but that hand-made requests and other clients depend on."""

import requests

from .harness import case


@case
def health_and_version(at):
    health = requests.get(at.uri + "/health")
    version = requests.get(at.uri + "/version")
    return [health.status_code, health.text, version.status_code]


@case
def every_prefix_and_version_is_served(at):
    return {
        f"{api} {version}": at.rest(
            "GET", "experiments/get", query={"experiment_id": at.experiment}, api=api, version=version
        )
        for api, version in (("api", "2.0"), ("ajax-api", "2.0"))
    }


@case
def unknown_endpoints(at):
    return [
        at.rest(method, "no/such/endpoint", body)["status"]
        for method, body in (("GET", None), ("POST", {}), ("DELETE", {}))
    ]


@case
def wrong_methods(at):
    return [
        at.rest("GET", "experiments/create")["status"],
        at.rest("DELETE", "runs/get")["status"],
        at.rest("PUT", "runs/create", {})["status"],
        at.rest("PATCH", "runs/log-metric", {})["status"],
    ]


@case
def unknown_fields_are_ignored(at):
    run = at.run()
    return [
        at.rest(
            "POST",
            "runs/log-metric",
            {"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 0, "novel": {"a": 1}},
        ),
        at.rest("POST", "runs/set-tag", {"run_id": run, "key": "t", "value": "1", "novel": 5}),
        at.rest("GET", "runs/get", query={"run_id": run, "novel": "1"}),
    ]


@case
def camel_case_is_understood(at):
    made = at.rest(
        "POST",
        "runs/create",
        {"experimentId": at.experiment, "startTime": 1000, "runName": "camel", "userId": "ada"},
    )
    run = made["json"].get("run", {}).get("info", {}).get("run_id", "none")
    return [
        made,
        at.rest(
            "POST",
            "runs/search",
            {
                "experimentIds": [at.experiment],
                "maxResults": 5,
                "orderBy": ["start_time"],
                "runViewType": "ALL",
            },
        ),
        at.rest(
            "POST",
            "runs/log-batch",
            {"run_id": run, "metrics": [{"key": "m", "value": 1, "timestamp": 1, "modelId": ""}]},
        ),
        at.rest("POST", "runs/update", {"run_id": run, "endTime": 2000, "status": "FINISHED"}),
    ]


@case
def long_integers_as_text(at):
    run = at.run()
    return [
        at.rest(
            "POST",
            "runs/log-metric",
            {"run_id": run, "key": "m", "value": 1, "timestamp": "1700000000000", "step": "12"},
        ),
        at.rest("POST", "runs/update", {"run_id": run, "end_time": "1700000000001"}),
        at.rest(
            "POST", "runs/log-metric", {"run_id": run, "key": "m", "value": 1, "timestamp": "text", "step": 1}
        ),
        at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "m", "max_results": "10"}),
    ]


@case
def not_a_number_as_text(at):
    run = at.run()
    log = lambda value, **more: at.rest(
        "POST", "runs/log-metric", {"run_id": run, "key": "m", "value": value, "timestamp": 1, **more}
    )
    return [
        log("NaN"),
        log("text"),
        log("1.5", step=4),
        at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "m", "max_results": 10}),
    ]


@case
def infinities_as_text(at):
    run = at.run()
    for step, value in enumerate(("Infinity", "-Infinity")):
        at.rest(
            "POST",
            "runs/log-metric",
            {"run_id": run, "key": "m", "value": value, "timestamp": 1, "step": step},
        )
    return at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "m", "max_results": 10})


@case
def enumerations_as_numbers(at):
    run = at.run()
    return [
        at.rest("POST", "runs/update", {"run_id": run, "status": 3}),
        at.rest("POST", "runs/search", {"experiment_ids": [at.experiment], "run_view_type": 2}),
    ]


@case
def missing_fields_are_told(at):
    requests_ = [
        ("POST", "experiments/create", {}),
        ("GET", "experiments/get", None),
        ("GET", "experiments/get-by-name", None),
        ("POST", "experiments/update", {"experiment_id": at.experiment}),
        ("POST", "experiments/delete", {}),
        ("POST", "experiments/set-experiment-tag", {"experiment_id": at.experiment}),
        ("GET", "runs/get", None),
        ("POST", "runs/update", {}),
        ("POST", "runs/delete", {}),
        ("POST", "runs/log-metric", {}),
        ("POST", "runs/log-metric", {"run_id": "a"}),
        ("POST", "runs/log-metric", {"run_id": "a", "key": "k"}),
        ("POST", "runs/log-metric", {"run_id": "a", "key": "k", "value": 1}),
        ("POST", "runs/log-parameter", {"key": "k", "value": "1"}),
        ("POST", "runs/log-parameter", {"run_id": "a", "value": "1"}),
        ("POST", "runs/set-tag", {"run_id": "a"}),
        ("POST", "runs/delete-tag", {"run_id": "a"}),
        ("POST", "runs/log-batch", {}),
        ("GET", "metrics/get-history", None),
        ("POST", "runs/log-inputs", {}),
        ("POST", "runs/outputs", {}),
    ]
    return {
        f"{path} ({number}th)": at.rest(method, path, body)
        for number, (method, path, body) in enumerate(requests_)
    }


@case
def wrong_types_are_told(at):
    run = at.run()
    return [
        at.rest("POST", "experiments/create", {"name": 5}),
        at.rest("POST", "experiments/create", {"name": ["a"]}),
        at.rest("POST", "experiments/create", {"name": at.name + " x", "tags": "no list"}),
        at.rest("POST", "runs/create", {"experiment_id": at.experiment, "start_time": "text"}),
        at.rest("POST", "runs/set-tag", {"run_id": run, "key": 5, "value": "1"}),
        at.rest("POST", "runs/set-tag", {"run_id": run, "key": "k", "value": 1}),
        at.rest("POST", "runs/log-parameter", {"run_id": run, "key": "k", "value": 1}),
        at.rest("POST", "runs/search", {"experiment_ids": [at.experiment], "max_results": "text"}),
        at.rest("POST", "runs/search", {"experiment_ids": [at.experiment], "filter": 5}),
    ]


def sent(at, text, kind="application/json"):
    return requests.post(
        at.uri + "/api/2.0/mlflow/runs/search", data=text, headers={"content-type": kind}
    ).status_code


@case
def types_of_bodies(at):
    return [sent(at, ""), sent(at, "{}", "text/plain"), sent(at, "{}", "application/json; charset=utf-8")]


@case
def what_cannot_be_understood_is_not_dropped_silently(at):
    run = at.run()
    metric = {"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 1}
    return [
        sent(at, "{"),
        sent(at, "[]"),
        at.rest("POST", "runs/log-metric", {**metric, "timestamp": 1.5})["status"],
        at.rest("POST", "runs/log-metric", {**metric, "value": "nan"})["status"],
        at.rest("POST", "runs/update", {"run_id": run, "status": "NONSENSE"})["status"],
        at.rest("POST", "runs/log-batch", {"run_id": run, "metrics": [{**metric, "value": "text"}]})[
            "status"
        ],
        at.rest(
            "POST", "runs/log-inputs", {"run_id": run, "datasets": [{"dataset": {"name": "only a name"}}]}
        )["status"],
        at.rest("POST", "runs/search", {"experiment_ids": [at.experiment], "run_view_type": "NONSENSE"})[
            "status"
        ],
    ]


@case
def where_the_server_says_who_it_is(at):
    answer = at.rest("GET", "server-info", version="3.0")
    return [answer["status"]]


@case
def foreign_pages_are_refused(at):
    """A browser says where a page comes from; requests that change something from elsewhere are refused."""
    return at.rest("POST", "runs/search", {"experiment_ids": []}, headers={"Origin": "https://evil.example"})[
        "status"
    ]
