import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../src/protocol/experiments.ts';
import { waitFor } from '../../support/waitFor.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;

beforeEach(() => {
  folder = new TypedFolder();
});

afterEach(() => folder.dispose());

/** Says hello, waits until the test makes the file `go`, then says goodbye. */
const patient = `
import os, sys, time
print('hello', flush=True)
while not os.path.exists(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'go')):
    time.sleep(0.02)
print('goodbye')
`;

describe('mlops run', () => {
  it('shows what the script writes, ends as it ends, and says how it went', async () => {
    folder.write(
      'train.py',
      "import sys\nprint('Größe ✓')\nprint('careful', file=sys.stderr)\nprint(sys.argv[1:])\n",
    );
    const { exitCode, stdout, stderr } = await folder.mlops(
      'run',
      'train.py',
      '--lr',
      '0.1',
      '-x',
      'ein “Wort”',
    );
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd().split('\n').sort()).toEqual(
      ["['--lr', '0.1', '-x', 'ein “Wort”']", 'Größe ✓', 'careful'].sort(),
    );
    const { name } = await folder.newestRun();
    expect(stderr).toMatch(
      new RegExp(`^${name} started in experiment .*\\n${name} finished after [\\d.]+ s\\n$`),
    );
  });

  it('shows the log while the script runs', async () => {
    folder.write('train.py', patient);
    const going = folder.start(['run', 'train.py']);
    await going.saw('hello');
    expect(going.stdout).not.toContain('goodbye');
    folder.write('go', '');
    expect(await going.ended).toMatchObject({ exitCode: 0, stdout: 'hello\ngoodbye\n' });
  });

  it("ends with the script's own exit code and says why it failed", async () => {
    folder.write('fails.py', 'import sys\nsys.exit(7)\n');
    folder.write('raises.py', "{}['sex']\n");
    expect((await folder.mlops('run', 'fails.py')).exitCode).toBe(7);
    const { exitCode, stderr } = await folder.mlops('run', 'raises.py');
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/failed after .*: KeyError: 'sex'/);
  });

  it('prints nothing but the run with --json, the log beside it', async () => {
    folder.write('train.py', "print('hello')\n");
    const { exitCode, stdout, stderr } = await folder.mlops('run', '--json', 'train.py');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ state: 'finished', exitCode: 0, script: 'train.py' });
    expect(stderr).toContain('hello\n');
  });

  it('runs a command from a folder below, with programs and scripts as they are found there', async () => {
    folder.write('.git/HEAD', 'ref: refs/heads/main\n');
    folder.write('sub folder/train.py', 'import sys\nprint(sys.argv[1:], open("data.csv").read())\n');
    folder.write('sub folder/data.csv', 'beside it');
    const going = folder.start(['run', '-e', 'mine', '--', 'python3', '-u', 'train.py', '--json'], {
      in: 'sub folder',
    });
    const { exitCode, stdout, stderr } = await going.ended;
    expect(stdout).toBe("['--json'] beside it\n");
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^\S+ started in experiment mine.*\n\S+ finished after [\d.]+ s\n$/);
    expect(await folder.newestRun()).toMatchObject({ script: 'sub folder/train.py', experimentName: 'mine' });
  });

  it('hands on the environment of this terminal, not of the one that started the service', async () => {
    folder.write(
      'train.py',
      "import os\nprint([os.environ.get(name) for name in ('CUDA_VISIBLE_DEVICES', 'OLD')])\n",
    );
    const first = folder.start(['run', 'train.py'], { environment: { CUDA_VISIBLE_DEVICES: '0', OLD: 'x' } });
    expect((await first.ended).stdout).toBe("['0', 'x']\n");
    const before = await folder.servicePid();
    const second = folder.start(['run', '--', 'python3', 'train.py'], {
      environment: { CUDA_VISIBLE_DEVICES: '1' },
    });
    expect((await second.ended).stdout).toBe("['1', None]\n");
    expect(await folder.servicePid()).toBe(before);
  });

  it("finds programs on this terminal's PATH", async () => {
    await folder.mlops('status');
    folder.write('bin/my-trainer', '#!/bin/sh\necho "trained $1"\n');
    fs.chmodSync(path.join(folder.root, 'bin/my-trainer'), 0o755);
    const search = `${path.join(folder.root, 'bin')}${path.delimiter}${process.env.PATH}`;
    const going = folder.start(['run', '--', 'my-trainer', 'well'], { environment: { PATH: search } });
    expect(await going.ended).toMatchObject({ exitCode: 0, stdout: 'trained well\n' });
  });

  it('works in the workspace folder when it is named from outside, and says so', async () => {
    folder.write('project/train.py', "print(open('data.csv').read())\n");
    folder.write('project/data.csv', 'rows');
    const words = ['--workspace', 'project', 'run', '--', 'python3', 'train.py'];
    const { exitCode, stdout, stderr } = await folder.mlops(...words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: 'rows\n' });
    expect(stderr).toContain(`works in the workspace folder ${path.join(folder.root, 'project')}`);
  });

  it('returns at once with --detach; the log is followed later', async () => {
    folder.write('train.py', patient);
    const { exitCode, stdout } = await folder.mlops('run', '--detach', 'train.py');
    expect(exitCode).toBe(0);
    const [name, id] = stdout.trim().split(/\s+/);
    expect(await folder.json<RunDetails>('runs', 'show', name!)).toMatchObject({ id, name });
    const following = folder.start(['runs', 'log', id!.slice(0, 10), '--follow']);
    await following.saw('hello');
    folder.write('go', '');
    expect(await following.ended).toMatchObject({ exitCode: 0, stdout: 'hello\ngoodbye\n' });
  });
});

