import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { newRun } from '../mlflow/trackingServer.ts';
import { oddServer, RemoteServer, Workbench } from './scene.ts';

/** The one run that is known here, once `condition` holds for it. */
function knownRun(workbench: Workbench, name: string) {
  return waitFor(`the run ${name}`, () =>
    workbench.store.searchRuns({ limit: 100, offset: 0 }).runs.find((run) => run.name === name),
  );
}

describe('what others log to the remote server', () => {
  test('is shown with its own id, its values and its end, as it happens', async () => {
    const server = await RemoteServer.start();
    const { json } = await server.client.post('experiments/create', { name: 'whales' });
    const first = await newRun(server.client, { experiment_id: json.experiment_id, run_name: 'theirs' });
    await server.client.post('runs/log-batch', {
      run_id: first,
      params: [{ key: 'depth', value: '3' }],
      metrics: [{ key: 'loss', value: 0.5, timestamp: 1, step: 0 }],
      tags: [{ key: 'note', value: 'old' }],
    });
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    const run = await knownRun(workbench, 'theirs');
    expect(run).toMatchObject({ runId: first, status: 'RUNNING', startTime: 1_700_000_000_000 });
    expect(workbench.store.getExperiment(run.experiment)?.name).toBe('whales');
    expect(workbench.store.parameters(first)).toEqual([{ key: 'depth', value: '3' }]);
    expect(workbench.store.runsUnderWay()).toEqual([]);

    const changed: (string | undefined)[] = [];
    const listening = workbench.store.onDidChange(({ runId }) => changed.push(runId));
    await server.client.post('runs/log-metric', {
      run_id: first,
      key: 'loss',
      value: 0.25,
      timestamp: 2,
      step: 1,
    });
    await waitFor('the new value', () => workbench.store.metrics(first)[0]?.latest.value === 0.25);
    expect(changed).toContain(first);
    await server.client.post('runs/delete-tag', { run_id: first, key: 'note' });
    await server.client.post('runs/update', { run_id: first, status: 'FAILED', end_time: 1_700_000_005_000 });
    await waitFor('its end', () => workbench.store.getRun(first)?.status === 'FAILED');
    expect(workbench.store.getRun(first)?.endTime).toBe(1_700_000_005_000);
    expect(workbench.store.tags(first).map(({ key }) => key)).toEqual(['mlflow.runName']);
    await newRun(server.client, { experiment_id: json.experiment_id, run_name: 'another' });
    await knownRun(workbench, 'another');
    listening.dispose();
    expect(workbench.remote.status).toMatchObject({ waiting: 0, refused: 0 });
  });

  test('an unchanged run is no news', async () => {
    const server = await RemoteServer.start();
    await newRun(server.client, { run_name: 'theirs' });
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    await knownRun(workbench, 'theirs');
    await workbench.connected();
    const changed: (string | undefined)[] = [];
    const listening = workbench.store.onDidChange(({ runId }) => changed.push(runId));
    const marker = await newRun(server.client, { run_name: 'marker' });
    await knownRun(workbench, 'marker');
    listening.dispose();
    expect(new Set(changed)).toEqual(new Set([marker]));
  });

  test('whole histories come when somebody wants to see them, and again when they have grown', async () => {
    const server = await RemoteServer.start();
    const run = await newRun(server.client, { run_name: 'theirs' });
    const log = (from: number, to: number) =>
      server.client.post('runs/log-batch', {
        run_id: run,
        metrics: Array.from({ length: to - from }, (_, index) => ({
          key: 'loss',
          value: from + index,
          timestamp: from + index,
          step: from + index,
        })),
      });
    await log(0, 900);
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    await knownRun(workbench, 'theirs');
    const query = { runs: [run], metrics: ['loss'], points: 2 };
    const [latestOnly] = await workbench.store.series(query);
    expect(latestOnly?.count).toBe(1);
    await workbench.remote.loadHistories(query);
    expect((await workbench.store.series(query))[0]).toMatchObject({ count: 900, values: [0, 899] });
    await log(900, 1000);
    await waitFor('its latest value', () => workbench.store.metrics(run)[0]?.latest.value === 999);
    await workbench.remote.loadHistories(query);
    expect((await workbench.store.series(query))[0]?.count).toBe(1000);
  });

  test('artifacts are listed there and copied here when one is opened', async () => {
    const server = await RemoteServer.start();
    const run = await newRun(server.client, { run_name: 'theirs' });
    await server.client.artifact('PUT', `0/${run}/artifacts/plots/a%20b.txt`, 'hello');
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    const known = await knownRun(workbench, 'theirs');
    expect(await workbench.remote.listArtifacts(run, '')).toEqual([{ name: 'plots', isFolder: true }]);
    expect(await workbench.remote.listArtifacts(run, 'plots')).toMatchObject([{ name: 'a b.txt', bytes: 5 }]);
    await workbench.remote.loadArtifact(run, 'plots/a b.txt');
    const place = known.artifactUri.replace('mlflow-artifacts:/', '');
    const file = path.join(workbench.folder, 'artifacts', place, 'plots', 'a b.txt');
    expect(fs.readFileSync(file, 'utf8')).toBe('hello');
    await expect(workbench.remote.loadArtifact(run, '../../../x')).rejects.toThrow(
      /not a plain relative path/,
    );
  });

  test('a client that is pointed at the Workbench reads their curves and artifacts as well', async () => {
    const server = await RemoteServer.start();
    const run = await newRun(server.client, { run_name: 'theirs' });
    const metrics = [0, 1, 2].map((step) => ({ key: 'loss', value: step, timestamp: step, step }));
    await server.client.post('runs/log-batch', { run_id: run, metrics });
    await server.client.artifact('PUT', `0/${run}/artifacts/a/x.txt`, 'hello');
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    const known = await knownRun(workbench, 'theirs');
    const { client } = workbench;
    const history = await client.get('metrics/get-history', { run_id: run, metric_key: 'loss' });
    expect(history.json.metrics).toHaveLength(3);
    const listed = await client.get('artifacts/list', { run_id: run, path: 'a' });
    expect(listed.json.files).toEqual([{ path: 'a/x.txt', is_dir: false, file_size: 5 }]);
    const place = known.artifactUri.replace('mlflow-artifacts:/', '');
    const folder = await client.raw(`/api/2.0/mlflow-artifacts/artifacts?path=${place}/a`);
    expect(folder.json.files).toMatchObject([{ path: 'x.txt', file_size: 5 }]);
    expect((await client.artifact('GET', `${place}/a/x.txt`)).text).toBe('hello');
    server.stop();
    expect((await client.artifact('GET', `${place}/a/x.txt`)).text).toBe('hello');
    expect((await client.artifact('GET', `${place}/a/y.txt`)).status).not.toBe(200);
  });

  test('a run of theirs can be changed here, and one that is deleted there disappears', async () => {
    const server = await RemoteServer.start();
    const run = await newRun(server.client, { run_name: 'theirs' });
    const doomed = await newRun(server.client, { run_name: 'doomed' });
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    await knownRun(workbench, 'theirs');
    await workbench.client.post('runs/set-tag', { run_id: run, key: 'mlflow.note.content', value: 'good' });
    await workbench.allSent();
    expect(server.store.tags(run)).toContainEqual({ key: 'mlflow.note.content', value: 'good' });
    await server.client.post('runs/update', { run_id: doomed, status: 'FINISHED', end_time: 9 });
    await waitFor('its end', () => workbench.store.getRun(doomed)?.status === 'FINISHED');
    await server.client.post('runs/delete', { run_id: doomed });
    await waitFor('its disappearance', () => workbench.store.getRun(doomed)?.lifecycleStage === 'deleted');
    expect(workbench.store.getRun(run)?.lifecycleStage).toBe('active');
  });
});

