import { execFileSync, spawn, spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../support/waitFor.ts';
import { refusal, TestFolder } from './testFolder.ts';

let folder: TestFolder;

afterEach(() => folder.dispose());

const md5 = (content: Buffer) => crypto.createHash('md5').update(content).digest('hex');

/** Resolves as soon as an unfinished object lies in the temporary folder. */
async function copyingBegan(repository: string): Promise<void> {
  const parent = path.join(repository, '.dvc/tmp/mlops');
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const files = fs.existsSync(parent) ? fs.readdirSync(parent, { recursive: true }) : [];
    if (files.length > 1) {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('Copying never began');
}

/** Objects whose content is not what their name says. */
function wrongObjects(): string[] {
  return folder.objects().filter((object) => {
    const name = object.split(path.sep).slice(-2).join('').replace('.dir', '');
    return md5(fs.readFileSync(object)) !== name;
  });
}

describe('the process is killed', () => {
  const program = path.join(import.meta.dirname, 'versionOnce.ts');

  /** How long the operation took when it was let go, or undefined when it was killed before its end. */
  async function run(args: readonly string[], killAfter?: number): Promise<number | undefined> {
    const child = spawn(process.execPath, ['--no-warnings', program, folder.workspace, ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout });
    let began = 0;
    let took: number | undefined;
    lines.on('line', (line) => {
      if (line === 'begin') {
        began = performance.now();
        if (killAfter !== undefined) {
          setTimeout(() => child.kill('SIGKILL'), killAfter);
        }
      } else if (line === 'done') {
        took = performance.now() - began;
      }
    });
    await once(child, 'close');
    return took;
  }

  /** Kills at moments spread over the operation until it was killed before its end often enough. */
  async function killOften(
    prepare: (round: number) => readonly string[],
    check: (round: number) => Promise<void> | void,
  ): Promise<void> {
    const wanted = 5;
    let shortest = (await run(prepare(0))) ?? 0;
    let killed = 0;
    for (let round = 1; killed < wanted; round += 1) {
      expect(round, 'rounds until it was killed often enough').toBeLessThan(25);
      const took = await run(prepare(round), (shortest * ((round % wanted) + 0.5)) / wanted);
      killed += took === undefined ? 1 : 0;
      shortest = Math.min(shortest, took ?? shortest);
      await check(round);
    }
  }

  it('while it versions: the data is intact, no wrong object exists, and the next attempt succeeds', async () => {
    folder = new TestFolder();
    const database = path.join(folder.repository, '..', 'killed.db');
    const files = new Map<string, Buffer>();
    for (let index = 0; index < 120; index += 1) {
      files.set(`d/${index % 5}/${index}`, crypto.randomBytes(index % 20 === 0 ? 1_500_000 : 3000));
    }
    const refresh = (round: number) => {
      for (const [name, content] of files) {
        content.writeUInt32LE(round);
        folder.write(name, content);
      }
    };
    await killOften(
      (round) => {
        refresh(round);
        folder.write('staged.txt', `staged in round ${round}\n`);
        folder.git('add', 'staged.txt');
        return [database, 'version', 'd'];
      },
      () => {
        for (const [name, content] of files) {
          expect(fs.readFileSync(folder.file(name)).equals(content), name).toBe(true);
        }
        expect(wrongObjects(), 'objects with wrong content').toEqual([]);
        expect(folder.git('diff', '--cached', '--name-only', '--', 'staged.txt')).toBe('staged.txt\n');
      },
    );
    await waitFor(
      'git processes to end',
      () => !fs.existsSync(path.join(folder.repository, '.git/index.lock')),
    );
    const result = await folder.version('d');
    expect(await folder.dataset('d')).toMatchObject({
      state: 'unchanged',
      uncommitted: false,
      currentVersion: result.version,
    });
    expect(wrongObjects(), 'objects with wrong content').toEqual([]);
    expect(folder.leftovers(), 'unfinished files').toEqual([]);
    expect(folder.git('status', '--porcelain')).toBe('A  staged.txt\n');
  }, 240_000);

  it('while it checks out: nothing is lost, and the next attempt succeeds', async () => {
    folder = new TestFolder();
    const database = path.join(folder.repository, '..', 'killed.db');
    const contents = [1, 2].map((version) =>
      Array.from({ length: 80 }, (_, index) => Buffer.alloc(20_000 + index, `${version}/${index}`)),
    );
    for (const version of contents) {
      for (const [index, content] of version.entries()) {
        folder.write(`d/${index}`, content);
      }
      await folder.version('d');
    }
    const target = (round: number) => (round % 2) + 1;
    await killOften(
      (round) => [database, 'checkout', 'd', String(target(round))],
      async (round) => {
        await folder.checkOut({ path: 'd', version: target(round) });
        for (const [index, content] of contents[target(round) - 1]!.entries()) {
          expect(fs.readFileSync(folder.file(`d/${index}`)).equals(content)).toBe(true);
        }
        expect(fs.readdirSync(folder.file('d'))).toHaveLength(80);
      },
    );
    expect(folder.leftovers()).toEqual([]);
  }, 240_000);
});

it('clears away what a killed process left unfinished, and not what a living one is at', async () => {
  folder = new TestFolder();
  const { pid: dead } = spawnSync('true');
  for (const owner of [dead, process.ppid]) {
    folder.write(`.dvc/tmp/mlops/${owner}-abc/object`, 'half');
    folder.write(`.dvc/tmp/mlops/${owner}-abc.mlops-tmp`, 'half');
  }
  folder.write('data.csv', 'one\n');
  await folder.version('data.csv');
  expect(fs.readdirSync(folder.file('.dvc/tmp/mlops')).sort()).toEqual([
    `${process.ppid}-abc`,
    `${process.ppid}-abc.mlops-tmp`,
  ]);
});

describe('cancelling', () => {
  it('in the middle leaves everything as it was', async () => {
    folder = new TestFolder();
    folder.write('big.bin', Buffer.alloc(120_000_000, 'x'));
    const controller = new AbortController();
    const before = fs.readdirSync(folder.repository);
    const work = refusal(folder.version('big.bin', undefined, controller.signal));
    await copyingBegan(folder.repository);
    controller.abort();
    expect(await work).toMatchObject({ code: 'cancelled' });
    expect(fs.readdirSync(folder.repository)).toEqual(before);
    expect(await folder.version('big.bin')).toMatchObject({ version: 1 });
  });

  it('takes back what was stored of many files, and only that', async () => {
    folder = new TestFolder();
    folder.write('kept/a', 'kept');
    await folder.version('kept');
    const objects = folder.objects();
    for (let index = 0; index < 30; index += 1) {
      folder.write(`d/${index}`, Buffer.alloc(4_000_000 + index, String(index)));
    }
    const controller = new AbortController();
    const work = refusal(folder.version('d', undefined, controller.signal));
    await waitFor('some objects', () => folder.objects().length > objects.length + 3);
    controller.abort();
    expect(await work).toMatchObject({ code: 'cancelled' });
    expect(folder.objects()).toEqual(objects);
    expect([folder.exists('d.dvc'), folder.leftovers()]).toEqual([false, []]);
  });

  it('of a checkout leaves the data as it is', async () => {
    folder = new TestFolder();
    folder.write('big.bin', Buffer.alloc(120_000_000, 'x'));
    await folder.version('big.bin');
    folder.write('big.bin', 'small');
    await folder.version('big.bin');
    const controller = new AbortController();
    const work = refusal(folder.checkOut({ path: 'big.bin', version: 1 }, controller.signal));
    await copyingBegan(folder.repository);
    controller.abort();
    expect(await work).toMatchObject({ code: 'cancelled' });
    expect(folder.read('big.bin')).toBe('small');
    expect(folder.leftovers()).toEqual([]);
  });

  it('before its turn does nothing at all', async () => {
    folder = new TestFolder();
    folder.write('a.csv', 'a');
    folder.write('b.csv', 'b');
    const controller = new AbortController();
    const first = folder.version('a.csv');
    const second = refusal(folder.version('b.csv', undefined, controller.signal));
    controller.abort();
    expect(await second).toMatchObject({ code: 'cancelled' });
    await first;
    expect([folder.exists('a.csv.dvc'), folder.exists('b.csv.dvc')]).toEqual([true, false]);
  });
});

it('refuses data that changes while it is read, and keeps nothing of it', async () => {
  folder = new TestFolder();
  folder.write('big.bin', Buffer.alloc(120_000_000, 'x'));
  const work = refusal(folder.version('big.bin'));
  await copyingBegan(folder.repository);
  fs.appendFileSync(folder.file('big.bin'), 'more');
  const error = await work;
  expect(error.code).toBe('versions.changedWhileReading');
  expect(error.message).toContain('Could not version big.bin: it changed while it was being read');
  expect(fs.statSync(folder.file('big.bin')).size).toBe(120_000_004);
  expect([folder.exists('big.bin.dvc'), folder.exists('.dvc')]).toEqual([false, false]);
});

/** A small disk of its own; only root may mount one. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!canMount && process.env.MLOPS_TEST_REQUIRE === 'all') {
  throw new Error('The full-disk tests mount a small file system, which only root may do');
}

describe.runIf(canMount)('a full disk (needs root, to mount a small one)', () => {
  const disks: string[] = [];

  function disk(megabytes: number): string {
    const mount = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-disk-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', mount]);
    disks.push(mount);
    return mount;
  }

  afterEach(() => {
    for (const mount of disks.splice(0)) {
      execFileSync('umount', ['--lazy', mount]);
      fs.rmSync(mount, { recursive: true, force: true });
    }
  });

  it('is seen before anything is written, with both numbers', async () => {
    folder = new TestFolder({ parent: disk(50) });
    const content = Buffer.alloc(30_000_000, 'x');
    folder.write('data.csv', content);
    const before = fs.readdirSync(folder.repository);
    const error = await refusal(folder.version('data.csv'));
    expect(error.code).toBe('versions.diskFull');
    expect(error.message).toMatch(
      /^Could not version data\.csv: the disk has [\d.]+ MB free and 30 MB are needed\. Nothing was changed\.$/,
    );
    expect(fs.readdirSync(folder.repository)).toEqual(before);
    expect(fs.readFileSync(folder.file('data.csv')).equals(content)).toBe(true);
  });

  it('that fills up in the middle leaves no half-written object, and the source untouched', async () => {
    const mount = disk(320);
    folder = new TestFolder({ parent: mount });
    const content = Buffer.alloc(120_000_000, 'x');
    folder.write('data.csv', content);
    const work = refusal(folder.version('data.csv'));
    await copyingBegan(folder.repository);
    const filler = fs.openSync(path.join(mount, 'filler'), 'w');
    const piece = Buffer.alloc(4 << 20);
    expect(() => {
      for (;;) {
        fs.writeSync(filler, piece);
      }
    }).toThrow('ENOSPC');
    fs.closeSync(filler);
    const error = await work;
    expect(error.code).toBe('versions.diskFull');
    expect(error.message).toContain('120 MB are needed. Nothing was changed.');
    expect([folder.exists('data.csv.dvc'), folder.objects(), folder.leftovers()]).toEqual([false, [], []]);
    expect(fs.readFileSync(folder.file('data.csv')).equals(content)).toBe(true);
    fs.rmSync(path.join(mount, 'filler'));
    expect(await folder.version('data.csv')).toMatchObject({ version: 1 });
  });

  it('does not stop data whose content is in the cache already', async () => {
    folder = new TestFolder({ parent: disk(70) });
    folder.write('data.csv', Buffer.alloc(30_000_000, 'x'));
    await folder.version('data.csv');
    await delay(5);
    fs.utimesSync(folder.file('data.csv'), new Date(), new Date(1_700_000_000_000));
    expect(await folder.version('data.csv')).toMatchObject({ unchanged: true });
  });

  it('stops a checkout before it touches anything', async () => {
    const mount = disk(90);
    folder = new TestFolder({ parent: mount });
    folder.write('data.csv', Buffer.alloc(30_000_000, 'x'));
    await folder.version('data.csv');
    folder.write('data.csv', 'small');
    await folder.version('data.csv');
    fs.writeFileSync(path.join(mount, 'filler'), Buffer.alloc(40_000_000));
    expect(await refusal(folder.checkOut({ path: 'data.csv', version: 1 }))).toMatchObject({
      code: 'versions.diskFull',
    });
    expect(folder.read('data.csv')).toBe('small');
  });

  it('that is read-only is refused in a sentence', async () => {
    folder = new TestFolder();
    folder.write('data.csv', 'one\n');
    execFileSync('mount', ['--bind', folder.repository, folder.repository]);
    disks.push(folder.repository);
    execFileSync('mount', ['-o', 'remount,bind,ro', folder.repository]);
    const error = await refusal(folder.version('data.csv'));
    expect(error.code).toBe('versions.cannotWrite');
    expect(error.message).toContain('Nothing was changed');
  });
});
