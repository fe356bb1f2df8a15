"""The calls of a script: one tracking address, one stack of active runs."""

import atexit
import getpass
import json
import math
import numbers
import os
import posixpath
import re
import sys
import time
from urllib.parse import quote

from ._errors import TrackingError, warn_once
from ._rest import Refused, Server, Unreachable
from ._sender import METRIC, PARAMETER, TAG, UPDATE, Item, Sender

# How long a call that reports misuse waits for the answer before it lets the script go on.
_ANSWER_SECONDS = 5
_END_SECONDS = 30
_EXIT_SECONDS = 300

_NAME = re.compile(r"^[/\w.\- :]+$")


class _Tracking:
    """What the process knows: where to log, and to which run."""

    def __init__(self):
        self.uri = os.environ.get("MLFLOW_TRACKING_URI") or None
        self.experiment_id = None
        self.runs = []
        self.parameters = {}
        self.server = None
        self.sender = None
        self.off = False
        self.slow = False

    def connect(self):
        """The server for calls of the script itself; ``None`` when nothing is tracked."""
        if self.off:
            return None
        if self.uri is None:
            self.off = True
            warn_once("not tracked: started outside MLOps Workbench")
            return None
        if self.server is None:
            self.server = Server(self.uri)
            self.sender = Sender(Server(self.uri))
        return self.server

    def call(self, method, endpoint, message=None, query=""):
        server = self.connect()
        if server is None:
            return None
        try:
            return server.call(method, endpoint, message, query)
        except Unreachable as error:
            server.warn_lost(error)
            self.off = True
            return None


_tracking = _Tracking()


def _after_fork():
    if _tracking.server is not None:
        _tracking.server.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class RunInfo:
    def __init__(self, info):
        self.run_id = info.get("run_id", "")
        self.run_name = info.get("run_name", "")
        self.experiment_id = info.get("experiment_id", "")
        self.artifact_uri = info.get("artifact_uri", "")
        self.start_time = info.get("start_time", 0)


class Run:
    """An active run; as a context it ends FINISHED, or FAILED when an exception passes through."""

    def __init__(self, info):
        self.info = RunInfo(info)
        self.owner = os.getpid()

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if self in _tracking.runs:
            while _tracking.runs[-1] is not self:
                end_run()
            end_run("FINISHED" if kind is None else "FAILED")
        return False


class Experiment:
    def __init__(self, experiment_id, name):
        self.experiment_id = experiment_id
        self.name = name


def set_tracking_uri(uri):
    """Logs to another tracking server from now on."""
    flush()
    _tracking.uri = uri or None
    _tracking.server = None
    _tracking.off = False


def get_tracking_uri():
    return _tracking.uri


def set_experiment(experiment_name):
    """The experiment of runs that are started from now on; created when there is none."""
    try:
        found = _tracking.call(
            "GET", "experiments/get-by-name", query="?experiment_name=" + quote(experiment_name, safe="")
        )
        experiment = (found or {}).get("experiment", {})
        if experiment.get("lifecycle_stage") == "deleted":
            raise TrackingError(f"Cannot set a deleted experiment {experiment_name!r} as the active experiment.")
        experiment_id = experiment.get("experiment_id")
    except Refused:
        created = _tracking.call("POST", "experiments/create", {"name": experiment_name})
        experiment_id = (created or {}).get("experiment_id")
    _tracking.experiment_id = experiment_id
    return Experiment(experiment_id, experiment_name)


def start_run(run_id=None, experiment_id=None, run_name=None, nested=False, tags=None, description=None):
    """Starts a run, or goes on with the one of ``run_id``. Ended by ``end_run`` or by leaving ``with``."""
    if _tracking.runs and not nested:
        raise TrackingError(
            f"Run with UUID {_tracking.runs[0].info.run_id} is already active. To start a new run, first end "
            "the current run with end_run(). To start a nested run, call start_run with nested=True"
        )
    wanted = {str(key): str(value) for key, value in (tags or {}).items()}
    if description is not None:
        wanted["mlflow.note.content"] = description
    reply = _resumed(run_id, run_name) if run_id else _created(experiment_id, run_name, wanted)
    run = Run(reply["run"]["info"] if reply else {})
    _tracking.runs.append(run)
    if run_id and wanted:
        set_tags(wanted)
    return run


