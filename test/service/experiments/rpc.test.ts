import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createMessageConnection,
  type MessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
} from 'vscode-jsonrpc/node';
import type { Disposable } from '../../../src/base/lifecycle.ts';
import {
  getRuns,
  logChanged,
  type RunDetails,
  type RunSummary,
  type RunsChanged,
  readLog,
  runsChanged,
  startRun,
  stopRun,
} from '../../../src/protocol/experiments.ts';
import { registerExperiments } from '../../../src/service/experiments/rpc.ts';
import { Router } from '../../../src/service/router.ts';
import { waitFor } from '../../support/waitFor.ts';
import { TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
let registration: Disposable;
let client: MessageConnection;
const changes: RunsChanged[] = [];
const logs: { run: string; bytes: number }[] = [];

beforeEach(() => {
  workspace = new TestWorkspace();
  const router = new Router({ write: () => undefined });
  registration = registerExperiments(router, workspace.experiments);
  const [up, down] = [new PassThrough(), new PassThrough()];
  router.serve(createMessageConnection(new StreamMessageReader(up), new StreamMessageWriter(down)));
  client = createMessageConnection(new StreamMessageReader(down), new StreamMessageWriter(up));
  changes.length = 0;
  logs.length = 0;
  client.onNotification(runsChanged.method, (change: RunsChanged) => {
    changes.push(change);
  });
  client.onNotification(logChanged.method, (change: { run: string; bytes: number }) => {
    logs.push(change);
  });
  client.listen();
});
afterEach(async () => {
  client.dispose();
  registration.dispose();
  await workspace.dispose();
});

function send<Result>(type: { readonly method: string }, parameters: unknown): Promise<Result> {
  return client.sendRequest(type.method, { parameters });
}

test('a window starts a run, hears of it, reads its log and stops it', async () => {
  workspace.write('train.py', 'import time\nprint("up")\ntime.sleep(600)\n');
  const { id, experiment } = await send<RunSummary>(startRun, { script: 'train.py' });
  await waitFor('news of the log', () => logs.some((log) => log.run === id && log.bytes === 3));
  expect(await send(readLog, { run: id, from: 0, length: 100 })).toMatchObject({ text: 'up\n' });
  expect(await send(stopRun, { run: id })).toBeNull();
  const [run] = await send<RunDetails[]>(getRuns, { runs: [id] });
  expect(run).toMatchObject({ state: 'killed' });
  await waitFor('news of the run', () =>
    changes.some((change) => change.experiment === experiment && change.runs.includes(id)),
  );
});

test('an error arrives with its code, its sentence and its button', async () => {
  workspace.write('params.yaml', 'a: [\n');
  workspace.write('train.py', '');
  await expect(send(startRun, { script: 'train.py' })).rejects.toMatchObject({
    message: expect.stringContaining('params.yaml cannot be read, line 2, column 1'),
    data: { code: 'experiments.parametersInvalid', actions: [{ subject: 'params.yaml:2:1' }] },
  });
});

test('a storm of changes is told about ten times a second, and the last one is never lost', async () => {
  const { runId } = workspace.store.createRun({
    experiment: '0',
    status: 'RUNNING',
    startTime: 1,
    userId: 'me',
  });
  const started = Date.now();
  let step = 0;
  while (Date.now() - started < 500) {
    step += 1;
    workspace.store.logBatch(runId, { metrics: [{ key: 'loss', value: 1, timestamp: step, step }] });
    if (step % 50 === 0) {
      await new Promise(setImmediate);
    }
  }
  const seconds = (Date.now() - started) / 1000;
  let version = 0;
  const subscription = workspace.experiments.onDidChange((change) => {
    version = change.version;
  });
  workspace.store.updateRun(runId, { status: 'FINISHED' });
  subscription.dispose();
  await waitFor('the last version', () => changes.at(-1)?.version === version);
  expect(step).toBeGreaterThan(200);
  expect(changes.length).toBeLessThanOrEqual(seconds * 10 + 4);
  expect(changes.map((change) => change.version)).toEqual(
    changes.map((change) => change.version).sort((a, b) => a - b),
  );
});
