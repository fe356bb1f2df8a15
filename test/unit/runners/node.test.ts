import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { createTrackingServer } from '../../../src/service/mlflow/server.ts';
import { secret } from '../../service/mlflow/trackingServer.ts';
import { trackedRun } from './scene.ts';
import { runners, startScript } from './script.ts';

const logging = path.join(runners, 'node', 'logging');
const modules = {
  NODE_PATH: logging,
  NODE_OPTIONS: `--import=${pathToFileURL(path.join(logging, 'register.mjs')).href}`,
};

describe.each(nodes())('with %s', (_version, node) => {
  async function scene() {
    const run = await trackedRun();
    const start = (name: string, text: string, more: Record<string, string> = {}) =>
      startScript(node, run.folder, name, text, { ...modules, ...run.environment, ...more });
    return { ...run, start };
  }

  test('an ES module logs everything into its run, in order', async () => {
    const { start, store, own, values, artifactRoot } = await scene();
    const { exitCode, errors } = await start(
      'train.mjs',
      `
import fs from 'node:fs';
import mlflow, { logMetric } from 'mlops-workbench';
mlflow.startRun({ runName: 'first', tags: { team: 'birds' } });
mlflow.logParams({ lr: 0.1, epochs: 3 });
for (let step = 0; step < 5000; step += 1) logMetric('loss', step / 2, { step, timestamp: 1000 + step });
mlflow.log_metrics({ nan: NaN, up: Infinity, down: -Infinity }, 3);
mlflow.logText('hello', 'notes/a b.txt');
fs.writeFileSync('made.bin', '123');
mlflow.logArtifact('made.bin', 'files');
`,
    ).ended;
    expect([exitCode, errors]).toEqual([0, '']);
    expect(store.getRun(own.runId)).toMatchObject({ name: 'first', details: { reportedStatus: 'FINISHED' } });
    expect(values('loss')).toEqual(Array.from({ length: 5_000 }, (_, step) => step / 2));
    expect([values('nan'), values('up'), values('down')]).toEqual([[Number.NaN], [Infinity], [-Infinity]]);
    expect(store.parameters(own.runId)).toEqual([
      { key: 'epochs', value: '3' },
      { key: 'lr', value: '0.1' },
    ]);
    const files = path.join(artifactRoot, '0', own.runId, 'artifacts');
    expect(fs.readFileSync(path.join(files, 'notes/a b.txt'), 'utf8')).toBe('hello');
    expect(fs.readFileSync(path.join(files, 'files/made.bin'), 'utf8')).toBe('123');
  });

  test('a CommonJS script does the same by require', async () => {
    const { start, values } = await scene();
    const { exitCode } = await start(
      'train.cjs',
      `
const mlflow = require('mlops-workbench');
mlflow.log_metric('m', 1);
setTimeout(() => mlflow.logMetric('m', 2, 1), 20);
`,
    ).ended;
    expect(exitCode).toBe(0);
    expect(values('m')).toEqual([1, 2]);
  });

  test('points are there while a script computes without ever pausing', async () => {
    const { start, values, folder } = await scene();
    const script = start(
      'busy.mjs',
      `
import fs from 'node:fs';
import mlflow from 'mlops-workbench';
mlflow.startRun();
const until = Date.now() + 20_000;
for (let step = 0; !fs.existsSync('seen') && Date.now() < until; step += 1) {
  mlflow.logMetric('m', step, step);
  const pause = performance.now() + 2;
  while (performance.now() < pause);
}
process.exitCode = fs.existsSync('seen') ? 0 : 9;
`,
    );
    await expect.poll(() => values('m').length, { interval: 20, timeout: 15_000 }).toBeGreaterThan(5);
    fs.writeFileSync(path.join(folder, 'seen'), '');
    expect((await script.ended).exitCode).toBe(0);
  });

  test.each([
    ['process.exit(3)', 3],
    ['throw new Error("nobody catches this")', 1],
  ])('%s loses nothing and is told as FAILED', async (end, code) => {
    const { start, store, own, values } = await scene();
    const { exitCode } = await start(
      'end.mjs',
      `
import mlflow from 'mlops-workbench';
for (let step = 0; step < 1000; step += 1) mlflow.logMetric('m', step, step);
${end};
`,
    ).ended;
    expect(exitCode).toBe(code);
    expect(values('m')).toHaveLength(1_000);
    expect(store.getRun(own.runId)?.details?.reportedStatus).toBe('FAILED');
  });

  test('a changed parameter and other misuse throw at the call', async () => {
    const { start } = await scene();
    const { output } = await start(
      'misuse.mjs',
      `
import mlflow from 'mlops-workbench';
mlflow.logParam('lr', 1);
for (const work of [
  () => mlflow.logParam('lr', 2),
  () => mlflow.logMetric('a?b', 1),
  () => mlflow.logMetric('m', 'high'),
  () => mlflow.logArtifact('nothing.txt'),
  () => mlflow.startRun(),
]) {
  try {
    work();
    console.log('no error');
  } catch (error) {
    console.log(error.name, error.message.slice(0, 20));
  }
}
`,
    ).ended;
    expect(output.trim().split('\n')).toEqual([
      'TrackingError Changing param value',
      "TrackingError Invalid name 'a?b'. ",
      'TrackingError Got invalid value hi',
      "TrackingError There is no file 'no",
      expect.stringMatching(/^TrackingError Run with UUID /),
    ]);
  });

  test('withRun ends the run around a function, and set_experiment moves it', async () => {
    const { start, store, own } = await scene();
    await start(
      'with.mjs',
      `
import mlflow from 'mlops-workbench';
mlflow.setExperiment('penguins');
await mlflow.withRun({}, async () => {
  await mlflow.withRun({ nested: true, runName: 'child' }, () => { throw new Error('x'); }).catch(() => {});
});
`,
    ).ended;
    const experiment = store.getExperimentByName('penguins')!;
    expect(store.getRun(own.runId)?.experiment).toBe(experiment.id);
    const child = store.searchRuns({ limit: 9, offset: 0 }).runs.find((run) => run.name === 'child')!;
    expect([child.status, child.experiment]).toEqual(['FAILED', experiment.id]);
  });

  test('a service that is away for a while loses nothing', async () => {
    const { start, store, models, traces, server, values, artifactRoot } = await scene();
    const script = start(
      'away.mjs',
      `
import mlflow from 'mlops-workbench';
import { once } from 'node:events';
mlflow.logMetric('m', 0, 0);
mlflow.flush();
console.log('first');
await once(process.stdin, 'data');
for (let step = 1; step < 5000; step += 1) mlflow.logMetric('m', step, step);
console.log('logged');
process.exit(0);
`,
    );
    await script.printed('first');
    server.dispose();
    script.tell('the service is gone now');
    await script.printed('logged');
    const log = { write: () => undefined };
    const again = await createTrackingServer({
      store,
      models,
      traces,
      artifactRoot,
      secret,
      port: server.port,
      log,
    });
    const { exitCode, errors } = await script.ended;
    again.dispose();
    expect([exitCode, errors]).toEqual([0, '']);
    expect(values('m')).toHaveLength(5_000);
  });

  test('started outside the Workbench it says so once and does nothing', async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-outside-'));
    const { exitCode, output, errors } = await startScript(
      node,
      folder,
      'train.mjs',
      `
import mlflow from 'mlops-workbench';
mlflow.startRun();
mlflow.logMetric('m', 1);
mlflow.logText('x', 'a.txt');
console.log('trained');
`,
      modules,
    ).ended;
    fs.rmSync(folder, { recursive: true });
    expect([exitCode, output]).toEqual([0, 'trained\n']);
    expect(errors).toBe('mlops-workbench: not tracked: started outside MLOps Workbench\n');
  });
});

/** The Node of the tests, and the machine's own where that is another one. */
function nodes(): [string, string][] {
  const own = path.resolve(import.meta.dirname, '../../../node_modules');
  const others = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter((folder) => !folder.startsWith(own))
    .map((folder) => path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node'))
    .filter((file) => fs.existsSync(file));
  const found = [process.execPath, ...others].map((file): [string, string] => [
    `Node ${execFileSync(file, ['-p', 'process.versions.node'], { encoding: 'utf8' }).trim()}`,
    file,
  ]);
  return [...new Map(found)];
}
