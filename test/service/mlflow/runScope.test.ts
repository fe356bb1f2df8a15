import { expect, test } from 'vitest';
import { clientOf, newRun, startServer } from './trackingServer.ts';

async function start() {
  const started = await startServer();
  const { store, server } = started;
  const own = store.createRun({
    experiment: '0',
    status: 'RUNNING',
    startTime: 1,
    userId: 'ada',
    details: { command: ['python3', 'train.py'] },
  });
  return { ...started, own, client: clientOf(server.uriForRun(own.runId)), outside: clientOf(server.uri) };
}

test('the first run that the process creates is the supervised one, with the name and tags it asks for', async () => {
  const { client, store, own } = await start();
  const runId = await newRun(client, {
    run_name: 'tuned',
    tags: [
      { key: 'mlflow.source.name', value: 'train.py' },
      { key: 'mlflow.runName', value: 'tuned' },
    ],
  });
  expect(runId).toBe(own.runId);
  expect(store.getRun(runId)).toMatchObject({ name: 'tuned', details: { command: ['python3', 'train.py'] } });
  expect(store.tags(runId)).toEqual([
    { key: 'mlflow.runName', value: 'tuned' },
    { key: 'mlflow.source.name', value: 'train.py' },
  ]);
});

test('without a name in the request it keeps its own', async () => {
  const { client, store, own } = await start();
  expect(await newRun(client)).toBe(own.runId);
  expect(store.getRun(own.runId)?.name).toBe(own.name);
});

test('it moves to the experiment that the script chose; its artifacts stay where they are', async () => {
  const { client, store, own } = await start();
  const { json } = await client.post('experiments/create', { name: 'penguins' });
  expect(await newRun(client, { experiment_id: json.experiment_id })).toBe(own.runId);
  expect(store.getRun(own.runId)).toMatchObject({
    experiment: json.experiment_id,
    artifactUri: own.artifactUri,
  });
});

test('a client that goes on with it by its id finds it in the experiment that it has set; then it is taken', async () => {
  const { client, store, own } = await start();
  const { id } = store.createExperiment({ name: 'penguins' });
  await client.get('experiments/get-by-name', { experiment_name: 'penguins' });
  const { json } = await client.get('runs/get', { run_id: own.runId });
  expect(json.run.info.experiment_id).toBe(id);
  await client.post('runs/update', { run_id: own.runId, status: 'RUNNING', run_name: 'resumed' });
  expect(store.getRun(own.runId)?.name).toBe('resumed');
  const second = await newRun(client, { experiment_id: id });
  expect(second).not.toBe(own.runId);
  await client.get('experiments/get', { experiment_id: '0' });
  expect((await client.get('runs/get', { run_id: own.runId })).json.run.info.experiment_id).toBe(id);
});

test('looking at another experiment moves nothing', async () => {
  const { client, store, own } = await start();
  store.createExperiment({ name: 'baseline' });
  await client.get('experiments/get-by-name', { experiment_name: 'baseline' });
  await newRun(client);
  expect(store.getRun(own.runId)?.experiment).toBe('0');
});

test('a repeated request gets the same run; the next one is a run beside it that says whose it is', async () => {
  const { client, store, own } = await start();
  await newRun(client, { start_time: 5 });
  expect(await newRun(client, { start_time: 5 })).toBe(own.runId);
  const second = await newRun(client, { start_time: 6 });
  expect(second).not.toBe(own.runId);
  expect(store.tags(second)).toContainEqual({ key: 'mlops.startedBy', value: own.runId });
  expect(store.getRun(own.runId)?.details?.adoptedStart).toBe(5);
});

test('how it ended is told by its process: what the script says is only noted; other runs end as told', async () => {
  const { client, store, own } = await start();
  await newRun(client, { start_time: 5 });
  const child = await newRun(client, { start_time: 6 });
  const end = (run_id: string) =>
    client.post('runs/update', { run_id, status: 'FINISHED', end_time: 99, run_name: 'n' });
  expect((await end(own.runId)).status).toBe(200);
  expect(store.getRun(own.runId)).toMatchObject({
    status: 'RUNNING',
    name: 'n',
    details: { reportedStatus: 'FINISHED' },
  });
  expect(store.getRun(own.runId)).not.toHaveProperty('endTime');
  await end(child);
  expect(store.getRun(child)).toMatchObject({ status: 'FINISHED', endTime: 99 });
});

test('once its process has ended, a late request makes a run of its own', async () => {
  const { client, store, own } = await start();
  store.updateRun(own.runId, { status: 'KILLED', endTime: 3 });
  expect(await newRun(client)).not.toBe(own.runId);
});

test('the address of one run is no more than an address: unknown runs and other paths answer as usual', async () => {
  const { server, outside } = await start();
  const unknown = clientOf(server.uriForRun('f'.repeat(32)));
  expect(await newRun(unknown)).toMatch(/^[0-9a-f]{32}$/);
  expect((await outside.raw('/run/../api/2.0/mlflow/experiments/get?experiment_id=0')).status).toBe(404);
  const put = await clientOf(server.uriForRun('abc')).artifact('PUT', '0/a.txt', 'x');
  expect(put.status).toBe(200);
});
