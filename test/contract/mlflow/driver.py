"""Runs every case once against one tracking server and writes what each of them saw, as one JSON file.

Usage: driver.py TRACKING_URI REPORT [CASE …]; with names only these cases run.
It knows nothing of whose server it speaks to; `compatibility.test.ts` compares the reports of two servers.
"""

import json
import sys
import time
import traceback

import mlflow

from cases import harness
from cases import (  # noqa: F401  Importing a module adds its cases to the list.
    artifacts,
    experiments,
    fluent,
    limits,
    logged_models,
    models,
    registry,
    registry_search,
    rest,
    runs,
    search,
    search_refusals,
    traces,
    training,
    wire,
)


def main(uri, report_file, only):
    mlflow.set_tracking_uri(uri)
    mlflow.set_registry_uri(uri)
    report = {"client": mlflow.__version__, "cases": {}}
    for case in harness.cases:
        name = case.__name__
        if only and name not in only:
            continue
        begin = time.monotonic()
        at = harness.At(name, uri)
        try:
            saw = {"saw": at.normalise(case(at))}
        except Exception as error:
            saw = {"broke": at.normalise([type(error).__name__, str(error), traceback.format_exc()])}
        finally:
            harness.forget_active_run()
        report["cases"][name] = {**saw, "seconds": round(time.monotonic() - begin, 3)}
    with open(report_file, "w") as file:
        json.dump(report, file)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
