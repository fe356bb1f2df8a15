"""What the cases share: the list of them, the things that a case works with, and one form for all that it saw."""

import datetime
import enum
import json
import math
import os
import re
import time
from pathlib import Path
from urllib.parse import quote

import mlflow
import requests
from mlflow.entities._mlflow_object import _MlflowObject
from mlflow.exceptions import MlflowException

client_is_3 = mlflow.__version__.startswith("3.")

cases = []


def case(function):
    """Both clients run it."""
    cases.append(function)
    return function


def case_of_3(function):
    """Only the client of MLflow 3 knows what it asks for."""
    if client_is_3:
        cases.append(function)
    return function


def case_of_2(function):
    """Only the client of MLflow 2 can ask for it."""
    if not client_is_3:
        cases.append(function)
    return function


def attempt(work, *arguments, **named):
    """What the call answers, or MLflow's code and sentence where it is refused."""
    try:
        return work(*arguments, **named)
    except MlflowException as error:
        # The client tries a 500 again and then tells of its tries.
        if "too many 500" in error.message:
            return {"status": 500}
        return {"error_code": error.error_code, "message": error.message}


def forget_active_run():
    mlflow.sklearn.autolog(disable=True)
    while mlflow.active_run():
        mlflow.end_run()


class At:
    """A server as one case sees it: an experiment of the case's own, a folder, a client and plain HTTP."""

    def __init__(self, name, uri):
        self.name = name
        self.uri = uri
        self.client = mlflow.MlflowClient()
        self.folder = Path.cwd() / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self._experiments = {}

    @property
    def experiment(self):
        return self._experiments.get(self.name) or self.new_experiment()

    def new_experiment(self, suffix="", **more):
        name = self.name + suffix
        self._experiments[name] = self.client.create_experiment(name, **more)
        return self._experiments[name]

    def known_experiment(self, experiment_id, label):
        self._experiments[label] = experiment_id
        return experiment_id

    def run(self, name="run", **more):
        return self.client.create_run(
            more.pop("experiment_id", None) or self.experiment, run_name=name, **more
        ).info.run_id

    def fluent(self):
        """Fluent calls go to this case's experiment from here on."""
        mlflow.set_experiment(experiment_id=self.experiment)

    def file(self, name, content=""):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    def rest(self, method, path, body=None, query=None, api="api", version="2.0", **more):
        """One request as it would be typed by hand: the status and the JSON, or the text, of the answer."""
        address = path if path.startswith("/") else f"/{api}/{version}/mlflow/{path}"
        reply = requests.request(method, self.uri + address, json=body, params=query, timeout=60, **more)
        if reply.status_code == 500:
            return {"status": 500}
        try:
            return {"status": reply.status_code, "json": reply.json()}
        except ValueError:
            return {"status": reply.status_code, "text": reply.text}

    def artifact(self, method, path, body=None, **more):
        address = f"{self.uri}/api/2.0/mlflow-artifacts/artifacts/{quote(path)}"
        return requests.request(method, address, data=body, timeout=60, **more)

    def normalise(self, value):
        return Normaliser(self).apply(plain(value))


