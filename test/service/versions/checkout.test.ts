import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusal, TestFolder } from './testFolder.ts';

let folder: TestFolder;

beforeEach(() => {
  folder = new TestFolder();
});

afterEach(() => folder.dispose());

const md5 = (content: string | Buffer) => crypto.createHash('md5').update(content).digest('hex');

async function twoVersions(): Promise<void> {
  folder.write('data.csv', 'one\n');
  await folder.version('data.csv', 'First');
  folder.write('data.csv', 'two, longer\n');
  await folder.version('data.csv', 'Second');
}

async function twoFolderVersions(): Promise<void> {
  folder.write('d/same', 'same\n');
  folder.write('d/changed', 'old\n');
  folder.write('d/sub/removed', 'removed\n');
  await folder.version('d');
  folder.write('d/changed', 'new\n');
  folder.write('d/added', 'added\n');
  fs.rmSync(folder.file('d/sub'), { recursive: true });
  await folder.version('d');
}

function tree(name: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const entry of fs.readdirSync(folder.file(name), { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) {
      const file = path.join(entry.parentPath, entry.name);
      files[path.relative(folder.file(name), file)] = fs.readFileSync(file, 'utf8');
    }
  }
  return files;
}

const first = { same: 'same\n', changed: 'old\n', 'sub/removed': 'removed\n' };
const second = { same: 'same\n', changed: 'new\n', added: 'added\n' };

describe('a file', () => {
  it('comes back, and the pointer names it', async () => {
    await twoVersions();
    const pointer = folder.read('data.csv.dvc');
    const summary = await folder.checkOut({ path: 'data.csv', version: 1 });
    expect(summary).toMatchObject({
      state: 'unchanged',
      currentVersion: 1,
      versionCount: 2,
      uncommitted: true,
    });
    expect(folder.read('data.csv')).toBe('one\n');
    expect(folder.read('data.csv.dvc')).toContain(md5('one\n'));
    await folder.checkOut({ path: 'data.csv', version: 2 });
    expect(folder.read('data.csv')).toBe('two, longer\n');
    expect(folder.read('data.csv.dvc')).toBe(pointer);
    expect(folder.git('status', '--porcelain')).toBe('');
    expect(folder.leftovers()).toEqual([]);
  });

  it('comes back when it was deleted, and keeps its permissions otherwise', async () => {
    await twoVersions();
    fs.chmodSync(folder.file('data.csv'), 0o600);
    await folder.checkOut({ path: 'data.csv', version: 1 });
    expect(fs.statSync(folder.file('data.csv')).mode & 0o777).toBe(0o600);
    fs.rmSync(folder.file('data.csv'));
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'missing' });
    await folder.checkOut({ path: 'data.csv.dvc' });
    expect(folder.read('data.csv')).toBe('one\n');
  });

  it('with the execute bit gets it back', async () => {
    folder.write('tool', '#!/bin/sh\n');
    fs.chmodSync(folder.file('tool'), 0o755);
    await folder.version('tool');
    expect(folder.read('tool.dvc')).toContain('isexec: true');
    fs.rmSync(folder.file('tool'));
    await folder.checkOut({ path: 'tool' });
    expect(fs.statSync(folder.file('tool')).mode & 0o100).toBe(0o100);
  });

  it('of many pieces comes back the same', async () => {
    const content = crypto.randomBytes(6 * (1 << 20) + 1);
    folder.write('big.bin', content);
    await folder.version('big.bin');
    folder.write('big.bin', 'small now');
    await folder.version('big.bin');
    await folder.checkOut({ path: 'big.bin', version: 1 });
    expect(fs.readFileSync(folder.file('big.bin')).equals(content)).toBe(true);
    expect(await folder.dataset('big.bin')).toMatchObject({ state: 'unchanged' });
  });
});

describe('a folder', () => {
  it('comes back exactly, and what was never part of it stays', async () => {
    await twoFolderVersions();
    folder.write('.dvcignore', '*.log\n');
    folder.write('d/debug.log', 'mine\n');
    await folder.checkOut({ path: 'd', version: 1 });
    expect(tree('d')).toEqual({ ...first, 'debug.log': 'mine\n' });
    await folder.checkOut({ path: 'd', version: 2 });
    expect(tree('d')).toEqual({ ...second, 'debug.log': 'mine\n' });
    expect(folder.exists('d/sub')).toBe(false);
    expect(await folder.dataset('d')).toMatchObject({ state: 'unchanged', currentVersion: 2 });
  });

  it('can turn into a file and back', async () => {
    folder.write('x/a', 'in a folder\n');
    await folder.version('x');
    fs.rmSync(folder.file('x'), { recursive: true });
    folder.write('x', 'a file\n');
    await folder.version('x');
    await folder.checkOut({ path: 'x', version: 1 });
    expect(tree('x')).toEqual({ a: 'in a folder\n' });
    await folder.checkOut({ path: 'x', version: 2 });
    expect(folder.read('x')).toBe('a file\n');
  });

  it('half of which was checked out when the process died can be checked out again', async () => {
    await twoFolderVersions();
    folder.write('d/changed', 'old\n');
    fs.rmSync(folder.file('d/added'));
    await folder.checkOut({ path: 'd', version: 1 });
    expect(tree('d')).toEqual(first);
  });
});

