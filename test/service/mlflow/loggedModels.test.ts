import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

type Client = ReturnType<typeof clientOf>;

async function start() {
  const started = await startServer();
  return { ...started, client: clientOf(started.server.uri) };
}

async function newModel(client: Client, fields: object = {}): Promise<string> {
  const { json } = await client.post('logged-models', { experiment_id: '0', ...fields });
  return json.model.info.model_id;
}

async function found(client: Client, search: object = {}): Promise<string[]> {
  const { json } = await client.post('logged-models/search', { experiment_ids: ['0'], ...search });
  return (json.models ?? []).map((model: { info: { name: string } }) => model.info.name);
}

describe('a logged model', () => {
  test('is pending with everything it was given, then ready', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const { json } = await client.post('logged-models', {
      experiment_id: '0',
      name: 'clf',
      model_type: 'agent',
      source_run_id: run_id,
      params: [{ key: 'depth', value: '3' }],
      tags: [{ key: 'team', value: 'x' }],
    });
    const { info } = json.model;
    expect(info.model_id).toMatch(/^m-[0-9a-f]{32}$/);
    expect(json.model).toEqual({
      info: {
        model_id: info.model_id,
        experiment_id: '0',
        name: 'clf',
        creation_timestamp_ms: info.creation_timestamp_ms,
        last_updated_timestamp_ms: info.creation_timestamp_ms,
        artifact_uri: `mlflow-artifacts:/0/models/${info.model_id}/artifacts`,
        status: 'LOGGED_MODEL_PENDING',
        model_type: 'agent',
        source_run_id: run_id,
        tags: [{ key: 'team', value: 'x' }],
      },
      data: { params: [{ key: 'depth', value: '3' }] },
    });
    for (const status of ['LOGGED_MODEL_READY', 2]) {
      const at = `logged-models/${info.model_id}`;
      const ready = await client.post(at, { model_id: info.model_id, status }, 'PATCH');
      expect(ready.json.model.info.status).toBe('LOGGED_MODEL_READY');
    }
  });

  test('without a name gets one, in a deleted or unknown experiment it is refused', async () => {
    const { client } = await start();
    const named = await client.post('logged-models', { experiment_id: '0' });
    expect(named.json.model.info).toMatchObject({ model_type: '', source_run_id: '' });
    expect(named.json.model.info.name).toMatch(/^[a-z]+-[a-z]+/);
    expect(named.json.model.data).toEqual({});
    expect((await client.post('logged-models', { experiment_id: '99' })).status).toBe(404);
    const noNumber = await client.post('logged-models', { experiment_id: 'x' });
    expect(noNumber.json.message).toBe("Invalid experiment ID 'x'. Experiment ID must be a valid integer.");
    for (const [name, shown] of [
      ...['a/b', 'a:b', 'a.b', 'a%b', '"'].map((bad) => [bad, `'${bad}'`]),
      ["it's", '"it\'s"'],
    ]) {
      const refused = await client.post('logged-models', { experiment_id: '0', name });
      expect(refused.json.message).toContain(`Invalid model name (${shown}) provided.`);
    }
    await client.post('experiments/create', { name: 'gone' });
    await client.post('experiments/delete', { experiment_id: '1' });
    expect((await client.post('logged-models', { experiment_id: '1' })).status).toBe(400);
  });

  test('tags and parameters are added and taken away', async () => {
    const { client, models } = await start();
    const id = await newModel(client);
    const at = `logged-models/${id}`;
    const tags = [
      { key: 'a b', value: '1' },
      { key: 'a b', value: '2' },
      { key: 'x/y', value: '3' },
    ];
    expect((await client.post(`${at}/tags`, { tags }, 'PATCH')).text).toBe('{}');
    expect(models.getLoggedModel(id).tags).toEqual([tags[1], tags[2]]);
    for (const key of ['a%20b', 'x%2Fy']) {
      const removed = await client.raw(`/api/2.0/mlflow/${at}/tags/${key}`, { method: 'DELETE' });
      expect([removed.status, removed.text]).toEqual([200, '{}']);
    }
    const again = await client.raw(`/api/2.0/mlflow/${at}/tags/a%20b`, { method: 'DELETE' });
    expect([again.status, again.json.message]).toEqual([
      404,
      `No tag with key 'a b' found for model with ID '${id}'.`,
    ]);
    const params = Array.from({ length: 120 }, (_, index) => ({ key: `p${index}`, value: String(index) }));
    for (const _ of [1, 2]) {
      expect((await client.post(`${at}/params`, { model_id: id, params })).text).toBe('{}');
    }
    expect(models.getLoggedModel(id).parameters).toHaveLength(120);
    const changed = await client.post(`${at}/params`, { params: [{ key: 'p1', value: 'other' }] });
    expect(changed.status).toBe(400);
    expect(models.getLoggedModel(id).parameters).toContainEqual({ key: 'p1', value: '1' });
  });

  test('is gone when deleted, unless one asks for deleted ones', async () => {
    const { client } = await start();
    const id = await newModel(client);
    const deleted = await client.raw(`/api/2.0/mlflow/logged-models/${id}`, { method: 'DELETE' });
    expect([deleted.status, deleted.text]).toEqual([200, '{}']);
    const gone = await client.get(`logged-models/${id}`);
    expect([gone.status, gone.json.message]).toEqual([404, `Logged model with ID '${id}' not found.`]);
    const kept = await client.get(`logged-models/${id}`, { allow_deleted: 'true' });
    expect(kept.json.model.info.model_id).toBe(id);
    expect(await found(client)).toEqual([]);
  });

  test('changes are told with its id', async () => {
    const { client, models } = await start();
    const told: (string | undefined)[] = [];
    const listening = models.onDidChange((change) => told.push(change.loggedModel));
    const id = await newModel(client);
    const run_id = await newRun(client);
    await client.post('runs/log-metric', { run_id, key: 'm', value: 1, timestamp: 1, model_id: id });
    listening.dispose();
    expect(told).toEqual([id, id]);
  });
});

