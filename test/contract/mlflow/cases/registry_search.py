"""Searching the model registry."""

from .harness import attempt, case
from .registry import model, version


def found_models(at, **query):
    answer = attempt(at.client.search_registered_models, **query)
    return (
        answer
        if isinstance(answer, dict)
        else [m.name[len(at.name) :] for m in answer if m.name.startswith(at.name)]
    )


@case
def search_registered_models_with_filters_and_order(at):
    model(at, " alpha", tags={"team": "birds"})
    model(at, " Beta", tags={"team": "Birds", "a b": "1"}, versions=1)
    model(at, " gamma")
    mine = f"name LIKE '{at.name}%'"
    filters = [
        "",
        mine,
        f"{mine} AND name LIKE '%a'",
        f"name = '{at.name} gamma'",
        f"name ILIKE '{at.name.upper()} B%'",
        f"{mine} AND name != '{at.name} gamma'",
        f"{mine} AND tags.team = 'birds'",
        f"{mine} AND tag.team ILIKE 'BIRDS'",
        f"{mine} AND tags.`a b` = '1'",
        f"{mine} AND tags.team != 'birds'",
        f"{mine} AND tags.team LIKE 'B%'",
    ]
    orders = [
        ["name"],
        ["name DESC"],
        ["timestamp"],
        ["last_updated_timestamp DESC"],
        ["name ASC", "timestamp DESC"],
    ]
    return [
        {text.replace(at.name, "…"): found_models(at, filter_string=text) for text in filters},
        {str(order): found_models(at, filter_string=mine, order_by=order) for order in orders},
    ]


@case
def search_registered_models_refuses_what_it_does_not_understand(at):
    filters = [
        "name",
        "name = 5",
        "name > 'a'",
        "run_id = 'a'",
        "size = 1",
        "tags.a > 'x'",
        "name = 'a' OR name = 'b'",
        "nonsense.x = 'a'",
        "name IN ('a')",
        "source_path = 'a'",
        "params.a = '1'",
        "creation_timestamp > 5",
    ]
    orders = ["nothing", "name SIDEWAYS", "tags.a", "", "version_number"]
    return [
        {text: attempt(at.client.search_registered_models, filter_string=text) for text in filters},
        {text: attempt(at.client.search_registered_models, order_by=[text]) for text in orders},
        attempt(at.client.search_registered_models, max_results=0),
        attempt(at.client.search_registered_models, max_results=1001),
        attempt(at.client.search_registered_models, page_token="no token"),
    ]


@case
def search_registered_models_page_by_page(at):
    for number in range(5):
        model(at, f" {number}")
    pages, token = [], None
    while True:
        page = at.client.search_registered_models(f"name LIKE '{at.name}%'", 2, ["name DESC"], token)
        pages.append([m.name[len(at.name) :] for m in page])
        token = page.token
        if not token:
            return pages


@case
def search_model_versions_with_filters_and_order(at):
    name = model(at)
    run = at.run()
    for number in range(1, 5):
        version(
            at,
            name,
            number,
            run_id=run if number % 2 else None,
            tags={"team": "birds" if number < 3 else "Fish"},
        )
    mine = f"name = '{name}'"
    found = lambda text, **more: [v.version for v in at.client.search_model_versions(text, **more)]
    filters = [
        mine,
        f"name LIKE '{name}%'",
        f"name ILIKE '{name.upper()}'",
        f"{mine} AND run_id = '{run}'",
        f"{mine} AND run_id IN ('{run}', 'x')",
        f"run_id = '{run}'",
        f"{mine} AND version_number = 2",
        f"{mine} AND version_number > 2",
        f"{mine} AND version_number <= 2",
        f"{mine} AND version_number != 2",
        f"{mine} AND source_path LIKE '%model-3'",
        f"{mine} AND tags.team = 'birds'",
        f"{mine} AND tags.team != 'birds'",
        f"{mine} AND tags.team ILIKE 'FISH'",
        f"{mine} AND tags.never = 'x'",
        "name = 'nobody'",
    ]
    orders = [
        ["version_number"],
        ["version_number DESC"],
        ["name", "version_number ASC"],
        ["creation_timestamp", "version_number"],
        ["last_updated_timestamp DESC", "version_number DESC"],
    ]
    return [
        {text.replace(run, "<run>"): found(text, order_by=["version_number"]) for text in filters},
        {str(order): found(mine, order_by=order) for order in orders},
        at.client.search_model_versions(f"{mine} AND version_number = 1"),
    ]


@case
def search_model_versions_refuses_what_it_does_not_understand(at):
    filters = [
        "name",
        "name = 5",
        "name > 'a'",
        "version_number = 'a'",
        "version_number LIKE '1'",
        "run_id LIKE 'a'",
        "size = 1",
        "tags.a > 'x'",
        "name = 'a' OR name = 'b'",
        "nonsense.x = 'a'",
        "name IN ('a')",
        "source_path > 'a'",
        "run_id IN ()",
    ]
    orders = ["nothing", "version_number SIDEWAYS", "tags.a", "run_id"]
    return [
        {text: attempt(at.client.search_model_versions, filter_string=text) for text in filters},
        {text: attempt(at.client.search_model_versions, order_by=[text]) for text in orders},
        attempt(at.client.search_model_versions, max_results=0),
        attempt(at.client.search_model_versions, max_results=200_001),
        attempt(at.client.search_model_versions, page_token="no token"),
    ]


@case
def search_model_versions_page_by_page(at):
    name = model(at, versions=5)
    pages, token = [], None
    while True:
        page = at.client.search_model_versions(f"name = '{name}'", 2, ["version_number"], token)
        pages.append([v.version for v in page])
        token = page.token
        if not token:
            return pages


@case
def a_prompt_is_a_registered_model_that_searches_leave_out(at):
    at.client.create_registered_model(at.name + " plain")
    at.rest(
        "POST",
        "registered-models/create",
        {"name": at.name + " prompt", "tags": [{"key": "mlflow.prompt.is_prompt", "value": "true"}]},
    )
    return [found_models(at), found_models(at, filter_string=f"name LIKE '{at.name}%'")]
