"""The model registry through MlflowClient; the versions lead to nowhere, as the registry alone is asked."""

from .harness import attempt, case


def model(at, suffix="", versions=0, **more):
    name = at.name + suffix
    at.client.create_registered_model(name, **more)
    for number in range(versions):
        version(at, name, number + 1)
    return name


def version(at, name, number=1, **more):
    return at.client.create_model_version(name, f"s3://bucket/models/model-{number}", **more)


@case
def a_registered_model_with_tags_and_description(at):
    made = at.client.create_registered_model(at.name, {"team": "birds"}, "what it is for")
    return [made, at.client.get_registered_model(at.name)]


@case
def names_of_models(at):
    return [
        attempt(at.client.create_registered_model, name) if isinstance(name, str) else None
        for name in (at.name, at.name, "", "a/b", "a:b", "..", at.name + " größe +1", "n" * 300)
    ]


@case
def a_registered_model_is_described_and_renamed(at):
    name = model(at, versions=2)
    at.client.update_registered_model(name, "first")
    at.client.set_registered_model_alias(name, "champion", "2")
    at.client.set_registered_model_tag(name, "a", "1")
    renamed = at.client.rename_registered_model(name, name + " renamed")
    other = model(at, " other")
    return [
        renamed,
        attempt(at.client.get_registered_model, name),
        at.client.get_model_version(name + " renamed", "1"),
        at.client.get_model_version_by_alias(name + " renamed", "champion").version,
        attempt(at.client.rename_registered_model, other, name + " renamed"),
        attempt(at.client.rename_registered_model, "nobody", "somebody"),
        attempt(at.client.rename_registered_model, other, ""),
        at.client.update_registered_model(name + " renamed", ""),
    ]


@case
def a_registered_model_is_deleted_with_everything(at):
    name = model(at, versions=2)
    at.client.set_registered_model_alias(name, "a", "1")
    at.client.delete_registered_model(name)
    gone = [
        attempt(at.client.get_registered_model, name),
        attempt(at.client.get_model_version, name, "1"),
        attempt(at.client.get_model_version_by_alias, name, "a"),
        attempt(at.client.delete_registered_model, name),
        len(at.client.search_model_versions(f"name = '{name}'")),
    ]
    model(at)
    return [*gone, version(at, name).version]


@case
def what_is_not_registered_is_told(at):
    client = at.client
    calls = [
        lambda: client.get_registered_model("nobody"),
        lambda: client.update_registered_model("nobody", "d"),
        lambda: client.delete_registered_model("nobody"),
        lambda: client.set_registered_model_tag("nobody", "a", "b"),
        lambda: client.delete_registered_model_tag("nobody", "a"),
        lambda: client.get_model_version("nobody", "1"),
        lambda: client.update_model_version("nobody", "1", "d"),
        lambda: client.delete_model_version("nobody", "1"),
        lambda: client.transition_model_version_stage("nobody", "1", "Staging"),
        lambda: client.set_model_version_tag("nobody", "1", "a", "b"),
        lambda: client.delete_model_version_tag("nobody", "1", "a"),
        lambda: client.get_model_version_download_uri("nobody", "1"),
        lambda: client.get_latest_versions("nobody"),
        lambda: client.set_registered_model_alias("nobody", "a", "1"),
        lambda: client.delete_registered_model_alias("nobody", "a"),
        lambda: client.get_model_version_by_alias("nobody", "a"),
        lambda: client.create_model_version("nobody", "s3://bucket/a"),
    ]
    return [attempt(call) for call in calls]


@case
def tags_of_registered_models(at):
    name = model(at, tags={"kept": "1", "gone": "1"})
    at.client.set_registered_model_tag(name, "kept", "2")
    at.client.set_registered_model_tag(name, "größe", "ß")
    at.client.delete_registered_model_tag(name, "gone")
    return [
        at.client.get_registered_model(name).tags,
        attempt(at.client.delete_registered_model_tag, name, "never"),
        attempt(at.client.set_registered_model_tag, name, "k" * 251, "v"),
        attempt(at.client.set_registered_model_tag, name, "long", "v" * 100_001),
        attempt(at.client.set_registered_model_tag, name, "a?b", "v"),
        attempt(at.client.set_registered_model_tag, name, "", "v"),
        {key: len(value) for key, value in at.client.get_registered_model(name).tags.items()},
    ]


@case
def versions_are_numbered_and_never_again(at):
    name = model(at)
    run = at.run()
    first = version(
        at, name, run_id=run, tags={"a": "1"}, description="first", run_link="https://example.invalid/run"
    )
    version(at, name)
    version(at, name)
    at.client.delete_model_version(name, "3")
    fourth = version(at, name)
    at.client.delete_model_version(name, "1")
    return [
        first,
        fourth.version,
        attempt(at.client.get_model_version, name, "1"),
        at.client.get_registered_model(name),
        attempt(at.client.delete_model_version, name, "1"),
    ]


@case
def versions_are_described_and_tagged(at):
    name = model(at, versions=1)
    at.client.update_model_version(name, "1", "described")
    at.client.set_model_version_tag(name, "1", "a", "1")
    at.client.set_model_version_tag(name, "1", "a", "2")
    at.client.set_model_version_tag(name, "1", "gone", "2")
    at.client.delete_model_version_tag(name, "1", "gone")
    return [
        at.client.get_model_version(name, "1"),
        attempt(at.client.delete_model_version_tag, name, "1", "never"),
        attempt(at.client.set_model_version_tag, name, "9", "a", "b"),
        attempt(at.client.update_model_version, name, "9", "a"),
        attempt(at.client.set_model_version_tag, name, "1", "k" * 251, "v"),
        attempt(at.client.set_model_version_tag, name, "1", "long", "v" * 100_001),
        attempt(at.client.get_model_version, name, "no number"),
        attempt(at.client.get_model_version, name, "0"),
    ]


