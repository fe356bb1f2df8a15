"""Experiments: MlflowClient and search_experiments."""

import mlflow
from mlflow.entities import ViewType

from .harness import attempt, case


@case
def an_experiment_is_created_with_tags_and_read_by_id_and_name(at):
    made = at.new_experiment(tags={"team": "birds", "größe": "ß 1"})
    return [at.client.get_experiment(made), at.client.get_experiment_by_name(at.name)]


@case
def the_default_experiment_is_there(at):
    return {key: value for key, value in dict(at.client.get_experiment("0")).items() if key != "tags"}


@case
def an_experiment_is_renamed_and_its_tag_changed_and_deleted(at):
    made = at.new_experiment()
    at.client.rename_experiment(made, at.name + " renamed")
    at.client.set_experiment_tag(made, "a", "1")
    at.client.set_experiment_tag(made, "a", "2")
    at.client.set_experiment_tag(made, "b", "")
    return [at.client.get_experiment(made), at.client.get_experiment_by_name(at.name)]


@case
def a_name_is_taken_once_even_by_a_deleted_experiment(at):
    made = at.new_experiment()
    twice = attempt(at.client.create_experiment, at.name)
    at.client.delete_experiment(made)
    deleted = attempt(at.client.create_experiment, at.name)
    other = at.new_experiment(" other")
    return [twice, deleted, attempt(at.client.rename_experiment, other, at.name)]


@case
def names_of_experiments_have_their_limits(at):
    long = attempt(at.client.create_experiment, "n" * 501)
    whole = "n" * 500
    made = at.known_experiment(at.client.create_experiment(whole), "long")
    return [
        long,
        len(at.client.get_experiment(made).name),
        attempt(at.client.create_experiment, ""),
        at.client.get_experiment(at.new_experiment(" — ünïcödé / slash: “q” 🐧")).name,
    ]


@case
def tags_of_experiments_have_their_limits(at):
    made = at.new_experiment()
    return [
        attempt(at.client.set_experiment_tag, made, "k" * 251, "v"),
        attempt(at.client.set_experiment_tag, made, "k" * 250, "v"),
        attempt(at.client.set_experiment_tag, made, "a?b", "v"),
        attempt(at.client.set_experiment_tag, made, "../up", "v"),
        attempt(at.client.set_experiment_tag, made, "long", "v" * 5001),
        attempt(at.client.set_experiment_tag, made, "too long", "v" * 20001),
        {key: len(value) for key, value in at.client.get_experiment(made).tags.items()},
    ]


@case
def missing_experiments_are_told(at):
    return [
        attempt(work, *arguments)
        for work, *arguments in [
            (at.client.get_experiment, "987654"),
            (at.client.get_experiment, "not-a-number"),
            (at.client.get_experiment_by_name, "no experiment has this name"),
            (at.client.rename_experiment, "987654", "x"),
            (at.client.delete_experiment, "987654"),
            (at.client.restore_experiment, "987654"),
            (at.client.set_experiment_tag, "987654", "a", "b"),
            (at.client.create_run, "987654"),
        ]
    ]


@case
def deleting_an_experiment_deletes_its_runs_and_restoring_brings_them_back(at):
    run = at.run()
    at.client.delete_experiment(at.experiment)
    deleted = [at.client.get_experiment(at.experiment), at.client.get_run(run).info.lifecycle_stage]
    refused = [
        attempt(at.client.delete_experiment, at.experiment),
        attempt(at.client.create_run, at.experiment),
        attempt(mlflow.set_experiment, at.name),
        attempt(at.client.log_metric, run, "m", 1),
        attempt(at.client.set_experiment_tag, at.experiment, "a", "b"),
    ]
    at.client.restore_experiment(at.experiment)
    restored = [at.client.get_experiment(at.experiment), at.client.get_run(run).info.lifecycle_stage]
    return [deleted, refused, restored, attempt(at.client.restore_experiment, at.experiment)]


@case
def an_artifact_location_of_its_own_is_kept(at):
    made = at.new_experiment(artifact_location="mlflow-artifacts:/elsewhere/deep")
    run = at.client.create_run(made, run_name="r")
    remote = at.new_experiment(" remote", artifact_location="s3://bucket/a b")
    return [
        at.client.get_experiment(made).artifact_location,
        run.info.artifact_uri,
        at.client.get_experiment(remote).artifact_location,
    ]


