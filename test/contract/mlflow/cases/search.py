"""search_runs: its filters, its order, its pages, and the table it becomes."""

import math

import mlflow
from mlflow.entities import Dataset, DatasetInput, InputTag, Metric, ViewType

from .harness import attempt, case, names

_filled = {}


def filled(at):
    """One experiment with eight very different runs; all cases of this file read it."""
    if at.uri not in _filled:
        experiment = _filled[at.uri] = at.client.create_experiment("search")
        for number, (name, start, metrics, params, tags, status) in enumerate(
            [
                (
                    "ant",
                    1000,
                    {"acc": 0.1, "loss": 3},
                    {"lr": "0.1", "model": "Tree"},
                    {"team": "birds"},
                    "FINISHED",
                ),
                ("bee", 2000, {"acc": 0.5}, {"lr": "0.01", "model": "tree"}, {"team": "Birds"}, "FAILED"),
                (
                    "cat",
                    3000,
                    {"acc": 0.9, "loss": 1},
                    {"lr": "0.1", "model": "svm_1"},
                    {"team": "fish", "a b": "1"},
                    "FINISHED",
                ),
                ("dog", 4000, {"loss": 2}, {"model": "svmX1"}, {}, "RUNNING"),
                ("eel", 5000, {"acc": math.nan, "loss": 0}, {"lr": "10"}, {"team": "100%"}, "KILLED"),
                ("fox", 6000, {}, {"lr": "9"}, {"a.b-c": "x"}, "RUNNING"),
                ("gnu", 6000, {"acc": 0.5, "a/b c": -1}, {}, {"it's": 'say "hi"'}, "FINISHED"),
                (
                    "hen",
                    7000,
                    {"acc": -2, "loss": -5},
                    {"a.b": "deep", "größe": "ß"},
                    {"team": ""},
                    "SCHEDULED",
                ),
            ]
        ):
            run = at.client.create_run(
                experiment, start_time=start, run_name=name, tags={**tags, "number": str(number)}
            ).info.run_id
            at.client.log_batch(run, metrics=[Metric(key, value, 1, 1) for key, value in metrics.items()])
            for key, value in params.items():
                at.client.log_param(run, key, value)
            if name in ("ant", "cat", "gnu"):
                dataset = Dataset("penguins" if name != "gnu" else "Whales", f"digest-{name}", "local", "{}")
                at.client.log_inputs(
                    run,
                    [
                        DatasetInput(
                            dataset, [InputTag("mlflow.data.context", "train" if name == "ant" else "eval")]
                        )
                    ],
                )
            if status in ("FINISHED", "FAILED", "KILLED"):
                at.client.set_terminated(run, status, end_time=start * 2)
            else:
                at.client.update_run(run, status=status)
            if name == "ant":
                # The latest value is what a filter sees.
                at.client.log_metric(run, "acc", 0.7, 2, 2)
    return at.known_experiment(_filled[at.uri], "search")


def answers(at, filters, **more):
    experiment = filled(at)
    seen = {}
    for text in filters:
        found = attempt(at.client.search_runs, [experiment], text, order_by=["attributes.run_name"], **more)
        seen[text] = found if isinstance(found, dict) else names(found)
    return seen


@case
def search_runs_by_metrics(at):
    return answers(
        at,
        [f"metrics.acc {sign} 0.5" for sign in ("=", "!=", ">", ">=", "<", "<=")]
        + [
            "metric.acc = 0.7",
            "metrics.acc > 0.1 and metrics.loss < 3",
            'metrics."acc" > -3 AND metrics.`loss` <= 1',
            "metrics.`a/b c` = -1",
            "metrics.loss = 0",
            "metrics.loss > -1e1",
            "metrics.loss < 1.5e0",
            "metrics.never != 1",
            "metrics.acc>0.5",
        ],
    )


@case
def search_runs_by_parameters(at):
    return answers(
        at,
        [
            "params.lr = '0.1'",
            "params.lr != '0.1'",
            'param.lr = "0.1"',
            "parameters.lr = '9'",
            "parameter.lr = '9'",
            "params.lr LIKE '0.%'",
            "params.model LIKE 'tree'",
            "params.model ILIKE 'tree'",
            "params.model LIKE 'svm_1'",
            "params.model ILIKE 'SVM%'",
            "params.model != 'Tree' AND params.lr != '0.1'",
            "params.`a.b` = 'deep'",
            "params.a.b = 'deep'",
            "params.\"größe\" = 'ß'",
            "params.never != 'x'",
        ],
    )


