import fs from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { profileData, sketchData } from '../src/protocol/data.ts';
import { writeRows } from '../test/service/data/tables.ts';
import { ServedFolder } from '../test/support/service.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Profiling a CSV table of 1,000,000 rows and 50 columns in the delivered service: the first picture, the exact
 * profile, a second look, and the most memory that the service ever had. Then whether that memory grows with rows:
 * 1,000,000 against 20,000,000 of five columns. `node bench/profile.ts [--rows N] [--columns N] [--long N]`.
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
  ...(await profiled(`${rows} rows × ${columns} columns`, 1000, (file) => {
    const names = Array.from({ length: columns }, (_, at) => `c${at}`);
    writeRows(file, names.join(','), rows, (at) => names.map((_, column) => cell(at, column)).join(','));
  })),
  ...(await profiled('1000000 rows × 5 columns', undefined, (file) => writeLong(file, 1_000_000))),
  ...(long > 0 ? await profiled(`${long} rows × 5 columns`, undefined, (file) => writeLong(file, long)) : []),
];
report('profile', figures);

async function profiled(
  what: string,
  budget: number | undefined,
  write: (file: string) => void,
): Promise<Figure[]> {
  const folder = new ServedFolder();
  try {
    const file = path.join(folder.root, 'table.csv');
    write(file);
    fs.writeFileSync(path.join(folder.root, 'warm.csv'), 'a\n1\n2\n');
    const { connection, welcome } = await folder.attach({ idleSeconds: 600 });
    const asked = { path: 'table.csv' };
    // The first table of all loads DuckDB's library as well.
    const cold = await time(() => connection.send(sketchData, { path: 'warm.csv' }));
    const sketch = await time(() => connection.send(sketchData, asked));
    const exact = await time(() => connection.send(profileData, asked));
    const again = await time(() => connection.send(profileData, asked));
    const one = (name: string, unit: Figure['unit'], round: number, most?: number): Figure => ({
      what: `${what}: ${name}`,
      unit,
      rounds: [round],
      ...(most !== undefined && { budget: most }),
    });
    return [
      one('size', 'MB', fs.statSync(file).size / 1e6),
      one('loading DuckDB, once per service', 'ms', cold),
      one('first picture', 'ms', sketch, budget),
      one('exact', 'ms', exact),
      one('a second look', 'ms', again),
      one('peak memory of the service', 'MB', peakMegabytes(welcome.processId)),
    ];
  } finally {
    await folder.dispose();
  }
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
