import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { refusal, TestFolder } from './testFolder.ts';

let folder: TestFolder;

beforeEach(() => {
  folder = new TestFolder();
});

afterEach(() => folder.dispose());

const md5 = (content: string | Buffer) => crypto.createHash('md5').update(content).digest('hex');

function legacyPointer(name: string, content: string): void {
  const hash = md5(content.replaceAll('\r\n', '\n'));
  folder.write(`${name}.dvc`, `outs:\n- md5: ${hash}\n  size: ${content.length}\n  path: ${name}\n`);
  folder.write(`.dvc/cache/${hash.slice(0, 2)}/${hash.slice(2)}`, content);
}

describe('the list', () => {
  it('of an empty folder, with and without git', async () => {
    expect(await folder.versions.listDatasets()).toEqual({ repository: true, datasets: [], unversioned: [] });
    fs.rmSync(path.join(folder.repository, '.git'), { recursive: true });
    folder.write('data.csv', 'x');
    expect(await folder.versions.listDatasets()).toEqual({
      repository: false,
      datasets: [],
      unversioned: [{ path: 'data.csv', kind: 'file', bytes: 1 }],
    });
    expect(await folder.versions.datasetsForRun()).toEqual([]);
  });

  it('tells every state', async () => {
    for (const name of ['same.csv', 'changed.csv', 'gone.csv', 'resaved.csv']) {
      folder.write(`data/${name}`, `${name}\n`);
      await folder.version(`data/${name}`);
    }
    folder.write('data/changed.csv', 'CHANGED.csv\n');
    fs.rmSync(folder.file('data/gone.csv'));
    folder.write('data/resaved.csv', 'resaved.csv\n');
    folder.write('data/broken.csv.dvc', '');
    const { datasets } = await folder.versions.listDatasets();
    expect(datasets.map(({ path: name, state, uncommitted }) => [name, state, uncommitted])).toEqual([
      ['data/broken.csv', 'damaged', true],
      ['data/changed.csv', 'modified', false],
      ['data/gone.csv', 'missing', false],
      ['data/resaved.csv', 'unchanged', false],
      ['data/same.csv', 'unchanged', false],
    ]);
    expect(datasets[0]?.problem).toBe('data/broken.csv.dvc is empty, so it names no data.');
    expect(datasets[4]).toEqual({
      path: 'data/same.csv',
      pointer: 'data/same.csv.dvc',
      kind: 'file',
      state: 'unchanged',
      hash: md5('same.csv\n'),
      bytes: 9,
      currentVersion: 1,
      versionCount: 1,
      uncommitted: false,
    });
  });

  it('sees a changed, an added, a removed and a renamed file in a folder', async () => {
    const reset = () => {
      fs.rmSync(folder.file('d'), { recursive: true, force: true });
      folder.write('d/a', 'one\n');
      folder.write('d/b', 'two\n');
    };
    reset();
    await folder.version('d');
    const changes: (() => void)[] = [
      () => folder.write('d/a', 'ONE\n'),
      () => folder.write('d/c', ''),
      () => fs.rmSync(folder.file('d/b')),
      () => fs.renameSync(folder.file('d/b'), folder.file('d/B')),
    ];
    for (const change of changes) {
      reset();
      expect(await folder.dataset('d')).toMatchObject({ state: 'unchanged', files: 2, kind: 'folder' });
      change();
      expect(await folder.dataset('d')).toMatchObject({ state: 'modified' });
    }
  });

  it('does not wait for gigabytes: it says so, and tells when it knows', async () => {
    const file = folder.file('huge.bin');
    fs.closeSync(fs.openSync(file, 'w'));
    fs.truncateSync(file, 300_000_000);
    await folder.version('huge.bin');
    fs.utimesSync(file, new Date(), new Date(1_700_000_000_123));
    let news = 0;
    const listening = folder.versions.onDidChange(() => {
      news += 1;
    });
    const dataset = await folder.dataset('huge.bin');
    expect(dataset).toMatchObject({ state: 'modified' });
    expect(dataset.problem).toContain('being found out');
    await waitFor('the news', () => news > 0);
    expect(await folder.dataset('huge.bin')).toMatchObject({ state: 'unchanged' });
    listening.dispose();
  });

  it('finds data that no pointer names, and not what only looks like data', async () => {
    folder.write('a.csv', '1234');
    folder.write('versioned.csv', 'x');
    await folder.version('versioned.csv');
    for (const name of ['deep/table.parquet', 'records.json', 'data.json']) {
      folder.write(name, 'x');
    }
    for (const name of [
      'package.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'package-lock.json',
      '.vscode/settings.json',
      'node_modules/x/data.csv',
      'env/pyvenv.cfg',
      'env/data.csv',
      '.hidden/data.csv',
      '.mlops/data.csv',
      'script.py',
    ]) {
      folder.write(name, 'x');
    }
    for (let index = 0; index < 25; index += 1) {
      folder.write(`photos/${index}.png`, 'xy');
    }
    const { unversioned } = await folder.versions.listDatasets();
    expect(unversioned).toEqual([
      { path: 'a.csv', kind: 'file', bytes: 4 },
      { path: 'data.json', kind: 'file', bytes: 1 },
      { path: 'deep/table.parquet', kind: 'file', bytes: 1 },
      { path: 'photos', kind: 'folder', bytes: 50 },
      { path: 'records.json', kind: 'file', bytes: 1 },
    ]);
  });

  it('shows at most 200', async () => {
    for (let index = 0; index < 230; index += 1) {
      folder.write(`many/${index}.csv`, '');
    }
    expect((await folder.versions.listDatasets()).unversioned).toHaveLength(200);
  });

  it('reads several outputs and a working folder from one pointer', async () => {
    folder.write('sub/a', 'a\n');
    folder.write('sub/b', 'b\n');
    folder.write(
      'both.dvc',
      `wdir: sub\nouts:\n- {path: a, md5: ${md5('a\n')}, hash: md5}\n- {path: ./x/../b, md5: ${md5('x\n')}, hash: md5}\n`,
    );
    const { datasets } = await folder.versions.listDatasets();
    expect(datasets.map(({ path: name, state }) => [name, state])).toEqual([
      ['sub/a', 'unchanged'],
      ['sub/b', 'modified'],
    ]);
    await folder.version('sub/b');
    expect(folder.read('both.dvc')).toContain(`md5: ${md5('b\n')}`);
    expect(folder.exists('sub/b.dvc')).toBe(false);
  });
});