describe('metrics of a model', () => {
  test('logged on a run are kept with the model as well, once each', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    const model_id = await newModel(client, { source_run_id: run_id });
    const onDataset = { model_id, dataset_name: 'd', dataset_digest: 'x' };
    const metric = { key: 'acc', value: 0.5, timestamp: 1, step: 0 };
    for (const _ of [1, 2]) {
      await client.post('runs/log-batch', {
        run_id,
        metrics: [
          { ...metric, ...onDataset },
          { ...metric, key: 'nan', value: 'NaN', model_id },
          { ...metric, key: 'other' },
        ],
      });
      await client.post('runs/log-metric', { run_id, ...metric, timestamp: 2, value: 0.75, model_id });
    }
    const { json } = await client.get(`logged-models/${model_id}`);
    expect(json.model.data.metrics).toEqual([
      { ...metric, ...onDataset, run_id },
      { ...metric, timestamp: 2, value: 0.75, model_id, run_id },
      { ...metric, key: 'nan', value: 'NaN', model_id, run_id },
    ]);
    const run = await client.get('runs/get', { run_id });
    expect(run.json.run.data.metrics).toEqual([
      { ...metric, timestamp: 2, value: 0.75 },
      { ...metric, key: 'nan', value: 'NaN' },
      { ...metric, key: 'other' },
    ]);
    expect(store.metrics(run_id).map(({ key, count }) => [key, count])).toEqual([
      ['acc', 2],
      ['nan', 1],
      ['other', 1],
    ]);
  });

  test('of a model that is not there are kept nowhere', async () => {
    const { client, store } = await start();
    const run_id = await newRun(client);
    const metrics = [
      { key: 'good', value: 1, timestamp: 1 },
      { key: 'bad', value: 1, timestamp: 1, model_id: 'm-none' },
    ];
    const refused = await client.post('runs/log-batch', { run_id, metrics });
    expect([refused.status, refused.json.message]).toEqual([404, "Logged model with ID 'm-none' not found."]);
    expect(store.metrics(run_id)).toEqual([]);
  });
});

