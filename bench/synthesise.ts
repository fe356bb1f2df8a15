import { parseArgs } from 'node:util';
import type { EncodedTable } from '../src/service/data/encodedTable.ts';
import { closestDistances } from '../src/service/privacy/attack/memorisation.ts';
import { Random } from '../src/service/privacy/statistics/random.ts';
import { copula } from '../src/service/privacy/synthesise/copula/copula.ts';
import { selectRows } from '../src/service/privacy/tables/rows.ts';
import { report, time } from './support/report.ts';

/*
 * A synthetic table of 1,000,000 rows × 15 columns by the Gaussian copula: `node bench/synthesise.ts [--rows N]`.
 * Nine columns are names with 2 to 100 values, six are numbers, two of them with as many values as there are rows.
 * Then the distance of 30,000 drawn rows to the closest of 30,000 real ones, looking at each pair.
 * Beside the measured time stands what the estimate promised before.
 */

const { values } = parseArgs({ options: { rows: { type: 'string', default: '1000000' } } });
const rowCount = Number(values.rows);
const seed = new Uint8Array(32).fill(1);
const table = makeTable(rowCount);
const size = {
  rowCount,
  distinctCounts: table.columns.map((column) => column.values.length),
  sampleCount: rowCount,
};
const { seconds, bytes } = copula.estimate(size);
const before = process.memoryUsage().rss;
let peak = before;
const watch = () => {
  peak = Math.max(peak, process.memoryUsage.rss());
};
let model = copula.fit(table, { seed, checkCancelled: watch });
const processorBefore = process.cpuUsage();
const fitTime = await time(() => {
  model = copula.fit(table, { seed, checkCancelled: watch });
});
let drawn = table;
const sampleTime = await time(() => {
  drawn = copula.sample(model, rowCount, { seed, checkCancelled: watch });
});
const processor = process.cpuUsage(processorBefore);
const firstRows = Int32Array.from({ length: Math.min(30_000, rowCount) }, (_, row) => row);
const closestTime = await time(() =>
  closestDistances(selectRows(drawn, firstRows), selectRows(table, firstRows), undefined, {}),
);
report('synthesise', [
  { what: `fit and sample ${rowCount} × 15`, unit: 'ms', rounds: [fitTime + sampleTime], budget: 30_000 },
  // Beside other work on the machine this says more than the time that passed.
  { what: 'of it on a processor', unit: 'ms', rounds: [(processor.user + processor.system) / 1000] },
  { what: 'fit', unit: 'ms', rounds: [fitTime] },
  { what: 'sample', unit: 'ms', rounds: [sampleTime] },
  { what: 'estimated before', unit: 'ms', rounds: [seconds * 1000] },
  { what: 'closest of 30,000 to 30,000', unit: 'ms', rounds: [closestTime] },
  { what: 'memory besides the table, at most', unit: 'MB', rounds: [(peak - before) / 1e6] },
  { what: 'estimated before', unit: 'MB', rounds: [bytes / 1e6] },
]);

function makeTable(rows: number): EncodedTable {
  const random = new Random(seed);
  const common = Float64Array.from({ length: rows }, () => random.normal());
  const levels = [2, 3, 5, 7, 9, 16, 41, 73, 100];
  const categories = levels.map((count) => ({
    name: `name${count}`,
    values: Array.from({ length: count }, (_, level) => `level ${level}`),
    codes: Int32Array.from(common, (value) =>
      Math.min(count - 1, Math.max(0, Math.floor(((value + random.normal()) / 5 + 0.5) * count))),
    ),
  }));
  const steps = [1, 1, 1, 10, 1e6, 1e6];
  const numbers = steps.map((step, index) => {
    const codeOf = new Map<number, number>();
    const codes = Int32Array.from(common, (value) => {
      const number = Math.round((value + random.normal()) * 20 * step) / step;
      const code = codeOf.get(number) ?? codeOf.size;
      codeOf.set(number, code);
      return code;
    });
    return { name: `number${index}`, values: [...codeOf.keys()], codes };
  });
  return { rowCount: rows, columns: [...categories, ...numbers] };
}
