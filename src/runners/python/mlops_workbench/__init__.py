"""Logs parameters, metrics, tags and artifacts to MLOps Workbench, with nothing to install.

The names and meanings are those of mlflow's fluent API, so that a script can change between the two
by its import line alone::

    import mlops_workbench as mlflow

    with mlflow.start_run():
        mlflow.log_param("learning_rate", 0.1)
        for step in range(100):
            mlflow.log_metric("loss", 1 / (step + 1), step=step)

A script that was started outside the Workbench says so once and runs as if nothing were logged.
Needs Python 3.8 or later and its standard library.
"""

from ._errors import TrackingError
from ._fluent import (
    Run,
    active_run,
    end_run,
    flush,
    get_artifact_uri,
    get_tracking_uri,
    log_artifact,
    log_artifacts,
    log_dict,
    log_metric,
    log_metrics,
    log_param,
    log_params,
    log_text,
    set_experiment,
    set_tag,
    set_tags,
    set_tracking_uri,
    start_run,
)
from ._parameters import load_parameters

__all__ = [
    "Run",
    "TrackingError",
    "active_run",
    "end_run",
    "flush",
    "get_artifact_uri",
    "get_tracking_uri",
    "load_parameters",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_metric",
    "log_metrics",
    "log_param",
    "log_params",
    "log_text",
    "set_experiment",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "start_run",
]


def __getattr__(name):
    raise AttributeError(
        f"mlops_workbench has no '{name}'. It covers logging of parameters, metrics, tags and files; "
        "install mlflow for the rest: its runs appear in the Workbench as well."
    )
