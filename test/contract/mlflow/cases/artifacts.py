"""Artifacts: names that hurt, folders, empty files, and what is refused."""

import os

import mlflow

from .harness import attempt, by_key, case

hostile = [
    "plus+and+more.txt",
    "a space.txt",
    "two  spaces.txt",
    " leading space",
    "trailing space ",
    "größe-数-🐧.txt",
    "-leading-dash.txt",
    "--help",
    ".hidden",
    "semi;colon&and=equals.txt",
    "comma,and'quote.txt",
    "brackets[1]{2}(3).txt",
    "at@home$!~.txt",
    "star*.txt",
    "pipe|bar.txt",
    "colon:b.txt",
    'double"quote.txt',
    "less<than>.txt",
    "NUL",
    "con.txt",
    "no-extension",
    "two.dots..txt",
    "x" * 200 + ".txt",
]
# The client itself spoils these: what matters is that both servers take it the same way.
spoiled = ["hash#tag.txt", "question?mark.txt", "percent%41.txt", "100%.txt", "per%2Fcent.txt", "%2e%2e.txt"]


def listed(at, run, path=None):
    return [[file.path, file.is_dir, file.file_size] for file in at.client.list_artifacts(run, path)]


def walk(at, run, path=None):
    found = []
    for file in at.client.list_artifacts(run, path):
        found.append([file.path, file.is_dir, file.file_size])
        if file.is_dir:
            found += walk(at, run, file.path)
    return found


@case
def artifacts_with_hostile_names_come_back(at):
    run = at.run()
    for number, name in enumerate(hostile):
        at.client.log_artifact(run, at.file(name, f"content {number}"), "files")
    back = lambda name: open(at.client.download_artifacts(run, f"files/{name}", str(at.folder))).read()
    return [listed(at, run, "files"), {name: attempt_any(back, name) for name in hostile}]


@case
def artifacts_with_names_the_client_spoils(at):
    seen = {}
    for number, name in enumerate(spoiled):
        run = at.run(f"r{number}")
        seen[name] = [
            attempt_any(at.client.log_artifact, run, at.file(name, f"content {number}"), "files"),
            attempt_any(listed, at, run, "files"),
            attempt_any(
                lambda: open(at.client.download_artifacts(run, f"files/{name}", str(at.folder))).read()
            ),
        ]
    return seen


def attempt_any(work, *arguments):
    try:
        return attempt(work, *arguments)
    except Exception as error:
        return type(error).__name__


@case
def folders_with_hostile_names_come_back(at):
    run = at.run()
    for number, folder in enumerate(["a b", "a+b", "größe", "a/deep/er/and/deeper", "-dash", "dots.in.name"]):
        at.client.log_text(run, str(number), f"{folder}/file.txt")
    at.client.download_artifacts(run, "", str(at.folder))
    return [walk(at, run), sorted(str(p.relative_to(at.folder)) for p in at.folder.rglob("*.txt"))]


@case
def empty_files_and_folders(at):
    run = at.run()
    at.client.log_artifact(run, at.file("empty.bin"))
    at.file("tree/kept/empty.txt")
    os.makedirs(at.folder / "tree" / "nothing in it")
    at.client.log_artifacts(run, str(at.folder / "tree"), "tree")
    return [walk(at, run), open(at.client.download_artifacts(run, "empty.bin", str(at.folder))).read()]


@case
def a_whole_folder_is_logged_and_downloaded(at):
    for number in range(12):
        at.file(f"out/{number % 3}/{number % 2}/{number}.txt", "x" * (number + 1))
    run = at.run()
    at.client.log_artifacts(run, str(at.folder / "out"))
    back = at.client.download_artifacts(run, "", str(at.folder))
    return [
        walk(at, run),
        sum(p.stat().st_size for p in (at.folder / "0").rglob("*.txt")),
        os.path.basename(back),
    ]


@case
def listing_a_file_and_nothing(at):
    run = at.run()
    at.client.log_text(run, "a", "folder/file.txt")
    return [
        listed(at, run),
        listed(at, run, "folder"),
        listed(at, run, "folder/"),
        listed(at, run, "folder/file.txt"),
        listed(at, run, "nothing"),
        listed(at, run, "folder/nothing"),
        listed(at, at.run("bare")),
    ]


@case
def downloading_what_is_not_there(at):
    run = at.run()
    at.client.log_text(run, "a", "folder/file.txt")
    return [
        attempt_any(at.client.download_artifacts, run, "nothing.txt", str(at.folder)),
        attempt_any(at.client.download_artifacts, run, "folder/file.txt/deeper", str(at.folder)),
    ]


@case
def an_artifact_is_overwritten(at):
    run = at.run()
    at.client.log_text(run, "a long first text", "file.txt")
    at.client.log_text(run, "second", "file.txt")
    return [listed(at, run), mlflow.artifacts.load_text(f"runs:/{run}/file.txt")]


@case
def texts_and_dictionaries_are_loaded_again(at):
    run = at.run()
    at.client.log_text(run, "zeile 1\nzeile 2 größe\n", "a/text.txt")
    at.client.log_dict(run, {"k": [1, {"ß": None}]}, "a/data.json")
    at.client.log_dict(run, {"k": [1, 2]}, "a/data.yaml")
    uri = at.client.get_run(run).info.artifact_uri
    return [
        mlflow.artifacts.load_text(uri + "/a/text.txt"),
        mlflow.artifacts.load_dict(f"runs:/{run}/a/data.json"),
        mlflow.artifacts.load_text(f"runs:/{run}/a/data.yaml"),
    ]


