"""What MLflow's own client waits for, call by call, against any tracking server. Prints seconds per call as JSON.

Usage: pythonClient.py URI EXPERIMENT LONG_RUN SINGLES BATCHES SEARCHES; the run LONG_RUN has 100,000 points of `loss`.
"""

import json
import sys
import time

import mlflow
from mlflow.entities import Metric

uri, experiment, long_run, singles, batches, searches = sys.argv[1:4] + [int(text) for text in sys.argv[4:]]
mlflow.set_tracking_uri(uri)
client = mlflow.MlflowClient()
query = {
    "filter_string": "metrics.accuracy > 0.5 AND params.model = 'tree'",
    "order_by": ["metrics.loss ASC"],
}


def seconds_per_call(count, work):
    work(-1)
    begin = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - begin) / count


def expect(found, wanted):
    assert found == wanted, f"{found} instead of {wanted}: this measures something else"


run = client.create_run(experiment).info.run_id
print(
    json.dumps(
        {
            "logMetric": seconds_per_call(
                singles, lambda number: client.log_metric(run, "m", 0.5, 1000, number + 1)
            ),
            "logBatch": seconds_per_call(
                batches,
                lambda number: client.log_batch(
                    run, [Metric("b", 0.5, 1000, (number + 1) * 1000 + i) for i in range(1000)]
                ),
            ),
            "search": seconds_per_call(
                searches,
                lambda _number: expect(len(client.search_runs([experiment], max_results=100, **query)), 100),
            ),
            "table": seconds_per_call(
                1,
                lambda _number: expect(
                    len(mlflow.search_runs([experiment], max_results=1000, **query)), 1000
                ),
            ),
            "history": seconds_per_call(
                2, lambda _number: expect(len(client.get_metric_history(long_run, "loss")), 100_000)
            ),
        }
    )
)
