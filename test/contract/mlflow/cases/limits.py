"""What a run may be told, and in which words it is refused."""

from .harness import attempt, case


@case
def long_values_of_parameters_and_tags(at):
    run = at.run()
    answers = [
        attempt(at.client.log_param, run, f"p{length}", "v" * length) for length in (500, 6000, 6001, 20_000)
    ]
    answers += [
        attempt(at.client.set_tag, run, f"t{length}", "v" * length) for length in (5000, 8000, 8001, 20_000)
    ]
    data = at.client.get_run(run).data
    return [
        answers,
        {k: len(v) for k, v in data.params.items()},
        {k: len(v) for k, v in data.tags.items() if k[0] == "t"},
    ]


good_keys = ["a", "a b", "a/b", "a.b", "a-b", "a_b", "a:b", "größe", "数", ".hidden", "k" * 250]
bad_keys = [
    "a?b",
    "a%b",
    "a#b",
    "../a",
    "a/../b",
    "/a",
    "a//b",
    "a/",
    ".",
    "..",
    "./a",
    "a\nb",
    "",
    "k" * 251,
    "🐧",
    "a,b",
    "a'b",
]


@case
def keys_that_are_allowed(at):
    run = at.run()
    answers = {}
    for key in good_keys:
        answers[key[:20]] = [
            attempt(at.client.log_metric, run, key, 1),
            attempt(at.client.log_param, run, key, 1),
            attempt(at.client.set_tag, run, key, 1),
        ]
    data = at.client.get_run(run).data
    return [answers, sorted(data.metrics), sorted(data.params), sorted(data.tags)]


@case
def keys_that_the_server_refuses(at):
    run = at.run()
    answers = {}
    for key in bad_keys:
        answers[key[:20] or "empty"] = [
            at.rest("POST", "runs/log-metric", {"run_id": run, "key": key, "value": 1, "timestamp": 1}),
            at.rest("POST", "runs/log-parameter", {"run_id": run, "key": key, "value": "1"}),
            at.rest("POST", "runs/set-tag", {"run_id": run, "key": key, "value": "1"}),
            at.rest(
                "POST",
                "runs/log-batch",
                {"run_id": run, "metrics": [{"key": key, "value": 1, "timestamp": 1}]},
            ),
        ]
    return answers


@case
def keys_that_the_client_refuses(at):
    run = at.run()
    return [
        [
            attempt(at.client.log_metric, run, key, 1),
            attempt(at.client.log_param, run, key, 1),
            attempt(at.client.set_tag, run, key, 1),
        ]
        for key in bad_keys
    ]


@case
def a_batch_has_its_limits(at):
    run = at.run()
    metrics = lambda count: [{"key": f"m{i}", "value": i, "timestamp": 1, "step": 0} for i in range(count)]
    texts = lambda count: [{"key": f"k{i}", "value": str(i)} for i in range(count)]
    send = lambda **body: at.rest("POST", "runs/log-batch", {"run_id": run, **body})
    return [
        send(metrics=metrics(1001)),
        send(params=texts(101)),
        send(tags=texts(101)),
        send(metrics=metrics(901), params=texts(50), tags=texts(50)),
        send(metrics=metrics(1000)),
        send(params=texts(100)),
        send(tags=texts(100)),
        send(),
    ]


@case
def bad_values_in_a_batch_are_told(at):
    run = at.run()
    send = lambda **body: at.rest("POST", "runs/log-batch", {"run_id": run, **body})
    return [
        send(metrics=[{"value": 1, "timestamp": 1}]),
        send(metrics=[{"key": "m", "timestamp": 1}]),
        send(metrics=[{"key": "m", "value": 1}]),
        send(metrics={"key": "m"}),
        send(metrics="m"),
        send(params=[{"key": "p"}]),
        send(tags=[{"key": "t"}]),
        send(params=[{"value": "1"}]),
    ]


@case
def dataset_inputs_have_their_limits(at):
    run = at.run()
    send = lambda **dataset: at.rest(
        "POST", "runs/log-inputs", {"run_id": run, "datasets": [{"dataset": dataset}]}
    )
    whole = {"name": "limited", "digest": "d", "source_type": "local", "source": "s"}
    return [
        send(**{**whole, "name": "n" * 501}),
        send(**{**whole, "digest": "d" * 37}),
        send(**{**whole, "source": "s" * 65536}),
        send(**{**whole, "schema": "s" * 1048576}),
        send(**{**whole, "profile": "p" * 70_000}),
        at.rest("POST", "runs/log-inputs", {"run_id": run}),
    ]
