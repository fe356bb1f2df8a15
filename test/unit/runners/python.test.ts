import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTrackingServer } from '../../../src/service/mlflow/server.ts';
import { secret } from '../../service/mlflow/trackingServer.ts';
import { trackedRun } from './scene.ts';
import { runners, startScript } from './script.ts';

const python = process.platform === 'win32' ? 'python' : 'python3';
const modules = { PYTHONPATH: path.join(runners, 'python') };

async function scene() {
  const run = await trackedRun();
  const start = (text: string, more: Record<string, string> = {}) =>
    startScript(python, run.folder, 'train.py', `import mlops_workbench as mlflow\n${text}`, {
      ...modules,
      ...run.environment,
      ...more,
    });
  return { ...run, start };
}

test('logs everything into its run, in order, and all of it is there when the script has ended', async () => {
  const { start, store, own, values, artifactRoot } = await scene();
  const { exitCode, errors } = await start(`
import math
with mlflow.start_run(run_name="first", tags={"team": "birds"}) as run:
    mlflow.log_param("lr", 0.1)
    mlflow.log_params({f"p{i}": i for i in range(150)})
    for step in range(5000):
        mlflow.log_metric("loss", step / 2, step=step, timestamp=1000 + step)
    mlflow.log_metrics({"nan": math.nan, "up": math.inf, "down": -math.inf}, step=3)
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_dict({"k": 1}, "config.json")
    open("made.bin", "wb").write(b"123")
    mlflow.log_artifact("made.bin", "files")
    mlflow.log_artifact(__import__("pathlib").Path("made.bin"))
    for value in range(300):
        mlflow.set_tag("again", value)
    assert mlflow.active_run() is run and mlflow.get_artifact_uri("x").endswith("/artifacts/x")
assert mlflow.active_run() is None
`).ended;
  expect([exitCode, errors]).toEqual([0, '']);
  expect(store.getRun(own.runId)).toMatchObject({ name: 'first', details: { reportedStatus: 'FINISHED' } });
  expect(values('loss')).toEqual(Array.from({ length: 5_000 }, (_, step) => step / 2));
  expect([values('nan'), values('up'), values('down')]).toEqual([[Number.NaN], [Infinity], [-Infinity]]);
  expect(store.parameters(own.runId)).toHaveLength(151);
  const tags = Object.fromEntries(store.tags(own.runId).map((tag) => [tag.key, tag.value]));
  expect(tags).toMatchObject({ team: 'birds', again: '299', 'mlflow.runName': 'first' });
  const files = path.join(artifactRoot, '0', own.runId, 'artifacts');
  const read = (name: string) => fs.readFileSync(path.join(files, name), 'utf8');
  expect([read('notes/a b.txt'), read('files/made.bin'), read('made.bin')]).toEqual(['hello', '123', '123']);
  expect(JSON.parse(read('config.json'))).toEqual({ k: 1 });
});

test('a point is there at once, while the script goes on', async () => {
  const { start, values } = await scene();
  const script = start(`
mlflow.log_metric("loss", 1)
print("logged")
input()
`);
  await script.printed('logged');
  await expect.poll(() => values('loss'), { interval: 5, timeout: 5_000 }).toEqual([1]);
  script.tell('go on');
  expect((await script.ended).exitCode).toBe(0);
});

test('a changed parameter raises at the call, also when it was logged before this process', async () => {
  const { start, store, own } = await scene();
  store.logBatch(own.runId, { parameters: [{ key: 'seed', value: '1' }] });
  const { exitCode, output } = await start(`
mlflow.log_param("lr", 1)
mlflow.log_param("lr", 1)
for key, value in (("lr", 2), ("seed", 2)):
    try:
        mlflow.log_param(key, value)
    except mlflow.TrackingError as error:
        print(str(error)[:35])
mlflow.log_metric("after", 1)
`).ended;
  expect(exitCode).toBe(0);
  expect(output).toBe('Changing param values is not allowed\n'.slice(0, 35).concat('\n').repeat(2));
  expect(store.metrics(own.runId).map((metric) => metric.key)).toEqual(['after']);
});