def active_run():
    return _tracking.runs[-1] if _tracking.runs else None


def end_run(status="FINISHED"):
    """Ends the innermost run once everything logged so far is recorded."""
    if not _tracking.runs:
        return
    run = _tracking.runs.pop()
    _tracking.parameters.pop(run.info.run_id, None)
    _send(run, UPDATE, {"status": status, "end_time": _now()})
    if _tracking.sender is not None:
        _tracking.sender.flush(_END_SECONDS)


def flush(timeout=_END_SECONDS):
    """Waits until what was logged so far is recorded; says whether it is."""
    return _tracking.sender is None or _tracking.sender.flush(timeout)


def log_param(key, value):
    """Parameters never change: another value for the same key raises ``TrackingError``."""
    log_params({key: value})
    return value


def log_params(params):
    run = _require_run()
    items = []
    for key, value in params.items():
        _check_name(key)
        text = str(value)[:6000]
        known = _tracking.parameters.setdefault(run.info.run_id, {})
        if known.setdefault(key, text) != text:
            raise TrackingError(
                f"Changing param values is not allowed. Param with key='{key}' was already logged with "
                f"value='{known[key]}' for run ID='{run.info.run_id}'. Attempted logging new value '{text}'."
            )
        items.append(_send(run, PARAMETER, {"key": key, "value": text}, waits=True))
    _await_answers([item for item in items if item is not None])


def _await_answers(items):
    # A server that is away holds up one call, not every one.
    deadline = time.monotonic() + (0 if _tracking.slow else _ANSWER_SECONDS)
    answered = [item.done.wait(max(0.0, deadline - time.monotonic())) for item in items]
    _tracking.slow = not all(answered)
    for item in items:
        if item.error is not None:
            raise TrackingError(str(item.error))


def log_metric(key, value, step=None, timestamp=None):
    """``timestamp`` in milliseconds since the epoch, now when absent; ``step`` 0 when absent."""
    log_metrics({key: value}, step, timestamp)


def log_metrics(metrics, step=None, timestamp=None):
    run = _require_run()
    time_of_all = _now() if timestamp is None else int(timestamp)
    step_of_all = 0 if step is None else int(step)
    for key, value in metrics.items():
        _check_name(key)
        content = {"key": key, "value": _number(key, value), "timestamp": time_of_all, "step": step_of_all}
        _send(run, METRIC, content)


def set_tag(key, value):
    set_tags({key: value})


def set_tags(tags):
    run = _require_run()
    for key, value in tags.items():
        _check_name(key)
        _send(run, TAG, {"key": key, "value": str(value)})


def log_text(text, artifact_file):
    _upload(artifact_file, text.encode())


def log_dict(dictionary, artifact_file):
    """As JSON, which is YAML as well, whatever the ending of the name."""
    log_text(json.dumps(dictionary, indent=2, default=str), artifact_file)


def log_artifact(local_path, artifact_path=None):
    """A file, or a folder with all that is in it, under its own name."""
    local_path = os.fspath(local_path)
    name = os.path.basename(os.path.abspath(local_path))
    if os.path.isdir(local_path):
        log_artifacts(local_path, posixpath.join(artifact_path or "", name))
    else:
        _upload_file(local_path, posixpath.join(artifact_path or "", name))


def log_artifacts(local_dir, artifact_path=None):
    local_dir = os.fspath(local_dir)
    if not os.path.isdir(local_dir):
        raise TrackingError(f"There is no folder {local_dir!r} to log.")
    for folder, _, names in os.walk(local_dir):
        inside = os.path.relpath(folder, local_dir).replace(os.sep, "/")
        base = posixpath.normpath(posixpath.join(artifact_path or "", inside))
        for name in names:
            _upload_file(os.path.join(folder, name), posixpath.join("" if base == "." else base, name))


def get_artifact_uri(artifact_path=None):
    uri = _require_run().info.artifact_uri
    return posixpath.join(uri, artifact_path) if artifact_path else uri


