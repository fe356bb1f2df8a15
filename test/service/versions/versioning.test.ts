import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { refusal, TestFolder, type TestFolderOptions } from './testFolder.ts';

let folder: TestFolder;

function make(options?: TestFolderOptions): TestFolder {
  folder = new TestFolder(options);
  return folder;
}

afterEach(() => folder.dispose());

const md5 = (content: string | Buffer) => crypto.createHash('md5').update(content).digest('hex');

describe('a first version', () => {
  it('puts the content into the cache, writes the pointer and commits exactly what belongs to it', async () => {
    make().write('data.csv', 'a,b\n1,2\n');
    const before = fs.statSync(folder.file('data.csv'), { bigint: true });

    const result = await folder.version('data.csv', 'First measurements');

    const hash = md5('a,b\n1,2\n');
    expect(result).toMatchObject({
      path: 'data.csv',
      pointer: 'data.csv.dvc',
      hash,
      bytes: 8,
      files: 1,
      version: 1,
    });
    expect(result).toMatchObject({
      unchanged: false,
      warnings: [],
      commit: folder.git('rev-parse', 'HEAD').trim(),
    });
    expect(folder.read('data.csv.dvc')).toBe(
      `outs:\n- md5: ${hash}\n  size: 8\n  hash: md5\n  path: data.csv\n`,
    );
    expect(folder.read('.gitignore')).toBe('/data.csv\n');
    expect(folder.git('show', '--name-only', '--format=%s', 'HEAD').trim().split('\n')).toEqual([
      'First measurements',
      '',
      '.dvc/.gitignore',
      '.dvc/config',
      '.dvcignore',
      '.gitignore',
      'data.csv.dvc',
    ]);
    expect(folder.git('status', '--porcelain')).toBe('');
    const object = path.join(folder.repository, '.dvc/cache/files/md5', hash.slice(0, 2), hash.slice(2));
    expect(fs.readFileSync(object, 'utf8')).toBe('a,b\n1,2\n');
    expect(fs.statSync(object).mode & 0o777).toBe(0o444);
    const after = fs.statSync(folder.file('data.csv'), { bigint: true });
    expect([after.ino, after.mtimeNs, after.ctimeNs, after.mode]).toEqual([
      before.ino,
      before.mtimeNs,
      before.ctimeNs,
      before.mode,
    ]);
    expect(folder.leftovers()).toEqual([]);
  });

  it('works in a sub-folder that is the workspace, with DVC at the root of the repository', async () => {
    make({ workspace: 'deep/er' }).write('data.csv', 'x\n');
    fs.writeFileSync(path.join(folder.repository, 'other.txt'), 'other');
    const result = await folder.version('data.csv');
    expect(result).toMatchObject({ path: 'data.csv', pointer: 'data.csv.dvc', version: 1 });
    expect(fs.existsSync(path.join(folder.repository, '.dvc/config'))).toBe(true);
    expect(fs.readFileSync(path.join(folder.repository, 'deep/er/.gitignore'), 'utf8')).toBe('/data.csv\n');
    expect(folder.git('status', '--porcelain')).toBe('?? other.txt\n');
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'unchanged', currentVersion: 1 });
  });

  it.each([
    '-dash.csv',
    'with space.csv',
    `quo'te".csv`,
    'ünï–日本😀.csv',
    'star*[1]?.csv',
    '#hash.csv',
    '!bang.csv',
    ':(top)colon.csv',
    'trailing ',
    'true',
    '123',
    'back\\slash.csv',
    'tab\there.csv',
    `${'long '.repeat(40)}.csv`,
  ])('takes the name %j', async (name) => {
    make().write(name, 'one\n');
    folder.write('bystander.csv', 'not asked for\n');
    await folder.version(name);
    folder.write(name, 'two, longer\n');
    expect(await folder.version(name)).toMatchObject({ version: 2 });
    expect(await folder.dataset(name)).toMatchObject({
      state: 'unchanged',
      versionCount: 2,
      uncommitted: false,
    });
    expect(folder.git('status', '--porcelain')).toBe('?? bystander.csv\n');
    await folder.checkOut({ path: name, version: 1 });
    expect(folder.read(name)).toBe('one\n');
  });
});

