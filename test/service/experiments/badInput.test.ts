import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorOf, TestWorkspace } from './workspace.ts';

let workspace: TestWorkspace;
beforeEach(() => {
  workspace = new TestWorkspace();
});
afterEach(() => workspace.dispose());

async function failureOf(script: string, text: string): Promise<string | undefined> {
  workspace.write(script, text);
  const { id } = await workspace.experiments.startRun({ script });
  const run = await workspace.ended(id);
  expect(run.state).toBe('failed');
  return run.failure;
}

test('a crash is told by the last line of its traceback', async () => {
  expect(await failureOf('train.py', 'row = {}\nprint(row["sex"])\n')).toBe("KeyError: 'sex'");
  expect(await failureOf('broken.py', 'def\n')).toBe('SyntaxError: invalid syntax');
  expect(await failureOf('train.mjs', 'null.length\n')).toMatch(/^TypeError: Cannot read properties of null/);
  expect(await failureOf('three.py', 'import sys\nsys.exit(3)\n')).toBe('Exit code 3');
  expect(await failureOf('signal.py', 'import os\nos.kill(os.getpid(), 11)\n')).toBe('Ended by SIGSEGV');
});

test('100 MB of output are kept whole and cost the service no memory', async () => {
  workspace.write(
    'loud.py',
    'line = "x" * 99 + "\\n"\nfor _ in range(1000): print(line * 1000, end="")\nprint("the end")\n',
  );
  const before = process.memoryUsage().rss;
  const { id } = await workspace.experiments.startRun({ script: 'loud.py' });
  const run = await workspace.ended(id);
  expect(run).toMatchObject({ state: 'finished', logBytes: 100_000_008 });
  expect(workspace.experiments.readLog({ run: id, from: -8, length: 100 })).toEqual({
    text: 'the end\n',
    from: 100_000_000,
    to: 100_000_008,
    size: 100_000_008,
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(50_000_000);
});

test('output that is not UTF-8 is shown as far as it goes', async () => {
  workspace.write(
    'bytes.py',
    'import sys\nsys.stdout.buffer.write(b"ok \\xff\\xfe\\x00 gr\\xc3\\xbc\\xc3\\x9fe \\xe2\\x82")\n',
  );
  const { id } = await workspace.experiments.startRun({ script: 'bytes.py' });
  expect(await workspace.ended(id)).toMatchObject({ state: 'finished' });
  expect(workspace.log(id)).toBe('ok \ufffd\ufffd\u0000 grüße \ufffd');
});

test('without Python the user is told what to do, and no run exists', async () => {
  workspace.write('train.py', 'print(1)\n');
  const searchPath = process.env.PATH;
  process.env.PATH = workspace.root;
  try {
    expect(await errorOf(workspace.experiments.startRun({ script: 'train.py' }))).toEqual({
      code: 'experiments.pythonNotFound',
      message:
        'No Python was found: neither a .venv beside the script nor python3 on PATH. Nothing was started. ' +
        'Select an interpreter, or install Python 3.',
      actions: [{ kind: 'selectInterpreter', title: 'Select Interpreter' }],
    });
    expect(await errorOf(workspace.experiments.startRun({ command: ['no-such-program'] }))).toMatchObject({
      code: 'experiments.programNotFound',
    });
  } finally {
    process.env.PATH = searchPath;
  }
  const chosen = workspace.experiments.startRun({ script: 'train.py', interpreter: '/no/such/python' });
  expect(await errorOf(chosen)).toMatchObject({
    code: 'experiments.pythonNotFound',
    message: expect.stringContaining('The chosen Python interpreter /no/such/python does not exist.'),
  });
  expect(workspace.experiments.searchRuns({}).total).toBe(0);
});

test('a .venv on the way up to the workspace folder is taken before the Python on PATH', async () => {
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], {
    encoding: 'utf8',
  }).trim();
  execFileSync(python, ['-m', 'venv', '--without-pip', path.join(workspace.root, '.venv')]);
  workspace.write('project/train.py', 'import os, sys\nprint(sys.prefix, os.environ["VIRTUAL_ENV"])\n');
  const { id } = await workspace.experiments.startRun({ script: 'project/train.py' });
  const run = await workspace.ended(id);
  const own = path.join(workspace.root, '.venv');
  expect(workspace.log(id)).toBe(`${own} ${own}\n`);
  expect(run.environment).toMatchObject({ interpreter: path.join(own, 'bin', 'python'), packages: [] });
});

test('an interpreter that cannot start is a failed run with a reason', async () => {
  const broken = workspace.write('python3', '#!/no/such/interpreter\n');
  fs.chmodSync(broken, 0o755);
  workspace.write('train.py', 'print(1)\n');
  const { id } = await workspace.experiments.startRun({ script: 'train.py', interpreter: broken });
  expect(await workspace.ended(id)).toMatchObject({
    state: 'failed',
    failure: `Could not start: ${broken} was not found`,
  });
});

