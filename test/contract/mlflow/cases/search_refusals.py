"""search_runs: what it does not understand."""

from .harness import attempt, case
from .search import answers, filled


@case
def search_runs_refuses_unknown_names(at):
    return answers(
        at,
        [
            "nonsense.x = '1'",
            "attributes.nonsense = '1'",
            "nonsense = 'x'",
            "metrics = 1",
            "params = '1'",
            "metrics. = 1",
            "dataset = 'a'",
            "x.y.z = 1",
            "'quoted' = 'a'",
        ],
    )


@case
def search_runs_refuses_wrong_values(at):
    return answers(
        at,
        [
            "metrics.acc = 'text'",
            "metrics.acc = nan",
            "params.lr = 0.1",
            "params.lr = unquoted",
            "tags.team = 5",
            "start_time = 'a'",
            "start_time > 1.5",
            "status = 5",
            "run_id IN 'a'",
            "run_id IN ()",
            "run_id IN (1, 2)",
            "run_id IN ('a' 'b')",
            "run_id = ('a')",
            "status IN ('FINISHED')",
            "params.lr IN ('a')",
            "params.lr = 'open",
            "params.lr = ''quoted''",
        ],
    )


@case
def search_runs_refuses_wrong_comparators(at):
    return answers(
        at,
        [
            "metrics.acc LIKE 'a'",
            "metrics.acc == 1",
            "metrics.acc <> 1",
            "params.lr > '1'",
            "tags.team >= 'a'",
            "start_time LIKE '5'",
            "start_time IN (1)",
            "run_name > 'a'",
            "status BETWEEN 'a' AND 'b'",
            "params.lr NOT LIKE 'a'",
            "params.lr IS 'a'",
        ],
    )


@case
def search_runs_refuses_what_is_no_list_of_comparisons(at):
    return answers(
        at,
        [
            "metrics.acc > 1 OR metrics.acc < 0",
            "NOT metrics.acc > 1",
            "(metrics.acc > 1)",
            "metrics.acc > 1 AND",
            "AND metrics.acc > 1",
            "metrics.acc > 1 AND AND metrics.loss > 1",
            "metrics.acc > 1, metrics.loss > 1",
            "metrics.acc > 1; DROP TABLE runs",
            "metrics.acc > 1 metrics.loss > 1",
            "metrics.acc",
            "metrics.acc >",
            "> 1",
            "1 < metrics.acc",
            "acc > 1 --",
            "*",
            "'",
            "metrics.acc > 1 + 1",
            "SELECT 1",
        ],
    )


@case
def search_runs_refuses_bad_orders(at):
    experiment = filled(at)
    orders = [
        ["nonsense"],
        ["attributes.`Run Name`"],
        ["nonsense.x"],
        ["metrics.acc SIDEWAYS"],
        ["metrics.acc ASC DESC"],
        ["metrics.acc, metrics.loss"],
        ["metrics.acc", "metrics.acc"],
        ["metrics.acc ASC", "metrics.`acc` DESC"],
        [""],
        ["metrics."],
        ["attributes.nonsense"],
        ["run_id; DROP TABLE runs"],
        ["start_time", "attributes.start_time"],
        ["run_id", "run_id DESC"],
    ]
    result = {}
    for order in orders:
        found = attempt(at.client.search_runs, [experiment], order_by=order)
        result[" / ".join(order)] = found if isinstance(found, dict) else len(found)
    return result


@case
def search_runs_refuses_bad_pages(at):
    experiment = filled(at)
    return [
        attempt(at.client.search_runs, [experiment], max_results=0),
        attempt(at.client.search_runs, [experiment], max_results=-5),
        attempt(at.client.search_runs, [experiment], max_results=50_001),
        attempt(at.client.search_runs, [experiment], page_token="no token"),
        len(attempt(at.client.search_runs, [experiment], max_results=50_000)),
    ]