@case
def search_runs_by_tags(at):
    return answers(
        at,
        [
            "tags.team = 'birds'",
            "tag.team != 'birds'",
            "tags.team LIKE '%irds'",
            "tags.team ILIKE 'BIRDS'",
            "tags.team = ''",
            "tags.team LIKE '100%'",
            "tags.`a b` = '1'",
            "tags.\"a.b-c\" = 'x'",
            "tags.a.b-c = 'x'",
            "tags.`it's` = 'say \"hi\"'",
            "tags.mlflow.runName = 'ant'",
            "tags.`mlflow.runName` ILIKE 'A%'",
        ],
    )


@case
def search_runs_by_what_is_not_there(at):
    return answers(
        at,
        [
            "tags.team IS NULL",
            "tags.team IS NOT NULL",
            "params.lr IS NULL",
            "params.lr is not null AND tags.team IS NULL",
            "params.`a.b` IS NOT NULL",
            "metrics.acc IS NULL",
            "attributes.status IS NULL",
        ],
    )


@case
def search_runs_by_attributes(at):
    return answers(
        at,
        [
            "attributes.status = 'FINISHED'",
            "attribute.status != 'FINISHED'",
            "attr.status LIKE 'FIN%'",
            "status = 'RUNNING'",
            "status ILIKE 'running'",
            "run_name = 'ant'",
            "attributes.run_name LIKE '_n%'",
            "attributes.`run name` = 'bee'",
            "attributes.`Run name` != 'bee'",
            "run_name ILIKE '%E%'",
            "start_time > 5000",
            "attributes.start_time >= 5000 AND start_time < 7000",
            "start_time = 6000",
            "start_time != 6000",
            "created <= 2000",
            "attributes.Created > 6000",
            "end_time > 2000",
            "end_time <= 4000",
            "end_time != 4000",
            "artifact_uri LIKE 'mlflow-artifacts:%'",
            "artifact_uri = 'nowhere'",
            "user_id LIKE '%'",
            "user_id = 'somebody else entirely'",
            "experiment_id = '1'",
            "lifecycle_stage = 'active'",
        ],
    )


@case
def search_runs_by_run_ids(at):
    experiment = filled(at)
    ids = {run.info.run_name: run.info.run_id for run in at.client.search_runs([experiment])}
    texts = {
        "in two": f"run_id IN ('{ids['ant']}', '{ids['bee']}')",
        "in one": f"attributes.run_id IN ('{ids['ant']}')",
        "not in": f"run_id NOT IN ('{ids['ant']}', '{ids['bee']}')",
        "double quotes": f"run_id IN ('{ids['ant']}', \"{ids['bee']}\")",
        "equal": f"run_id = '{ids['cat']}'",
        "not equal": f"attributes.run_id != '{ids['cat']}'",
        "like": f"run_id LIKE '{ids['cat'][:20]}%'",
        "in and more": f"run_id IN ('{ids['ant']}', '{ids['bee']}') AND params.model ILIKE 'TREE' AND metrics.acc > 0.6",
        "none": "run_id IN ('nobody')",
    }
    found = lambda text: names(at.client.search_runs([experiment], text, order_by=["run_name"]))
    return {what: attempt(found, text) for what, text in texts.items()}


@case
def search_runs_by_datasets(at):
    return answers(
        at,
        [
            "dataset.name = 'penguins'",
            "datasets.name != 'penguins'",
            "dataset.name LIKE 'peng%'",
            "dataset.name ILIKE 'WHALES'",
            "dataset.digest = 'digest-cat'",
            "dataset.digest IN ('digest-cat', 'digest-gnu')",
            "dataset.name NOT IN ('penguins')",
            "dataset.context = 'train'",
            "dataset.context != 'train'",
            "dataset.context LIKE 'e%'",
            "dataset.name = 'penguins' AND dataset.context = 'eval'",
            "dataset.source = 'x'",
            "dataset.name > 'a'",
        ],
    )


@case
def search_runs_combines_everything(at):
    return answers(
        at,
        [
            "",
            "   ",
            "metrics.acc > 0 AND params.lr = '0.1' AND tags.team != 'fish' AND status = 'FINISHED' AND start_time < 5000",
            "metrics.acc > 0 and  params.lr = '0.1'\n AND tags.number != '0'",
            "tags.number != '0' AND tags.number != '1' AND tags.number != '2'",
            "params.model = 'Tree' AND params.model = 'tree'",
        ],
    )


