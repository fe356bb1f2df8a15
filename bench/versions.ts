import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { Dvc } from '../test/contract/dvc/dvc.ts';
import { TestFolder } from '../test/service/versions/testFolder.ts';

/*
 * Versioning against its peers in the same run: `md5sum` and `cp` for one large file, `dvc add` for many small ones.
 * `node bench/versions.ts [ROUNDS]`; prints a table and writes out/bench/versions.json. The best round counts,
 * for us and for the peer, because other programs on the machine can only make a round slower.
 */

interface Row {
  readonly what: string;
  readonly ours: number;
  readonly peer?: string;
  readonly theirs?: number;
  /** Ours divided by theirs, or milliseconds where there is no peer. */
  readonly budget: string;
  readonly met: boolean;
}

// ext4 is slow for minutes where many files were just deleted, so nothing is deleted before the end.
const folders: TestFolder[] = [];
const rounds = Number(process.argv[2] ?? 3);
const bigBytes = 1_000_000_000;
const manyFiles = 20_000;
const dvc = await Dvc.install();
const rows = [...(await bigFile()), await smallFiles()];

for (const folder of folders) {
  folder.dispose();
}

console.table(
  rows.map(({ what, ours, peer, theirs, budget, met }) => ({
    what,
    'ours (ms)': Math.round(ours),
    peer: peer ?? '',
    'peer (ms)': theirs === undefined ? '' : Math.round(theirs),
    ratio: theirs === undefined ? '' : (ours / theirs).toFixed(2),
    budget,
    met: met ? 'yes' : 'no',
  })),
);
const report = path.join(import.meta.dirname, '..', 'out', 'bench', 'versions.json');
fs.mkdirSync(path.dirname(report), { recursive: true });
fs.writeFileSync(report, `${JSON.stringify({ rounds, rows }, null, 2)}\n`);

async function bigFile(): Promise<Row[]> {
  const folder = new TestFolder();
  try {
    const file = folder.file('big.bin');
    writeRandom(file, bigBytes);
    await folder.version(path.relative(folder.workspace, folder.write('warm.csv', 'x')));
    const sums: number[] = [];
    const copies: number[] = [];
    const versions: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      sums.push(await time(() => execFileSync('md5sum', [file])));
      copies.push(await time(() => execFileSync('cp', [file, `${file}.copy`])));
      fs.rmSync(`${file}.copy`);
      touchLastByte(file, round);
      execFileSync('sync');
      versions.push(await time(() => folder.version('big.bin')));
      removeObjects(folder);
    }
    await folder.version('big.bin');
    const again = await best(10, () => folder.version('big.bin'));
    const list = await best(10, () => folder.versions.listDatasets());
    const [ours, md5sum, cp] = [versions, sums, copies].map((times) => Math.min(...times)) as [
      number,
      number,
      number,
    ];
    return [
      {
        what: 'version a 1 GB file',
        ours,
        peer: 'md5sum',
        theirs: md5sum,
        budget: '≤ 1.2 ×',
        met: ours <= 1.2 * md5sum,
      },
      { what: 'the same', ours, peer: 'md5sum, then cp', theirs: md5sum + cp, budget: '', met: true },
      { what: 'the 1 GB file again, unchanged', ours: again, budget: '< 50 ms', met: again < 50 },
      { what: 'list datasets with it', ours: list, budget: '< 50 ms', met: list < 50 },
    ];
  } finally {
    folder.dispose();
  }
}

async function smallFiles(): Promise<Row> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await inFreshFolder((folder) => time(() => folder.version('many'))));
    theirs.push(
      await inFreshFolder((folder) => {
        dvc.run(folder.repository, 'init', '--quiet');
        return time(() => dvc.run(folder.repository, 'add', '--quiet', 'many'));
      }),
    );
  }
  const [own, peer] = [Math.min(...ours), Math.min(...theirs)];
  return {
    what: 'version 20,000 small files',
    ours: own,
    peer: 'dvc add',
    theirs: peer,
    budget: '≤ 0.2 ×',
    met: own <= 0.2 * peer,
  };
}

async function inFreshFolder(work: (folder: TestFolder) => Promise<number>): Promise<number> {
  const folder = new TestFolder();
  folders.push(folder);
  for (let index = 0; index < manyFiles; index += 1) {
    folder.write(`many/${index % 100}/${index}.txt`, `${crypto.randomUUID().repeat(14)}\n`);
  }
  execFileSync('sync');
  return await work(folder);
}

function writeRandom(file: string, bytes: number): void {
  const descriptor = fs.openSync(file, 'w');
  for (let left = bytes; left > 0; left -= 10_000_000) {
    fs.writeSync(descriptor, crypto.randomBytes(Math.min(left, 10_000_000)));
  }
  fs.closeSync(descriptor);
}

/** Otherwise the second round would find the hash known. */
function touchLastByte(file: string, value: number): void {
  const descriptor = fs.openSync(file, 'r+');
  fs.writeSync(descriptor, Buffer.from([value]), 0, 1, bigBytes - 1);
  fs.closeSync(descriptor);
}

function removeObjects(folder: TestFolder): void {
  for (const object of folder.objects()) {
    fs.rmSync(object);
  }
}

async function best(count: number, work: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    times.push(await time(work));
  }
  return Math.min(...times);
}

async function time(work: () => unknown): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