test('a model that logged at each step is found with its newest thousand metrics, and read with all', async () => {
  const { client } = await start();
  const run_id = await newRun(client);
  const model_id = await newModel(client);
  for (const from of [0, 1_000]) {
    const metrics = Array.from({ length: 1_000 }, (_, index) => ({
      key: 'loss',
      value: 1,
      timestamp: from + index,
      step: from + index,
      model_id,
    }));
    await client.post('runs/log-batch', { run_id, metrics });
  }
  const { json } = await client.post('logged-models/search', { experiment_ids: ['0'] });
  const { metrics } = json.models[0].data;
  expect([metrics.length, metrics[0].step, metrics.at(-1).step]).toEqual([1_000, 1_000, 1_999]);
  const whole = await client.get(`logged-models/${model_id}`);
  expect(whole.json.model.data.metrics).toHaveLength(2_000);
});

describe('search', () => {
  test('by name in an experiment, which every download of a run does, newest first, in pages', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    for (const name of ['clf', 'other', 'clf']) {
      await newModel(client, { name, source_run_id: run_id });
    }
    await client.post('experiments/create', { name: 'elsewhere' });
    await newModel(client, { name: 'clf', experiment_id: '1' });
    const byName = { experiment_ids: ['0'], filter: "name = 'clf'", max_results: 1 };
    const first = await client.post('logged-models/search', byName);
    expect(first.json.models[0].info).toMatchObject({ name: 'clf', source_run_id: run_id });
    const page_token = first.json.next_page_token;
    const second = await client.post('logged-models/search', { ...byName, page_token });
    expect(second.json.models).toHaveLength(1);
    expect(second.json).not.toHaveProperty('next_page_token');
    expect((await client.post('logged-models/search', { experiment_ids: [] })).text).toBe('{}');
    const without = await client.post('logged-models/search', {});
    expect(without.json.message).toContain("Missing value for required parameter 'experiment_ids'.");
  });

  test('by parameters, tags, status and metrics of chosen datasets', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const score = async (name: string, value: number, dataset_name: string, timestamp: number) => {
      const ids = await client.post('logged-models/search', {
        experiment_ids: ['0'],
        filter: `name = '${name}'`,
      });
      const { model_id } = ids.json.models[0].info;
      const metric = { key: 'acc', value, timestamp, step: 0, model_id, dataset_name, dataset_digest: '1' };
      await client.post('runs/log-metric', { run_id, ...metric });
    };
    for (const name of ['a', 'b', 'c']) {
      const params = [{ key: 'depth', value: name }];
      await newModel(client, { name, params, tags: [{ key: 'team', value: `team ${name}` }] });
    }
    await score('a', 0.9, 'train', 1);
    await score('a', 0.1, 'test', 2);
    await score('b', 0.5, 'train', 1);
    const search = async (filter: string, more: object = {}) =>
      (await found(client, { filter, ...more })).sort().join('');
    expect(await search("params.depth = 'a'")).toBe('a');
    expect(await search("params.depth IN ('a', 'c') AND status = 'PENDING'")).toBe('ac');
    expect(await search("tags.team LIKE 'team%'")).toBe('abc');
    expect(await search("attributes.name != 'a'")).toBe('bc');
    expect(await search('metrics.acc > 0.4')).toBe('ab');
    expect(await search('metrics.acc > 0.4', { datasets: [{ dataset_name: 'test' }] })).toBe('');
    expect(await search('', { datasets: [{ dataset_name: 'test', dataset_digest: '1' }] })).toBe('a');
    const ordered = (order: object) => found(client, { order_by: [order] });
    expect(await ordered({ field_name: 'name' })).toEqual(['a', 'b', 'c']);
    expect(await ordered({ field_name: 'metrics.acc', ascending: false })).toEqual(['b', 'a', 'c']);
    expect(await ordered({ field_name: 'metrics.acc', ascending: false, dataset_name: 'train' })).toEqual([
      'a',
      'b',
      'c',
    ]);
    const refused = async (body: object) =>
      (await client.post('logged-models/search', { experiment_ids: ['0'], ...body })).json.message;
    expect(await refused({ order_by: [{ field_name: 'none' }] })).toBe('Invalid order by field name: none');
    expect(await refused({ order_by: [{ field_name: 'params.depth' }] })).toContain(
      'Only metrics are supported',
    );
    expect(await refused({ datasets: [{}] })).toContain('`dataset_name` in the `datasets` clause');
    expect(await refused({ filter: "param.depth = 'a'" })).toContain('Invalid');
  });
});

