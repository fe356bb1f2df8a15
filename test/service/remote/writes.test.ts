import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { newRun } from '../mlflow/trackingServer.ts';
import { RemoteServer, Workbench } from './scene.ts';

async function scene() {
  const server = await RemoteServer.start();
  const workbench = await Workbench.start();
  workbench.connectTo(server.address);
  await workbench.connected();
  return { server, workbench };
}

/** The only run there, as its own clients see it. */
async function onlyRun(server: RemoteServer) {
  const experiments = server.store.listExperiments({ lifecycle: 'all' }).map(({ id }) => id);
  const { json } = await server.client.post('runs/search', {
    experiment_ids: experiments,
    run_view_type: 'ACTIVE_ONLY',
  });
  expect(json.runs).toHaveLength(1);
  return json.runs[0];
}

const pairs = (items: { key: string; value: unknown }[] = []) =>
  Object.fromEntries(items.map(({ key, value }) => [key, value]));

describe('what a script logs while a remote server is configured', () => {
  test('arrives there whole: experiment, run, parameters, metrics, tags, inputs, artifacts and end', async () => {
    const { server, workbench } = await scene();
    const { client } = workbench;
    const created = await client.post('experiments/create', {
      name: 'penguins',
      tags: [{ key: 'team', value: 'x' }],
    });
    const run = await newRun(client, { experiment_id: created.json.experiment_id, run_name: 'first' });
    await client.post('runs/log-batch', {
      run_id: run,
      params: [{ key: 'lr', value: '0.1' }],
      metrics: [
        { key: 'loss', value: 0.5, timestamp: 1, step: 0 },
        { key: 'loss', value: 0.25, timestamp: 2, step: 1 },
        { key: 'broken', value: 'NaN', timestamp: 2, step: 1 },
      ],
      tags: [{ key: 'note', value: 'größe' }],
    });
    await client.post('runs/log-inputs', {
      run_id: run,
      datasets: [{ tags: [], dataset: { name: 'd', digest: 'abc', source_type: 'local', source: '{}' } }],
    });
    await client.artifact(
      'PUT',
      `${created.json.experiment_id}/${run}/artifacts/notes/a%20b%2Bc.txt`,
      'hello',
    );
    await client.post('runs/update', { run_id: run, status: 'FINISHED', end_time: 1_700_000_009_000 });
    await workbench.allSent();

    const there = await onlyRun(server);
    expect(there.info).toMatchObject({
      run_name: 'first',
      status: 'FINISHED',
      start_time: 1_700_000_000_000,
      end_time: 1_700_000_009_000,
    });
    expect(server.store.getExperiment(there.info.experiment_id)).toMatchObject({
      name: 'penguins',
      tags: [{ key: 'team', value: 'x' }],
    });
    expect(pairs(there.data.params)).toEqual({ lr: '0.1' });
    expect(pairs(there.data.metrics)).toEqual({ loss: 0.25, broken: 'NaN' });
    expect(pairs(there.data.tags)).toMatchObject({ note: 'größe' });
    expect(there.inputs.dataset_inputs[0].dataset).toMatchObject({ name: 'd', digest: 'abc' });
    const history = server.store.metricHistory(there.info.run_id, 'loss', 10, 0);
    expect(history.map(({ step, value }) => [step, value])).toEqual([
      [0, 0.5],
      [1, 0.25],
    ]);
    const place = there.info.artifact_uri.replace('mlflow-artifacts:/', '');
    const file = path.join(server.artifactRoot, place, 'notes', 'a b+c.txt');
    expect(fs.readFileSync(file, 'utf8')).toBe('hello');
    expect(workbench.remote.status).toMatchObject({ state: 'connected', waiting: 0, refused: 0 });
  });

  test('of a logged model only what the server can know arrives, and nothing is refused', async () => {
    const { server, workbench } = await scene();
    const run = await newRun(workbench.client);
    const { json } = await workbench.client.post('logged-models', {
      experiment_id: '0',
      name: 'clf',
      source_run_id: run,
    });
    const { model_id } = json.model.info;
    await workbench.client.post('runs/outputs', { run_id: run, models: [{ model_id, step: 0 }] });
    const metric = { key: 'loss', value: 1, timestamp: 1, step: 0, model_id };
    await workbench.client.post('runs/log-batch', { run_id: run, metrics: [metric] });
    await workbench.allSent();
    const there = await onlyRun(server);
    expect(pairs(there.data.metrics)).toEqual({ loss: 1 });
    expect(there.outputs).toEqual({});
    expect(workbench.remote.status.refused).toBe(0);
    expect(workbench.store.outputs(run)).toEqual([{ modelId: model_id, step: 0 }]);
  });

  test('a child names its parent by the id that the parent has there', async () => {
    const { server, workbench } = await scene();
    server.stop();
    const parent = await newRun(workbench.client, { run_name: 'parent' });
    const tags = [{ key: 'mlflow.parentRunId', value: parent }];
    const child = await newRun(workbench.client, { run_name: 'child', tags });
    await server.start();
    await workbench.allSent();
    const runs = server.store.searchRuns({ limit: 10, offset: 0 }).runs;
    const idOf = (name: string) => runs.find((run) => run.name === name)!.runId;
    expect(idOf('parent')).not.toBe(parent);
    expect(pairs([...server.store.tags(idOf('child'))])['mlflow.parentRunId']).toBe(idOf('parent'));
    await waitFor('the parent here', () => {
      const [tag] = workbench.store.tags(child).filter(({ key }) => key === 'mlflow.parentRunId');
      return tag?.value === parent;
    });
  });

  test('a run that its script takes into another experiment is in that one alone', async () => {
    const { server, workbench } = await scene();
    const own = workbench.store.createRun({
      experiment: '0',
      status: 'SCHEDULED',
      startTime: Date.now(),
      userId: 'ada',
      details: { command: ['python'] },
    });
    const client = workbench.clientOfRun(own.runId);
    const { json } = await client.post('experiments/create', { name: 'penguins' });
    await client.get('experiments/get', { experiment_id: json.experiment_id });
    await client.post('runs/create', { experiment_id: json.experiment_id, start_time: 5 });
    workbench.store.updateRun(own.runId, { status: 'FINISHED', endTime: Date.now() });
    await workbench.allSent();
    const there = await onlyRun(server);
    expect(server.store.getExperiment(there.info.experiment_id)?.name).toBe('penguins');
    expect(server.store.searchRuns({ lifecycle: 'deleted', limit: 10, offset: 0 }).total).toBe(0);
  });

  test('one that is there already is made anew in the other experiment, with all it had', async () => {
    const { server, workbench } = await scene();
    const run = await newRun(workbench.client, { run_name: 'moved' });
    const metric = { key: 'loss', value: 1, timestamp: 1, step: 0 };
    await workbench.client.post('runs/log-metric', { run_id: run, ...metric });
    await workbench.allSent();
    const { id } = workbench.store.createExperiment({ name: 'penguins' });
    workbench.store.updateRun(run, { experiment: id });
    await workbench.client.post('runs/log-metric', { run_id: run, ...metric, step: 1 });
    await workbench.allSent();
    const there = await onlyRun(server);
    expect(server.store.getExperiment(there.info.experiment_id)?.name).toBe('penguins');
    expect(server.store.metricHistory(there.info.run_id, 'loss', 10, 0)).toHaveLength(2);
    expect(workbench.store.searchRuns({ limit: 10, offset: 0 }).total).toBe(1);
  });
});