describe('a folder', () => {
  it('becomes one version with its list of files', async () => {
    make().write('d/a', '1\n');
    folder.write('d/b', '2\n');
    const result = await folder.version('d');
    expect(result).toMatchObject({ hash: 'c37f8bc8917fdf64a45bb6010380cdab.dir', bytes: 4, files: 2 });
    expect(folder.read('d.dvc')).toBe(
      'outs:\n- md5: c37f8bc8917fdf64a45bb6010380cdab.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: d\n',
    );
    expect(folder.objects()).toHaveLength(3);
    expect(folder.objects().every((object) => (fs.statSync(object).mode & 0o777) === 0o444)).toBe(true);
  });

  it('says what other tools would do differently', async () => {
    make().write('d/a', '1\n');
    folder.write('d/run.sh', 'echo\n');
    fs.chmodSync(folder.file('d/run.sh'), 0o755);
    fs.mkdirSync(folder.file('d/empty'));
    fs.symlinkSync('a', folder.file('d/link'));
    folder.write('elsewhere/x', 'x');
    fs.symlinkSync('../elsewhere', folder.file('d/folder-link'));
    const { warnings, files } = await folder.version('d');
    expect(files).toBe(3);
    expect(warnings).toEqual([
      'Empty folders are not part of a version: empty.',
      'Links to folders are left out: folder-link.',
      'Of links the content is kept, a checkout makes files of them: link.',
      'The permission to execute is not kept inside folders: run.sh.',
    ]);
    expect(fs.lstatSync(folder.file('d/link')).isSymbolicLink()).toBe(true);
    expect(fs.statSync(folder.file('d/run.sh')).mode & 0o777).toBe(0o755);
  });

  it('follows .dvcignore', async () => {
    make().write('d/a.csv', '1\n');
    folder.write('d/debug.log', 'noise');
    folder.write('d/cache/x', 'noise');
    folder.write('.dvcignore', '  *.log  \n# comment\ncache/\n');
    expect(await folder.version('d')).toMatchObject({ files: 1 });
  });
});

describe('another version', () => {
  it('keeps comments and the keys of other people in the pointer', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    const text = folder.read('data.csv.dvc').replace('outs:', '# where it comes from\nouts:');
    folder.write('data.csv.dvc', `${text}  desc: measured by hand\n  meta: {station: 7}\n`);
    folder.write('data.csv', 'two, longer\n');
    await folder.version('data.csv');
    expect(folder.read('data.csv.dvc')).toBe(
      `# where it comes from\nouts:\n- md5: ${md5('two, longer\n')}\n  size: 12\n  hash: md5\n  path: data.csv\n` +
        '  desc: measured by hand\n  meta: {station: 7}\n',
    );
  });

  it('writes and commits nothing when nothing changed', async () => {
    make().write('data.csv', 'one\n');
    const first = await folder.version('data.csv');
    const before = folder.snapshot();
    const second = await folder.version('data.csv');
    expect(second).toMatchObject({ unchanged: true, version: 1, commit: first.commit, hash: first.hash });
    expect(folder.snapshot()).toEqual(before);
    expect(folder.git('rev-list', '--count', 'HEAD').trim()).toBe('1');
  });

  it('puts the content back into a cache that lost it', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    fs.rmSync(path.join(folder.repository, '.dvc/cache'), { recursive: true });
    expect(await folder.version('data.csv')).toMatchObject({ unchanged: true, version: 1 });
    expect(folder.objects()).toHaveLength(1);
  });

  it('replaces an object that a crash of the machine left short', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    const [object = ''] = folder.objects();
    fs.chmodSync(object, 0o644);
    fs.truncateSync(object, 0);
    await folder.version('data.csv');
    expect(fs.readFileSync(object, 'utf8')).toBe('one\n');
  });

  it('numbers what was checked out and versioned again as a version of its own', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    folder.write('data.csv', 'two\n');
    await folder.version('data.csv');
    await folder.checkOut({ path: 'data.csv', version: 1 });
    expect(await folder.dataset('data.csv')).toMatchObject({ currentVersion: 1, uncommitted: true });
    expect(await folder.version('data.csv')).toMatchObject({ version: 3, unchanged: false });
    const versions = await folder.versions.listVersions('data.csv');
    expect(versions.map(({ number, hash, current }) => [number, hash, current])).toEqual([
      [3, md5('one\n'), true],
      [2, md5('two\n'), false],
      [1, md5('one\n'), false],
    ]);
  });
});

