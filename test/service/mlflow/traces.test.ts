import { describe, expect, test } from 'vitest';
import { clientOf, startServer } from './trackingServer.ts';

async function start() {
  const started = await startServer();
  const client = clientOf(started.server.uri);
  const call = (method: string, endpoint: string, body?: object) => {
    const text = JSON.stringify(body ?? {});
    return client.raw(`/api/3.0/mlflow/${endpoint}`, {
      method,
      ...(body && {
        headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) },
        body: text,
      }),
    });
  };
  return { ...started, client, call };
}

const traceId = (digit: number) => `tr-${String(digit).repeat(32)}`;
const inExperiment = (experiment_id: string) => ({
  type: 'MLFLOW_EXPERIMENT',
  mlflow_experiment: { experiment_id },
});

const trace = (trace_id: string, more: object = {}) => ({
  trace: {
    trace_info: {
      trace_id,
      trace_location: inExperiment('0'),
      request_time: '2026-01-02T03:04:05.678Z',
      execution_duration: '0.116s',
      state: 'OK',
      trace_metadata: { 'mlflow.sourceRun': 'r' },
      tags: { 'mlflow.traceName': 'predict', userName: 'Ada' },
      request_preview: 'q',
      response_preview: 'a',
      ...more,
    },
  },
});

const idsIn = ({ json }: { json: { traces?: { trace_id: string }[] } }) =>
  (json.traces ?? []).map((info) => info.trace_id);

describe('a trace', () => {
  test('comes back as it was sent, with the place for its spans', async () => {
    const { call, client } = await start();
    const sent = trace(traceId(1), { assessments: [{ assessment_name: 'good', feedback: { value: true } }] });
    const { tags, trace_metadata } = sent.trace.trace_info;
    const location = `mlflow-artifacts:/0/traces/${traceId(1)}/artifacts`;
    const expected = {
      trace: {
        trace_info: {
          ...sent.trace.trace_info,
          tags: { ...tags, 'mlflow.artifactLocation': location },
          trace_metadata: { ...trace_metadata, 'mlflow.trace.infoFinalized': 'true' },
        },
      },
    };
    expect((await call('POST', 'traces', sent)).json).toEqual(expected);
    expect((await call('GET', `traces/${traceId(1)}`)).json).toEqual(expected);
    const stored = await client.artifact(
      'PUT',
      `0/traces/${traceId(1)}/artifacts/traces.json`,
      '{"spans":[]}',
    );
    expect(stored.status).toBe(200);
  });

  test('sent again has the new fields and all of its tags', async () => {
    const { call } = await start();
    await call('POST', 'traces', trace(traceId(1)));
    await call(
      'POST',
      'traces',
      trace(traceId(1), { state: 'ERROR', tags: { more: '1' }, execution_duration: '2s' }),
    );
    const { trace_info } = (await call('GET', `traces/${traceId(1)}`)).json.trace;
    expect(trace_info).toMatchObject({ state: 'ERROR', execution_duration: '2s' });
    expect(Object.keys(trace_info.tags).sort()).toEqual([
      'mlflow.artifactLocation',
      'mlflow.traceName',
      'more',
      'userName',
    ]);
  });

  test('needs an experiment that is there, a time and an id', async () => {
    const { call } = await start();
    const inNone = await call('POST', 'traces', trace(traceId(1), { trace_location: inExperiment('9') }));
    expect([inNone.status, inNone.json.error_code]).toEqual([404, 'RESOURCE_DOES_NOT_EXIST']);
    for (const body of [
      {},
      { trace: {} },
      trace(traceId(1), { request_time: 'yesterday' }),
      trace(traceId(1), { request_time: undefined }),
      trace(traceId(1), { execution_duration: '1 s' }),
      trace(''),
    ]) {
      const refused = await call('POST', 'traces', body);
      expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    }
  });

  test.each([
    '../../x',
    '..',
    '.',
    '/etc/x',
    'a/b',
    'a\\b',
    'C:',
    'a%2e%2e',
    'x\0',
    'x#y',
    'x?y',
    '-x',
    'x'.repeat(101),
  ])('with the id %j is not recorded', async (trace_id) => {
    const { call, traces } = await start();
    const refused = await call('POST', 'traces', trace(trace_id));
    expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(traces.searchTraces({ experiments: ['0'], orderBy: [], limit: 9, offset: 0 }).traces).toEqual([]);
    const asked = await call('GET', `traces/${encodeURIComponent(trace_id)}`);
    expect(asked.status).toBe(404);
  });
});

