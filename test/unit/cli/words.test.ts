import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { wrongUsage } from '../../../src/cli/errors.ts';
import { exitCodeOfRun } from '../../../src/cli/exitCode.ts';
import { matchingRuns } from '../../../src/cli/findRun.ts';
import { whatToRun } from '../../../src/cli/program.ts';
import { hintFor } from '../../../src/cli/render/hints.ts';
import { progressLine } from '../../../src/cli/render/progress.ts';
import { findWorkspace, pathInWorkspace } from '../../../src/cli/workspace.ts';

let root: string;
let sub: string;

beforeAll(() => {
  root = path.join(fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops words '))), 'wörk');
  sub = path.join(root, 'a', 'b');
  fs.mkdirSync(sub, { recursive: true });
  fs.mkdirSync(path.join(root, '.git'));
  fs.mkdirSync(path.join(root, 'bin'));
  fs.writeFileSync(path.join(root, 'bin', 'python'), '', { mode: 0o755 });
  fs.writeFileSync(path.join(root, 'bin', 'readme'), '', { mode: 0o644 });
  fs.writeFileSync(path.join(sub, 'train.py'), '');
});

afterAll(() => fs.rmSync(path.dirname(root), { recursive: true, force: true }));

describe('the workspace', () => {
  it('is the nearest folder upwards with a repository or runs', () => {
    expect(findWorkspace(sub)).toBe(root);
    fs.mkdirSync(path.join(root, 'a', '.mlops'));
    expect(findWorkspace(sub)).toBe(path.join(root, 'a'));
    fs.rmdirSync(path.join(root, 'a', '.mlops'));
  });

  it('is the present folder when there is none, and the one asked for in any case', () => {
    const lonely = path.dirname(root);
    expect(findWorkspace(lonely)).toBe(lonely);
    expect(findWorkspace(sub, '..')).toBe(path.join(root, 'a'));
  });

  it('names data as the service does, from wherever it was typed', () => {
    expect(pathInWorkspace(root, sub, 'x.csv')).toBe('a/b/x.csv');
    expect(pathInWorkspace(root, sub, '../../x.csv')).toBe('x.csv');
    expect(pathInWorkspace(root, sub, '../../../out.csv')).toBe(path.join(path.dirname(root), 'out.csv'));
    expect(pathInWorkspace(root, root, '..data.csv')).toBe('..data.csv');
  });
});

describe('what to run', () => {
  const place = () => ({ currentFolder: sub, environment: { PATH: path.join(root, 'bin') } });

  it('is a script when the first word is one, with its arguments untouched', () => {
    expect(whatToRun(['train.py', '--lr', '0.1', '-x'], place())).toEqual({
      script: path.join(sub, 'train.py'),
      arguments: ['--lr', '0.1', '-x'],
      interpreter: undefined,
    });
  });

  it('takes the Python of the environment that is active in the terminal', () => {
    const active = { ...place().environment, VIRTUAL_ENV: root };
    expect(whatToRun(['train.py'], { ...place(), environment: active }).interpreter).toBe(
      path.join(root, 'bin', 'python'),
    );
    const base = { CONDA_PREFIX: root, CONDA_DEFAULT_ENV: 'base' };
    expect(whatToRun(['train.py'], { ...place(), environment: base }).interpreter).toBeUndefined();
    expect(whatToRun(['train.mjs'], { ...place(), environment: active }).interpreter).toBeUndefined();
    const chosen = { ...place(), environment: active, interpreter: 'python3.9' };
    expect(whatToRun(['train.py'], chosen).interpreter).toBe('python3.9');
  });

  it('is a command otherwise, as it was typed and where it was typed', () => {
    const words = ['python', '-u', 'train.py', '--data', 'x.csv'];
    expect(whatToRun(words, place())).toEqual({ command: words, workingFolder: sub });
  });

  it('takes a chosen interpreter by its name, or by its path from here', () => {
    const choose = (interpreter: string) => whatToRun(['train.py'], { ...place(), interpreter }).interpreter;
    expect(choose('python3.9')).toBe('python3.9');
    expect(choose('../../bin/python')).toBe(path.join(root, 'bin', 'python'));
  });
});

it('ends as the script ended, and never with 0 when it did not finish', () => {
  expect(exitCodeOfRun({ state: 'finished', exitCode: 0 }, false)).toBe(0);
  expect(exitCodeOfRun({ state: 'failed', exitCode: 3 }, false)).toBe(3);
  expect(exitCodeOfRun({ state: 'failed', exitCode: 0 }, false)).toBe(1);
  expect(exitCodeOfRun({ state: 'failed' }, false)).toBe(1);
  expect(exitCodeOfRun({ state: 'killed' }, false)).toBe(1);
  expect(exitCodeOfRun({ state: 'killed' }, true)).toBe(130);
  expect(exitCodeOfRun({ state: 'running' }, true)).toBe(130);
});

it('finds runs by name before the start of an id', () => {
  const runs = [
    { id: 'ab12', name: 'calm-heron' },
    { id: 'ab34', name: 'odd-finch' },
    { id: 'cd56', name: 'ab' },
  ];
  const found = (asked: string) => matchingRuns(runs, asked).map(({ id }) => id);
  expect(found('odd-finch')).toEqual(['ab34']);
  expect(found('ab')).toEqual(['cd56']);
  expect(found('ab1')).toEqual(['ab12']);
  expect(found('a')).toEqual(['ab12', 'ab34']);
  expect(found('')).toEqual([]);
});

it('says what is wrong as a sentence, with the suggestion', () => {
  const { message, code } = wrongUsage("error: unknown option '--expermient'\n(Did you mean --experiment?)");
  expect(message).toBe("Unknown option '--expermient'.\n(Did you mean --experiment?)");
  expect(code).toBe('cli.usage');
});

it('turns a button of the editor into what to type', () => {
  expect(hintFor({ kind: 'writeParameters' })).toContain('--write-params');
  expect(hintFor({ kind: 'showLog' })).toBeUndefined();
});

it('shows progress with a number, on one line', () => {
  expect(progressLine('Versioning x', { message: '1 of 2 GB', fraction: 0.507 }, 80)).toBe(
    'Versioning x  50 %  1 of 2 GB',
  );
  expect(progressLine('Versioning x', { message: 'counting files' }, 80)).toBe(
    'Versioning x  counting files',
  );
  expect(progressLine('Versioning', { message: 'a long message', fraction: 1 }, 20)).toHaveLength(19);
});
