import { afterEach, beforeEach, expect, test } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { processesWith, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

/** A child in the group, one in a session of its own, and a daemon that forked twice; each ticks until ended. */
const family = `
import os, subprocess, sys, time
mark = sys.argv[1]
wait = "import sys, time; time.sleep(600)"
subprocess.Popen([sys.executable, "-c", wait, mark])
subprocess.Popen([sys.executable, "-c", wait, mark], start_new_session=True)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, [sys.executable, "-c", wait, mark])
    os._exit(0)
print("all up")
`;

test('Stop ends the script, its children and a daemon that got away', async () => {
  const mark = `family-${process.pid}-${Date.now()}`;
  workspace.write('family.py', `${family}\ntime.sleep(600)\n`);
  const { id } = await workspace.experiments.startRun({ script: 'family.py', arguments: [mark] });
  await workspace.logSays(id, 'all up');
  await waitFor('the script and its three children', () => processesWith(mark).length === 4);
  await workspace.experiments.stopRun(id);
  expect(processesWith(mark)).toEqual([]);
  const run = await workspace.ended(id);
  expect(run).toMatchObject({ state: 'killed' });
  expect(run.failure).toBeUndefined();
});

test('what the script leaves behind ends with it, except what left on purpose', async () => {
  const mark = `leftover-${process.pid}-${Date.now()}`;
  workspace.write('family.py', family);
  const { id } = await workspace.experiments.startRun({ script: 'family.py', arguments: [mark] });
  expect(await workspace.ended(id)).toMatchObject({ state: 'finished', exitCode: 0 });
  expect(workspace.log(id)).toContain(
    '[mlops] A process that the script started was still running after its end and ended with the run.',
  );
  const left = processesWith(mark);
  expect(left).toHaveLength(2);
  for (const daemon of left) {
    process.kill(daemon, 'SIGKILL');
  }
});

test('a script that ignores being asked is killed after the grace period', async () => {
  workspace.write(
    'stubborn.py',
    'import signal, time\nsignal.signal(signal.SIGTERM, lambda *_: print("no"))\nprint("up")\nwhile True: time.sleep(1)\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'stubborn.py' });
  await workspace.logSays(id, 'up');
  const asked = Date.now();
  await workspace.experiments.stopRun(id);
  expect(Date.now() - asked).toBeGreaterThanOrEqual(4_900);
  expect(workspace.log(id)).toBe('up\nno\n');
  expect(await workspace.ended(id)).toMatchObject({ state: 'killed' });
});

test('a script that was asked may still save its work', async () => {
  workspace.write(
    'polite.py',
    'import signal, sys, time\ndef save(*_):\n    print("saved")\n    sys.exit(0)\n' +
      'signal.signal(signal.SIGTERM, save)\nprint("up")\nwhile True: time.sleep(1)\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'polite.py' });
  await workspace.logSays(id, 'up');
  await workspace.experiments.stopRun(id);
  expect(workspace.log(id)).toBe('up\nsaved\n');
  expect(await workspace.ended(id)).toMatchObject({ state: 'killed', exitCode: 0 });
});

test('a paused script goes on to hear that it should end', async () => {
  workspace.write(
    'paused.py',
    'import os, signal, sys\ndef save(*_):\n    print("saved")\n    sys.exit(0)\n' +
      'signal.signal(signal.SIGTERM, save)\nprint("up")\nos.kill(os.getpid(), signal.SIGSTOP)\nsignal.pause()\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'paused.py' });
  await workspace.logSays(id, 'up');
  await workspace.experiments.stopRun(id);
  expect(workspace.log(id)).toBe('up\nsaved\n');
  expect(await workspace.ended(id)).toMatchObject({ state: 'killed' });
});

test('stopped in its first millisecond, the script never starts', async () => {
  workspace.write('train.py', 'open("ran", "w")\n');
  const { id } = await workspace.experiments.startRun({ script: 'train.py' });
  await workspace.experiments.stopRun(id);
  expect(workspace.details(id)).toMatchObject({ state: 'killed', logBytes: 0 });
  expect(workspace.exists('ran')).toBe(false);
  expect(workspace.exists(`.mlops/runs/${id}/started.json`)).toBe(false);
  await workspace.experiments.stopRun(id);
});

test('a script that has ended its MLflow run is shown as running until it has ended', async () => {
  workspace.write(
    'two.py',
    'import os, time\nprint("up")\nwhile not os.path.exists("go"): time.sleep(0.01)\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'two.py' });
  await workspace.logSays(id, 'up');
  workspace.store.updateRun(id, { status: 'FAILED', endTime: Date.now() });
  expect(workspace.details(id).state).toBe('running');
  expect(workspace.details(id).endTime).toBeUndefined();
  workspace.write('go', '');
  expect(await workspace.ended(id)).toMatchObject({ state: 'failed', exitCode: 0 });
});

test('a script that reported its failure and left with 0 has failed', async () => {
  workspace.write(
    'told.py',
    'import os, time\nprint("up")\nwhile not os.path.exists("go"): time.sleep(0.01)\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'told.py' });
  await workspace.logSays(id, 'up');
  workspace.store.updateRun(id, { details: { reportedStatus: 'FAILED' } });
  workspace.write('go', '');
  expect(await workspace.ended(id)).toMatchObject({ state: 'failed', exitCode: 0 });
});