def plain(value):
    """Any value of the client as JSON; lists keep their order."""
    if value is None or isinstance(value, (bool, str, int)) and not isinstance(value, enum.Enum):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else repr(value)
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        items = [plain(item) for item in value]
        return {"items": items, "more": bool(value.token)} if hasattr(value, "token") else items
    if isinstance(value, (set, frozenset)):
        return sorted(plain(item) for item in value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if type(value).__name__ == "DataFrame":
        return {"columns": list(value.columns), "rows": [plain(row) for row in value.values.tolist()]}
    if type(value).__name__ in ("ndarray", "Series"):
        return plain(value.tolist())
    if hasattr(value, "item"):
        return plain(value.item())
    if type(value).__name__ == "Timestamp":
        return value.isoformat()
    if hasattr(value, "to_dictionary"):
        return plain(value.to_dictionary())
    if isinstance(value, _MlflowObject):
        return {name: plain(item) for name, item in value}
    if hasattr(value, "to_dict"):
        return plain(value.to_dict())
    return repr(value)


class Normaliser:
    """Ids and times of this very run become words; everything else stays as it was seen.

    An id gets its number where it is seen first, so the same id is the same word throughout one case.
    """

    def __init__(self, at):
        self._at = at
        self._ids = {}
        self._now = time.time() * 1000
        self._experiments = {
            str(number): f"<experiment{name[len(at.name):]}>" for name, number in at._experiments.items()
        }

    def apply(self, value, key=""):
        if isinstance(value, dict):
            return {self._text(name): self.apply(value[name], name) for name in sorted(value)}
        if isinstance(value, list):
            # On the wire tags, parameters and metrics of a run come in no order.
            if key in ("tags", "params", "metrics") and all(
                isinstance(item, dict) and "step" not in item for item in value
            ):
                value = by_key(value)
            return [self.apply(item, key) for item in value]
        if isinstance(value, bool) or value is None:
            return value
        if isinstance(value, (int, float)):
            return self._number(value, key)
        return self._json(value) or self._text(value, key)

    def _json(self, text):
        """JSON that travels as text is compared as JSON."""
        if text[:1] not in "[{" or len(text) < 2:
            return None
        try:
            return {"json": self.apply(json.loads(text))}
        except ValueError:
            return None

    def _number(self, number, key):
        near = abs(number - self._now) < 86_400_000 or abs(number / 1e6 - self._now) < 86_400_000
        duration = re.search(r"duration|execution_time|_latency", key)
        return "<time>" if near or duration else number

    def _text(self, text, key=""):
        if key in ("experiment_id", "experiment_ids") or "experiment" in text.lower():
            for number, word in self._experiments.items():
                text = re.sub(rf"(?<![\w-]){number}(?![\w-])", word, text)
        if re.search(r"duration|execution_time", key):
            return "<time>"
        text = re.sub(r"(mlflow-artifacts(?::|/artifacts)/)(\d+)(?=/|$)", self._experiment_of_uri, text)
        text = text.replace(str(self._at.folder), "<folder>").replace(self._at.uri, "<server>")
        text = re.sub(r"\b(m-|tr-)?(?:[0-9a-f]{32}|[0-9a-f]{40})\b", self._id, text)
        text = re.sub(r"(?<![0-9a-z])[0-9a-z][0-9a-f]{7}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b", "<uuid>", text)
        text = re.sub(r"\b1[5-9]\d{11}\b", self._time, text)
        # SQLite's own words, with which MLflow goes on.
        text = re.sub(r"(\. Error:)? ?\((raised as a result|sqlite3\.).*", "", text, flags=re.DOTALL)
        text = re.sub(r"\b20\d\d-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?(Z|\+\d\d:\d\d)?", "<time>", text)
        # A set of Python's is written in another order each time.
        text = re.sub(
            r"\{('[^'{}]*', )+'[^'{}]*'\}",
            lambda found: "{" + ", ".join(sorted(found[0][1:-1].split(", "))) + "}",
            text,
        )
        return re.sub(r"^[a-z]+-[a-z]+-\d{1,3}$", "<invented name>", text)

    def _experiment_of_uri(self, found):
        return found[1] + self._experiments.get(found[2], found[2])

    def _time(self, found):
        return "<time>" if abs(int(found[0]) - self._now) < 86_400_000 else found[0]

    def _id(self, found):
        kind = {"m-": "model", "tr-": "trace"}.get(found[1], "id")
        if found[0] not in self._ids:
            self._ids[found[0]] = f"<{kind} {len(self._ids) + 1}>"
        return self._ids[found[0]]


def names(runs):
    return [run.info.run_name for run in runs]


def by_key(items):
    """For lists whose order says nothing."""
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


def inference_is_not_tested():
    """Finding out a model's requirements takes seconds in a process of its own, and no server sees it."""
    import mlflow.utils.environment

    for module in (mlflow.models, mlflow.sklearn, mlflow.utils.environment, mlflow.pyfunc):
        if hasattr(module, "infer_pip_requirements"):
            module.infer_pip_requirements = lambda *_arguments, **_named: [f"mlflow=={mlflow.__version__}"]


inference_is_not_tested()
os.environ.setdefault("MPLBACKEND", "Agg")
