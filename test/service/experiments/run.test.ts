import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runTags } from '../../../src/protocol/runTags.ts';
import { TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

test('a script runs to its end, and everything around it is on record', async () => {
  workspace.git('init', '-q');
  workspace.write('params.yaml', 'learning_rate: 1e-3 # small\nmodel:\n  depth: 3\n  layers: [8, 4]\n');
  workspace.write('train.py', 'import sys\nprint("training")\nprint("careful", file=sys.stderr)\n');
  workspace.git('add', '.');
  workspace.git('commit', '-q', '-m', 'First');
  workspace.write('train.py', 'import sys\nprint("training")\nprint("careful", file=sys.stderr)\n# tuned\n');
  workspace.write('new helper.py', 'x = 1\n');
  workspace.datasets = [{ path: 'data.csv', hash: 'a'.repeat(32), modified: false }];

  const started = await workspace.experiments.startRun({ script: 'train.py' });
  expect(started).toMatchObject({ state: 'scheduled', script: 'train.py', experimentName: 'penguins' });
  const run = await workspace.ended(started.id);

  expect(run).toMatchObject({
    state: 'finished',
    exitCode: 0,
    parameters: [
      { key: 'learning_rate', value: '1e-3' },
      { key: 'model.depth', value: '3' },
      { key: 'model.layers', value: '[8,4]' },
    ],
    code: { branch: 'main', changedFiles: 2, patchArtifact: 'code/uncommitted.patch' },
    datasets: [{ path: 'data.csv', hash: 'a'.repeat(32), modified: false }],
  });
  expect(run.failure).toBeUndefined();
  expect(run.endTime).toBeGreaterThanOrEqual(run.startTime);
  expect(run.code!.commit).toBe(workspace.git('rev-parse', 'HEAD').trim());
  expect(run.tags).toMatchObject({
    'mlflow.source.git.commit': run.code!.commit,
    'mlflow.source.name': 'train.py',
  });
  expect(run.environment!.interpreterVersion).toMatch(/^3\.\d+\.\d+$/);
  expect(run.environment!.packages.map((entry) => entry.name)).toContain('pip');
  expect(workspace.log(run.id).split('\n').sort()).toEqual(['', 'careful', 'training']);
  expect(workspace.store.parameters(run.id)).toContainEqual({ key: 'model.depth', value: '3' });
  expect(workspace.store.inputs(run.id).datasets).toMatchObject([
    { name: 'data.csv', digest: 'a'.repeat(32) },
  ]);

  const artifacts = await workspace.experiments.listArtifacts(run.id, 'code');
  expect(artifacts).toMatchObject([{ path: 'code/uncommitted.patch', isFolder: false }]);
  const patch = path.join(run.artifactFolder, 'code/uncommitted.patch');
  workspace.git('stash', '-q', '--include-untracked');
  workspace.git('apply', patch);
  expect(workspace.read('train.py')).toContain('# tuned');
  expect(workspace.read('new helper.py')).toBe('x = 1\n');
});

test('in a folder of a larger repository, its tracked changes count and its other new files stay out', async () => {
  const upper = path.dirname(workspace.root);
  workspace.write('../shared.py', 'x = 1\n');
  workspace.write('train.py', 'print(1)\n');
  workspace.git('-C', upper, 'init', '-q');
  workspace.git('-C', upper, 'add', 'shared.py', 'penguins/train.py');
  workspace.git('-C', upper, 'commit', '-q', '-m', 'First');
  workspace.write('../shared.py', 'x = 2\n');
  workspace.write('../diary.txt', 'private\n');
  workspace.write('own.py', 'y = 1\n');
  workspace.write('data.bin', Buffer.alloc(100));
  workspace.git('add', 'own.py');
  const before = workspace.git('status', '--porcelain');

  const { id } = await workspace.experiments.startRun({ script: 'train.py' });
  const run = await workspace.ended(id);
  const patch = workspace.read(path.join(run.artifactFolder, 'code/uncommitted.patch'));
  expect(run.code!.changedFiles).toBe(2);
  expect([...patch.matchAll(/^diff --git a\/(.*) b\//gm)].map((match) => match[1])).toEqual([
    'penguins/own.py',
    'shared.py',
  ]);
  expect(workspace.git('status', '--porcelain')).toBe(before);
});

test('without git, a run goes on without a code state', async () => {
  workspace.write('train.py', 'print(1)\n');
  const { id } = await workspace.experiments.startRun({ script: 'train.py' });
  const run = await workspace.ended(id);
  expect(run).toMatchObject({ state: 'finished' });
  expect(run.code).toBeUndefined();
  expect(workspace.messages).toEqual([]);
});

test('a run that the script made beside its own and never ended shares the fate of the script', async () => {
  workspace.write('wait.py', 'import time\nprint("up")\ntime.sleep(600)\n');
  const { id, experiment } = await workspace.experiments.startRun({ script: 'wait.py' });
  await workspace.logSays(id, 'up');
  const tags = [{ key: runTags.startedBy, value: id }];
  const run = { experiment, status: 'RUNNING', startTime: Date.now(), userId: 'ada' } as const;
  const beside = workspace.store.createRun({ ...run, tags });
  const other = workspace.store.createRun({
    ...run,
    tags: [{ key: runTags.startedBy, value: 'another run' }],
  });
  await workspace.experiments.stopRun(id);
  await workspace.ended(id);
  expect(workspace.store.getRun(beside.runId)).toMatchObject({
    status: 'KILLED',
    endTime: expect.any(Number),
  });
  expect(workspace.store.getRun(other.runId)).toMatchObject({ status: 'RUNNING' });
  workspace.store.updateRun(other.runId, { status: 'FINISHED' });
});

test('the script finds what it needs to log, and nothing of the editor', async () => {
  workspace.write('params.yaml', 'epochs: 3\n');
  workspace.write(
    'project/show.py',
    'import json, os, sys\nprint(json.dumps([dict(os.environ), os.getcwd(), sys.stdin.read()]))\n',
  );
  process.env.ELECTRON_RUN_AS_NODE = '1';
  process.env.VSCODE_IPC_HOOK = 'x';
  process.env.MLFLOW_EXPERIMENT_NAME = 'elsewhere';
  process.env.PYTHONPATH = '/own';
  try {
    const { id, experiment } = await workspace.experiments.startRun({ script: 'project/show.py' });
    await workspace.ended(id);
    const [environment, folder, input] = JSON.parse(workspace.log(id)) as [
      Record<string, string>,
      string,
      string,
    ];
    expect(environment).toMatchObject({
      MLFLOW_TRACKING_URI: `http://127.0.0.1:9/secret/runs/${id}`,
      MLFLOW_EXPERIMENT_ID: experiment,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true',
      MLOPS_RUN_ID: id,
      PYTHONUNBUFFERED: '1',
    });
    expect(environment.PYTHONPATH).toMatch(/^\/own:.*runners\/python$/);
    expect(fs.readFileSync(environment.MLOPS_PARAMS!, 'utf8')).toBe('epochs: 3\n');
    expect(Object.keys(environment)).not.toContain('ELECTRON_RUN_AS_NODE');
    expect(Object.keys(environment)).not.toContain('VSCODE_IPC_HOOK');
    expect(Object.keys(environment)).not.toContain('MLFLOW_EXPERIMENT_NAME');
    expect({ folder, input }).toEqual({ folder: workspace.root, input: '' });
  } finally {
    for (const name of ['ELECTRON_RUN_AS_NODE', 'VSCODE_IPC_HOOK', 'MLFLOW_EXPERIMENT_NAME', 'PYTHONPATH']) {
      delete process.env[name];
    }
  }
});

test('JavaScript and TypeScript scripts run with Node, whatever their path looks like', async () => {
  const name = '-my "größe" o\'clock/träin run.ts';
  workspace.write(name, 'const depth: number = 3;\nconsole.log("depth", depth, process.argv.slice(2));\n');
  const { id } = await workspace.experiments.startRun({ script: name, arguments: ['--x', '$HOME', '*'] });
  const run = await workspace.ended(id);
  expect(workspace.log(id)).toBe("depth 3 [ '--x', '$HOME', '*' ]\n");
  expect(run).toMatchObject({ state: 'finished', script: name, experimentName: '-my "größe" o\'clock' });
  expect(run.environment!.interpreterVersion).toMatch(/^\d+\.\d+\.\d+$/);
});

test('Python scripts with spaces, quotes, unicode and a leading dash run', async () => {
  const name = '-c \'q\' "é" $(x).py';
  workspace.write(name, 'import sys\nprint(sys.argv[1:])\n');
  const { id } = await workspace.experiments.startRun({ script: name, arguments: ['-v', 'a b'] });
  expect(await workspace.ended(id)).toMatchObject({ state: 'finished' });
  expect(workspace.log(id)).toBe("['-v', 'a b']\n");
});

test('any command runs in the workspace folder and counts as a run of its script', async () => {
  workspace.write('tools/train.py', 'import sys, os\nprint(os.getcwd(), sys.argv[1:])\n');
  const command = ['python3', 'tools/train.py', '--epochs', '5'];
  const { id } = await workspace.experiments.startRun({ command, experiment: 'Sweep' });
  const run = await workspace.ended(id);
  expect(workspace.log(id)).toBe(`${workspace.root} ['--epochs', '5']\n`);
  expect(run).toMatchObject({ script: 'tools/train.py', experimentName: 'Sweep', state: 'finished' });
});

test('several runs go on at once and know the one before them', async () => {
  workspace.write(
    'wait.py',
    'import sys, os, time\nprint("up")\nwhile not os.path.exists("go"): time.sleep(0.01)\n',
  );
  const first = await workspace.experiments.startRun({ script: 'wait.py' });
  const second = await workspace.experiments.startRun({ script: 'wait.py' });
  await workspace.logSays(first.id, 'up');
  await workspace.logSays(second.id, 'up');
  expect(workspace.experiments.searchRuns({ states: ['running', 'scheduled'] }).total).toBe(2);
  workspace.write('go', '');
  await workspace.ended(first.id);
  const run = await workspace.ended(second.id);
  expect(run.previous).toMatchObject({ id: first.id, name: first.name });
  expect(workspace.experiments.listExperiments()).toMatchObject([
    { name: 'penguins', runCount: 2, runningCount: 0 },
    {},
  ]);
});
