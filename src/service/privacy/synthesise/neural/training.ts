import type { EncodedTable } from '../../../data/encodedTable.ts';
import { Random } from '../../statistics/random.ts';
import { partOf } from '../../statistics/work.ts';
import type { Reshaping } from '../constraints.ts';
import { diverged } from '../errors.ts';
import { prepare } from '../preparation.ts';
import type { FitOptions } from '../synthesiser.ts';
import { type EncodedRows, type Encoding, encodeTable } from './encoding.ts';

const smallestBatch = 50;
/** A small table is learned in smaller batches, or an epoch would be a single step. */
const leastSteps = 10;

/** A network has a place for each category, so the rarest of many are merged. */
const mostCategories = 200;
/** The share of the work that is done before the first epoch. */
const encodingShare = 0.05;

export interface Lesson {
  readonly reshaping: Reshaping;
  readonly encoding: Encoding;
  readonly rows: EncodedRows;
  readonly random: Random;
}

/** How many rows are learned at a time, and how often in an epoch. */
export interface Batches {
  readonly size: number;
  readonly steps: number;
}

/** The batches of a table; their size is a multiple of `unit`, and `largest` at the most. */
export function batchesOf(rowCount: number, largest: number, unit = 1): Batches {
  const wanted = Math.min(largest, Math.max(smallestBatch, rowCount / leastSteps));
  const size = unit * Math.max(1, Math.floor(Math.min(wanted, rowCount) / unit));
  return { size, steps: Math.max(1, Math.floor(rowCount / size)) };
}

/** Makes a table ready to be learned by a network of so many inputs at the most; throws what a person can mend. */
export function prepareLesson(table: EncodedTable, options: FitOptions, mostPlaces: number): Lesson {
  const { reshaping, reshaped, rareBelow, rareLabel } = prepare(table, options);
  const random = new Random(options.seed);
  const { encoding, rows } = encodeTable(
    reshaped,
    {
      kinds: reshaping.kinds,
      rareBelow,
      rareLabel,
      dropRareOf: reshaping.joints.map(({ name }) => name),
      mostCategories,
      mostPlaces,
      ...partOf(options, 0, encodingShare),
    },
    random.fork('modes'),
  );
  return { reshaping, encoding, rows, random };
}

/**
 * Goes through the epochs and reports the means of the losses that the steps return; `batch` counts within the epoch.
 * Throws `privacy.diverged` when they are no numbers.
 */
export function runEpochs(
  epochs: number,
  steps: number,
  options: FitOptions,
  step: (batch: number, epoch: number) => Readonly<Record<string, number>>,
): void {
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    const sums: Record<string, number> = {};
    for (let batch = 0; batch < steps; batch += 1) {
      options.checkCancelled?.();
      for (const [name, loss] of Object.entries(step(batch, epoch))) {
        sums[name] = (sums[name] ?? 0) + loss / steps;
      }
      const done = (epoch - 1 + (batch + 1) / steps) / epochs;
      options.progress?.(encodingShare + (1 - encodingShare) * done);
    }
    if (!Object.values(sums).every(Number.isFinite)) {
      throw diverged(epoch);
    }
    options.onEpoch?.({ epoch, epochs, losses: sums });
  }
}