test.each([
  ['mlflow.log_metric("a?b", 1)', 'Invalid name'],
  ['mlflow.log_metric("m", "high")', 'invalid value'],
  ['mlflow.log_artifact("nothing.txt")', 'no file'],
  ['mlflow.log_text("x", "../up.txt")', 'Invalid artifact path'],
  ['mlflow.start_run(); mlflow.start_run()', 'already active'],
])('misuse raises at the call: %s', async (call, sentence) => {
  const { start } = await scene();
  const { exitCode, errors } = await start(`${call}\n`).ended;
  expect(exitCode).toBe(1);
  expect(errors).toContain(sentence);
});

describe('the end of a run', () => {
  test('an exception that nobody catches loses nothing and is told as FAILED', async () => {
    const { start, store, own, values } = await scene();
    const { exitCode } = await start(`
for step in range(1000):
    mlflow.log_metric("m", step, step=step)
raise KeyError("sex")
`).ended;
    expect(exitCode).toBe(1);
    expect(values('m')).toHaveLength(1_000);
    expect(store.getRun(own.runId)?.details?.reportedStatus).toBe('FAILED');
  });

  test('sys.exit and a nested run', async () => {
    const { start, store, own } = await scene();
    await start(`
import sys
with mlflow.start_run():
    with mlflow.start_run(nested=True, run_name="child"):
        mlflow.log_metric("m", 1)
        sys.exit(3)
`).ended;
    const child = store.searchRuns({ limit: 9, offset: 0 }).runs.find((run) => run.name === 'child')!;
    expect(child.status).toBe('FAILED');
    expect(store.tags(child.runId)).toContainEqual({ key: 'mlflow.parentRunId', value: own.runId });
  });

  test('set_experiment moves the run there', async () => {
    const { start, store, own } = await scene();
    await start('mlflow.set_experiment("penguins & co")\nmlflow.start_run()\n').ended;
    const experiment = store.getExperimentByName('penguins & co');
    expect(store.getRun(own.runId)?.experiment).toBe(experiment?.id);
  });
});

test('a service that is away for a while loses nothing and holds up nobody', async () => {
  const { start, store, models, traces, own, server, values, artifactRoot } = await scene();
  const script = start(`
mlflow.log_metric("m", 0, step=0)
mlflow.flush()
print("first", flush=True)
input()
import time
begin = time.perf_counter()
for step in range(1, 20000):
    mlflow.log_metric("m", step, step=step)
print("held up", time.perf_counter() - begin > 10, flush=True)
`);
  await script.printed('first');
  server.dispose();
  script.tell('the service is gone now');
  await script.printed('held up');
  const again = await createTrackingServer({
    store,
    models,
    traces,
    artifactRoot,
    secret,
    port: server.port,
    log: { write: () => undefined },
  });
  const { exitCode, output, errors } = await script.ended;
  again.dispose();
  expect([exitCode, errors]).toEqual([0, '']);
  expect(output).toContain('held up False');
  expect(values('m')).toHaveLength(20_000);
  expect(store.getRun(own.runId)?.details?.reportedStatus).toBe('FINISHED');
});

test('a service that never comes back: one warning, and the script ends as it would', async () => {
  const { start, server } = await scene();
  const script = start(
    `
mlflow.log_metric("m", 0)
mlflow.flush()
print("first", flush=True)
input()
for step in range(1000):
    mlflow.log_metric("m", step, step=step)
mlflow.log_param("p", 1)
print("done")
`,
    { MLOPS_TRACKING_PATIENCE: '0.3' },
  );
  await script.printed('first');
  server.dispose();
  script.tell('go');
  const { exitCode, output, errors } = await script.ended;
  expect([exitCode, output]).toEqual([0, 'first\ndone\n']);
  expect(errors.trim().split('\n')).toHaveLength(1);
  expect(errors).toContain('does not answer');
  expect(errors).not.toContain(secret);
});

