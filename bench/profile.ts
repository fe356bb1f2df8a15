import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import type { ServiceConnection } from '../src/attach/connection.ts';
import { type ProfileData, profileData, readRows, sketchData } from '../src/protocol/data.ts';
import { writeRows } from '../test/service/data/tables.ts';
import { ServedFolder } from '../test/support/service.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Profiling CSV tables in the delivered service, from 1,000 rows to 20,000,000: the first picture of a click that has
 * to start the service as well (cold) and of one that finds it (warm), how soon a cancelled profile is given up, the
 * exact profile, another target, a second look, and the most memory that the service ever had, which must not grow with
 * the rows. `node bench/profile.ts [--rows N] [--columns N] [--long N]`.
 */

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    columns: { type: 'string', default: '50' },
    long: { type: 'string', default: '20000000' },
  },
});
const rows = Number(values.rows);
const columns = Number(values.columns);
const long = Number(values.long);

const figures: Figure[] = [
  ...(await profiled('1000 rows × 5 columns', 1000, (file) => writeLong(file, 1000))),
  ...(await profiled(`${rows} rows × ${columns} columns`, rows, (file) => {
    const names = Array.from({ length: columns }, (_, at) => `c${at}`);
    writeRows(file, names.join(','), rows, (at) => names.map((_, column) => cell(at, column)).join(','));
  })),
  ...(await profiled('1000000 rows × 5 columns', 1_000_000, (file) => writeLong(file, 1_000_000))),
  ...(long > 0 ? await profiled(`${long} rows × 5 columns`, long, (file) => writeLong(file, long)) : []),
];
report('profile', figures);

async function profiled(what: string, rowCount: number, write: (file: string) => void): Promise<Figure[]> {
  const folder = new ServedFolder();
  try {
    const file = path.join(folder.root, 'table.csv');
    write(file);
    const asked = { path: 'table.csv' };
    const begin = performance.now();
    const { connection, welcome } = await folder.attach({ idleSeconds: 600 });
    await connection.send(sketchData, asked);
    const cold = performance.now() - begin;
    const warm: number[] = [];
    for (let round = 0; round < 5; round += 1) {
      warm.push(await time(() => connection.send(sketchData, asked)));
    }
    const cancelled = await timeOfCancelling(connection, asked);
    const exact = await time(() => connection.send(profileData, asked));
    const another = { ...asked, target: columnNames(file)[2]! };
    const target = await time(() => connection.send(profileData, another));
    const again = await time(() => connection.send(profileData, asked));
    const lastRows = { path: 'table.csv', offset: rowCount - 500, limit: 500 };
    const far = await time(() => connection.send(readRows, lastRows));
    const farAgain = await time(() => connection.send(readRows, { ...lastRows, offset: rowCount - 5000 }));
    const figure = (
      name: string,
      unit: Figure['unit'],
      rounds: readonly number[],
      budget?: number,
    ): Figure => ({
      what: `${what}: ${name}`,
      unit,
      rounds,
      ...(budget !== undefined && { budget }),
    });
    return [
      figure('size', 'MB', [fs.statSync(file).size / 1e6]),
      figure('first picture, the service to be started', 'ms', [cold], 1000),
      figure('first picture', 'ms', warm, 1000),
      ...(cancelled === undefined
        ? []
        : [figure('until a cancelled profile is given up', 'ms', [cancelled], 1000)]),
      figure('exact', 'ms', [exact]),
      figure('another target', 'ms', [target], 1000),
      figure('a second look', 'ms', [again]),
      figure('the last rows', 'ms', [far]),
      figure('rows near them', 'ms', [farAgain]),
      figure('peak memory of the service', 'MB', [peakMegabytes(welcome.processId)]),
    ];
  } finally {
    await folder.dispose();
  }
}

/** Given up after its first second; undefined where it is done by then. */
async function timeOfCancelling(
  connection: ServiceConnection,
  asked: ProfileData,
): Promise<number | undefined> {
  const abort = new AbortController();
  let since = Number.NaN;
  const timer = setTimeout(() => {
    since = performance.now();
    abort.abort();
  }, 1000);
  try {
    await connection.send(profileData, asked, { signal: abort.signal });
    return undefined;
  } catch {
    return performance.now() - since;
  } finally {
    clearTimeout(timer);
  }
}

function columnNames(file: string): readonly string[] {
  const head = Buffer.alloc(4096);
  const descriptor = fs.openSync(file, 'r');
  fs.readSync(descriptor, head);
  fs.closeSync(descriptor);
  return head.toString('utf8').split('\n')[0]!.split(',');
}

/** Numbers, decimals, categories, dates and names, one after another. */
function cell(row: number, column: number): string | number {
  const mixed = ((row * 2_654_435_761 + column * 40_503) >>> 0) % 1_000_003;
  switch (column % 5) {
    case 0:
      return mixed;
    case 1:
      return mixed / 1000;
    case 2:
      return `category ${mixed % 12}`;
    case 3:
      return `${1950 + (mixed % 60)}-${two(1 + (mixed % 12))}-${two(1 + (mixed % 28))}`;
    default:
      return mixed % 17 === 0 ? '' : `name ${mixed % 300_000}`;
  }
}

function writeLong(file: string, count: number): void {
  writeRows(file, 'id,score,group,born,name', count, (at) =>
    [at, cell(at, 1), cell(at, 2), cell(at, 3), cell(at, 4)].join(','),
  );
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

/** On Linux; elsewhere it is not known. */
function peakMegabytes(processId: number): number {
  try {
    const status = fs.readFileSync(`/proc/${processId}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1000;
  } catch {
    return Number.NaN;
  }
}