describe('while the remote server is away', () => {
  test('a script goes on, and everything arrives exactly once and in order', async () => {
    const { server, workbench } = await scene();
    const run = await newRun(workbench.client);
    const log = (step: number) =>
      workbench.client.post('runs/log-metric', {
        run_id: run,
        key: 'loss',
        value: step,
        timestamp: step,
        step,
      });
    for (let step = 0; step < 20; step += 1) {
      await log(step);
    }
    await workbench.client.post('runs/set-tag', { run_id: run, key: 'phase', value: 'before' });
    server.stop();
    for (let step = 20; step < 60; step += 1) {
      expect((await log(step)).status).toBe(200);
    }
    await workbench.client.post('runs/set-tag', { run_id: run, key: 'phase', value: 'during' });
    const second = await newRun(workbench.client, { run_name: 'second' });
    await workbench.client.post('runs/set-tag', { run_id: second, key: 'a', value: '1' });
    await workbench.client.post('runs/delete-tag', { run_id: second, key: 'a' });
    await workbench.client.post('runs/update', { run_id: run, status: 'FINISHED', end_time: 9 });
    await workbench.state('unreachable');
    const { waiting, problem, since } = workbench.remote.status;
    expect(waiting).toBeGreaterThanOrEqual(44);
    expect(problem).toMatch(/cannot be reached: nothing listens there/);
    expect(Date.now() - since!).toBeLessThan(30_000);

    await server.start();
    await workbench.allSent();
    const { runs } = server.store.searchRuns({ lifecycle: 'all', limit: 10, offset: 0 });
    expect(runs.map(({ name }) => name).sort()).toEqual(
      [runs.find(({ name }) => name !== 'second')!.name, 'second'].sort(),
    );
    const there = runs.find(({ name }) => name !== 'second')!;
    expect(there.status).toBe('FINISHED');
    const history = server.store.metricHistory(there.runId, 'loss', 1000, 0);
    expect(history.map(({ step }) => step)).toEqual(Array.from({ length: 60 }, (_, step) => step));
    expect(pairs([...server.store.tags(there.runId)]).phase).toBe('during');
    const other = runs.find(({ name }) => name === 'second')!;
    expect(pairs([...server.store.tags(other.runId)])).not.toHaveProperty('a');
    expect(workbench.remote.status).toMatchObject({ state: 'connected', refused: 0 });
  });

  test('a full outbox survives the service, also when the answer to a creation was lost', async () => {
    const { server, workbench } = await scene();
    // The run is there, and the Workbench is gone before it could note that.
    let created: string | undefined;
    const listening = server.store.onDidChange(({ runId }) => {
      if (runId !== undefined && created === undefined) {
        created = runId;
        workbench.stop();
      }
    });
    const run = await newRun(workbench.client, { run_name: 'once' });
    await waitFor('the run there', () => created !== undefined);
    listening.dispose();
    server.stop();
    await workbench.start();
    const batch = { run_id: run, params: [{ key: 'lr', value: '1' }], metrics: [] };
    expect((await workbench.client.post('runs/log-batch', batch)).status).toBe(200);
    expect(workbench.remote.status.waiting).toBe(2);
    await workbench.restart();
    expect(workbench.remote.status.waiting).toBe(2);
    await server.start();
    await workbench.allSent();
    const { runs } = server.store.searchRuns({ lifecycle: 'all', limit: 10, offset: 0 });
    expect(runs.map(({ runId }) => runId)).toEqual([created]);
    expect(server.store.parameters(created!)).toEqual([{ key: 'lr', value: '1' }]);
    await waitFor('one run here', () => workbench.store.searchRuns({ limit: 10, offset: 0 }).total === 1);
  });
});