@case
def artifact_locations_that_hide_something_are_refused(at):
    locations = [
        "mlflow-artifacts:/a/../../b",
        "s3://bucket/a#/../b",
        "s3://bucket/a#b",
        "runs:/0123/a",
        "mlflow-artifacts:/" + "a" * 3000,
    ]
    return {
        location[:30]: refused(
            attempt(at.client.create_experiment, f"{at.name} {number}", artifact_location=location)
        )
        for number, location in enumerate(locations)
    }


def refused(answer):
    return answer["error_code"] if isinstance(answer, dict) else False


def three(at):
    """Created one after another: alpha is the oldest, gamma is deleted."""
    prefix = at.name + " "
    for name, team in [("alpha", "birds"), ("beta", "Birds"), ("gamma", None), ("delta", "fish")]:
        at.new_experiment(" " + name, tags={"team": team} if team else None)
    at.client.delete_experiment(at.client.get_experiment_by_name(prefix + "gamma").experiment_id)
    return prefix


def found(at, prefix, **query):
    answer = attempt(at.client.search_experiments, **query)
    return (
        answer
        if isinstance(answer, dict)
        else [e.name[len(prefix) :] for e in answer if e.name.startswith(prefix)]
    )


@case
def search_experiments_by_view_and_order(at):
    prefix = three(at)
    return {
        "default": found(at, prefix),
        **{
            str(view): found(at, prefix, view_type=view)
            for view in (ViewType.ACTIVE_ONLY, ViewType.DELETED_ONLY, ViewType.ALL)
        },
        **{
            order: found(at, prefix, order_by=[order], view_type=ViewType.ALL)
            for order in [
                "name",
                "name ASC",
                "name DESC",
                "experiment_id",
                "attribute.experiment_id DESC",
                "creation_time ASC",
            ]
        },
        "two": found(at, prefix, order_by=["last_update_time DESC", "name"])[-1:],
    }


@case
def search_experiments_with_filters(at):
    prefix = three(at)
    filters = [
        f"name = '{prefix}alpha'",
        f"attribute.name != '{prefix}alpha'",
        f"name LIKE '{prefix}%a'",
        f"name LIKE '{prefix}ALPHA'",
        f"name ILIKE '{prefix}ALPHA'",
        f"name LIKE '{prefix}_eta'",
        "tags.team = 'birds'",
        "tag.team != 'birds'",
        "tags.team LIKE 'B%'",
        "tags.`team` ILIKE 'b%'",
        "tags.\"team\" = 'fish' AND name ILIKE '%DELTA'",
        "tags.team = 'birds' and tags.team = 'fish'",
        "creation_time > 0",
        "creation_time < 1000",
        "last_update_time >= 1000 AND creation_time != 5",
        "",
    ]
    return {text.replace(prefix, "…"): found(at, prefix, filter_string=text) for text in filters}


@case
def search_experiments_refuses_what_it_does_not_understand(at):
    filters = [
        "name",
        "name = 5",
        "name > 'a'",
        "params.x = '1'",
        "metrics.x = 1",
        "nonsense.x = '1'",
        "size = 'x'",
        "name = 'a' OR name = 'b'",
        "name = 'a' AND",
        "creation_time LIKE 'a'",
        "creation_time = 'a'",
        "tags.a > 'b'",
        "(name = 'a')",
        "name IN ('a')",
        "name = unquoted",
    ]
    orders = ["nothing", "name SIDEWAYS", "tags.team", "name, creation_time", "", "metrics.a"]
    return {
        **{text: attempt(at.client.search_experiments, filter_string=text) for text in filters},
        **{"order " + text: attempt(at.client.search_experiments, order_by=[text]) for text in orders},
    }


@case
def search_experiments_page_by_page(at):
    for number in range(5):
        at.new_experiment(f" {number}")
    pages, token = [], None
    while True:
        page = at.client.search_experiments(
            max_results=2, filter_string=f"name LIKE '{at.name}%'", order_by=["name"], page_token=token
        )
        pages.append([experiment.name for experiment in page])
        token = page.token
        if not token:
            return pages


@case
def search_experiments_refuses_bad_paging(at):
    return [
        attempt(at.client.search_experiments, max_results=0),
        attempt(at.client.search_experiments, max_results=-1),
        attempt(at.client.search_experiments, max_results=50_001),
        attempt(at.client.search_experiments, page_token="this is no token"),
    ]