describe('large content', () => {
  it('is hashed and copied right across the borders of pieces, with progress', async () => {
    make();
    const content = crypto.randomBytes(9 * (1 << 20) + 12_345);
    folder.write('big.bin', content);
    const result = await folder.version('big.bin');
    expect(result.hash).toBe(md5(content));
    expect(fs.readFileSync(folder.objects()[0]!).equals(content)).toBe(true);
    expect(fs.statSync(folder.objects()[0]!).mode & 0o777).toBe(0o444);
    expect(folder.progress.at(-1)).toEqual({ message: 'Committing big.bin' });
  });

  it('of many files goes through threads', async () => {
    make();
    for (let index = 0; index < 500; index += 1) {
      folder.write(`many/${index % 7}/${index}.txt`, `content ${index % 450}\n`);
    }
    const result = await folder.version('many');
    expect(result).toMatchObject({ files: 500 });
    expect(folder.objects()).toHaveLength(451);
    const wrong = folder
      .objects()
      .filter((object) => !object.endsWith('.dir'))
      .filter((object) => md5(fs.readFileSync(object)) !== object.split('/').slice(-2).join(''));
    expect(wrong).toEqual([]);
  });
});

describe('what is refused, before anything is written', () => {
  const refused = async (name: string, code: string, ...words: string[]) => {
    const before = folder.snapshot();
    const error = await refusal(folder.version(name));
    expect(error.code).toBe(code);
    for (const word of [...words]) {
      expect(error.message).toContain(word);
    }
    expect(folder.snapshot()).toEqual(before);
    return error;
  };

  it('data outside git: with one click to create a repository', async () => {
    make({ git: false }).write('data.csv', 'one\n');
    const error = await refused(
      'data.csv',
      'versions.noRepository',
      'not in a git repository',
      'Nothing was changed',
    );
    expect(error.actions).toEqual([{ kind: 'createRepository', title: 'Create Git Repository' }]);
    await folder.versions.createRepository();
    expect((await folder.versions.listDatasets()).repository).toBe(true);
    expect((await refusal(folder.versions.createRepository())).code).toBe('versions.repositoryExists');
  });

  it('a git that does not know who commits', async () => {
    make({ identity: false }).write('data.csv', 'one\n');
    folder.git('config', 'user.useConfigOnly', 'true');
    folder.git('config', 'user.name', 'Ada');
    await refused('data.csv', 'versions.noIdentity', 'git config --global user.email');
    expect(folder.exists('.dvc')).toBe(false);
  });

  it('data that git tracks', async () => {
    make().write("it's.csv", 'one\n');
    folder.git('add', '.');
    folder.git('commit', '--quiet', '-m', 'data in git');
    await refused(
      "it's.csv",
      'versions.trackedByGit',
      `git rm -r --cached -- 'it'\\''s.csv'`,
      'Nothing was changed',
    );
  });

  it('a pointer that git would ignore', async () => {
    make().write('data.csv', 'one\n');
    folder.write('.gitignore', '*.dvc\n');
    await refused('data.csv', 'versions.pointerIgnored', '"*.dvc" in .gitignore:1');
  });

  it('what does not exist, lies outside, or is not data', async () => {
    make().write('.mlops/x.csv', 'x');
    await refused('nothing.csv', 'versions.noSuchData', 'nothing.csv');
    await refused('../outside.csv', 'versions.outsideWorkspace');
    await refused('.', 'versions.notVersionable', 'workspace folder');
    await refused('.mlops/x.csv', 'versions.notVersionable', '.mlops');
    await refused('.git/config', 'versions.notVersionable', '.git');
  });

  it('data inside or around another dataset', async () => {
    make().write('d/a/x.csv', '1\n');
    await folder.version('d/a');
    await refused('d', 'versions.overlap', 'd/a is versioned already');
    await refused('d/a/x.csv', 'versions.overlap', 'd/a is versioned already');
  });

  it('what a stage of dvc.yaml writes', async () => {
    make().write('out/model.bin', '1\n');
    folder.write(
      'dvc.yaml',
      'stages:\n  train:\n    cmd: train\n    outs:\n    - out/model.bin:\n        persist: true\n',
    );
    await refused('out/model.bin', 'versions.notVersionable', 'dvc.yaml');
    await refused('out', 'versions.notVersionable', 'dvc.yaml');
  });

  it('a pointer that is empty, conflicted or no YAML', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    const good = folder.read('data.csv.dvc');
    folder.write('data.csv', 'two\n');
    for (const [text, word] of [
      ['', 'is empty'],
      [`<<<<<<< HEAD\n${good}=======\n${good}>>>>>>> other\n`, 'merge conflict markers'],
      ['outs: [', 'line 1'],
      ['outs:\n- path: data.csv\n  md5: 12\n', 'outs.0.md5'],
    ] as const) {
      folder.write('data.csv.dvc', text);
      const error = await refused('data.csv', 'versions.damagedPointer', word, 'data.csv.dvc');
      expect(error.actions?.[0]).toMatchObject({ kind: 'openFile', subject: 'data.csv.dvc' });
      expect(await folder.dataset('data.csv')).toMatchObject({ state: 'damaged' });
    }
  });

  it('a merge in progress and a conflicted pointer', async () => {
    make().write('data.csv', 'one\n');
    await folder.version('data.csv');
    folder.git('checkout', '--quiet', '-b', 'side');
    folder.write('data.csv', 'two\n');
    await folder.version('data.csv');
    folder.git('checkout', '--quiet', 'main');
    folder.write('data.csv', 'three\n');
    await folder.version('data.csv');
    expect(() => folder.git('merge', 'side')).toThrow();
    folder.write('other.csv', 'one\n');
    await refused('other.csv', 'versions.gitOperationInProgress', 'a merge is in progress');
    expect(await folder.dataset('data.csv')).toMatchObject({ state: 'damaged' });
    fs.rmSync(path.join(folder.repository, '.git/MERGE_HEAD'));
    folder.git('checkout', '--quiet', '--ours', '--', 'data.csv.dvc');
    folder.write('data.csv', 'four\n');
    await refused('data.csv', 'versions.conflicts', 'data.csv.dvc');
  });

  it('pipes, sockets, dead and circular links, names that are not UTF-8', async () => {
    make().write('d/a', '1\n');
    execFileSync('mkfifo', [folder.file('d/pipe')]);
    await refused('d', 'versions.notVersionable', 'pipe is a pipe');
    fs.rmSync(folder.file('d/pipe'));
    fs.symlinkSync('nowhere', folder.file('d/dead'));
    await refused('d', 'versions.unreadableData', 'd/dead', 'link to something that does not exist');
    fs.rmSync(folder.file('d/dead'));
    fs.symlinkSync('loop', folder.file('d/loop'));
    await refused('d', 'versions.unreadableData', 'leads back to itself');
    fs.rmSync(folder.file('d/loop'));
    const name = Buffer.concat([Buffer.from(`${folder.file('d')}/bad-`), Buffer.from([0xff])]);
    fs.writeFileSync(name, 'x');
    const error = await refusal(folder.version('d'));
    expect(error).toMatchObject({ code: 'versions.notVersionable' });
    expect(error.message).toContain('d/bad-? is not valid UTF-8');
    fs.rmSync(name);
    expect([folder.exists('d.dvc'), folder.exists('.dvc')]).toEqual([false, false]);
    execFileSync('mkfifo', [folder.file('lone')]);
    await refused('lone', 'versions.notVersionable', 'pipe');
    fs.symlinkSync('d', folder.file('link'));
    await refused('link', 'versions.notVersionable', 'link to a folder');
    await refused('link/a', 'versions.notVersionable', 'd/a');
  });

  it('a .dvc folder or a .dvcignore inside the data', async () => {
    make().write('d/a', '1\n');
    folder.write('d/.dvcignore', '*.log\n');
    await refused('d', 'versions.notVersionable', '.dvcignore');
    fs.rmSync(folder.file('d/.dvcignore'));
    fs.mkdirSync(folder.file('d/.dvc'));
    await refused('d', 'versions.notVersionable', '.dvc folder');
  });

  it('a name with a line break', async () => {
    make().write('line\nbreak.csv', 'x');
    await refused('line\nbreak.csv', 'versions.notVersionable', 'line break');
  });
});
