import type { EncodedTable } from '../../../data/encodedTable.ts';
import { Random } from '../../statistics/random.ts';
import type { ColumnKind } from '../../tables/columnKind.ts';
import type { Estimate, FitOptions, TableSize } from '../synthesiser.ts';
import { loadTensors } from './tensors.ts';
import type { Batches } from './training.ts';

/** So many steps are timed, and no more once that has taken long enough. */
const timedSteps = 8;
const enoughMilliseconds = 1500;
/** The first ones, which compile, are not counted. */
const warmUpSteps = 3;
/** What encoding a row costs per column, and drawing one, measured on two cores. */
const encodingSeconds = 1e-6;
const drawingSeconds = 4e-6;
/** A column with more distinct values is taken for numbers where nothing else is known. */
const mostNames = 50;

type Learn = (table: EncodedTable, options: FitOptions, batches: Batches) => Promise<unknown>;

/**
 * What fitting a network will take: some steps on a made-up table with as many columns and categories are timed on
 * this machine, and their mean multiplied.
 */
export async function estimateNetwork(
  size: TableSize,
  epochs: number,
  batches: Batches,
  learn: Learn,
): Promise<Estimate> {
  const { rowCount, distinctCounts, sampleCount } = size;
  const columns = distinctCounts.length;
  const kinds = distinctCounts.map((count, index) => size.kinds?.[index] ?? likelyKind(count));
  const seconds = await secondsPerStep(madeTable(batches.size, distinctCounts, kinds), kinds, learn);
  const { backend } = await loadTensors();
  const steps = epochs * batches.steps;
  const distinct = distinctCounts.reduce((sum, count) => sum + count, 0);
  const made = distinctCounts.reduce((sum, count) => sum + Math.min(count, sampleCount), 0);
  return {
    seconds: seconds * steps + (rowCount * encodingSeconds + sampleCount * drawingSeconds) * columns + 0.5,
    bytes: 150e6 + distinct * 40 + rowCount * columns * 24 + sampleCount * columns * 10 + made * 160,
    backend,
  };
}

function likelyKind(distinct: number): ColumnKind {
  return distinct > mostNames ? 'number' : 'category';
}

async function secondsPerStep(
  table: EncodedTable,
  kinds: readonly ColumnKind[],
  learn: Learn,
): Promise<number> {
  const times: number[] = [];
  const enough = new Error('Enough steps were timed.');
  const options: FitOptions = {
    seed: new Uint8Array(32),
    rareBelow: 1,
    kinds: Object.fromEntries(table.columns.map(({ name }, index) => [name, kinds[index]!])),
    epochs: warmUpSteps + timedSteps,
    onEpoch: () => {
      times.push(performance.now());
      if (times.length > warmUpSteps && times.at(-1)! - times[0]! > enoughMilliseconds) {
        throw enough;
      }
    },
  };
  try {
    // One batch is an epoch.
    await learn(table, options, { size: table.rowCount, steps: 1 });
  } catch (error) {
    if (error !== enough) {
      throw error;
    }
  }
  const counted = times.slice(warmUpSteps - 1);
  return (counted.at(-1)! - counted[0]!) / (counted.length - 1) / 1000;
}

function madeTable(
  rowCount: number,
  distinctCounts: readonly number[],
  kinds: readonly ColumnKind[],
): EncodedTable {
  const random = new Random(new Uint8Array(32));
  const columns = distinctCounts.map((count, index) => {
    const distinct = Math.max(1, Math.min(count, rowCount));
    const codes = Int32Array.from({ length: rowCount }, (_, row) => row % distinct);
    const number = kinds[index] !== 'category';
    const values = Array.from({ length: distinct }, (_, code) =>
      number ? random.normal() : `value ${code}`,
    );
    return { name: `column ${index}`, values, codes };
  });
  return { rowCount, columns };
}