test('tags are set and taken away through version 2 and version 3', async () => {
  const { call, client } = await start();
  await call('POST', 'traces', trace(traceId(1)));
  const at = `traces/${traceId(1)}/tags`;
  for (const [key, send] of [
    ['v2', (method: string, body: object) => client.post(at, body, method)],
    ['v3', (method: string, body: object) => call(method, at, body)],
  ] as const) {
    expect((await send('PATCH', { key, value: 'x' })).text).toBe('{}');
    const set = await call('GET', `traces/${traceId(1)}`);
    expect(set.json.trace.trace_info.tags[key]).toBe('x');
    expect((await send('DELETE', { key })).text).toBe('{}');
    const again = await send('DELETE', { key });
    expect([again.status, again.json.message]).toEqual([
      404,
      `No trace tag with key '${key}' for trace with ID '${traceId(1)}'`,
    ]);
  }
  const long = await client.post(at, { key: 'k'.repeat(251), value: 'x' }, 'PATCH');
  expect(long.json.message).toBe("'key' exceeds the maximum length of 250 characters");
  expect((await client.post('traces/none/tags', { key: 'k', value: 'x' }, 'PATCH')).status).toBe(404);
});

describe('search', () => {
  test('newest first, in pages, in the experiments that are named', async () => {
    const { call, client } = await start();
    await client.post('experiments/create', { name: 'other' });
    for (const digit of [1, 2, 3]) {
      await call('POST', 'traces', trace(traceId(digit), { request_time: `2026-01-0${digit}T00:00:00Z` }));
    }
    await call('POST', 'traces', trace(traceId(4), { trace_location: inExperiment('1') }));
    const search = (more: object = {}) =>
      call('POST', 'traces/search', { locations: [inExperiment('0')], ...more });
    const first = await search({ max_results: 2 });
    expect(idsIn(first)).toEqual([traceId(3), traceId(2)]);
    const second = await search({ max_results: 2, page_token: first.json.next_page_token });
    expect(idsIn(second)).toEqual([traceId(1)]);
    expect(second.json).not.toHaveProperty('next_page_token');
    expect((await search({ locations: [] })).text).toBe('{}');
    expect((await call('POST', 'traces/search', {})).json.message).toContain("parameter 'locations'");
    expect((await search({ max_results: 0 })).json.message).toBe(
      "Invalid value 0 for parameter 'max_results' supplied. It must be a positive integer",
    );
    expect((await search({ max_results: 501 })).status).toBe(400);
    const infos = await call('POST', 'traces/batchGetInfos', { trace_ids: [traceId(4), 'none'] });
    expect(infos.json.trace_infos).toHaveLength(1);
  });

  test('by name, run, state, time, tags and metadata', async () => {
    const { call } = await start();
    await call('POST', 'traces', trace(traceId(1), { state: 'ERROR', execution_duration: '2s' }));
    await call(
      'POST',
      'traces',
      trace(traceId(2), { tags: { 'mlflow.traceName': 'train' }, trace_metadata: { m: 'x' } }),
    );
    const search = async (filter: string, order_by: string[] = []) =>
      idsIn(await call('POST', 'traces/search', { locations: [inExperiment('0')], filter, order_by }));
    for (const filter of [
      "name = 'predict'",
      "trace.status = 'ERROR'",
      "run_id = 'r'",
      'execution_time_ms > 1000',
      "tags.userName = 'Ada'",
      "tag.`mlflow.traceName` LIKE 'pre%'",
      "metadata.`mlflow.sourceRun` = 'r'",
    ]) {
      expect([filter, await search(filter)]).toEqual([filter, [traceId(1)]]);
    }
    expect(await search("request_metadata.m = 'x' AND timestamp_ms > 0")).toEqual([traceId(2)]);
    expect(await search('', ['execution_time_ms ASC'])).toEqual([traceId(2), traceId(1)]);
    const refused = await call('POST', 'traces/search', {
      locations: [inExperiment('0')],
      filter: "nothing.x = 'y'",
    });
    expect([refused.status, refused.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  });
});

test('traces are deleted by their ids or up to a time, the oldest first', async () => {
  const { call, client } = await start();
  for (const digit of [1, 2, 3, 4]) {
    await call('POST', 'traces', trace(traceId(digit), { request_time: `2026-01-0${digit}T00:00:00Z` }));
  }
  const remove = async (body: object) =>
    (await client.post('traces/delete-traces', { experiment_id: '0', ...body })).json;
  expect(await remove({ request_ids: [traceId(2), 'none'] })).toEqual({ traces_deleted: 1 });
  const until = Date.parse('2026-01-03T00:00:00Z');
  expect(await remove({ max_timestamp_millis: until, max_traces: 1 })).toEqual({ traces_deleted: 1 });
  expect((await call('GET', `traces/${traceId(1)}`)).status).toBe(404);
  expect(await remove({ max_timestamp_millis: until })).toEqual({ traces_deleted: 1 });
  expect((await call('GET', `traces/${traceId(4)}`)).status).toBe(200);
  expect((await remove({})).message).toBe('Either `max_timestamp_millis` or `trace_ids` must be specified.');
  expect((await remove({ max_timestamp_millis: 1, request_ids: ['x'] })).message).toContain('Only one of');
  expect((await remove({ max_timestamp_millis: 1, max_traces: 0 })).message).toBe(
    '`max_traces` must be a positive integer, received 0.',
  );
});

test('older clients begin and end a trace in two calls', async () => {
  const { client } = await start();
  const pair = (key: string) => [{ key, value: 'x' }];
  const begun = await client.post('traces', {
    experiment_id: '0',
    timestamp_ms: 1_000,
    request_metadata: pair('a'),
    tags: pair('b'),
  });
  const { request_id } = begun.json.trace_info;
  expect(begun.json.trace_info).toMatchObject({
    status: 'IN_PROGRESS',
    execution_time_ms: 0,
    timestamp_ms: 1_000,
  });
  await client.post(
    `traces/${request_id}`,
    { request_id, timestamp_ms: 1_250, status: 'OK', request_metadata: pair('c'), tags: pair('d') },
    'PATCH',
  );
  const { json } = await client.get(`traces/${request_id}/info`);
  expect(json.trace_info).toEqual({
    request_id,
    experiment_id: '0',
    timestamp_ms: 1_000,
    execution_time_ms: 250,
    status: 'OK',
    request_metadata: [...pair('a'), ...pair('c')],
    tags: [
      ...pair('b'),
      ...pair('d'),
      { key: 'mlflow.artifactLocation', value: `mlflow-artifacts:/0/traces/${request_id}/artifacts` },
    ],
  });
  const listed = await client.get('traces', { experiment_ids: '0' });
  expect(listed.json.traces).toHaveLength(1);
});

test('what an old server does not have is answered so that clients fall back', async () => {
  const { call, client } = await start();
  const whole = await call('GET', `traces/get?trace_id=${traceId(1)}`);
  expect([whole.status, whole.json.message]).toEqual([404, "Trace with ID 'get' not found."]);
  expect((await client.raw('/version')).text).toMatch(/^3\.[0-3]\./);
  const spans = await client.raw('/v1/traces', {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: 'x',
  });
  expect(spans.status).toBe(501);
});

test('changes are told with the experiment and a version that grows', async () => {
  const { call, client, traces } = await start();
  const told: { experiment: string; version: number }[] = [];
  const listening = traces.onDidChange((change) => told.push(change));
  await call('POST', 'traces', trace(traceId(1)));
  await client.post(`traces/${traceId(1)}/tags`, { key: 'k', value: 'x' }, 'PATCH');
  await client.post('traces/delete-traces', { experiment_id: '0', request_ids: ['none'] });
  listening.dispose();
  expect(told.map((change) => change.experiment)).toEqual(['0', '0']);
  expect(told[1]!.version).toBeGreaterThan(told[0]!.version);
});
