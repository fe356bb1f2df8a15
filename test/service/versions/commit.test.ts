import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, TestFolder } from './testFolder.ts';

let folder: TestFolder;

beforeEach(() => {
  folder = new TestFolder();
  for (const name of ['kept.txt', 'staged.txt', 'partly.txt', 'renamed.txt', 'removed.txt', 'both.txt']) {
    folder.write(name, `${name}\nsecond\nthird\n`);
  }
  folder.git('add', '.');
  folder.git('commit', '--quiet', '-m', 'start');
  folder.write('data.csv', 'one\n');
});

afterEach(() => folder.dispose());

/** Every entry of the index but those that belong to the version. */
function foreignEntries(): string[] {
  const ours = /\t(data\.csv\.dvc|\.gitignore|\.dvcignore|\.dvc\/.*)$/;
  return folder
    .git('ls-files', '--stage')
    .split('\n')
    .filter((line) => line !== '' && !ours.test(line));
}

function committedFiles(): string[] {
  return folder.git('show', '--name-only', '--format=', 'HEAD').trim().split('\n');
}

const expectedFiles = ['.dvc/.gitignore', '.dvc/config', '.dvcignore', '.gitignore', 'data.csv.dvc'];

/** A change of every kind that a person may have staged. */
function stageEverything(): void {
  folder.write('staged.txt', 'staged\n');
  folder.write('partly.txt', 'staged part\nsecond\nthird\n');
  folder.write('new.txt', 'new\n');
  folder.git('add', 'staged.txt', 'partly.txt', 'new.txt');
  folder.write('partly.txt', 'staged part\nsecond\nunstaged part\n');
  folder.git('mv', 'renamed.txt', 'renamed to.txt');
  folder.git('rm', '--quiet', 'removed.txt');
  folder.write('intended.txt', 'only intended\n');
  folder.git('add', '--intent-to-add', 'intended.txt');
  folder.write('untracked.txt', 'untracked\n');
}

describe('what the user had staged', () => {
  it('stays staged, of every kind, and stays out of the commit', async () => {
    stageEverything();
    const index = foreignEntries();
    const status = folder.git('status', '--porcelain');
    await folder.version('data.csv');
    expect(committedFiles()).toEqual(expectedFiles);
    expect(foreignEntries()).toEqual(index);
    expect(folder.git('status', '--porcelain')).toBe(status.replace('?? data.csv\n', ''));
    expect(folder.read('partly.txt')).toBe('staged part\nsecond\nunstaged part\n');
    folder.write('data.csv', 'two\n');
    await folder.version('data.csv');
    expect(committedFiles()).toEqual(['data.csv.dvc']);
    expect(foreignEntries()).toEqual(index);
  });

  it('in .gitignore itself stays staged or unstaged; only our line is committed', async () => {
    folder.write('.gitignore', '/staged-rule\n');
    folder.git('add', '.gitignore');
    folder.write('.gitignore', '/staged-rule\n/unstaged-rule\n');
    await folder.version('data.csv');
    expect(folder.git('show', 'HEAD:.gitignore')).toBe('/data.csv\n');
    expect(folder.git('show', ':.gitignore')).toBe('/staged-rule\n/data.csv\n');
    expect(folder.read('.gitignore')).toBe('/staged-rule\n/unstaged-rule\n/data.csv\n');
  });

  it('of conflicts that are not ours stays unresolved', async () => {
    folder.git('checkout', '--quiet', '-b', 'side');
    folder.write('both.txt', 'side\n');
    folder.git('commit', '--quiet', '-am', 'side');
    folder.git('checkout', '--quiet', 'main');
    folder.write('both.txt', 'stashed\n');
    folder.git('stash');
    folder.git('merge', '--quiet', 'side');
    expect(() => folder.git('stash', 'pop')).toThrow();
    const index = foreignEntries();
    expect(index.filter((line) => line.endsWith('\tboth.txt'))).toHaveLength(3);
    await folder.version('data.csv');
    expect(committedFiles()).toEqual(expectedFiles);
    expect(foreignEntries()).toEqual(index);
  });
});

