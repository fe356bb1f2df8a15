import { describe, expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

async function start() {
  const started = await startServer();
  return { ...started, client: clientOf(started.server.uri) };
}

describe('experiments', () => {
  test('the calls of set_experiment: missing by name is 404, then create, then get', async () => {
    const { client } = await start();
    const missing = await client.get('experiments/get-by-name', { experiment_name: 'penguins' });
    expect(missing.status).toBe(404);
    expect(missing.json.error_code).toBe('RESOURCE_DOES_NOT_EXIST');
    const created = await client.post('experiments/create', { name: 'penguins' });
    expect(created.json).toEqual({ experiment_id: '1' });
    const { json } = await client.get('experiments/get', { experiment_id: '1' });
    expect(json.experiment).toMatchObject({
      experiment_id: '1',
      name: 'penguins',
      artifact_location: 'mlflow-artifacts:/1',
      lifecycle_stage: 'active',
    });
    expect(json.experiment).not.toHaveProperty('tags');
    const again = await client.post('experiments/create', { name: 'penguins' });
    expect([again.status, again.json.error_code]).toEqual([400, 'RESOURCE_ALREADY_EXISTS']);
    expect(again.json.message).toMatch(/^Experiment\(name=penguins\) already exists\./);
  });

  test('search pages newest first and tells deleted ones apart', async () => {
    const { client } = await start();
    for (const name of ['a', 'b', 'c']) {
      await client.post('experiments/create', { name });
    }
    await client.post('experiments/delete', { experiment_id: '2' });
    const names = (reply: { json: { experiments: { name: string }[] } }) =>
      reply.json.experiments.map((experiment) => experiment.name);
    const first = await client.post('experiments/search', { max_results: 2 });
    expect(names(first)).toEqual(['c', 'a']);
    const token = first.json.next_page_token;
    const second = await client.post('experiments/search', { max_results: 2, page_token: token });
    expect(names(second)).toEqual(['Default']);
    expect(second.json).not.toHaveProperty('next_page_token');
    expect(names(await client.post('experiments/search', { view_type: 'DELETED_ONLY' }))).toEqual(['b']);
    expect(names(await client.post('experiments/search', { view_type: 3 }))).toHaveLength(4);
    const malformed = await client.post('experiments/search', { page_token: 'nonsense' });
    expect(malformed.status).toBe(400);
  });

  test('tags, renaming, deleting and restoring', async () => {
    const { client } = await start();
    await client.post('experiments/create', { name: 'a', tags: [{ key: 'team', value: 'x' }] });
    await client.post('experiments/set-experiment-tag', { experiment_id: '1', key: 'note', value: 'n' });
    await client.post('experiments/update', { experiment_id: '1', new_name: 'b' });
    const { json } = await client.get('experiments/get-by-name', { experiment_name: 'b' });
    expect(json.experiment.tags).toEqual([
      { key: 'note', value: 'n' },
      { key: 'team', value: 'x' },
    ]);
    await client.post('experiments/delete', { experiment_id: '1' });
    const refused = await client.post('runs/create', { experiment_id: '1' });
    expect(refused.status).toBe(400);
    expect(refused.json.message).toContain("must be in the 'active' state");
    await client.post('experiments/restore', { experiment_id: '1' });
    expect((await client.post('runs/create', { experiment_id: '1' })).status).toBe(200);
  });
});

describe('runs', () => {
  test('a new run has every section, and nothing that is empty', async () => {
    const { client } = await start();
    const { json } = await client.post('runs/create', {
      experiment_id: '0',
      user_id: 'ada',
      start_time: 1_700_000_000_000,
    });
    const { info, data, inputs, outputs } = json.run;
    expect(info).toEqual({
      run_id: info.run_id,
      run_uuid: info.run_id,
      run_name: info.run_name,
      experiment_id: '0',
      user_id: 'ada',
      status: 'RUNNING',
      start_time: 1_700_000_000_000,
      artifact_uri: `mlflow-artifacts:/0/${info.run_id}/artifacts`,
      lifecycle_stage: 'active',
    });
    expect(data).toEqual({ tags: [{ key: 'mlflow.runName', value: info.run_name }] });
    expect([inputs, outputs]).toEqual([{}, {}]);
  });

  test('a whole small life: parameters, metrics, tags, end, read back', async () => {
    const { client } = await start();
    const run_id = await newRun(client, { run_name: 'odd-finch' });
    const ok = (reply: { status: number; text: string }) =>
      expect([reply.status, reply.text]).toEqual([200, '{}']);
    ok(await client.post('runs/log-parameter', { run_id, key: 'lr', value: '0.1' }));
    ok(await client.post('runs/log-parameter', { run_uuid: run_id, key: 'empty', value: '' }));
    for (const [step, value] of [
      [0, 1],
      [2, 'NaN'],
      [1, '-Infinity'],
    ] as const) {
      ok(await client.post('runs/log-metric', { run_id, key: 'loss', value, timestamp: 5, step }));
    }
    ok(await client.post('runs/log-metric', { run_id, key: 'once', value: 0, timestamp: 5 }));
    ok(await client.post('runs/set-tag', { run_id, key: 'mlflow.note.content', value: 'text' }));
    const updated = await client.post('runs/update', { run_id, status: 'FINISHED', end_time: 9 });
    expect(updated.json.run_info).toMatchObject({ status: 'FINISHED', end_time: 9, run_name: 'odd-finch' });
    const { json } = await client.get('runs/get', { run_id, run_uuid: run_id });
    expect(json.run.data).toEqual({
      metrics: [
        { key: 'loss', value: 'NaN', timestamp: 5, step: 2 },
        { key: 'once', value: 0, timestamp: 5, step: 0 },
      ],
      params: [
        { key: 'empty', value: '' },
        { key: 'lr', value: '0.1' },
      ],
      tags: [
        { key: 'mlflow.note.content', value: 'text' },
        { key: 'mlflow.runName', value: 'odd-finch' },
      ],
    });
    ok(await client.post('runs/delete-tag', { run_id, key: 'mlflow.note.content' }));
    const gone = await client.post('runs/delete-tag', { run_id, key: 'mlflow.note.content' });
    expect([gone.status, gone.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
  });

  test('metric history comes in pages, ordered by time', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const metrics = Array.from({ length: 25 }, (_, step) => ({
      key: 'm',
      value: step,
      timestamp: 100 + step,
      step,
    }));
    await client.post('runs/log-batch', { run_id, metrics });
    const all = await client.get('metrics/get-history', { run_id, metric_key: 'm' });
    expect(all.json).toEqual({ metrics });
    const pages: number[] = [];
    let token = '';
    do {
      const { json } = await client.get('metrics/get-history', {
        run_id,
        metric_key: 'm',
        max_results: '10',
        page_token: token,
      });
      pages.push(json.metrics.length);
      token = json.next_page_token ?? '';
    } while (token);
    expect(pages).toEqual([10, 10, 5]);
    expect((await client.get('metrics/get-history', { run_id, metric_key: 'none' })).text).toBe('{}');
  });

  test('search goes through pages, newest first, by experiment and lifecycle', async () => {
    const { client } = await start();
    await client.post('experiments/create', { name: 'other' });
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      ids.push(await newRun(client, { start_time: 1_000 + index }));
    }
    await newRun(client, { experiment_id: '1' });
    await client.post('runs/delete', { run_id: ids[4] });
    const found = async (body: object) => {
      const { json } = await client.post('runs/search', { experiment_ids: ['0'], ...body });
      return { ids: (json.runs ?? []).map((run: { info: { run_id: string } }) => run.info.run_id), json };
    };
    const first = await found({ max_results: 3, filter: '', order_by: [] });
    expect(first.ids).toEqual([ids[3], ids[2], ids[1]]);
    expect((await found({ max_results: 3, page_token: first.json.next_page_token })).ids).toEqual([ids[0]]);
    expect((await found({ run_view_type: 'DELETED_ONLY' })).ids).toEqual([ids[4]]);
    expect((await found({ run_view_type: 'ALL' })).ids).toHaveLength(5);
    await client.post('runs/restore', { run_id: ids[4] });
    expect((await found({})).ids).toHaveLength(5);
    expect((await client.post('runs/search', { experiment_ids: [] })).text).toBe('{}');
  });

  test('inputs and outputs are kept and shown', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const dataset = { name: 'penguins', digest: 'abc', source_type: 'local', source: '{"uri":"p.csv"}' };
    const input = { tags: [{ key: 'mlflow.data.context', value: 'training' }], dataset };
    await client.post('runs/log-inputs', { run_id, datasets: [input], models: [{ model_id: 'm-1' }] });
    await client.post('runs/log-inputs', { run_id, datasets: [input] });
    await client.post('runs/outputs', { run_id, models: [{ model_id: 'm-2', step: 3 }] });
    const { json } = await client.get('runs/get', { run_id });
    expect(json.run.inputs).toEqual({ dataset_inputs: [input], model_inputs: [{ model_id: 'm-1' }] });
    expect(json.run.outputs).toEqual({ model_outputs: [{ model_id: 'm-2', step: 3 }] });
  });
});