describe('data that is in no version', () => {
  it('is not overwritten, unless that is asked for', async () => {
    await twoVersions();
    folder.write('data.csv', 'unversioned work\n');
    const error = await refusal(folder.checkOut({ path: 'data.csv', version: 1 }));
    expect(error.code).toBe('versions.unversionedChanges');
    expect(error.message).toContain('Nothing was changed');
    expect(error.actions?.map(({ kind }) => kind)).toEqual(['versionFirst', 'overwrite']);
    expect(folder.read('data.csv')).toBe('unversioned work\n');
    await folder.checkOut({ path: 'data.csv', version: 1, overwrite: true });
    expect(folder.read('data.csv')).toBe('one\n');
  });

  it('is found in a folder too, in changed and in added files', async () => {
    await twoFolderVersions();
    folder.write('d/changed', 'unversioned\n');
    const changed = await refusal(folder.checkOut({ path: 'd', version: 1 }));
    expect(changed).toMatchObject({ code: 'versions.unversionedChanges' });
    expect(changed.message).toContain('d/changed');
    folder.write('d/changed', 'new\n');
    folder.write('d/notes', 'mine\n');
    const added = await refusal(folder.checkOut({ path: 'd', version: 1 }));
    expect(added.message).toContain('d/notes');
    expect(tree('d')).toEqual({ ...second, notes: 'mine\n' });
  });

  it('is also that whose commit never happened, or whose content the cache lost', async () => {
    await twoVersions();
    folder.write('data.csv', 'three\n');
    fs.mkdirSync(path.join(folder.repository, '.git/hooks'), { recursive: true });
    fs.writeFileSync(path.join(folder.repository, '.git/hooks/pre-commit'), '#!/bin/sh\nexit 1\n', {
      mode: 0o755,
    });
    await refusal(folder.version('data.csv'));
    expect(await refusal(folder.checkOut({ path: 'data.csv', version: 1 }))).toMatchObject({
      code: 'versions.unversionedChanges',
    });
    fs.rmSync(path.join(folder.repository, '.git/hooks/pre-commit'));
    await folder.version('data.csv');
    fs.rmSync(object(md5('three\n')), { force: true });
    expect(await refusal(folder.checkOut({ path: 'data.csv', version: 1 }))).toMatchObject({
      code: 'versions.unversionedChanges',
    });
    expect(folder.read('data.csv')).toBe('three\n');
  });
});

describe('what cannot be checked out leaves the data alone', () => {
  const untouched = async (
    asked: { path: string; version?: number; overwrite?: boolean },
    code: string,
    word: string,
  ) => {
    const before = folder.snapshot();
    const error = await refusal(folder.checkOut(asked));
    expect(error.code).toBe(code);
    expect(error.message).toContain(word);
    expect(folder.snapshot()).toEqual(before);
    expect(folder.leftovers()).toEqual([]);
  };

  it('a missing object', async () => {
    await twoFolderVersions();
    fs.rmSync(object(md5('removed\n')));
    await untouched({ path: 'd', version: 1 }, 'versions.contentMissing', 'd/sub/removed');
    const versions = await folder.versions.listVersions('d');
    expect(versions.map(({ number, cached }) => [number, cached])).toEqual([
      [2, true],
      [1, false],
    ]);
    fs.rmSync(object(versions[1]!.hash));
    await untouched({ path: 'd', version: 1 }, 'versions.contentMissing', versions[1]!.hash);
  });

  it('a damaged object, small or large', async () => {
    await twoVersions();
    fs.chmodSync(object(md5('one\n')), 0o644);
    fs.writeFileSync(object(md5('one\n')), 'oNe\n');
    await untouched({ path: 'data.csv', version: 1 }, 'versions.contentDamaged', md5('one\n'));
    const large = crypto.randomBytes(3 << 20);
    folder.write('big', large);
    await folder.version('big');
    folder.write('big', 'x');
    await folder.version('big');
    fs.chmodSync(object(md5(large)), 0o644);
    fs.writeFileSync(object(md5(large)), crypto.randomBytes(3 << 20));
    await untouched({ path: 'big', version: 1 }, 'versions.contentDamaged', md5(large));
  });

  it('a list of files that would write outside', async () => {
    folder.write('d/a', '1\n');
    await folder.version('d');
    const list = `[{"md5": "${md5('1\n')}", "relpath": "../evil"}]`;
    const hash = `${md5(list)}.dir`;
    fs.mkdirSync(path.dirname(object(hash)), { recursive: true });
    fs.writeFileSync(object(hash), list);
    folder.write('d.dvc', `outs:\n- md5: ${hash}\n  hash: md5\n  path: d\n`);
    await untouched({ path: 'd', overwrite: true }, 'versions.damagedObject', '../evil');
    expect(folder.exists('evil')).toBe(false);
  });

  it('a link in the folder that leads elsewhere', async () => {
    await twoFolderVersions();
    folder.write('elsewhere/x', 'x');
    fs.symlinkSync('../elsewhere', folder.file('d/sub'));
    await untouched({ path: 'd', version: 1, overwrite: true }, 'versions.obstructed', 'd/sub');
  });

  it('an ignored file that stands in the way', async () => {
    await twoFolderVersions();
    folder.write('.dvcignore', 'removed\n');
    folder.write('d/sub/removed', 'not part of the dataset any more\n');
    await untouched({ path: 'd', version: 1 }, 'versions.obstructed', 'd/sub/removed');
  });

  it('a version or a dataset that does not exist', async () => {
    await twoVersions();
    await untouched({ path: 'data.csv', version: 3 }, 'versions.noSuchVersion', 'It has versions 1 to 2');
    folder.write('other.csv', 'x');
    await untouched({ path: 'other.csv' }, 'versions.notVersioned', 'other.csv');
  });
});

function object(hash: string): string {
  return path.join(folder.repository, '.dvc/cache/files/md5', hash.slice(0, 2), hash.slice(2));
}