describe('a commit that fails', () => {
  const hook = (text: string) => {
    const file = path.join(folder.repository, '.git/hooks/pre-commit');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    return file;
  };

  it('because of a hook leaves the content safe, the index as it was, and can be repeated', async () => {
    stageEverything();
    const all = folder.git('ls-files', '--stage');
    const head = folder.git('rev-parse', 'HEAD');
    const file = hook('echo "no commits on a Monday" >&2; exit 1');
    const error = await refusal(folder.version('data.csv'));
    expect(error.code).toBe('versions.commitFailed');
    expect(error.message).toContain('no commits on a Monday');
    expect(error.message).toContain('safe in the cache');
    expect(folder.git('rev-parse', 'HEAD')).toBe(head);
    expect(folder.git('ls-files', '--stage')).toBe(all);
    expect(folder.read('data.csv')).toBe('one\n');
    expect(folder.objects()).toHaveLength(1);
    expect(await folder.dataset('data.csv')).toMatchObject({
      state: 'unchanged',
      uncommitted: true,
      versionCount: 0,
    });
    fs.rmSync(file);
    expect(await folder.version('data.csv')).toMatchObject({ version: 1, unchanged: false });
    expect(committedFiles()).toEqual(expectedFiles);
    expect(folder.git('status', '--porcelain', '--', 'data.csv.dvc', '.gitignore', '.dvc')).toBe('');
  });

  it('lets hooks see exactly what will be committed', async () => {
    stageEverything();
    hook('git diff --cached --name-only > "$(git rev-parse --git-dir)/seen"');
    await folder.version('data.csv');
    const seen = fs.readFileSync(path.join(folder.repository, '.git/seen'), 'utf8');
    expect(seen.trim().split('\n')).toEqual(expectedFiles);
  });
});

it('leaves no index of its own behind', async () => {
  await folder.version('data.csv');
  expect(
    fs.readdirSync(path.join(folder.repository, '.git')).filter((name) => name.startsWith('mlops')),
  ).toEqual([]);
});

it('takes over a repository where dvc init was run and not committed', async () => {
  fs.mkdirSync(folder.file('.dvc'));
  folder.write('.dvc/config', '[core]\n    remote = here\n[\'remote "here"\']\n    url = ../../store\n');
  folder.write('.dvc/.gitignore', '/config.local\n/tmp\n/cache\n');
  await folder.version('data.csv');
  expect(committedFiles()).toEqual(expectedFiles);
  expect(folder.git('show', 'HEAD:.dvc/config')).toBe(folder.read('.dvc/config'));
});

it('uses the cache that .dvc/config names', async () => {
  folder.write('.dvc/config', '[cache]\n    dir = "../../shared cache"\n');
  await folder.version('data.csv');
  expect(folder.objects()).toEqual([]);
  const cache = path.join(folder.repository, '..', 'shared cache', 'files', 'md5');
  expect(fs.readdirSync(cache)).toEqual(['5b']);
});

it('does not undo a commit that somebody makes at the same time', async () => {
  await folder.version('data.csv');
  folder.write('data.csv', 'two\n');
  const commits = Array.from({ length: 6 }, (_, index) => index);
  const work = folder.version('data.csv');
  for (const index of commits) {
    await new Promise((resolve) => setImmediate(resolve));
    folder.write(`kept ${index}.txt`, String(index));
    whenFree(() => folder.git('add', '--', `kept ${index}.txt`));
    whenFree(() => folder.git('commit', '--quiet', '-m', `other ${index}`, '--', `kept ${index}.txt`));
  }
  expect(await work).toMatchObject({ version: 2 });
  for (const index of commits) {
    expect(folder.git('show', `HEAD:kept ${index}.txt`)).toBe(String(index));
  }
});

/** As an editor does: tries again while another git holds the lock. */
function whenFree(action: () => unknown): void {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    try {
      action();
      return;
    } catch (error) {
      if (attempt === 49) {
        throw error;
      }
    }
  }
}