describe('parameters', () => {
  const reader = `
import os
print(open(os.environ['MLOPS_PARAMS']).read())
`;

  it('reach a script that reads the file of its run', async () => {
    folder.write('params.yaml', 'lr: 0.1 # rate\nepochs: 2\n');
    folder.write('train.py', reader);
    const { exitCode, stdout } = await folder.mlops('run', '-p', 'lr=0.5', '--param', 'epochs=3', 'train.py');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('lr: 0.5 # rate\nepochs: 3');
    expect((await folder.newestRun()).parameters).toEqual([
      { key: 'lr', value: '0.5' },
      { key: 'epochs', value: '3' },
    ]);
    expect(folder.read('params.yaml')).toBe('lr: 0.1 # rate\nepochs: 2\n');
  });

  it('are written into params.yaml only when that is allowed', async () => {
    folder.write('params.yaml', 'lr: 0.1\n');
    folder.write('train.py', "print(open('params.yaml').read())\n");
    const refused = await folder.mlops('run', '-p', 'lr=0.5', 'train.py');
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toContain('To write them there: add --write-params');
    expect(folder.read('params.yaml')).toBe('lr: 0.1\n');
    const allowed = await folder.mlops('run', '-p', 'lr=0.5', '--write-params', 'train.py');
    expect(allowed).toMatchObject({ exitCode: 0, stdout: 'lr: 0.5\n\n' });
    expect(folder.read('params.yaml')).toBe('lr: 0.5\n');
  });
});

describe('Ctrl-C', () => {
  it('stops the run', async () => {
    folder.write('train.py', patient);
    const going = folder.start(['run', 'train.py']);
    await going.saw('hello');
    going.interrupt();
    const { exitCode, stderr } = await going.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toMatch(/Stopping \S+…/);
    expect(stderr).toMatch(/was stopped after/);
    expect((await folder.newestRun()).state).toBe('killed');
  });

  it('typed twice leaves a script that does not want to stop', async () => {
    folder.write(
      'train.py',
      `import signal\nsignal.signal(signal.SIGTERM, lambda *_: print('no', flush=True))\n${patient}`,
    );
    const going = folder.start(['run', 'train.py']);
    await going.saw('hello');
    going.interrupt();
    await going.saw('no\n');
    going.interrupt();
    const { exitCode, stderr } = await going.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('No longer following');
    const id = (await folder.newestRun()).id;
    await waitFor(
      'the end of the run after the grace period',
      async () => (await folder.json<RunDetails>('runs', 'show', id)).state === 'killed',
    );
  });

  it('while following a log leaves the run alone', async () => {
    folder.write('train.py', patient);
    const id = (await folder.mlops('run', '--detach', 'train.py')).stdout.trim().split(/\s+/)[1]!;
    const following = folder.start(['runs', 'log', '-f', id]);
    await following.saw('hello');
    following.interrupt();
    expect((await following.ended).exitCode).toBe(130);
    expect((await folder.newestRun()).state).toBe('running');
    expect(await folder.mlops('runs', 'stop', id)).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('was stopped'),
    });
  });
});

describe('what goes wrong', () => {
  it('the service killed in mid-run: it is started again, and no line is lost or shown twice', async () => {
    folder.write('train.py', patient);
    const going = folder.start(['run', 'train.py']);
    await going.saw('hello');
    const before = await folder.servicePid();
    await folder.killService();
    await going.saw('attaching again', 'stderr');
    await waitFor('another service', async () => (await folder.servicePid()) !== before);
    folder.write('go', '');
    expect(await going.ended).toMatchObject({ exitCode: 0, stdout: 'hello\ngoodbye\n' });
  });

  it('a script that is not there, as a sentence and as JSON', async () => {
    const { exitCode, stdout, stderr } = await folder.mlops('run', 'nichts da.py');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^There is no file .*nichts da\.py\. Nothing was started\./);
    const asJson = await folder.mlops('run', '--json', 'nichts da.py');
    expect(JSON.parse(asJson.stdout)).toEqual({
      error: { code: 'experiments.scriptNotFound', message: stderr.trim() },
    });
  });

  it('a reader that has seen enough', async () => {
    folder.write('train.py', "for i in range(300000): print('line', i)\n");
    const { exitCode } = await folder.mlops('run', '--detach', 'train.py');
    expect(exitCode).toBe(0);
    const { id } = await folder.newestRun();
    const following = folder.start(['runs', 'log', '--follow', id]);
    await following.saw('line 1\n');
    following.closeOutput();
    expect(await following.ended).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('bytes that are no text, and much of them', async () => {
    folder.write(
      'train.py',
      "import sys\nsys.stdout.buffer.write(b'\\xff\\xfe ok ' + b'ab\\xc3\\xa4' * 500000 + b'\\xc3')\n",
    );
    const { exitCode, stdout } = await folder.mlops('run', 'train.py');
    expect(exitCode).toBe(0);
    expect(stdout).toBe(`\ufffd\ufffd ok ${'abä'.repeat(500_000)}\ufffd`);
  });

  it('a folder that cannot be written to', async () => {
    if (process.getuid?.() === 0) {
      // Root may write everywhere; a file in the way of .mlops is refused to anyone.
      fs.writeFileSync(path.join(folder.root, '.mlops'), '');
    } else {
      fs.chmodSync(folder.root, 0o555);
    }
    const { exitCode, stderr } = await folder.mlops('runs', 'list');
    fs.chmodSync(folder.root, 0o755);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/cannot be written|not.*writ/i);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});