test('started outside the Workbench it says so once and does nothing', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-outside-'));
  const { exitCode, output, errors } = await startScript(
    python,
    folder,
    'train.py',
    `
import mlops_workbench as mlflow
mlflow.set_experiment("x")
with mlflow.start_run() as run:
    mlflow.log_param("a", 1)
    mlflow.log_metric("m", 1)
    mlflow.log_text("t", "a.txt")
    mlflow.set_tag("k", "v")
print("trained")
`,
    modules,
  ).ended;
  fs.rmSync(folder, { recursive: true });
  expect([exitCode, output]).toEqual([0, 'trained\n']);
  expect(errors).toBe('mlops_workbench: not tracked: started outside MLOps Workbench\n');
});

test.skipIf(process.platform === 'win32')(
  'children made by fork log into the same run and do not end it',
  async () => {
    const { start, store, own, values } = await scene();
    const { exitCode, errors } = await start(`
import multiprocessing, os, sys
mlflow.log_metric("parent", 0)
def work(number):
    for step in range(200):
        mlflow.log_metric(f"child{number}", step, step=step)
context = multiprocessing.get_context("fork")
children = [context.Process(target=work, args=(number,)) for number in range(2)]
for child in children: child.start()
for child in children: child.join()
if os.fork() == 0:
    mlflow.log_metric("forked", 1)
    sys.exit(0)
os.wait()
mlflow.log_metric("parent", 1, step=1)
`).ended;
    expect([exitCode, errors]).toEqual([0, '']);
    expect([values('child0').length, values('child1').length]).toEqual([200, 200]);
    expect([values('parent'), values('forked')]).toEqual([[0, 1], [1]]);
    expect(store.searchRuns({ limit: 9, offset: 0 }).total).toBe(1);
    expect(store.getRun(own.runId)?.details?.reportedStatus).toBe('FINISHED');
  },
);

test('parameters come from the file of the run, else from params.yaml beside the script', async () => {
  const { start, folder } = await scene();
  fs.writeFileSync(path.join(folder, 'params.yaml'), 'lr: 0.5\n');
  fs.writeFileSync(
    path.join(folder, 'run.yaml'),
    [
      '# of this run',
      'lr: 1e-3   # small',
      'epochs: 10',
      'name: "a # b"',
      "quoted: 'it''s'",
      'flag: true',
      'nothing:',
      'sizes: [1, 2.5, "x, y"]',
      'layers:',
      '  - 1',
      '  - two',
      'train:',
      '  seed: 42',
      '  deep:',
      '    a: -1',
      'colour: red#blue',
    ].join('\n'),
  );
  const show = 'import json; print(json.dumps(mlflow.load_parameters()))\n';
  expect(JSON.parse((await start(show).ended).output)).toEqual({ lr: 0.5 });
  const own = await start(show, { MLOPS_PARAMS: path.join(folder, 'run.yaml') }).ended;
  expect(JSON.parse(own.output)).toEqual({
    lr: 0.001,
    epochs: 10,
    name: 'a # b',
    quoted: "it's",
    flag: true,
    nothing: null,
    sizes: [1, 2.5, 'x, y'],
    layers: [1, 'two'],
    train: { seed: 42, deep: { a: -1 } },
    colour: 'red#blue',
  });
  fs.writeFileSync(path.join(folder, 'params.yaml'), 'a: 1\nb: &anchor 2\n');
  expect((await start(show).ended).errors).toContain('params.yaml, line 2 is not understood: b: &anchor 2');
});

test('what is missing from the module says where to get it', async () => {
  const { start } = await scene();
  expect((await start('mlflow.autolog()\n').ended).errors).toContain("mlops_workbench has no 'autolog'");
});

test('every file is Python 3.8', () => {
  const folder = path.join(runners, 'python', 'mlops_workbench');
  const check =
    'import ast,sys\nfor f in sys.argv[1:]: ast.parse(open(f, encoding="utf-8").read(), f, feature_version=(3, 8))';
  const files = fs.readdirSync(folder).filter((name) => name.endsWith('.py'));
  expect(files.length).toBeGreaterThan(3);
  execFileSync(python, ['-c', check, ...files.map((name) => path.join(folder, name))]);
});
