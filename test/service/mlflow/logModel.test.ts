import { expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

const model = (more: object = {}) =>
  JSON.stringify({
    run_id: 'r',
    artifact_path: 'model',
    utc_time_created: '2024-01-02 03:04:05',
    model_uuid: 'u',
    flavors: { python_function: { loader_module: 'mlflow.sklearn', config: { a: 1 } }, other: 'größe' },
    signature: { inputs: '[]' },
    mlflow_version: '2.22.5',
    ...more,
  });

test('what clients of MLflow 2 log is in the history of the run, in whole however long', async () => {
  const { server } = await startServer();
  const client = clientOf(server.uri);
  const run_id = await newRun(client);
  for (let index = 0; index < 100; index += 1) {
    const { text } = await client.post('runs/log-model', {
      run_id,
      model_json: model({ artifact_path: `model ${index}` }),
    });
    expect(text).toBe('{}');
  }
  const { json } = await client.get('runs/get', { run_id });
  const tags: { key: string; value: string }[] = json.run.data.tags;
  const history = tags.find((tag) => tag.key === 'mlflow.log-model.history')!.value;
  expect(history.length).toBeGreaterThan(8_000);
  expect(history).toMatch(/^\[\{"run_id": "r", "artifact_path": "model 0", "utc_time_created": /);
  const entries = JSON.parse(history);
  expect(entries).toHaveLength(100);
  expect(entries[99]).toEqual({
    run_id: 'r',
    artifact_path: 'model 99',
    utc_time_created: '2024-01-02 03:04:05',
    model_uuid: 'u',
    flavors: { python_function: { loader_module: 'mlflow.sklearn' }, other: 'größe' },
  });
});

test.each([
  ['{', 'Malformed model info.'],
  ['null', 'Model json is missing mandatory fields'],
  [
    '{}',
    "Model json is missing mandatory fields: {'artifact_path', 'flavors', 'utc_time_created', 'run_id'}",
  ],
  [model({ flavors: 'x' }), 'Malformed model info.'],
  [undefined, "Missing value for required parameter 'model_json'."],
])('%s is refused', async (model_json, text) => {
  const { server, store } = await startServer();
  const client = clientOf(server.uri);
  const run_id = await newRun(client);
  const { status, json } = await client.post('runs/log-model', { run_id, model_json });
  expect([status, json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
  expect(json.message).toContain(text);
  expect(store.tags(run_id)).toHaveLength(1);
});

test('a run that is not there, or deleted, has no history', async () => {
  const { server } = await startServer();
  const client = clientOf(server.uri);
  const run_id = await newRun(client);
  await client.post('runs/delete', { run_id });
  expect((await client.post('runs/log-model', { run_id, model_json: model() })).status).toBe(400);
  expect((await client.post('runs/log-model', { run_id: 'x', model_json: model() })).status).toBe(404);
});
