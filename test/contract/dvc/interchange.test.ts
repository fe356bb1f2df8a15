import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { refusal, TestFolder } from '../../service/versions/testFolder.ts';
import { Dvc } from './dvc.ts';

/** `ours` is the folder that this program versions; `theirs` gets the same data and `dvc add`. */
let dvc: Dvc;
let ours: TestFolder;
let theirs: TestFolder;

beforeAll(async () => {
  dvc = await Dvc.install();
}, 900_000);

beforeEach(() => {
  ours = new TestFolder();
  theirs = new TestFolder();
  dvc.run(theirs.repository, 'init', '--quiet');
});

afterEach(() => {
  ours.dispose();
  theirs.dispose();
});

const md5 = (content: string | Buffer) => crypto.createHash('md5').update(content).digest('hex');

function write(name: string, content: string | Buffer): void {
  for (const folder of [ours, theirs]) {
    folder.write(name, content);
  }
}

function object(folder: TestFolder, hash: string): Buffer {
  return fs.readFileSync(
    path.join(folder.repository, '.dvc/cache/files/md5', hash.slice(0, 2), hash.slice(2)),
  );
}

it('makes what dvc init makes', async () => {
  write('data.csv', 'a,b\n');
  await ours.version('data.csv');
  for (const file of ['.dvc/config', '.dvc/.gitignore', '.dvcignore']) {
    expect(ours.read(file), file).toBe(theirs.read(file));
  }
});

describe('a file', () => {
  it('gives the same pointer, object and .gitignore, and a clean status', async () => {
    write('data.csv', 'a,b\r\n1,2\r\n');
    write('empty', '');
    write('tool', '#!/bin/sh\n');
    for (const folder of [ours, theirs]) {
      fs.chmodSync(folder.file('tool'), 0o755);
    }
    dvc.run(theirs.repository, 'add', '--quiet', 'data.csv', 'empty', 'tool');
    for (const name of ['data.csv', 'empty', 'tool']) {
      const { hash } = await ours.version(name);
      expect(ours.read(`${name}.dvc`)).toBe(theirs.read(`${name}.dvc`));
      expect(object(ours, hash).equals(object(theirs, hash))).toBe(true);
    }
    expect(ours.read('.gitignore')).toBe(theirs.read('.gitignore'));
    expect(dvc.status(ours.repository)).toEqual({});
    const modes = ours.objects().map((file) => fs.statSync(file).mode & 0o777);
    expect(new Set(modes)).toEqual(new Set([0o444]));
  });

  it('of ours comes back with dvc checkout', async () => {
    write('data.csv', 'a,b\r\n1,2\r\n');
    await ours.version('data.csv');
    fs.rmSync(ours.file('data.csv'));
    dvc.run(ours.repository, 'checkout', '--quiet');
    expect(ours.read('data.csv')).toBe('a,b\r\n1,2\r\n');
  });

  it('of theirs is clean for us, comes back, and goes on as version 2', async () => {
    theirs.write('data.csv', 'one\n');
    dvc.run(theirs.repository, 'add', '--quiet', 'data.csv');
    theirs.git('add', '.');
    theirs.git('commit', '--quiet', '-m', 'by DVC');
    expect(await theirs.dataset('data.csv')).toMatchObject({ state: 'unchanged', currentVersion: 1 });
    theirs.write('data.csv', 'two, longer\n');
    expect(await theirs.version('data.csv')).toMatchObject({ version: 2 });
    expect(dvc.status(theirs.repository)).toEqual({});
    await theirs.checkOut({ path: 'data.csv', version: 1 });
    expect(theirs.read('data.csv')).toBe('one\n');
    expect(dvc.status(theirs.repository)).toEqual({});
  });

  it('that changed is seen as changed by both', async () => {
    write('data.csv', 'one\n');
    await ours.version('data.csv');
    ours.write('data.csv', 'two\n');
    expect(dvc.status(ours.repository)).toEqual({
      'data.csv.dvc': [{ 'changed outs': { 'data.csv': 'modified' } }],
    });
    expect(await ours.dataset('data.csv')).toMatchObject({ state: 'modified' });
  });
});

