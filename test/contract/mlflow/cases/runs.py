"""Runs through MlflowClient: what is logged, what is refused and in which words."""

import math

import mlflow
from mlflow.entities import Metric, Param, RunTag, ViewType
from mlflow.utils.mlflow_tags import MLFLOW_PARENT_RUN_ID

from .harness import attempt, by_key, case, names

missing = "f" * 32


@case
def a_run_is_created_with_everything(at):
    run = at.client.create_run(
        at.experiment, start_time=12345, tags={"a": "1", "größe": "ß"}, run_name="by hand"
    )
    return [run, at.client.get_run(run.info.run_id)]


@case
def a_run_without_a_name_gets_one(at):
    run = at.client.create_run(at.experiment)
    return ["-" in run.info.run_name, run.data.tags["mlflow.runName"] == run.info.run_name]


@case
def a_name_given_as_tag_is_the_name(at):
    tagged = at.client.create_run(at.experiment, tags={"mlflow.runName": "tagged"})
    return [
        tagged.info.run_name,
        attempt(at.client.create_run, at.experiment, run_name="one", tags={"mlflow.runName": "two"}),
        at.client.create_run(at.experiment, run_name="same", tags={"mlflow.runName": "same"}).info.run_name,
    ]


@case
def renaming_a_run_renames_its_tag_and_the_other_way_round(at):
    run = at.run("first")
    seen = []
    at.client.update_run(run, name="second")
    seen.append(at.client.get_run(run))
    at.client.set_tag(run, "mlflow.runName", "third")
    seen.append(at.client.get_run(run))
    at.client.log_batch(run, tags=[RunTag("mlflow.runName", "fourth")])
    seen.append(at.client.get_run(run))
    return [[r.info.run_name, r.data.tags["mlflow.runName"]] for r in seen]


@case
def the_status_of_a_run_is_set(at):
    seen = {}
    for status in ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"):
        run = at.run(status)
        at.client.update_run(run, status=status)
        seen[status] = dict(at.client.get_run(run).info)
    return seen


@case
def terminating_sets_the_end_and_updating_keeps_it(at):
    run = at.run()
    at.client.set_terminated(run, "FAILED", end_time=99_999)
    at.client.update_run(run, name="later")
    first = at.client.get_run(run).info
    at.client.update_run(run, status="RUNNING")
    return [first, at.client.get_run(run).info]


@case
def deleted_runs_are_read_but_not_written(at):
    run = at.run()
    at.client.delete_run(run)
    writes = [
        lambda: at.client.log_metric(run, "m", 1),
        lambda: at.client.log_param(run, "p", 1),
        lambda: at.client.set_tag(run, "t", 1),
        lambda: at.client.delete_tag(run, "t"),
        lambda: at.client.log_batch(run, metrics=[Metric("m", 1, 1, 1)]),
        lambda: at.client.update_run(run, name="x"),
        lambda: at.client.set_terminated(run),
        lambda: at.client.delete_run(run),
    ]
    seen = [at.client.get_run(run).info.lifecycle_stage, [attempt(write) for write in writes]]
    at.client.restore_run(run)
    return [*seen, at.client.get_run(run).info.lifecycle_stage, attempt(at.client.restore_run, run)]


@case
def missing_runs_are_told(at):
    calls = [
        lambda: at.client.get_run(missing),
        lambda: at.client.log_metric(missing, "m", 1),
        lambda: at.client.log_param(missing, "p", 1),
        lambda: at.client.set_tag(missing, "t", 1),
        lambda: at.client.delete_tag(missing, "t"),
        lambda: at.client.log_batch(missing, metrics=[Metric("m", 1, 1, 1)]),
        lambda: at.client.update_run(missing, name="x"),
        lambda: at.client.delete_run(missing),
        lambda: at.client.restore_run(missing),
        lambda: at.client.list_artifacts(missing),
        lambda: at.client.get_metric_history(missing, "m"),
        lambda: at.client.get_run("no id at all"),
        lambda: mlflow.get_run(missing),
    ]
    return [attempt(call) for call in calls]


@case
def parameters_are_immutable(at):
    run = at.run()
    at.client.log_param(run, "lr", "0.1")
    return [
        attempt(at.client.log_param, run, "lr", "0.1"),
        attempt(at.client.log_param, run, "lr", "0.2"),
        attempt(at.client.log_batch, run, params=[Param("lr", "0.3")]),
        attempt(at.client.log_batch, run, params=[Param("lr", "0.1"), Param("new", "1")]),
        at.client.get_run(run).data.params,
    ]


@case
def parameters_of_every_type_become_text(at):
    run = at.run()
    for key, value in {
        "int": 1,
        "float": 0.1,
        "none": None,
        "list": [1, "a"],
        "bool": True,
        "empty": "",
        "unicode": "größe 🐧",
    }.items():
        at.client.log_param(run, key, value)
    return at.client.get_run(run).data.params


@case
def the_latest_metric_has_the_greatest_step_then_time_then_value(at):
    run = at.run()
    points = [(1, 100, 5), (2, 50, 5), (3, 200, 2), (2, 200, 2), (9, 10, 1), (7, 10, 5), (7, 11, 5)]
    seen = []
    for value, timestamp, step in points:
        at.client.log_metric(run, "m", value, timestamp, step)
        seen.append(at.client.get_run(run).data.metrics["m"])
    return [seen, at.client.get_metric_history(run, "m")]