describe('what is refused, and how', () => {
  test.each([
    [
      'runs/log-metric',
      { key: 'm', value: 1, timestamp: 1 },
      "Missing value for required parameter 'run_id'.",
    ],
    [
      'runs/log-metric',
      { run_id: 'R', value: 1, timestamp: 1 },
      "Missing value for required parameter 'key'.",
    ],
    [
      'runs/log-metric',
      { run_id: 'R', key: 'm', timestamp: 1 },
      "Missing value for required parameter 'value'.",
    ],
    [
      'runs/log-metric',
      { run_id: 'R', key: 'm', value: 1 },
      "Missing value for required parameter 'timestamp'.",
    ],
    [
      'runs/log-metric',
      { run_id: 'R', key: '../m', value: 1, timestamp: 1 },
      'Names may be treated as files',
    ],
    ['runs/log-metric', { run_id: 'R', key: 'm?', value: 1, timestamp: 1 }, 'Names may only contain'],
    ['runs/log-metric', { run_id: 'R', key: 'm', value: 'big', timestamp: 1 }, 'Invalid value "big"'],
    ['runs/log-metric', { run_id: 'R', key: 'm', value: 1, timestamp: -1 }, 'nonnegative'],
    ['runs/log-metric', { run_id: 'R', key: 'm', value: 1, timestamp: 1, step: 1.5 }, "parameter 'step'"],
    ['runs/log-parameter', { run_id: 'R', value: '1' }, "Missing value for required parameter 'key'."],
    ['runs/log-batch', { run_id: 'R', metrics: [{ key: 'm' }] }, "parameter 'metrics[0].value'"],
    ['experiments/create', {}, "Missing value for required parameter 'name'."],
    [
      'experiments/create',
      { name: 'x', artifact_location: 'mlflow-artifacts:/../up' },
      'Invalid artifact location',
    ],
    ['experiments/create', { name: 'x', artifact_location: 's3://b/x#../y' }, 'Invalid artifact location'],
    ...[
      '/etc',
      'C:/x',
      'mlflow-artifacts:/a/%2e%2e/b',
      'mlflow-artifacts:/a/%252e%252e/b',
      'mlflow-artifacts:/x?y',
      'mlflow-artifacts:/a\\..\\b',
      'mlflow-artifacts:/x\0',
      's3://b/../x',
      's3://b/%2e%2e/x',
      'mlflow-artifacts:/.uploads',
    ].map((artifact_location): [string, object, string] => [
      'experiments/create',
      { name: 'x', artifact_location },
      'Invalid artifact location',
    ]),
    [
      'experiments/create',
      { name: 'x', artifact_location: 'runs:/x' },
      "Artifact location cannot be a runs:/ URI. Given: 'runs:/x'",
    ],
    ['runs/search', { max_results: 0 }, 'It must be a positive integer'],
    ['runs/search', { max_results: 50_001 }, "supplied:  Hint: Value was of type 'int'."],
    ['experiments/search', { max_results: 50_001 }, 'supplied. It must be at most 50000'],
    ['experiments/create', { name: 'x', tags: 'none' }, "'tags' supplied:  Hint: Value was of type 'str'."],
  ])('%s %j', async (endpoint, body, text) => {
    const { client } = await start();
    const run_id = 'run_id' in body ? await newRun(client) : undefined;
    const { status, json } = await client.post(endpoint, { ...body, ...(run_id && { run_id }) });
    expect(status).toBe(400);
    expect(json.error_code).toBe('INVALID_PARAMETER_VALUE');
    expect(json.message).toContain(text);
  });

  test('a batch beyond the limits is refused whole', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    const metrics = Array.from({ length: 1_001 }, (_, step) => ({ key: 'm', value: 1, timestamp: 1, step }));
    const many = await client.post('runs/log-batch', { run_id, metrics });
    expect(many.json.message).toContain('at most 1000 metrics. Got 1001 metrics.');
    const params = [
      { key: 'a', value: '1' },
      { key: 'a', value: '2' },
    ];
    const twice = await client.post('runs/log-batch', { run_id, metrics: metrics.slice(0, 1), params });
    expect(twice.json.message).toContain('Duplicate parameter keys have been submitted');
    expect(store.metrics(run_id)).toEqual([]);
  });

  test('a batch of one kind needs no other', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    for (const batch of [
      {},
      { params: [{ key: 'p', value: '1' }] },
      { tags: [{ key: 't', value: '1' }], metrics: null },
      { metrics: [{ key: 'm', value: 1, timestamp: 1 }] },
      { metrics: [{ key: 'm', value: 2, timestamp: 2, step: 1 }] },
    ]) {
      const reply = await client.post('runs/log-batch', { run_id, ...batch });
      expect([reply.status, reply.text]).toEqual([200, '{}']);
    }
    expect([store.parameters(run_id).length, store.metrics(run_id)[0]?.count]).toEqual([1, 2]);
  });

  test('long values are cut as MLflow cuts them', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    await client.post('runs/log-parameter', { run_id, key: 'long', value: 'x'.repeat(7_000) });
    expect(store.parameters(run_id)[0]?.value).toHaveLength(6_000);
  });

  test('a run that is not there is 404, a changed parameter 400, an unknown endpoint 404, a wrong method 405', async () => {
    const { client } = await start();
    const absent = await client.get('runs/get', { run_id: '0'.repeat(32) });
    expect([absent.status, absent.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    const run_id = await newRun(client);
    await client.post('runs/log-parameter', { run_id, key: 'lr', value: '1' });
    const changed = await client.post('runs/log-parameter', { run_id, key: 'lr', value: '2' });
    expect(changed.status).toBe(400);
    expect(changed.json.message).toMatch(/^Changing param values is not allowed\./);
    const unknown = await client.post('webhooks', {});
    expect([unknown.status, unknown.json.error_code]).toEqual([404, 'ENDPOINT_NOT_FOUND']);
    for (const [method, known] of [
      ['GET', '/api/2.0/mlflow/runs/create'],
      ['PUT', '/api/3.0/mlflow/logged-models/m-1/tags/k'],
      ['DELETE', '/health'],
    ] as const) {
      const refused = await client.raw(known, { method });
      expect([refused.status, refused.json.error_code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    }
  });
});

describe('the wire', () => {
  test('both prefixes and both versions answer', async () => {
    const { client } = await start();
    for (const mount of ['api/2.0', 'api/3.0', 'ajax-api/2.0', 'ajax-api/3.0']) {
      const { json } = await client.raw(`/${mount}/mlflow/experiments/get?experiment_id=0`);
      expect(json.experiment.name).toBe('Default');
    }
  });

  test('camelCase, digits as text, unknown fields, bare NaN and a charset are all understood', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    const camel = {
      runId: run_id,
      key: 'a',
      value: 1.5,
      timestamp: '1700000000000',
      step: '3',
      somethingNew: {},
    };
    expect((await client.post('runs/log-metric', camel)).status).toBe(200);
    const bare = `{"run_id":"${run_id}","key":"NaN","value":-Infinity,"timestamp":1,"step":0}`;
    expect((await client.post('runs/log-metric', bare)).status).toBe(200);
    expect(store.metrics(run_id).map((metric) => metric.latest)).toEqual([
      { key: 'NaN', value: Number.NEGATIVE_INFINITY, timestamp: 1, step: 0 },
      { key: 'a', value: 1.5, timestamp: 1_700_000_000_000, step: 3 },
    ]);
    const utf8 = await client.raw('/api/2.0/mlflow/experiments/create', {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: '{"name":"größe"}',
    });
    expect(utf8.status).toBe(200);
  });

  test('a broken or foreign body is a 400 that says so, never a 500', async () => {
    const { client } = await start();
    for (const body of ['{', '[]', '"text"', '1', 'null{']) {
      const { status, json } = await client.post('runs/create', body);
      expect([body, status, typeof json.message]).toEqual([body, 400, 'string']);
    }
  });

  test.each(['logged-models/%zz', 'logged-models/%ff', `traces/${'x'.repeat(10_500)}`])(
    'an address that cannot be read is a 400 that says so: %#',
    async (endpoint) => {
      const { client } = await start();
      const { status, json, headers } = await client.raw(`/api/2.0/mlflow/${endpoint}`);
      expect([status, json.error_code, headers['content-type']]).toEqual([
        400,
        'BAD_REQUEST',
        'application/json; charset=utf-8',
      ]);
    },
  );

  test('health, version, server-info, and 501 for what clients fall back from', async () => {
    const { client } = await start();
    expect((await client.raw('/health')).text).toBe('OK');
    expect((await client.raw('/version')).text).toMatch(/^3\.[0-3]\./);
    expect((await client.raw('/api/3.0/mlflow/server-info')).json.store_type).toBe('SqlStore');
    const traces = await client.raw('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: 'x',
    });
    expect(traces.status).toBe(501);
    const multipart = await client.raw('/api/2.0/mlflow-artifacts/mpu/create/0/a.bin', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(multipart.status).toBe(501);
    expect(multipart.json.message).toMatch(
      /^Multipart upload is not supported for the current artifact repository/,
    );
  });

  test('the same port again after a restart, another one when it is taken', async () => {
    const first = await startServer();
    const beside = await startServer(first.server.port);
    expect(beside.server.port).not.toBe(first.server.port);
    first.server.dispose();
    await expect.poll(async () => (await startServer(first.server.port)).server.port).toBe(first.server.port);
  });
});
