"""Traces, as far as a script with `@mlflow.trace` needs them.

Spans go by another way to a server that knows OTLP; what can be read again afterwards is the same.
Where spans are read again, only the client of MLflow 3 is asked: 2.22 with today's OpenTelemetry loses them on the
way to its own server as well.
"""

import mlflow

from .harness import attempt, case, case_of_3, client_is_3


def traced(at, name="work", fails=False):
    at.fluent()

    ids = []

    @mlflow.trace(name=name, attributes={"kind": "test"})
    def work(number):
        current = mlflow.get_current_active_span()
        ids.append(current.trace_id if client_is_3 else current.request_id)
        with mlflow.start_span("inner") as span:
            span.set_inputs({"number": number})
            span.set_outputs(number + 1)
        if fails:
            raise ValueError("on purpose")
        return number + 1

    try:
        work(5)
    except ValueError:
        assert fails
    return ids[0]


def seen(trace):
    """The trace without how its spans travelled."""
    info = trace.info
    tags = {
        key: value
        for key, value in info.tags.items()
        if key not in ("mlflow.artifactLocation", "mlflow.trace.spansLocation")
    }
    spans = [
        [span.name, str(span.status.status_code), span.inputs, span.outputs, bool(span.parent_id)]
        for span in trace.data.spans
    ]
    return {
        "state": str(getattr(info, "state", None) or info.status),
        "tags": tags,
        "spans": sorted(spans, key=str),
        "request": trace.data.request,
        "response": trace.data.response,
    }


@case_of_3
def a_traced_function_is_found_again(at):
    return seen(at.client.get_trace(traced(at)))


@case_of_3
def a_traced_function_that_raises(at):
    read = seen(at.client.get_trace(traced(at, fails=True)))
    return [read["state"], [span[:2] for span in read["spans"]]]


@case
def traces_are_searched(at):
    for name in ("one", "two", "three"):
        traced(at, name)
    found = at.client.search_traces([at.experiment])
    return sorted(trace.info.tags["mlflow.traceName"] for trace in found)


@case
def traces_are_searched_with_filters(at):
    for name in ("one", "two", "three"):
        at.client.set_trace_tag(traced(at, name, fails=name == "two"), "team", name[:1])
    filters = [
        "tags.team = 't'",
        "tags.team != 't'",
        "tags.`mlflow.traceName` = 'one'",
        "attributes.status = 'OK'",
        "status = 'ERROR'",
        "attributes.name = 'two'",
        "timestamp_ms > 5",
        "attributes.timestamp < 5",
        "execution_time_ms >= 0",
        "nonsense = 'x'",
        "tags.team > 'a'",
    ]

    def found(text):
        return sorted(
            trace.info.tags["mlflow.traceName"] for trace in at.client.search_traces([at.experiment], text)
        )

    return {text: attempt(found, text) for text in filters}


@case
def traces_are_searched_in_order_and_page_by_page(at):
    for name in ("one", "two", "three", "four", "five"):
        traced(at, name)
    pages, token = [], None
    while True:
        page = at.client.search_traces(
            [at.experiment], max_results=2, order_by=["timestamp_ms ASC"], page_token=token
        )
        pages.append(len(page))
        token = page.token
        if not token:
            break
    return [
        pages,
        attempt(at.client.search_traces, [at.experiment], max_results=0),
        attempt(at.client.search_traces, [at.experiment], max_results=501),
        attempt(at.client.search_traces, [at.experiment], order_by=["nonsense"]),
    ]


@case
def traces_become_a_table(at):
    traced(at, "one")
    frame = mlflow.search_traces([at.experiment])
    return [len(frame), "trace_id" in frame.columns or "request_id" in frame.columns]


@case_of_3
def tags_of_traces(at):
    trace = traced(at)
    at.client.set_trace_tag(trace, "a", "1")
    at.client.set_trace_tag(trace, "a", "2")
    at.client.set_trace_tag(trace, "gone", "1")
    at.client.delete_trace_tag(trace, "gone")
    return [
        {
            key: value
            for key, value in at.client.get_trace(trace).info.tags.items()
            if not key.startswith("mlflow.")
        },
        attempt(at.client.delete_trace_tag, trace, "never"),
        attempt(at.client.set_trace_tag, "tr-" + "f" * 32, "a", "1"),
    ]


@case
def traces_are_deleted(at):
    first = traced(at, "one")
    traced(at, "two")
    count = at.client.delete_traces(at.experiment, **{"trace_ids" if client_is_3 else "request_ids": [first]})
    left = [trace.info.tags["mlflow.traceName"] for trace in at.client.search_traces([at.experiment])]
    rest = at.client.delete_traces(at.experiment, max_timestamp_millis=9_999_999_999_999)
    return [
        count,
        left,
        rest,
        len(at.client.search_traces([at.experiment])),
        type(attempt(at.client.get_trace, first)).__name__,
        attempt(at.client.delete_traces, at.experiment),
    ]


@case_of_3
def a_trace_belongs_to_its_run(at):
    at.fluent()
    with mlflow.start_run(run_name="traced") as run:
        trace = traced(at)
    found = at.client.search_traces(locations=[at.experiment], run_id=run.info.run_id)
    read = at.client.get_trace(trace).info
    metadata = read.trace_metadata
    return [len(found), metadata.get("mlflow.sourceRun") == run.info.run_id]


@case
def traces_that_are_not_there(at):
    return [attempt(lambda: type(at.client.get_trace("tr-" + "f" * 32)).__name__)]


@case_of_3
def traces_by_plain_http(at):
    trace_id = "tr-" + "0123456789abcdef" * 2
    info = {
        "trace_id": trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": at.experiment},
        },
        "request_time": "2024-05-01T10:00:00.250Z",
        "execution_duration": "1.5s",
        "state": "OK",
        "trace_metadata": {"m": "1"},
        "tags": {"t": "1"},
        "request_preview": "in",
        "response_preview": "out",
    }
    return [
        at.rest("POST", "traces", {"trace": {"trace_info": info}}, version="3.0"),
        at.rest("GET", f"traces/{trace_id}", version="3.0"),
        at.rest("GET", f"traces/{'tr-' + 'f' * 32}", version="3.0"),
        at.rest("POST", "traces/search", {"locations": [info["trace_location"]]}, version="3.0"),
        at.rest("PATCH", f"traces/{trace_id}/tags", {"key": "a", "value": "1"}),
        at.rest("DELETE", f"traces/{trace_id}/tags", {"key": "a"}),
        at.rest("POST", "traces/delete-traces", {"experiment_id": at.experiment, "request_ids": [trace_id]}),
    ]