@case
def a_point_logged_twice_is_kept_once(at):
    run = at.run()
    for _ in range(3):
        at.client.log_metric(run, "m", 1.5, 1000, 1)
    at.client.log_batch(
        run, metrics=[Metric("m", 1.5, 1000, 1), Metric("m", 1.5, 1000, 1), Metric("m", 2.5, 1000, 1)]
    )
    return at.client.get_metric_history(run, "m")


@case
def metrics_of_every_size(at):
    run = at.run()
    values = [0.0, -0.0, 1e-300, 1e300, 0.1 + 0.2, -5, 2**53, math.pi, 1.7976931348623157e308]
    for step, value in enumerate(values):
        at.client.log_metric(run, "m", value, 1000 + step, step)
    return at.client.get_metric_history(run, "m")


@case
def not_a_number_is_kept(at):
    run = at.run()
    at.client.log_metric(run, "m", math.nan, 1000, 1)
    at.client.log_batch(
        run, metrics=[Metric("m", math.nan, 1001, 2), Metric("n", math.nan, 1, 1), Metric("n", 5, 1, 1)]
    )
    return [
        at.client.get_run(run).data.metrics,
        at.client.get_metric_history(run, "m"),
        at.client.get_metric_history(run, "n"),
    ]


@case
def infinities_are_kept(at):
    run = at.run()
    at.client.log_metric(run, "up", math.inf, 1000, 1)
    at.client.log_batch(run, metrics=[Metric("down", -math.inf, 1000, 1)])
    return [at.client.get_run(run).data.metrics, at.client.get_metric_history(run, "up")]


@case
def steps_and_times_at_the_edge(at):
    run = at.run()
    return [
        attempt(at.client.log_metric, run, "m", 1, 1000, -5),
        attempt(at.client.log_metric, run, "m", 2, 1000, 2**53 - 1),
        attempt(at.client.log_metric, run, "m", 3, 0, 0),
        attempt(at.client.log_metric, run, "m", 4, -1, 0),
        at.client.get_metric_history(run, "m"),
        at.client.get_run(run).data.metrics,
    ]


@case
def the_history_of_a_metric_nobody_logged_is_empty(at):
    return at.client.get_metric_history(at.run(), "never")


@case
def a_batch_logs_all_three_kinds(at):
    run = at.run()
    at.client.log_batch(
        run,
        metrics=[Metric("m", i / 7, 1000 + i, i) for i in range(100)],
        params=[Param(f"p{i}", str(i)) for i in range(50)],
        tags=[RunTag(f"t{i}", str(i)) for i in range(50)],
    )
    return [at.client.get_run(run), at.client.get_metric_history(run, "m")]


@case
def the_client_splits_what_is_more_than_a_batch(at):
    at.fluent()
    with mlflow.start_run(run_name="many") as run:
        mlflow.log_params({f"p{i}": i for i in range(250)})
        mlflow.set_tags({f"t{i}": i for i in range(250)})
        mlflow.log_metrics({f"m{i}": i for i in range(2500)}, step=3)
    data = at.client.get_run(run.info.run_id).data
    return [
        len(data.params),
        len([t for t in data.tags if t[0] == "t"]),
        len(data.metrics),
        data.metrics["m2499"],
    ]


@case
def a_batch_that_names_a_parameter_twice_is_refused(at):
    run = at.run()
    return [
        attempt(at.client.log_batch, run, params=[Param("a", "1"), Param("a", "2")]),
        attempt(at.client.log_batch, run, params=[Param("b", "1"), Param("b", "1")]),
        attempt(at.client.log_batch, run, tags=[RunTag("t", "1"), RunTag("t", "2")]),
        at.client.get_run(run).data,
    ]


@case
def tags_are_overwritten_and_deleted(at):
    run = at.run(tags={"kept": "1", "gone": "1"})
    at.client.set_tag(run, "kept", "2")
    at.client.set_tag(run, "number", 5)
    at.client.delete_tag(run, "gone")
    return [at.client.get_run(run).data.tags, attempt(at.client.delete_tag, run, "gone")]


@case
def runs_of_one_experiment_by_view(at):
    at.run("kept")
    gone = at.run("gone")
    at.client.delete_run(gone)
    return {
        str(view): names(at.client.search_runs([at.experiment], run_view_type=view, order_by=["run_name"]))
        for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
    }


@case
def children_know_their_parent(at):
    parent = at.run("parent")
    for name in ("one", "two"):
        at.run(name, tags={MLFLOW_PARENT_RUN_ID: parent})
    child = at.client.search_runs(
        [at.experiment], f"tags.`mlflow.parentRunId` = '{parent}'", order_by=["run_name"]
    )
    return [
        names(child),
        at.client.get_parent_run(child[0].info.run_id).info.run_name,
        at.client.get_parent_run(parent),
    ]


@case
def dataset_inputs_are_kept_once(at):
    from mlflow.entities import Dataset, DatasetInput, InputTag

    run = at.run()
    dataset = Dataset(
        "penguins", "abc123", "local", '{"uri": "penguins.csv"}', '{"columns": []}', '{"rows": 344}'
    )
    training = DatasetInput(dataset, [InputTag("mlflow.data.context", "training")])
    at.client.log_inputs(run, [training])
    at.client.log_inputs(run, [training])
    at.client.log_inputs(run, [DatasetInput(Dataset("other", "d2", "local", "{}"), [])])
    other = at.run("other")
    at.client.log_inputs(other, [DatasetInput(dataset, [InputTag("mlflow.data.context", "eval")])])
    return [by_key(at.normalise(at.client.get_run(r).inputs.dataset_inputs)) for r in (run, other)]