@case
def artifacts_are_listed_and_downloaded_by_address(at):
    run = at.run()
    at.client.log_text(run, "a", "folder/a b.txt")
    uri = at.client.get_run(run).info.artifact_uri
    return [
        [[f.path, f.is_dir, f.file_size] for f in mlflow.artifacts.list_artifacts(artifact_uri=uri)],
        [
            [f.path, f.is_dir, f.file_size]
            for f in mlflow.artifacts.list_artifacts(run_id=run, artifact_path="folder")
        ],
        open(mlflow.artifacts.download_artifacts(artifact_uri=f"{uri}/folder/a b.txt")).read(),
        open(
            mlflow.artifacts.download_artifacts(
                run_id=run, artifact_path="folder/a b.txt", dst_path=str(at.folder)
            )
        ).read(),
    ]


@case
def artifacts_of_a_deleted_run(at):
    run = at.run()
    at.client.log_text(run, "a", "kept.txt")
    at.client.delete_run(run)
    return [
        attempt_any(listed, at, run),
        attempt_any(lambda: mlflow.artifacts.load_text(f"runs:/{run}/kept.txt")),
    ]


@case
def artifacts_by_plain_http(at):
    folder = f"{at.experiment}/{'0' * 32}/artifacts"
    answer = lambda reply: [reply.status_code, reply.headers.get("content-type"), reply.text]
    return [
        at.artifact("PUT", f"{folder}/a b.txt", "text").status_code,
        answer(at.artifact("GET", f"{folder}/a b.txt")),
        at.artifact("GET", f"{folder}").status_code,
        at.artifact("GET", f"{folder}/missing.txt").status_code,
        at.rest("GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": folder}),
        at.rest("GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": f"{folder}/missing"}),
        at.artifact("DELETE", f"{folder}/a b.txt").status_code,
        at.rest("GET", "/ajax-api/2.0/mlflow-artifacts/artifacts", query={"path": folder}),
    ]


@case
def types_of_files_follow_their_names(at):
    folder = f"{at.experiment}/{'0' * 32}/artifacts"
    seen = {}
    for name in (
        "a.txt",
        "a.json",
        "a.csv",
        "a.html",
        "a.png",
        "a.svg",
        "a.yaml",
        "MLmodel",
        "a.bin",
        "a.py",
        "a.log",
        "a.md",
        "a.pkl",
    ):
        at.artifact("PUT", f"{folder}/{name}", "x")
        reply = at.artifact("GET", f"{folder}/{name}")
        seen[name] = [
            reply.headers.get("content-type"),
            reply.headers.get("x-content-type-options"),
            reply.headers.get("content-disposition", "").split(";")[0],
        ]
    return seen


@case
def paths_that_lead_out_are_refused(at):
    inside = f"{at.experiment}/{'0' * 32}/artifacts"
    paths = [
        "../out.txt",
        f"{inside}/../../../../out.txt",
        "/etc/passwd",
        f"{inside}/a/../b.txt",
        "%2e%2e/out.txt",
        "a\\..\\b",
    ]
    return {
        path.replace(inside, "…"): [
            at.artifact(method, path, "x").status_code for method in ("PUT", "GET", "DELETE")
        ]
        + [at.rest("GET", "/api/2.0/mlflow-artifacts/artifacts", query={"path": path})["status"]]
        for path in paths
    }


@case
def multipart_upload_is_declined(at):
    return [
        at.rest(
            "POST",
            f"/api/2.0/mlflow-artifacts/mpu/{what}/0/a.bin",
            {"path": "a.bin", "num_parts": 2, "upload_id": "u", "parts": []},
        )
        for what in ("create", "complete", "abort")
    ]


@case
def artifacts_through_the_list_endpoint(at):
    run = at.run()
    at.client.log_text(run, "a", "folder/deep/file.txt")
    at.client.log_text(run, "ab", "b.txt")
    return [
        at.rest("GET", "artifacts/list", query={"run_id": run}),
        at.rest("GET", "artifacts/list", query={"run_uuid": run, "path": "folder"}),
        at.rest("GET", "artifacts/list", query={"run_id": run, "path": "folder/deep"}),
        at.rest("GET", "artifacts/list", query={"run_id": run, "path": "nothing"}),
        at.rest("GET", "artifacts/list", query={"run_id": run, "path": "../up"}),
        at.rest("GET", "artifacts/list", query={"run_id": run, "path": "/etc"}),
        at.rest("GET", "artifacts/list"),
    ]


@case
def tables_are_logged_twice_and_loaded(at):
    run = at.run()
    at.client.log_table(run, {"question": ["a?", "b?"], "answer": ["ä", "ß"]}, "tables/qa.json")
    at.client.log_table(run, {"question": ["c?"], "answer": ["ç"]}, "tables/qa.json")
    table = at.client.load_table(at.experiment, "tables/qa.json", [run], ["run_id"])
    return [
        table[["question", "answer"]],
        sorted(table.columns),
        at.client.get_run(run).data.tags,
        by_key(walk(at, run)),
    ]
