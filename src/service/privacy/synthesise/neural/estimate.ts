import type { EncodedTable } from '../../../data/encodedTable.ts';
import { Random } from '../../statistics/random.ts';
import type { ColumnKind } from '../../tables/columnKind.ts';
import type { Estimate, FitOptions, Synthesiser, TableSize } from '../synthesiser.ts';
import { batchSize } from './training.ts';

/** Steps that are timed; the first ones, which compile, are not. */
const timedSteps = 4;
const warmUpSteps = 2;
/** What encoding costs per row and column, and drawing per row and column, measured on two cores. */
const encodingSeconds = 1e-6;
const drawingSeconds = 3e-6;
/** A column with more distinct values is taken for numbers where nothing else is known. */
const mostNames = 100;

/**
 * What fitting a network will take: some steps on a made-up table with as many columns and categories are timed on
 * this machine, and the fastest of them multiplied.
 */
export async function estimateNetwork(
  size: TableSize,
  epochs: number,
  network: Pick<Synthesiser<unknown>, 'fit'>,
): Promise<Estimate> {
  const { rowCount, distinctCounts, sampleCount } = size;
  const columns = distinctCounts.length;
  const kinds = distinctCounts.map((count, index) => size.kinds?.[index] ?? likelyKind(count));
  const seconds = await secondsPerStep(distinctCounts, kinds, network);
  const steps = epochs * Math.max(1, Math.floor(rowCount / batchSize));
  const distinct = distinctCounts.reduce((sum, count) => sum + count, 0);
  const made = distinctCounts.reduce((sum, count) => sum + Math.min(count, sampleCount), 0);
  return {
    seconds:
      seconds * steps + rowCount * columns * encodingSeconds + sampleCount * columns * drawingSeconds + 0.5,
    bytes: 100e6 + distinct * 40 + rowCount * columns * 12 + sampleCount * columns * 10 + made * 160,
  };
}

function likelyKind(distinct: number): ColumnKind {
  return distinct > mostNames ? 'number' : 'category';
}

async function secondsPerStep(
  distinctCounts: readonly number[],
  kinds: readonly ColumnKind[],
  network: Pick<Synthesiser<unknown>, 'fit'>,
): Promise<number> {
  const table = madeTable(distinctCounts, kinds);
  const times: number[] = [];
  let last = performance.now();
  const options: FitOptions = {
    seed: new Uint8Array(32),
    rareBelow: 1,
    kinds: Object.fromEntries(table.columns.map(({ name }, index) => [name, kinds[index]!])),
    epochs: warmUpSteps + timedSteps,
    onEpoch: () => {
      const now = performance.now();
      times.push(now - last);
      last = now;
    },
  };
  await network.fit(table, options);
  return Math.min(...times.slice(warmUpSteps)) / 1000;
}

/** One batch of rows, so that an epoch is a step. */
function madeTable(distinctCounts: readonly number[], kinds: readonly ColumnKind[]): EncodedTable {
  const random = new Random(new Uint8Array(32));
  const columns = distinctCounts.map((count, index) => {
    const distinct = Math.max(1, Math.min(count, batchSize));
    const codes = Int32Array.from({ length: batchSize }, (_, row) => row % distinct);
    const number = kinds[index] !== 'category';
    const values = Array.from({ length: distinct }, (_, code) =>
      number ? random.normal() : `value ${code}`,
    );
    return { name: `column ${index}`, values, codes };
  });
  return { rowCount: batchSize, columns };
}