describe('versions', () => {
  it('come from git, newest first, with who, when and why', async () => {
    folder.write('data.csv', 'one\n');
    await folder.version('data.csv', 'First measurements');
    folder.write('data.csv', 'two\n');
    await folder.version('data.csv');
    const versions = await folder.versions.listVersions('data.csv');
    expect(versions).toMatchObject([
      {
        number: 2,
        hash: md5('two\n'),
        message: 'Version data.csv',
        author: 'Ada',
        cached: true,
        current: true,
      },
      {
        number: 1,
        hash: md5('one\n'),
        message: 'First measurements',
        author: 'Ada',
        cached: true,
        current: false,
      },
    ]);
    expect(Math.abs((versions[0]?.time ?? 0) - Date.now())).toBeLessThan(120_000);
    expect(versions[0]?.commit).toBe(folder.git('rev-parse', 'HEAD').trim());
  });

  it('of other branches count once they are merged, and a commit that changes no content is none', async () => {
    folder.write('data.csv', 'one\n');
    await folder.version('data.csv');
    folder.write('data.csv.dvc', `# a comment\n${folder.read('data.csv.dvc')}`);
    folder.git('commit', '--quiet', '-am', 'comment');
    folder.git('checkout', '--quiet', '-b', 'side');
    folder.write('data.csv', 'two\n');
    await folder.version('data.csv');
    folder.git('checkout', '--quiet', 'main');
    expect(await folder.dataset('data.csv')).toMatchObject({
      versionCount: 1,
      currentVersion: 1,
      state: 'modified',
    });
    folder.write('x', 'x');
    folder.git('add', 'x');
    folder.git('commit', '--quiet', '-m', 'x');
    folder.git('merge', '--quiet', '--no-ff', '-m', 'merge', 'side');
    expect(await folder.dataset('data.csv')).toMatchObject({
      versionCount: 2,
      currentVersion: 2,
      state: 'unchanged',
    });
  });

  it('of something that has none are refused in a sentence', async () => {
    folder.write('data.csv', 'one\n');
    expect(await refusal(folder.versions.listVersions('data.csv'))).toMatchObject({
      code: 'versions.notVersioned',
    });
  });
});

