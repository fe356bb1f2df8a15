"""Fills a new database of MLflow's own server with what `fillOurs` in trackingServers.ts stores in ours.

Usage: fillMlflow.py DATABASE RUNS. Over REST the same would take MLflow's server many minutes; the rows are those
that its server writes, put there through MLflow's own tables. Prints the experiment and the long run as JSON.
"""

import json
import sys

from mlflow.store.tracking.dbmodels.models import SqlLatestMetric, SqlMetric, SqlParam, SqlRun, SqlTag
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore

database, runs = sys.argv[1], int(sys.argv[2])
store = SqlAlchemyStore(f"sqlite:///{database}", "mlflow-artifacts:/")
experiment = int(store.create_experiment("bench"))
rows = {table: [] for table in (SqlRun, SqlTag, SqlParam, SqlMetric, SqlLatestMetric)}


def add_run(run, start_time, tags):
    rows[SqlRun].append(
        {
            "run_uuid": run,
            "name": f"run-{run[-6:]}",
            "source_type": "UNKNOWN",
            "source_name": "",
            "entry_point_name": "",
            "user_id": "",
            "status": "RUNNING",
            "start_time": start_time,
            "source_version": "",
            "lifecycle_stage": "active",
            "artifact_uri": f"mlflow-artifacts:/{experiment}/{run}/artifacts",
            "experiment_id": experiment,
        }
    )
    for key, value in {"mlflow.runName": f"run-{run[-6:]}", **tags}.items():
        rows[SqlTag].append({"run_uuid": run, "key": key, "value": value})


def point(run, key, value, timestamp, step):
    return {
        "run_uuid": run,
        "key": key,
        "value": value,
        "timestamp": timestamp,
        "step": step,
        "is_nan": False,
    }


for index in range(runs):
    run, time = f"{index:032x}", 1_700_000_000_000 + index * 60_000
    spread = lambda factor: ((index * factor) % 9_973) / 9_973
    add_run(run, time, {"stage": "new" if index % 3 else "old"})
    metrics = {
        "accuracy": spread(7_919),
        "loss": spread(104_729),
        "f1": spread(31),
        "seconds": spread(17) * 100,
    }
    for key, value in metrics.items():
        rows[SqlMetric].append(point(run, key, value, time, 0))
        rows[SqlLatestMetric].append(point(run, key, value, time, 0))
    params = {
        "model": ("tree", "forest", "svm")[index % 3],
        "lr": str(spread(13)),
        "depth": str(index % 12),
        "seed": str(index),
    }
    rows[SqlParam] += [{"run_uuid": run, "key": key, "value": value} for key, value in params.items()]

long_run = "f" * 32
add_run(long_run, 1_600_000_000_000, {})
rows[SqlMetric] += [
    point(long_run, "loss", 1 / (step + 1), 1_600_000_000_000 + step, step) for step in range(100_000)
]
rows[SqlLatestMetric].append(rows[SqlMetric][-1])

with store.ManagedSessionMaker() as session:
    for table, values in rows.items():
        session.bulk_insert_mappings(table, values)
print(json.dumps({"experiment": str(experiment), "longRun": long_run}))
