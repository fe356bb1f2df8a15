import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { SupervisorOrder, SupervisorStart } from '../../../src/protocol/runner.ts';
import { waitFor } from '../../support/waitFor.ts';
import { processesWith, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
  workspace.write(
    'wait.py',
    'import os, sys, time\nprint("up")\nwhile not os.path.exists("go"): time.sleep(0.01)\n' +
      'print("done")\nsys.exit(int(open("go").read() or 0))\n',
  );
});
afterEach(() => workspace.dispose());

/** Starts wait.py in a service of its own and kills that once the script is up. */
async function killedService(): Promise<string> {
  const service = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'serviceProcess.ts'), workspace.root, 'wait.py'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(service.stdout, 'data')) as [Buffer];
  const id = line.toString().trim();
  const log = path.join(runFolder(id), 'output.log');
  await waitFor('the script to be up', () => fs.readFileSync(log, 'utf8').includes('up'));
  await killed(service);
  return id;
}

async function killed(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** In one step: the script must not meet the file before its content. */
function leaveWith(exitCode: number): void {
  const content = workspace.write('go.new', String(exitCode));
  fs.renameSync(content, path.join(workspace.root, 'go'));
}

function runFolder(id: string): string {
  return path.join(workspace.root, '.mlops', 'runs', id);
}

function started(id: string): SupervisorStart {
  return JSON.parse(fs.readFileSync(path.join(runFolder(id), 'started.json'), 'utf8')) as SupervisorStart;
}

test('a service killed in mid-run leaves the script going; the next one sees it end as what it is', async () => {
  const id = await killedService();
  workspace.restart();
  expect(workspace.details(id)).toMatchObject({ state: 'running' });
  workspace.write('go', '');
  const run = await workspace.ended(id);
  expect(run).toMatchObject({ state: 'finished', exitCode: 0 });
  expect(workspace.log(id)).toBe('up\ndone\n');
});

test('a run that ended while no service was there has its own time and exit code', async () => {
  const id = await killedService();
  leaveWith(3);
  const ended = path.join(runFolder(id), 'ended.json');
  await waitFor('the supervisor to write the end down', () => fs.existsSync(ended));
  const { time } = JSON.parse(fs.readFileSync(ended, 'utf8')) as { time: number };
  workspace.restart();
  expect(workspace.details(id)).toMatchObject({
    state: 'failed',
    exitCode: 3,
    failure: 'Exit code 3',
    endTime: time,
  });
});

test('an adopted run can be stopped', async () => {
  const id = await killedService();
  workspace.restart();
  await workspace.experiments.stopRun(id);
  expect(workspace.details(id)).toMatchObject({ state: 'killed' });
  expect(processesWith(workspace.root)).toEqual([]);
});

test('script and supervisor killed while no service was there', async () => {
  const id = await killedService();
  const { supervisorId, scriptId } = started(id);
  process.kill(supervisorId, 'SIGKILL');
  process.kill(scriptId, 'SIGKILL');
  workspace.restart();
  expect(await workspace.ended(id)).toMatchObject({
    state: 'killed',
    failure: 'Its process was gone when the service came back.',
  });
});

test('a process that has the number of the lost supervisor by now is not taken for it, nor ended', async () => {
  const id = await killedService();
  const before = started(id);
  process.kill(before.supervisorId, 'SIGKILL');
  process.kill(before.scriptId, 'SIGKILL');
  const stranger = spawn('sleep', ['600']);
  const file = path.join(runFolder(id), 'started.json');
  fs.writeFileSync(file, JSON.stringify({ ...before, supervisorId: stranger.pid, scriptId: stranger.pid }));
  workspace.restart();
  expect(await workspace.ended(id)).toMatchObject({ state: 'killed' });
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
  await killed(stranger);
});

test('a supervisor killed while the service watches takes its script with it', async () => {
  const { id } = await workspace.experiments.startRun({ script: 'wait.py' });
  await workspace.logSays(id, 'up');
  process.kill(started(id).supervisorId, 'SIGKILL');
  expect(await workspace.ended(id)).toMatchObject({
    state: 'killed',
    failure: 'Its supervisor was ended from outside, and the script with it.',
  });
  expect(processesWith(path.join(workspace.root, 'wait.py'))).toEqual([]);
});

test('a supervisor that is asked to end, as at shutdown, stops its run', async () => {
  const { id } = await workspace.experiments.startRun({ script: 'wait.py' });
  await workspace.logSays(id, 'up');
  process.kill(started(id).supervisorId, 'SIGTERM');
  expect(await workspace.ended(id)).toMatchObject({ state: 'killed' });
  expect(processesWith(path.join(workspace.root, 'wait.py'))).toEqual([]);
});

test('a run whose service died before it started anything is not left as scheduled', async () => {
  const run = workspace.store.createRun({
    experiment: '0',
    status: 'SCHEDULED',
    startTime: Date.now(),
    userId: 'me',
    details: { command: ['python3', 'wait.py'] },
  });
  const withOrder = workspace.store.createRun({
    experiment: '0',
    status: 'SCHEDULED',
    startTime: Date.now(),
    userId: 'me',
    details: { command: ['python3', 'wait.py'] },
  });
  const order: SupervisorOrder = {
    command: ['python3', 'wait.py'],
    workingFolder: workspace.root,
    environment: { MLOPS_RUN_ID: withOrder.runId },
    graceMilliseconds: 1_000,
  };
  workspace.write(`.mlops/runs/${withOrder.runId}/order.json`, JSON.stringify(order));
  workspace.restart();
  for (const id of [run.runId, withOrder.runId]) {
    expect(await workspace.ended(id)).toMatchObject({
      state: 'killed',
      failure: 'Its process was gone when the service came back.',
    });
  }
});

test('a run recorded as finished by its own script is still found and watched after a restart', async () => {
  const id = await killedService();
  workspace.store.updateRun(id, { status: 'FINISHED', endTime: Date.now() });
  workspace.restart();
  expect(workspace.details(id).state).toBe('running');
  leaveWith(4);
  const { state, exitCode, failure } = await workspace.ended(id);
  expect({ state, exitCode, failure }).toEqual({ state: 'failed', exitCode: 4, failure: 'Exit code 4' });
});

test('the order with its secret address is private and goes with the run', async () => {
  const { id } = await workspace.experiments.startRun({ script: 'wait.py' });
  const order = path.join(runFolder(id), 'order.json');
  expect(fs.statSync(order).mode & 0o777).toBe(0o600);
  workspace.write('go', '');
  await workspace.ended(id);
  expect(fs.existsSync(order)).toBe(false);
});