describe('where anonymised data comes from', () => {
  const report = (output: string, more: object = {}) => ({
    recipe: 'data.anonymise.yaml',
    recipeHash: 'ab'.repeat(32),
    release: '2026-11-23',
    input: { path: 'data.csv', md5: md5('name,age\nAda,36\n') },
    output: { path: 'data.anonymised.csv', md5: md5(output) },
    ...more,
  });
  const madeFrom = { path: 'data.csv', version: 1, recipe: 'data.anonymise.yaml', release: '2026-11-23' };

  it('stands in the pointer, which DVC reads, checks out, pushes and goes on with', async () => {
    ours.write('data.csv', 'name,age\nAda,36\n');
    await ours.version('data.csv');
    ours.write('data.anonymised.csv', 'age\n30-40\n');
    const budget = { epsilon: 1.5, delta: 1e-7, parts: [] };
    ours.write('data.anonymised.privacy.json', JSON.stringify(report('age\n30-40\n', { budget })));
    await ours.version('data.anonymised.csv');
    expect(await ours.dataset('data.anonymised.csv')).toMatchObject({
      origin: { ...madeFrom, epsilon: 1.5 },
    });
    expect(dvc.status(ours.repository)).toEqual({});
    fs.rmSync(ours.file('data.anonymised.csv'));
    dvc.run(ours.repository, 'checkout', '--quiet');
    expect(ours.read('data.anonymised.csv')).toBe('age\n30-40\n');
    fs.mkdirSync(ours.file('../shelf'));
    dvc.run(ours.repository, 'remote', 'add', '--quiet', '--default', 'shelf', ours.file('../shelf'));
    dvc.run(ours.repository, 'push', '--quiet');
    expect(dvc.status(ours.repository)).toEqual({});

    // DVC keeps the section when it adds other content, of which it says nothing.
    ours.write('data.anonymised.csv', 'age\nby hand\n');
    dvc.run(ours.repository, 'add', '--quiet', 'data.anonymised.csv');
    expect(ours.read('data.anonymised.csv.dvc')).toContain('madeFrom');
    expect((await ours.dataset('data.anonymised.csv')).origin).toBeUndefined();
    ours.write('data.anonymised.csv', 'age\nby hand again\n');
    await ours.version('data.anonymised.csv');
    expect(ours.read('data.anonymised.csv.dvc')).not.toContain('madeFrom');
    expect(dvc.status(ours.repository)).toEqual({});
    const [latest, first] = await ours.versions.listVersions('data.anonymised.csv');
    expect(latest?.origin).toBeUndefined();
    expect(first?.origin).toMatchObject(madeFrom);
  });
});