@case
def search_runs_in_every_order(at):
    experiment = filled(at)
    orders = [
        [],
        ["metrics.acc"],
        ["metrics.acc ASC"],
        ["metrics.acc DESC"],
        ["metric.`loss` desc"],
        ["params.lr"],
        ["params.lr DESC"],
        ["params.`größe` ASC"],
        ["tags.team"],
        ["tags.team DESC"],
        ['tag."a.b-c"'],
        ["start_time"],
        ["start_time DESC"],
        ["attributes.start_time ASC", "run_name DESC"],
        ["attribute.end_time", "run_name"],
        ["end_time DESC", "run_name"],
        ["status", "run_name"],
        ["attributes.status DESC", "attributes.run_name ASC"],
        ["run_name DESC"],
        ["Created ASC", "tags.number"],
        ["metrics.acc DESC", "metrics.loss ASC", "params.model"],
        ["metrics.never", "run_name"],
        ["tags.number DESC"],
    ]
    # The two which began at the same instant are told apart by their random ids: they count as one.
    tie = lambda order: [
        ("fox|gnu" if name in ("fox", "gnu") and not decided(order) else name) for name in seen(order)
    ]
    decided = lambda order: any("name" in item.lower() or "number" in item for item in order)
    seen = lambda order: names(at.client.search_runs([experiment], order_by=order))
    return {" / ".join(order): tie(order) for order in orders}


@case
def search_runs_by_the_order_of_their_datasets(at):
    experiment = filled(at)
    return [
        attempt(lambda: names(at.client.search_runs([experiment], order_by=[order, "run_name"])))
        for order in ("dataset.name", "dataset.digest DESC", "datasets.name ASC")
    ]


@case
def search_runs_page_by_page_in_order(at):
    experiment = filled(at)
    pages = {}
    for order in ("tags.number", "metrics.acc DESC", "tags.team", "start_time"):
        pages[order], token = [], None
        while True:
            page = at.client.search_runs(
                [experiment],
                "tags.number != '5'",
                max_results=3,
                order_by=[order, "run_name"],
                page_token=token,
            )
            pages[order].append(names(page))
            token = page.token
            if not token:
                break
    return pages


@case
def search_runs_of_several_and_of_missing_experiments(at):
    experiment = filled(at)
    at.run("here")
    return [
        names(
            at.client.search_runs([experiment, at.experiment], "run_name LIKE '%e%'", order_by=["run_name"])
        ),
        names(at.client.search_runs(["987654"])),
        names(at.client.search_runs([])),
        attempt(lambda: names(at.client.search_runs(["not a number"]))),
    ]


@case
def search_runs_keeps_deleted_ones_apart(at):
    for name in ("kept", "gone"):
        at.client.log_metric(at.run(name), "m", 1)
    gone = at.client.search_runs([at.experiment], "run_name = 'gone'")[0]
    at.client.delete_run(gone.info.run_id)
    return {
        str(view): names(
            at.client.search_runs([at.experiment], "metrics.m = 1", view, order_by=["run_name DESC"])
        )
        for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
    }


@case
def search_runs_becomes_a_table(at):
    frame = mlflow.search_runs([filled(at)], order_by=["run_name"])
    times = ["start_time", "end_time"]
    columns = sorted(column for column in frame.columns if column not in ("run_id", "experiment_id", *times))
    return [frame[columns], frame[times].astype(str), sorted(frame.columns)]


@case
def search_runs_becomes_a_table_by_name_of_the_experiment(at):
    filled(at)
    frame = mlflow.search_runs(
        experiment_names=["search"],
        filter_string="metrics.acc > 0 AND params.lr LIKE '0%'",
        order_by=["metrics.acc DESC"],
        max_results=2,
    )
    return [
        frame[["tags.mlflow.runName", "metrics.acc", "params.lr"]],
        mlflow.search_runs(experiment_names=["search"], filter_string="metrics.acc > 99").shape,
        attempt(lambda: mlflow.search_runs(experiment_names=["no such experiment"]).shape),
        names(
            mlflow.search_runs(
                experiment_names=["search"], filter_string="status = 'FAILED'", output_format="list"
            )
        ),
    ]


@case
def search_runs_of_a_whole_run(at):
    return at.client.search_runs([filled(at)], "run_name = 'cat'")


@case
def search_runs_over_all_experiments(at):
    filled(at)
    found = mlflow.search_runs(
        search_all_experiments=True, filter_string="tags.number = '3' AND params.model = 'svmX1'"
    )
    return found["tags.mlflow.runName"].tolist()
