import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  configValue,
  dvcRoot,
  initialiseDvc,
  openDvc,
} from '../../../../src/service/versions/dvcRepository.ts';
import { gitignoreEntry, withEntry } from '../../../../src/service/versions/gitignore.ts';
import { IgnoreRules } from '../../../../src/service/versions/ignoreRules.ts';
import { legacyHash } from '../../../../src/service/versions/legacyHash.ts';

let folder: string;

beforeEach(() => {
  folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-formats-')));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const md5 = (content: string | Buffer) => crypto.createHash('md5').update(content).digest('hex');

function write(name: string, content: string | Buffer): string {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
  return file;
}

describe('.gitignore', () => {
  it.each(['data.csv', '#x', '!x', 'a*b?c[d]', 'back\\slash', 'end ', 'ünï', 'two  '])(
    'hides %j and nothing else from git',
    (name) => {
      write(name, '');
      write('other', '');
      write('.gitignore', withEntry('', gitignoreEntry(name)));
      execFileSync('git', ['init', '--quiet', folder]);
      const shown = execFileSync('git', ['-C', folder, 'ls-files', '-z', '--others', '--exclude-standard']);
      expect(shown.toString().split('\0').filter(Boolean)).toEqual(['.gitignore', 'other']);
    },
  );

  it('is appended to without touching what is there', () => {
    expect(withEntry('*.log', '/d')).toBe('*.log\n/d\n');
    expect(withEntry('*.log\r\n', '/d')).toBe('*.log\r\n/d\n');
    expect(withEntry('/d\r\n', '/d')).toBe('/d\r\n');
    expect(withEntry('', '/d')).toBe('/d\n');
  });
});

describe('what dvc init makes', () => {
  it('has the bytes of DVC', () => {
    initialiseDvc(folder);
    const hashes = ['.dvc/config', '.dvc/.gitignore', '.dvcignore', '.dvc/tmp/btime'].map((file) =>
      md5(fs.readFileSync(path.join(folder, file))),
    );
    expect(hashes).toEqual([
      'd41d8cd98f00b204e9800998ecf8427e',
      'a5d6c4bb3813b904789a8a68767d076c',
      '34659c119a2634fe318cd6a4822df435',
      'd41d8cd98f00b204e9800998ecf8427e',
    ]);
  });

  it('leaves files alone that exist', () => {
    write('.dvcignore', '*.log\n');
    const made = initialiseDvc(folder);
    expect(fs.readFileSync(path.join(folder, '.dvcignore'), 'utf8')).toBe('*.log\n');
    expect(made.map((file) => path.relative(folder, file))).toEqual(['.dvc/config', '.dvc/.gitignore']);
  });

  it('is looked for upward, not above the repository', () => {
    fs.mkdirSync(path.join(folder, '.dvc'));
    fs.mkdirSync(path.join(folder, 'repository/a/b'), { recursive: true });
    const repository = path.join(folder, 'repository');
    expect(dvcRoot(path.join(repository, 'a/b'), repository)).toEqual({ root: repository, exists: false });
    fs.mkdirSync(path.join(repository, 'a/.dvc'));
    expect(dvcRoot(path.join(repository, 'a/b'), repository).root).toBe(path.join(repository, 'a'));
  });
});

describe('.dvc/config', () => {
  it('is read in the dialect of DVC', () => {
    const text =
      '# comment\n[core]\n    remote = a\n[CACHE]\n    Type = "reflink,copy"\n    dir = /x # y\n' +
      '[\'remote "a"\']\n    url = b=c\n';
    expect(configValue(text, 'cache', 'dir')).toBe('/x');
    expect(configValue(text, 'cache', 'type')).toBe('reflink,copy');
    expect(configValue(text, 'remote "a"', 'url')).toBe('b=c');
    expect(configValue(text, 'core', 'dir')).toBeUndefined();
  });

  it('places the cache, the local one over the shared one, relative to its own folder', () => {
    expect(openDvc(folder).cache).toBe(path.join(folder, '.dvc/cache'));
    write('.dvc/config', '[cache]\n    dir = ../elsewhere\n');
    expect(openDvc(folder).cache).toBe(path.join(folder, 'elsewhere'));
    write('.dvc/config.local', '[cache]\n    dir = "/some where"\n');
    expect(openDvc(folder).cache).toBe('/some where');
  });

  it('that keeps the cache in a cloud is refused', () => {
    write('.dvc/config', '[cache]\n    dir = s3://bucket/x\n');
    expect(() => openDvc(folder)).toThrow('s3://bucket/x');
  });
});

describe('.dvcignore', () => {
  it('agrees with git on the same patterns', () => {
    const patterns = [
      '*.log',
      '!keep.log',
      '/only-top',
      'dir/',
      'a/**/z',
      'sp ace',
      '[ab].txt',
      '\\#x',
      'deep/*.csv',
    ];
    const files = [
      'x.log',
      'keep.log',
      'only-top',
      's/only-top',
      'dir/x',
      's/dir/y',
      'a/z',
      'a/b/c/z',
      'sp ace',
      'a.txt',
      'c.txt',
      '#x',
      'deep/q.csv',
      'deep/er/q.csv',
      's/deep/q.csv',
    ];
    write('.dvcignore', `${patterns.join('\n')}\n`);
    write('.gitignore', `${patterns.join('\n')}\n`);
    execFileSync('git', ['init', '--quiet', folder]);
    for (const file of files) {
      write(file, '');
    }
    const shown = execFileSync('git', ['-C', folder, 'ls-files', '-z', '--others', '--exclude-standard'])
      .toString()
      .split('\0');
    const rules = new IgnoreRules(folder);
    for (const file of files) {
      expect(rules.ignores(path.join(folder, file), false), file).toBe(!shown.includes(file));
    }
  });

  it('strips lines, and a nearer file has the last word', () => {
    write('.dvcignore', '   *.log   \r\n');
    write('sub/.dvcignore', '!wanted.log\n');
    const rules = new IgnoreRules(folder);
    expect(rules.ignores(path.join(folder, 'wanted.log'), false)).toBe(true);
    expect(rules.ignores(path.join(folder, 'sub/wanted.log'), false)).toBe(false);
    expect(rules.ignores(path.join(folder, 'sub/other.log'), false)).toBe(true);
  });
});

describe("DVC 2's hash", () => {
  const hashOf = (content: string | Buffer) => {
    const descriptor = fs.openSync(write('x', content), 'r');
    try {
      return legacyHash(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  };

  it('takes both line ends of text for one', () => {
    expect(hashOf('a\r\nb\r\n')).toBe(md5('a\nb\n'));
    expect(hashOf('a\nb\n')).toBe(md5('a\nb\n'));
    expect(hashOf('lone\rreturn\r\n')).toBe(md5('lone\rreturn\n'));
    expect(hashOf('')).toBe(md5(''));
  });

  it('leaves binary content as it is', () => {
    expect(hashOf(Buffer.from('a\0\r\n'))).toBe(md5(Buffer.from('a\0\r\n')));
    const odd = Buffer.concat([Buffer.alloc(40, 0xff), Buffer.from(`${'x'.repeat(60)}\r\n`)]);
    expect(hashOf(odd)).toBe(md5(odd));
  });

  it('judges each mebibyte by itself, and does not see a pair that lies across the border', () => {
    const first = Buffer.alloc(1 << 20, 'x');
    first[first.length - 1] = 0x0d;
    const content = Buffer.concat([first, Buffer.from('\nrest\r\n')]);
    expect(hashOf(content)).toBe(md5(Buffer.concat([first, Buffer.from('\nrest\n')])));
  });
});