describe('a folder', () => {
  const names = [
    'sub-1',
    'sub.txt',
    'sub/b',
    'Sub',
    '\ufffdx',
    '\u{1f600}x',
    'tab\there',
    'line\nbreak',
    'control\x01',
    'del\x7f',
    'separator\u2028',
    'quote"',
    'back\\slash',
    'é',
    'e\u0301',
    '.hidden',
    'very/deep/down/file',
  ];

  it('of awkward names gives the same list of files, byte for byte, and comes back', async () => {
    for (const [index, name] of names.entries()) {
      write(`d/${name}`, `content ${index}\r\n`);
    }
    dvc.run(theirs.repository, 'add', '--quiet', 'd');
    const { hash } = await ours.version('d');
    expect(ours.read('d.dvc')).toBe(theirs.read('d.dvc'));
    expect(object(ours, hash).toString()).toBe(object(theirs, hash).toString());
    expect(dvc.status(ours.repository)).toEqual({});
    fs.rmSync(ours.file('d'), { recursive: true });
    dvc.run(ours.repository, 'checkout', '--quiet');
    for (const [index, name] of names.entries()) {
      expect(ours.read(`d/${name}`)).toBe(`content ${index}\r\n`);
    }
    fs.rmSync(theirs.file('d'), { recursive: true });
    await theirs.checkOut({ path: 'd' });
    for (const [index, name] of names.entries()) {
      expect(theirs.read(`d/${name}`)).toBe(`content ${index}\r\n`);
    }
    expect(dvc.status(theirs.repository)).toEqual({});
  });

  it('of links, empty folders, repositories inside and ignored files gives the same hash', async () => {
    for (const folder of [ours, theirs]) {
      folder.write('d/a', '1\n');
      folder.write('d/noise.log', 'noise');
      folder.write('d/inner/.git/config', 'not ours');
      folder.write('d/inner/kept', 'kept');
      folder.write('d/repository/.dvc/config', '');
      folder.write('d/repository/lost', 'left out');
      folder.write('elsewhere/x', 'x');
      folder.write('.dvcignore', '*.log\n');
      fs.mkdirSync(folder.file('d/empty'));
      fs.symlinkSync('a', folder.file('d/link'));
      fs.symlinkSync('../elsewhere', folder.file('d/folder link'));
    }
    const { hash, warnings } = await ours.version('d');
    dvc.run(theirs.repository, 'add', '--quiet', 'd');
    expect(ours.read('d.dvc')).toBe(theirs.read('d.dvc'));
    expect(object(ours, hash).toString()).toContain('inner/kept');
    expect(warnings.some((text) => text.includes('inner/.git, repository'))).toBe(true);
    // Links stay links with us; DVC finds the same content behind them.
    expect(fs.lstatSync(ours.file('d/link')).isSymbolicLink()).toBe(true);
    expect(dvc.status(ours.repository)).toEqual({});
  });

  it('that holds nothing gives the empty list', async () => {
    for (const folder of [ours, theirs]) {
      fs.mkdirSync(folder.file('d'));
    }
    dvc.run(theirs.repository, 'add', '--quiet', 'd');
    await ours.version('d');
    expect(ours.read('d.dvc')).toBe(theirs.read('d.dvc'));
    expect(dvc.status(ours.repository)).toEqual({});
  });
});

describe('awkward paths', () => {
  const names = [
    'a:b',
    'a: b',
    '#lead',
    'a #b',
    '-dash',
    '- dash',
    ' lead',
    'true',
    'null',
    '123',
    '1.5',
    '1e5',
    '0x10',
    '010',
    '1_000',
    '2020-01-01',
    '12:30:45',
    'yes',
    'NO',
    '=',
    '<<',
    '~x',
    '!x',
    '%x',
    '&x',
    '@x',
    '`x',
    '{x',
    '|x',
    '>x',
    '? q',
    '?q',
    ':c',
    'c:',
    "it's",
    '"dq"',
    'a,b',
    ',a',
    'wild*?[x]',
    'back\\slash',
    'tab\there',
    'é日本😀',
    'nb\u00a0sp',
    'with space.csv',
    '(literal)',
  ];
  const long = ['x'.repeat(150), 'many words '.repeat(14).trim()];

  it('give the same pointers, which DVC reads', async () => {
    for (const name of [...names, ...long]) {
      write(name, `${name}\n`);
      await ours.version(name);
    }
    dvc.run(theirs.repository, 'add', '--quiet', '--', ...names, ...long);
    for (const name of names) {
      expect(ours.read(`${name}.dvc`), name).toBe(theirs.read(`${name}.dvc`));
    }
    expect(dvc.status(ours.repository)).toEqual({});
    // DVC folds long names over lines; we do not, and read both.
    const { datasets } = await theirs.versions.listDatasets();
    expect(datasets.map(({ path: name }) => name).sort()).toEqual([...names, ...long].sort());
    expect(datasets.filter(({ state }) => state !== 'unchanged')).toEqual([]);
    expect(theirs.read('.gitignore').split('\n').sort()).toEqual(ours.read('.gitignore').split('\n').sort());
  });
});

describe('a pointer with comments, desc, meta, remote', () => {
  it('is edited as DVC edits it', async () => {
    const text = (hash: string) =>
      `# from the lab\nouts:\n- path: data.csv # the table\n  hash: md5\n  md5: ${hash}\n  size: 4\n` +
      `  desc: measured by hand\n  remote: store\n  meta: {station: 7}\nmeta:\n  owner: Ada\n`;
    for (const folder of [ours, theirs]) {
      folder.write('data.csv', 'one\n');
      folder.write('.dvc/config', '[\'remote "store"\']\n    url = ../../store\n');
      folder.write('data.csv.dvc', text(md5('one\n')));
      folder.write('data.csv', 'two, longer\n');
    }
    await ours.version('data.csv');
    dvc.run(theirs.repository, 'add', '--quiet', 'data.csv');
    expect(ours.read('data.csv.dvc')).toBe(text(md5('two, longer\n')).replace('size: 4', 'size: 12'));
    expect(ours.read('data.csv.dvc')).toBe(theirs.read('data.csv.dvc'));
    expect(dvc.status(ours.repository)).toEqual({});
  });
});