describe('moving tracking', () => {
  test('local runs stay, are hidden meanwhile, and come back; so do the remote ones', async () => {
    const server = await RemoteServer.start();
    await newRun(server.client, { run_name: 'theirs' });
    const workbench = await Workbench.start();
    const names = () => workbench.store.searchRuns({ limit: 10, offset: 0 }).runs.map(({ name }) => name);
    await newRun(workbench.client, { run_name: 'local' });
    workbench.connectTo(server.address);
    await knownRun(workbench, 'theirs');
    expect(names()).toEqual(['theirs']);
    await workbench.restart();
    expect(workbench.remote.status).toMatchObject({ address: server.address, by: 'setting' });
    expect(names()).toEqual(['theirs']);
    workbench.connectTo(null);
    expect(names()).toEqual(['local']);
    expect(workbench.remote.status).toEqual({ state: 'off', waiting: 0, refused: 0 });
    await newRun(workbench.client, { run_name: 'local too' });
    workbench.connectTo(server.address);
    expect(names()).toEqual(['theirs']);
    await workbench.connected();
    expect(server.store.searchRuns({ lifecycle: 'all', limit: 10, offset: 0 }).total).toBe(1);
  });

  test('is not decided by a file that somebody else brings along', async () => {
    const server = await RemoteServer.start();
    const [mine, brought] = [await Workbench.start(), await Workbench.start()];
    mine.connectTo(server.address);
    brought.stop();
    fs.copyFileSync(path.join(mine.folder, 'remote.json'), path.join(brought.folder, 'remote.json'));
    await brought.start();
    expect(brought.remote.status.state).toBe('off');
    expect(brought.messages.join()).toContain('was written in another folder');
  });

  test('is refused while a run logs to the present place', async () => {
    const server = await RemoteServer.start();
    const workbench = await Workbench.start();
    expect(() => workbench.remote.configure({ address: server.address, by: 'terminal' }, 1)).toThrow(
      /A run is under way .* tracking was not moved/,
    );
    expect(workbench.remote.status.state).toBe('off');
  });

  test.each([
    ['not an address', /cannot be read as an address/],
    ['file:///tmp/mlruns', /does not start with http/],
    ['localhost:5000', /does not start with http/],
    ['http://ada:secret@example.org', /holds a user name or password/],
    ['http://example.org/?x=1', /holds a \? or #/],
  ])('to %s is refused with a sentence', async (address, sentence) => {
    const workbench = await Workbench.start();
    expect(() => workbench.connectTo(address)).toThrow(sentence);
    try {
      workbench.connectTo(address);
    } catch (error) {
      expect(String(error)).not.toContain('secret');
    }
    expect(workbench.remote.status.state).toBe('off');
  });
});

describe('a server that cannot be used', () => {
  test('asks who you are: runs go on, and credentials open it; they are in no file and no message', async () => {
    const server = await RemoteServer.start();
    const guarded = await oddServer(({ headers }) =>
      headers.authorization === 'Bearer the-secret-token'
        ? { status: 307, body: '' }
        : { status: 401, body: 'You are not authenticated.' },
    );
    const workbench = await Workbench.start();
    workbench.connectTo(guarded.address);
    await workbench.state('signIn');
    expect(workbench.remote.status.problem).toMatch(/asks who you are.*Sign In to Tracking Server/);
    expect((await workbench.client.post('runs/create', { start_time: 1 })).status).toBe(200);
    workbench.connectTo(guarded.address, { token: 'wrong-token' });
    await waitFor('the answer to the wrong token', () =>
      workbench.remote.status.problem?.includes('did not accept these credentials'),
    );
    workbench.connectTo(guarded.address, { token: 'the-secret-token' });
    await workbench.state('refused');
    expect(workbench.remote.status.waiting).toBe(1);
    const files = fs
      .readdirSync(workbench.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => fs.readFileSync(path.join(entry.parentPath, entry.name), 'latin1'));
    expect([...files, ...workbench.messages].filter((text) => text.includes('-token'))).toEqual([]);
    expect(JSON.stringify(workbench.remote.status)).not.toContain('-token');
    expect(server.store.searchRuns({ limit: 1, offset: 0 }).total).toBe(0);
  });

  test.each([
    [
      'forbids',
      403,
      '{"error_code":"PERMISSION_DENIED","message":"Permission denied"}',
      'signIn',
      /does not let/,
    ],
    ['is a web page', 200, '<html>hello</html>', 'refused', /no MLflow tracking server/],
    ['knows no such path', 404, '<html>not found</html>', 'refused', /no MLflow tracking server/],
    ['answers other JSON', 200, '{"experiments":"none"}', 'refused', /no MLflow tracking server/],
    ['is ill', 500, 'Internal Server Error', 'unreachable', /error of its own \(status 500\)/],
  ])('one that %s is told with a sentence', async (_, status, body, state, sentence) => {
    const { address } = await oddServer(() => ({ status, body }));
    const workbench = await Workbench.start();
    workbench.connectTo(address);
    await workbench.state(state);
    expect(workbench.remote.status.problem).toMatch(sentence);
  });

  test('one of an old version is told with its version', async () => {
    const { address } = await oddServer(({ url }) =>
      url === '/version'
        ? { status: 200, body: '1.20.2' }
        : { status: 404, body: '{"error_code":"ENDPOINT_NOT_FOUND","message":"no"}' },
    );
    const workbench = await Workbench.start();
    workbench.connectTo(address);
    await workbench.state('refused');
    expect(workbench.remote.status.problem).toMatch(/is MLflow 1\.20\.2.*Update it/);
  });

  test('one that goes away later: what was known is still shown', async () => {
    const server = await RemoteServer.start();
    await newRun(server.client, { run_name: 'theirs' });
    const workbench = await Workbench.start();
    workbench.connectTo(server.address);
    await knownRun(workbench, 'theirs');
    server.stop();
    await workbench.state('unreachable');
    const { since } = workbench.remote.status;
    expect(workbench.store.searchRuns({ limit: 10, offset: 0 }).total).toBe(1);
    await waitFor('another attempt', () => workbench.remote.status.since === since);
    await server.start();
    await workbench.connected();
    expect(workbench.remote.status).not.toHaveProperty('problem');
  });
});