describe("DVC 2's pointers", () => {
  it('are unchanged whatever the line ends, and can be checked out', async () => {
    legacyPointer('data.csv', 'a\r\nb\r\n');
    folder.write('data.csv', 'a\r\nb\r\n');
    folder.git('add', 'data.csv.dvc');
    folder.git('commit', '--quiet', '-m', 'from DVC 2');
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'unchanged', currentVersion: 1 });
    folder.write('data.csv', 'a\nb\n');
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'unchanged' });
    const pointer = folder.read('data.csv.dvc');
    expect(await folder.version('data.csv')).toMatchObject({ version: 1 });
    expect(folder.read('data.csv.dvc')).toBe(pointer);
    fs.rmSync(folder.file('data.csv'));
    await folder.checkOut({ path: 'data.csv' });
    expect(folder.read('data.csv')).toBe('a\r\nb\r\n');
    expect(folder.read('data.csv.dvc')).toBe(pointer);
  });

  it('become new ones when the data changes, and old versions still come back', async () => {
    legacyPointer('data.csv', 'a\r\nb\r\n');
    folder.write('data.csv', 'a\r\nb\r\n');
    folder.git('add', 'data.csv.dvc');
    folder.git('commit', '--quiet', '-m', 'from DVC 2');
    folder.write('data.csv', 'c\r\n');
    expect(await folder.version('data.csv')).toMatchObject({ version: 2, hash: md5('c\r\n') });
    expect(folder.read('data.csv.dvc')).toBe(
      `outs:\n- md5: ${md5('c\r\n')}\n  size: 3\n  path: data.csv\n  hash: md5\n`,
    );
    await folder.checkOut({ path: 'data.csv', version: 1 });
    expect(folder.read('data.csv')).toBe('a\r\nb\r\n');
    expect(folder.read('data.csv.dvc')).not.toContain('hash:');
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'unchanged', currentVersion: 1 });
  });
});

describe('what a run is told', () => {
  it('names present datasets, their version, and whether they are as versioned', async () => {
    folder.write('a.csv', 'one\n');
    await folder.version('a.csv');
    folder.write('b.csv', 'one\n');
    await folder.version('b.csv');
    folder.write('gone.csv', 'one\n');
    await folder.version('gone.csv');
    folder.write('b.csv', 'two\n');
    fs.rmSync(folder.file('gone.csv'));
    expect(await folder.versions.datasetsForRun()).toEqual([
      { path: 'a.csv', hash: md5('one\n'), version: 1, modified: false },
      { path: 'b.csv', hash: md5('one\n'), version: 1, modified: true },
    ]);
  });

  it('never claims of much data that it is unchanged without knowing', async () => {
    const file = folder.file('large.bin');
    fs.writeFileSync(file, Buffer.alloc(20_000_000));
    await folder.version('large.bin');
    fs.utimesSync(file, new Date(), new Date(1_700_000_000_123));
    expect(await folder.versions.datasetsForRun()).toMatchObject([{ path: 'large.bin', modified: true }]);
    await waitFor('the answer', async () => !(await folder.versions.datasetsForRun())[0]?.modified);
  });
});

it('tells when something changed, also when asked to', async () => {
  let news = 0;
  const listening = folder.versions.onDidChange(() => {
    news += 1;
  });
  folder.write('data.csv', 'one\n');
  await folder.version('data.csv');
  expect(news).toBe(1);
  folder.versions.notifyPossibleChange();
  expect(news).toBe(2);
  listening.dispose();
});