describe("DVC 2's files", () => {
  it('are read by both alike, and become the same new pointer', async () => {
    const content = 'a\r\nb\r\n';
    const hash = md5('a\nb\n');
    for (const folder of [ours, theirs]) {
      folder.write('.dvc/config', '');
      folder.write('data.csv', content);
      folder.write('data.csv.dvc', `outs:\n- md5: ${hash}\n  size: 6\n  path: data.csv\n`);
      folder.write(`.dvc/cache/${hash.slice(0, 2)}/${hash.slice(2)}`, content);
    }
    expect(await ours.dataset('data.csv')).toMatchObject({ state: 'unchanged' });
    expect(dvc.status(ours.repository)).toEqual({});
    write('data.csv', 'c\r\n');
    await ours.version('data.csv');
    dvc.run(theirs.repository, 'add', '--quiet', 'data.csv');
    expect(ours.read('data.csv.dvc')).toBe(theirs.read('data.csv.dvc'));
    expect(dvc.status(ours.repository)).toEqual({});
  });

  it('of a folder are unchanged for both, and both versions come back', async () => {
    const list = Buffer.from(`[{"md5": "${md5('a\nb\n')}", "relpath": "x"}]`);
    const hash = `${md5(list)}.dir`;
    ours.write('.dvc/config', '');
    ours.write('d/x', 'a\r\nb\r\n');
    ours.write('d.dvc', `outs:\n- md5: ${hash}\n  size: 6\n  nfiles: 1\n  path: d\n`);
    ours.write(`.dvc/cache/${hash.slice(0, 2)}/${hash.slice(2)}`, list);
    ours.write(`.dvc/cache/${md5('a\nb\n').slice(0, 2)}/${md5('a\nb\n').slice(2)}`, 'a\r\nb\r\n');
    ours.git('add', 'd.dvc');
    ours.git('commit', '--quiet', '-m', 'by DVC 2');
    expect(await ours.dataset('d')).toMatchObject({ state: 'unchanged', currentVersion: 1 });
    expect(dvc.status(ours.repository)).toEqual({});
    ours.write('d/y', 'new\r\n');
    await ours.version('d');
    expect(dvc.status(ours.repository)).toEqual({});
    await ours.checkOut({ path: 'd', version: 1 });
    expect(fs.readdirSync(ours.file('d'))).toEqual(['x']);
    expect(dvc.status(ours.repository)).toEqual({});
  });
});

describe('what DVC refuses, we refuse', () => {
  it('data that git tracks, overlapping data, a .dvcignore inside', async () => {
    write('tracked.csv', 'x\n');
    write('d/a/x', 'x\n');
    write('e/.dvcignore', '*.log\n');
    write('e/x', 'x\n');
    for (const folder of [ours, theirs]) {
      folder.git('add', 'tracked.csv');
      folder.git('commit', '--quiet', '-m', 'data in git');
    }
    await ours.version('d/a');
    dvc.run(theirs.repository, 'add', '--quiet', 'd/a');
    for (const name of ['tracked.csv', 'd', 'e']) {
      expect(dvc.try(theirs.repository, 'add', name).code, name).not.toBe(0);
      expect((await refusal(ours.version(name))).code, name).toMatch(/^versions\./);
    }
    expect(dvc.status(ours.repository)).toEqual({});
  });
});

it('keeps objects in the cache that .dvc/config names, where DVC finds them', async () => {
  ours.write('.dvc/config', '[cache]\n    dir = ../../shared\n');
  ours.write('d/x', 'x\n');
  await ours.version('d');
  fs.rmSync(ours.file('d'), { recursive: true });
  dvc.run(ours.repository, 'checkout', '--quiet');
  expect(ours.read('d/x')).toBe('x\n');
});
