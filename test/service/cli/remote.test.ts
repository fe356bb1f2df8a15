import { afterEach, beforeEach, expect, it } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { newRun } from '../mlflow/trackingServer.ts';
import { oddServer, RemoteServer } from '../remote/scene.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;

beforeEach(() => {
  folder = new TypedFolder();
});

afterEach(() => folder.dispose());

it('sends tracking to a server, shows its runs, and takes it back', async () => {
  const server = await RemoteServer.start();
  await newRun(server.client, { run_name: 'theirs' });
  folder.write('train.py', 'print("hello")\n');
  await folder.mlops('run', 'train.py');
  expect((await folder.mlops('remote', 'status')).stdout).toBe('Runs are kept in this folder.\n');

  const set = await folder.mlops('remote', 'set', server.address);
  expect(set).toMatchObject({ exitCode: 0, stderr: '' });
  expect(set.stdout).toMatch(/^state +connected$/m);
  await waitFor('their run', async () => (await folder.mlops('runs', 'list')).stdout.includes('theirs'));
  expect(await folder.json('runs', 'list')).toMatchObject({ total: 1 });

  await folder.mlops('run', 'train.py');
  await waitFor('all to be sent', async () => {
    const { waiting } = (await folder.json('remote', 'status')) as { waiting: number };
    return waiting === 0;
  });
  const there = server.store.searchRuns({ statuses: ['FINISHED'], limit: 10, offset: 0 });
  expect(there.total).toBe(1);
  expect(server.store.getExperiment(there.runs[0]!.experiment)?.name).not.toBe('Default');

  await folder.mlops('remote', 'unset');
  const own = (await folder.json('runs', 'list')) as { runs: { name: string }[] };
  expect(own.runs).toHaveLength(1);
  expect(own.runs[0]!.name).not.toBe('theirs');
});

it('a service that is killed while the server is away loses nothing', async () => {
  const server = await RemoteServer.start();
  await folder.mlops('remote', 'set', server.address);
  server.stop();
  folder.write(
    'train.py',
    'import mlops_workbench as m\nfor i in range(30):\n    m.log_metric("loss", i, step=i)\n',
  );
  expect(await folder.mlops('run', 'train.py')).toMatchObject({ exitCode: 0 });
  await folder.killService();
  const away = await folder.mlops('remote', 'status');
  expect(away.exitCode).toBe(1);
  expect(away.stdout).toMatch(/^waiting +[1-9]\d* changes$/m);
  expect(away.stderr).toMatch(/cannot be reached: nothing listens there/);

  await server.start();
  await waitFor('all to be sent', async () => {
    const { stdout } = await folder.mlops('remote', 'status', '--json');
    return (JSON.parse(stdout) as { waiting: number }).waiting === 0;
  });
  const { runs } = server.store.searchRuns({ lifecycle: 'all', limit: 10, offset: 0 });
  expect(runs.map(({ status }) => status)).toEqual(['FINISHED']);
  expect(server.store.metricHistory(runs[0]!.runId, 'loss', 100, 0)).toHaveLength(30);
});

it('takes credentials from the environment, and says what to do without them', async () => {
  const guarded = await oddServer(({ headers }) =>
    headers.authorization === `Basic ${Buffer.from('ada:pass word').toString('base64')}`
      ? { status: 200, body: '{}' }
      : { status: 401, body: '' },
  );
  const refused = await folder.mlops('remote', 'set', guarded.address);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/asks who you are.*MLFLOW_TRACKING_USERNAME/);
  const environment = { MLFLOW_TRACKING_USERNAME: 'ada', MLFLOW_TRACKING_PASSWORD: 'pass word' };
  const accepted = await folder.start(['remote', 'status'], { environment }).ended;
  expect(accepted).toMatchObject({ exitCode: 0, stderr: '' });
  expect(folder.read('.mlops/remote.json') + folder.read('.mlops/service.log')).not.toContain('pass word');
});

it('refuses an address that is none, and one that cannot be moved to under a run', async () => {
  expect(await folder.mlops('remote', 'set', 'mlflow.example.org:5000')).toMatchObject({ exitCode: 1 });
  folder.write('train.py', 'import time\nprint("hello", flush=True)\ntime.sleep(300)\n');
  const going = folder.start(['run', 'train.py']);
  await going.saw('hello');
  const { exitCode, stderr } = await folder.mlops('remote', 'set', 'http://127.0.0.1:9');
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/A run is under way .* tracking was not moved/);
  going.interrupt();
  await going.ended;
});
