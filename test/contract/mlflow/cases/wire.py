"""What is on the wire, field by field."""

from .harness import case


@case
def an_empty_run_on_the_wire(at):
    made = at.rest(
        "POST", "runs/create", {"experiment_id": at.experiment, "start_time": 1000, "run_name": "bare"}
    )
    run = made["json"]["run"]["info"]["run_id"]
    return [
        made,
        at.rest("GET", "runs/get", query={"run_id": run}),
        at.rest("GET", "runs/get", query={"run_uuid": run}),
    ]


@case
def a_full_run_on_the_wire(at):
    made = at.rest(
        "POST",
        "runs/create",
        {
            "experiment_id": at.experiment,
            "user_id": "ada",
            "start_time": 1000,
            "run_name": "full",
            "tags": [{"key": "t", "value": "1"}],
        },
    )
    run = made["json"]["run"]["info"]["run_id"]
    at.rest("POST", "runs/log-metric", {"run_id": run, "key": "m", "value": 0.5, "timestamp": 5, "step": 0})
    at.rest("POST", "runs/log-parameter", {"run_id": run, "key": "p", "value": ""})
    at.rest(
        "POST",
        "runs/log-inputs",
        {
            "run_id": run,
            "datasets": [
                {
                    "tags": [{"key": "mlflow.data.context", "value": "train"}],
                    "dataset": {"name": "n", "digest": "d", "source_type": "local", "source": "s"},
                }
            ],
        },
    )
    return [
        at.rest("POST", "runs/update", {"run_id": run, "status": "FINISHED", "end_time": 2000}),
        at.rest("GET", "runs/get", query={"run_id": run}),
    ]


@case
def an_experiment_on_the_wire(at):
    made = at.rest(
        "POST", "experiments/create", {"name": at.name + " wire", "tags": [{"key": "a", "value": "1"}]}
    )
    return [
        at.known_experiment(made["json"]["experiment_id"], at.name + " wire")
        == made["json"]["experiment_id"],
        at.rest("GET", "experiments/get-by-name", query={"experiment_name": at.name + " wire"}),
        at.rest("POST", "experiments/search", {"max_results": 5, "filter": f"name = '{at.name} wire'"}),
        at.rest(
            "GET",
            "experiments/search",
            query={"max_results": 5, "filter": f"name = '{at.name} wire'", "view_type": "ACTIVE_ONLY"},
        ),
        at.rest("POST", "experiments/search", {"filter": "name = 'nobody'", "max_results": 5}),
        at.rest("POST", "experiments/search", {}),
    ]


@case
def empty_answers_are_objects(at):
    run = at.run()
    return [
        at.rest("POST", "runs/set-tag", {"run_id": run, "key": "t", "value": ""}),
        at.rest("POST", "runs/search", {"experiment_ids": ["987654"]}),
        at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "never", "max_results": 5}),
    ]


@case
def the_history_of_a_metric_page_by_page(at):
    run = at.run()
    metrics = [{"key": "m", "value": i, "timestamp": 1000 + i, "step": i} for i in range(25)]
    at.rest("POST", "runs/log-batch", {"run_id": run, "metrics": metrics})
    pages, token = [], None
    while True:
        query = {
            "run_id": run,
            "metric_key": "m",
            "max_results": 10,
            **({"page_token": token} if token else {}),
        }
        answer = at.rest("GET", "metrics/get-history", query=query)["json"]
        pages.append([metric["step"] for metric in answer.get("metrics", [])])
        token = answer.get("next_page_token")
        if not token:
            break
    return [
        pages,
        at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "m", "max_results": 0}),
        at.rest(
            "GET",
            "metrics/get-history",
            query={"run_id": run, "metric_key": "m", "max_results": 10, "page_token": "no token"},
        ),
    ]


@case
def the_history_of_a_metric_without_a_limit(at):
    run = at.run()
    at.client.log_metric(run, "m", 1, 1000, 1)
    return at.rest("GET", "metrics/get-history", query={"run_id": run, "metric_key": "m"})


@case
def histories_of_several_runs_for_charts(at):
    runs = [at.run(name) for name in ("one", "two")]
    for number, run in enumerate(runs):
        at.rest(
            "POST",
            "runs/log-batch",
            {
                "run_id": run,
                "metrics": [
                    {"key": "m", "value": i * (number + 1), "timestamp": 1000 + i, "step": i}
                    for i in range(20)
                ],
            },
        )
    grouped = lambda answer: [
        [metric for metric in answer["json"]["metrics"] if metric["run_id"] == run] for run in runs
    ]
    return [
        grouped(
            at.rest(
                "GET",
                "metrics/get-history-bulk",
                query={"run_id": runs, "metric_key": "m", "max_results": 50},
                api="ajax-api",
            )
        ),
        grouped(
            at.rest(
                "GET",
                "metrics/get-history-bulk-interval",
                query={
                    "run_ids": runs,
                    "metric_key": "m",
                    "start_step": 5,
                    "end_step": 9,
                    "max_results": 100,
                },
                api="ajax-api",
            )
        ),
    ]


@case
def searching_runs_by_plain_http(at):
    for name in ("a", "b", "c"):
        at.rest(
            "POST",
            "runs/create",
            {"experiment_id": at.experiment, "start_time": 1000 + ord(name), "run_name": name},
        )
    search = lambda **body: at.rest("POST", "runs/search", {"experiment_ids": [at.experiment], **body})
    brief = lambda answer: (
        [run["info"]["run_name"] for run in answer["json"].get("runs", [])]
        if answer["status"] == 200
        else answer
    )
    first = search(max_results=2)
    return [
        brief(first),
        brief(search(max_results=2, page_token=first["json"].get("next_page_token"))),
        "next_page_token" in search(max_results=2, page_token=first["json"].get("next_page_token"))["json"],
        brief(search(order_by=["start_time ASC"])),
        brief(search(order_by="start_time ASC")),
        search(max_results=0),
        search(max_results=50001),
        search(page_token="no token"),
        at.rest("POST", "runs/search", {}),
    ]