@case
def a_tag_of_a_version_is_set_by_its_stage(at):
    name = model(at, versions=2)
    at.client.transition_model_version_stage(name, "2", "Staging")
    at.client.set_model_version_tag(name, key="a", value="1", stage="Staging")
    return [at.client.get_model_version(name, "2").tags, at.client.get_model_version(name, "1").tags]


@case
def sources_of_versions_are_checked(at):
    name = model(at)
    run = at.run()
    sources = [
        "s3://bucket/model",
        f"runs:/{run}/model",
        f"mlflow-artifacts:/0/{run}/artifacts/m",
        "mlflow-artifacts:/0/../../etc",
        "mlflow-artifacts:/0/%2e%2e/etc",
        "mlflow-artifacts:/0/a#/../b",
        "https://example.invalid/a/../b",
        "/etc/passwd",
        "file:///etc/passwd",
        "file://localhost/etc",
        "models:/nobody/1",
        "models:/m-" + "0" * 32,
        "",
    ]

    def code(answer):
        return answer.get("error_code", answer) if isinstance(answer, dict) else answer.source

    return {source: code(attempt(at.client.create_model_version, name, source, run)) for source in sources}


@case
def aliases_move_and_go(at):
    name = model(at, versions=3)
    at.client.set_registered_model_alias(name, "champion", "1")
    at.client.set_registered_model_alias(name, "challenger", "1")
    at.client.set_registered_model_alias(name, "champion", "3")
    seen = [
        at.client.get_registered_model(name).aliases,
        at.client.get_model_version_by_alias(name, "champion"),
        [sorted(at.client.get_model_version(name, v).aliases) for v in "123"],
    ]
    at.client.delete_model_version(name, "3")
    return [
        *seen,
        at.client.get_registered_model(name).aliases,
        attempt(at.client.get_model_version_by_alias, name, "champion"),
        attempt(at.client.delete_registered_model_alias, name, "never"),
        attempt(at.client.delete_registered_model_alias, name, "challenger"),
        at.client.get_registered_model(name).aliases,
    ]


@case
def names_of_aliases(at):
    name = model(at, versions=1)
    aliases = [
        "ok",
        "with-dash_1",
        "latest",
        "LATEST",
        "v1",
        "V12",
        "version1",
        "a b",
        "a.b",
        "größe",
        "",
        "a" * 255,
        "a" * 256,
        "1",
    ]
    return [
        {alias[:20]: attempt(at.client.set_registered_model_alias, name, alias, "1") for alias in aliases},
        attempt(at.client.set_registered_model_alias, name, "ok", "9"),
        attempt(at.client.set_registered_model_alias, name, "ok", "text"),
    ]


@case
def stages_move_and_archive(at):
    name = model(at, versions=3)
    seen = [at.client.transition_model_version_stage(name, "1", "Production")]
    at.client.transition_model_version_stage(name, "2", "production")
    at.client.transition_model_version_stage(name, "3", "PRODUCTION", archive_existing_versions=True)
    return [
        *seen,
        [at.client.get_model_version(name, v).current_stage for v in "123"],
        attempt(at.client.transition_model_version_stage, name, "1", "Nowhere"),
        attempt(at.client.transition_model_version_stage, name, "9", "Staging"),
        attempt(at.client.transition_model_version_stage, name, "1", "None", archive_existing_versions=True),
        attempt(
            at.client.transition_model_version_stage, name, "1", "Archived", archive_existing_versions=True
        ),
        at.client.get_registered_model(name).latest_versions,
    ]


@case
def the_latest_version_of_each_stage(at):
    name = model(at, versions=5)
    for number, stage in (("1", "Staging"), ("3", "Staging"), ("2", "Production")):
        at.client.transition_model_version_stage(name, number, stage)
    latest = lambda *stages: sorted(
        [v.version, v.current_stage] for v in at.client.get_latest_versions(name, *stages)
    )
    return [
        latest(),
        latest(["Staging"]),
        latest(["None", "production"]),
        latest([]),
        latest(["Archived"]),
        attempt(at.client.get_latest_versions, name, ["Nowhere"]),
    ]


@case
def versions_by_plain_http(at):
    name = model(at)
    return [
        at.rest("POST", "model-versions/create", {"name": name, "source": "s3://bucket/a"}),
        at.rest("GET", "model-versions/get", query={"name": name, "version": "1"}),
        at.rest("GET", "model-versions/get-download-uri", query={"name": name, "version": "1"}),
        at.rest("GET", "registered-models/get", query={"name": name}),
        at.rest("POST", "registered-models/get-latest-versions", {"name": name}),
        at.rest("GET", "registered-models/get-latest-versions", query={"name": name}),
        at.rest("DELETE", "model-versions/delete", {"name": name, "version": "1"}),
        at.rest("POST", "model-versions/create", {"name": name}),
        at.rest("POST", "model-versions/create", {"source": "s3://bucket/a"}),
        at.rest("GET", "model-versions/get", query={"name": name}),
        at.rest("POST", "registered-models/create", {}),
        at.rest("GET", "registered-models/get"),
        at.rest("POST", "registered-models/alias", {"name": name, "alias": "a"}),
        at.rest("GET", "registered-models/alias", query={"name": name}),
        at.rest("DELETE", "registered-models/delete", {"name": name}),
    ]
