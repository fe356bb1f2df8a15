import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';
import type { Work } from '../statistics/work.ts';
import type { ColumnKinds } from '../tables/columnKind.ts';
import { alignColumns, rowNumbers, sampleRows, shuffledColumns, splitRows } from '../tables/rows.ts';
import { noControl } from './errors.ts';
import { gowerRows, nearest } from './gower.ts';
import { wilson } from './rates.ts';

/** How much of single real rows a synthetic table repeats. */
export interface Memorisation {
  /** Released rows that are equal to a row that the release was made from, and as shares of all. */
  readonly copies: number;
  readonly copyShare: number;
  /** The share of released rows that are equal to a hold-out row: what chance alone brings about. */
  readonly holdOutCopyShare: number;
  /** Share of released rows that no real row, trained on or held out, is equal to. */
  readonly newRowShare: number;
  /** Distances from 0 to 1 of released rows to the nearest real row, of as many train rows as there are hold-out rows. */
  readonly distance: {
    readonly train: Quantiles;
    readonly holdOut: Quantiles;
    /** Of rows whose columns were shuffled each by itself, to the train rows: what no memory at all looks like. */
    readonly shuffled: Quantiles;
  };
  /** The share of released rows whose nearest real row is one that the release was made from. */
  readonly nearerToTrain: number;
  /** What that share would be if the release did not remember: that of the train rows among the real ones. */
  readonly expectedNearer: number;
  /** Half the width of the 95 % interval of `nearerToTrain`. */
  readonly error: number;
  readonly comparedRows: number;
}

export interface Quantiles {
  readonly fifthPercentile: number;
  readonly median: number;
}

export interface MemorisationInput extends Work {
  readonly train: EncodedTable;
  readonly holdOut: EncodedTable;
  readonly released: EncodedTable;
  readonly kinds?: ColumnKinds;
  readonly random: Random;
  /** Distances are measured from at most so many released rows; copies are looked for in all. */
  readonly maximumRows?: number;
}

/**
 * Exact copies, and the distance to the closest record of the rows that a release was made from against that of rows
 * it never saw. In a larger table something is always nearer, so distances are shown for as many rows of each.
 */
export function measureMemorisation(input: MemorisationInput): Memorisation {
  const { random, kinds, maximumRows = 10_000 } = input;
  if (input.holdOut.rowCount === 0 || input.train.rowCount === 0 || input.released.rowCount === 0) {
    throw noControl();
  }
  const copies = equalRows(input.released, input.train);
  const holdOutCopies = equalRows(input.released, input.holdOut);
  const anyCopies = copies.filter((equal, row) => equal || holdOutCopies[row]);
  const size = Math.min(input.train.rowCount, input.holdOut.rowCount);
  const [train, otherTrain] = splitRows(input.train, size / input.train.rowCount, random.fork('train'));
  const [holdOut, otherHoldOut] = splitRows(
    input.holdOut,
    size / input.holdOut.rowCount,
    random.fork('hold-out'),
  );
  const released = sampleRows(input.released, maximumRows, random.fork('released'));
  const shuffled = shuffledColumns(
    sampleRows(input.train, released.rowCount, random.fork('shuffled')),
    random,
  );
  const steps = [
    [released, train],
    [released, holdOut],
    [shuffled, train],
    [released, otherTrain],
    [released, otherHoldOut],
  ] as const;
  const [toTrain, toHoldOut, ofShuffled, toOtherTrain, toOtherHoldOut] = steps.map(([rows, among], step) => {
    const progress = (done: number) => input.progress?.((step + done) / steps.length);
    return closestDistances(rows, among, kinds, { ...input, progress });
  }) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  const nearer = toTrain.reduce((sum, distance, row) => {
    const [ofTrain, ofHoldOut] = [
      Math.min(distance, toOtherTrain[row]!),
      Math.min(toHoldOut[row]!, toOtherHoldOut[row]!),
    ];
    return sum + closer(ofTrain, ofHoldOut);
  }, 0);
  const share = nearer / released.rowCount;
  return {
    copies: count(copies),
    copyShare: count(copies) / copies.length,
    holdOutCopyShare: count(holdOutCopies) / copies.length,
    newRowShare: 1 - anyCopies.length / copies.length,
    distance: { train: quantiles(toTrain), holdOut: quantiles(toHoldOut), shuffled: quantiles(ofShuffled) },
    nearerToTrain: share,
    expectedNearer: input.train.rowCount / (input.train.rowCount + input.holdOut.rowCount),
    error: wilson(nearer, released.rowCount).error,
    comparedRows: released.rowCount,
  };
}

/** For each row of `rows` the Gower distance to the closest of `among`; infinite where there is none. */
export function closestDistances(
  rows: EncodedTable,
  among: EncodedTable,
  kinds: ColumnKinds | undefined,
  { checkCancelled, progress }: Work,
): Float64Array {
  const names = rows.columns.map(({ name }) => name);
  const { left, right } = gowerRows(rows, among, names, kinds);
  return Float64Array.from({ length: rows.rowCount }, (_, row) => {
    checkCancelled?.();
    if (row % 256 === 0) {
      progress?.(row / rows.rowCount);
    }
    return nearest(left, row, right, 1).distances[0] ?? Number.POSITIVE_INFINITY;
  });
}

/** For each released row whether a real row is equal to it, in the columns that both have. */
export function equalRows(released: EncodedTable, real: EncodedTable): boolean[] {
  const aligned = alignColumns(released, real);
  if (aligned.length === 0) {
    return Array<boolean>(released.rowCount).fill(false);
  }
  const { left, right } = rowNumbers(aligned);
  const known = new Set(right);
  return Array.from(left, (number) => known.has(number));
}

/** Equally near counts half for each. */
function closer(a: number, b: number): number {
  return a < b ? 1 : a === b ? 0.5 : 0;
}

function count(flags: readonly boolean[]): number {
  return flags.filter(Boolean).length;
}

function quantiles(distances: Float64Array): Quantiles {
  const sorted = distances.slice().sort();
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  return { fifthPercentile: at(0.05), median: at(0.5) };
}