def _created(experiment_id, run_name, tags):
    parent = active_run()
    if parent is not None and parent.info.run_id:
        tags["mlflow.parentRunId"] = parent.info.run_id
    tags.setdefault("mlflow.source.name", sys.argv[0] or "<console>")
    tags.setdefault("mlflow.source.type", "LOCAL")
    message = {
        "experiment_id": str(experiment_id or _tracking.experiment_id or _experiment_from_environment()),
        "user_id": _user(),
        "start_time": _now(),
        "tags": [{"key": key, "value": value} for key, value in tags.items()],
    }
    if run_name:
        message["run_name"] = run_name
    return _tracking.call("POST", "runs/create", message)


def _resumed(run_id, run_name):
    message = {"run_id": run_id, "status": "RUNNING"}
    if run_name:
        message["run_name"] = run_name
    _tracking.call("POST", "runs/update", message)
    return _tracking.call("GET", "runs/get", query="?run_id=" + quote(run_id, safe=""))


def _experiment_from_environment():
    name = os.environ.get("MLFLOW_EXPERIMENT_NAME")
    if name:
        return set_experiment(name).experiment_id
    return os.environ.get("MLFLOW_EXPERIMENT_ID") or "0"


def _require_run():
    return _tracking.runs[-1] if _tracking.runs else start_run()


def _send(run, kind, content, waits=False):
    if not run.info.run_id or _tracking.sender is None:
        return None
    item = Item(run.info.run_id, kind, content, waits)
    _tracking.sender.send(item)
    return item


def _upload(artifact_file, content):
    _put(artifact_file, lambda: content, len(content))


def _upload_file(local_path, artifact_file):
    if not os.path.isfile(local_path):
        raise TrackingError(f"There is no file {local_path!r} to log.")
    _put(artifact_file, lambda: open(local_path, "rb"), os.path.getsize(local_path))


def _put(artifact_file, open_body, size):
    run = _require_run()
    server = _tracking.connect()
    if not run.info.run_id or server is None:
        return
    path = posixpath.normpath(artifact_file)
    if path in ("", ".") or path.startswith(("/", "..")):
        raise TrackingError(f"Invalid artifact path: {artifact_file!r}")
    scheme = "mlflow-artifacts:/"
    if not run.info.artifact_uri.startswith(scheme):
        warn_once(f"artifacts of this run are not kept by its tracking server; {path} was not stored")
        return
    try:
        server.put_file(posixpath.join(run.info.artifact_uri[len(scheme) :], path), open_body, size)
    except Unreachable as error:
        server.warn_lost(error)


def _check_name(key):
    if not isinstance(key, str) or not _NAME.match(key) or posixpath.normpath(key) != key or key[0] == "/":
        raise TrackingError(
            f"Invalid name {key!r}. Names may only contain alphanumerics, underscores (_), dashes (-), "
            "periods (.), spaces ( ), colon(:) and slashes (/), and must not look like another path."
        )


def _number(key, value):
    """JSON has no NaN and no infinities: they travel by name."""
    if not isinstance(value, numbers.Number) or isinstance(value, bool):
        try:
            # Arrays and tensors of one element know how to become a number.
            value = value.item()
        except AttributeError:
            pass
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TrackingError(f"Got invalid value {value!r} for metric '{key}'. Please specify a number.") from None
    if math.isfinite(number):
        return number
    return "NaN" if math.isnan(number) else "Infinity" if number > 0 else "-Infinity"


def _now():
    return time.time_ns() // 1_000_000


def _user():
    try:
        return getpass.getuser()
    except Exception:
        return "unknown"


def _at_exit():
    # The interpreter leaves a note of an exception that nobody caught.
    status = "FAILED" if getattr(sys, "last_type", None) is not None else "FINISHED"
    # A forked child logs to the run of its parent, but only the parent ends it.
    _tracking.runs[:] = [run for run in _tracking.runs if run.owner == os.getpid()]
    while _tracking.runs:
        end_run(status)
    flush(_EXIT_SECONDS)


atexit.register(_at_exit)