test('a params.yaml that does not parse is refused with line and column', async () => {
  workspace.write('project/params.yaml', 'epochs: 3\nmodel:\n  depth: [1, 2\nrate: 1\n');
  workspace.write('project/train.py', 'print(1)\n');
  const error = await errorOf(workspace.experiments.startRun({ script: 'project/train.py' }));
  expect(error).toMatchObject({
    code: 'experiments.parametersInvalid',
    actions: [{ kind: 'openFile', title: 'Open File', subject: 'project/params.yaml:4:1' }],
  });
  expect(error.message).toMatch(
    /^project\/params\.yaml cannot be read, line 4, column 1: .*Nothing was started\./,
  );
  expect(await errorOf(workspace.experiments.describeScript({ script: 'project/train.py' }))).toEqual(error);
  expect(workspace.experiments.searchRuns({}).total).toBe(0);
});

test('scripts that are not there, lie outside or cannot be run are refused', async () => {
  const codeOf = async (script: string) => (await errorOf(workspace.experiments.startRun({ script }))).code;
  workspace.write('notes.md', '');
  fs.writeFileSync(path.join(workspace.root, '..', 'outside.py'), '');
  fs.symlinkSync('..', path.join(workspace.root, 'up'));
  expect(await codeOf('missing.py')).toBe('experiments.scriptNotFound');
  expect(await codeOf('.')).toBe('experiments.scriptNotFound');
  expect(await codeOf('../outside.py')).toBe('experiments.scriptOutside');
  expect(await codeOf('up/outside.py')).toBe('experiments.scriptOutside');
  expect(await codeOf('notes.md')).toBe('experiments.scriptNotRunnable');
  expect((await errorOf(workspace.experiments.startRun({}))).code).toBe('experiments.nothingToRun');
  expect(workspace.experiments.searchRuns({}).total).toBe(0);
});

/** As root, permissions bind nobody; a read-only mount does, else the immutable mark of the file system. */
function makeReadOnly(folder: string): () => void {
  try {
    execFileSync('mount', ['--bind', folder, folder], { stdio: 'pipe' });
    execFileSync('mount', ['-o', 'remount,bind,ro', folder], { stdio: 'pipe' });
    return () => execFileSync('umount', [folder]);
  } catch {
    fs.chmodSync(folder, 0o555);
    return () => fs.chmodSync(folder, 0o755);
  }
}

test('a folder that cannot be written to is told before anything happens', async () => {
  workspace.write('train.py', 'print(1)\n');
  const { experiments } = workspace;
  const restore = makeReadOnly(path.join(workspace.root, '.mlops'));
  try {
    expect(await errorOf(experiments.startRun({ script: 'train.py' }))).toMatchObject({
      code: 'storage.readOnlyFolder',
      message: expect.stringContaining(`Cannot write in ${workspace.root}`),
    });
  } finally {
    restore();
  }
  expect(experiments.searchRuns({}).total).toBe(0);
});

test('a run that is unknown, and paths that leave the artifacts, are refused', async () => {
  workspace.write('train.py', '');
  const { id } = await workspace.experiments.startRun({ script: 'train.py' });
  await workspace.ended(id);
  await workspace.experiments.stopRun(id);
  expect(workspace.details(id).state).toBe('finished');
  expect(workspace.experiments.getRuns(['nope', id])).toHaveLength(1);
  expect(await errorOf(workspace.experiments.stopRun('nope'))).toMatchObject({
    code: 'experiments.runNotFound',
  });
  for (const outside of ['..', '../..', '%2e%2e', 'a/../../..', '..\\..', 'C:\\']) {
    expect(await errorOf(workspace.experiments.listArtifacts(id, outside))).toMatchObject({
      code: 'experiments.unsafePath',
    });
  }
  expect(await workspace.experiments.listArtifacts(id, '')).toEqual([]);
});

test('a run that a script started by itself cannot be stopped from here', async () => {
  const run = workspace.store.createRun({ experiment: '0', status: 'RUNNING', startTime: 1, userId: 'me' });
  expect(await errorOf(workspace.experiments.stopRun(run.runId))).toMatchObject({
    code: 'experiments.notStoppable',
  });
  workspace.restart();
  expect(workspace.details(run.runId).state).toBe('running');
  workspace.store.updateRun(run.runId, { status: 'FINISHED' });
});

test('an experiment that was deleted keeps its name', async () => {
  workspace.write('train.py', '');
  workspace.store.deleteExperiment(workspace.store.createExperiment({ name: 'Old' }).id);
  expect(
    await errorOf(workspace.experiments.startRun({ script: 'train.py', experiment: 'Old' })),
  ).toMatchObject({
    code: 'experiments.nameOfDeletedExperiment',
  });
});