describe('files of a model', () => {
  test('are listed with paths relative to the model', async () => {
    const { client } = await start();
    const id = await newModel(client);
    await client.artifact('PUT', `0/models/${id}/artifacts/MLmodel`, 'text');
    await client.artifact('PUT', `0/models/${id}/artifacts/sub/f`, 'x');
    const root_uri = `mlflow-artifacts:/0/models/${id}/artifacts`;
    const whole = await client.get(`logged-models/${id}/artifacts/directories`);
    expect(whole.json).toEqual({
      root_uri,
      files: [
        { path: 'MLmodel', is_dir: false, file_size: 4 },
        { path: 'sub', is_dir: true },
      ],
    });
    const sub = await client.get(`logged-models/${id}/artifacts/directories`, {
      artifact_directory_path: 'sub',
    });
    expect(sub.json).toEqual({ root_uri, files: [{ path: 'sub/f', is_dir: false, file_size: 1 }] });
  });

  test.each([
    '..',
    '../../../..',
    '/etc',
    'a/../../..',
    '%2e%2e',
    '%252e%252e/x',
    'C:/x',
    '..\\x',
    'x\0',
    '#',
    '?',
  ])('nothing is listed at %j', async (artifact_directory_path) => {
    const { client, folder } = await start();
    fs.writeFileSync(path.join(folder, 'outside.txt'), 'x');
    const id = await newModel(client);
    const listed = await client.get(`logged-models/${id}/artifacts/directories`, { artifact_directory_path });
    expect([listed.status, listed.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(listed.text).not.toContain('outside.txt');
  });

  test.each(['..%2f..%2fx', '%2e%2e', 'm-none', '..%252f', 'x%00y', 'x%23y'])(
    'an id that is none reaches no file: %s',
    async (id) => {
      const { client } = await start();
      for (const endpoint of [`logged-models/${id}`, `logged-models/${id}/artifacts/directories`]) {
        const { status } = await client.raw(`/api/2.0/mlflow/${endpoint}`);
        expect(status).toBe(404);
      }
    },
  );
});

describe('registration', () => {
  test('a version of a logged model has its files and its run, and the model says so', async () => {
    const { client } = await start();
    const run_id = await newRun(client);
    const model_id = await newModel(client, { source_run_id: run_id });
    await client.post('registered-models/create', { name: 'm' });
    const source = `models:/${model_id}`;
    for (const more of [{ model_id }, { model_id, run_id }]) {
      const { json } = await client.post('model-versions/create', { name: 'm', source, ...more });
      expect(json.model_version).toMatchObject({ source, run_id });
    }
    const place = await client.get('model-versions/get-download-uri', { name: 'm', version: '2' });
    expect(place.json).toEqual({ artifact_uri: `mlflow-artifacts:/0/models/${model_id}/artifacts` });
    const { json } = await client.get(`logged-models/${model_id}`);
    expect(json.model.info.tags).toEqual([
      { key: 'mlflow.modelVersions', value: '[{"name": "m", "version": 1}, {"name": "m", "version": 2}]' },
    ]);
    expect(json.model.info.registrations).toEqual([
      { name: 'm', version: '1' },
      { name: 'm', version: '2' },
    ]);
  });

  test('another model than the one that is named is refused', async () => {
    const { client } = await start();
    const [one, other] = [await newModel(client), await newModel(client)];
    await client.post('registered-models/create', { name: 'm' });
    for (const source of [`models:/${other}`, `mlflow-artifacts:/0/models/${other}/artifacts`, `runs:/x/y`]) {
      const refused = await client.post('model-versions/create', { name: 'm', source, model_id: one });
      expect(refused.json.message).toBe(
        `Invalid model version source: '${source}'. The model_id request parameter must identify the resource ` +
          'that contains the source.',
      );
    }
    const missing = { name: 'm', source: 'models:/m-none' };
    expect((await client.post('model-versions/create', missing)).status).toBe(400);
    const named = await client.post('model-versions/create', { ...missing, model_id: 'm-none' });
    expect([named.status, named.json.message]).toEqual([404, "Logged model with ID 'm-none' not found."]);
  });
});