describe('what the remote server refuses for good', () => {
  test('is set aside with its reason, and what comes after it arrives', async () => {
    const { server, workbench } = await scene();
    const run = await newRun(workbench.client, { run_name: 'mine' });
    await workbench.allSent();
    const there = (await onlyRun(server)).info.run_id;
    server.stop();
    server.store.logBatch(there, { parameters: [{ key: 'lr', value: '1' }] });
    const log = (batch: object) => workbench.client.post('runs/log-batch', { run_id: run, ...batch });
    await log({ metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 0 }] });
    await log({ params: [{ key: 'lr', value: '2' }] });
    await log({ metrics: [{ key: 'loss', value: 2, timestamp: 2, step: 1 }] });
    await server.start();
    await workbench.allSent();
    expect(server.store.metricHistory(there, 'loss', 10, 0)).toHaveLength(2);
    expect(server.store.parameters(there)).toEqual([{ key: 'lr', value: '1' }]);
    const { refused, lastRefusal, state } = workbench.remote.status;
    expect({ refused, state }).toEqual({ refused: 1, state: 'connected' });
    expect(lastRefusal).toMatch(/will not take a change .*Changing param values is not allowed/);
    expect(workbench.messages.filter((message) => message.includes('will not take'))).toHaveLength(1);
  });
});
