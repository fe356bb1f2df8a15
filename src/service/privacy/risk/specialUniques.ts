import type { EncodedColumn } from '../../data/encodedTable.ts';
import { noQuasiIdentifiers, noRows, wrongSetting } from '../guarantee/errors.ts';
import { SubsetCounter, subsetsOf } from './subsetCounter.ts';

/** Why a row stands out: few columns on which no other row is like it, and none of fewer among them. */
export interface MinimalUnique {
  readonly row: number;
  /** Indices of the columns. */
  readonly columns: readonly number[];
}

export interface SpecialUniques {
  readonly uniques: readonly MinimalUnique[];
  /** For each row its score: the smaller and the more its minimal uniques, the higher; 0 without any. */
  readonly scores: Float64Array;
  /** For each column the share of all scores that its minimal uniques make, 0 to 1. */
  readonly contributions: Float64Array;
}

/**
 * The minimal sample uniques of at most `largest` columns (SUDA: Elliot, Manning and Ford 2002).
 * A minimal unique of s among the M columns adds Π_{i=s}^{m−1} (M − i) to its row, m being the smaller of `largest` and M.
 *
 * A row with a unique on a set is left out on every larger set that contains it.
 */
export function specialUniques(
  columns: readonly EncodedColumn[],
  largest = 3,
  checkCancelled?: () => void,
): SpecialUniques {
  if (columns.length === 0) {
    throw noQuasiIdentifiers('Looking for special uniques');
  }
  if (!Number.isInteger(largest) || largest < 1) {
    throw wrongSetting('The number of columns of a special unique', largest, 'a whole number of at least 1');
  }
  const rowCount = columns[0]!.codes.length;
  if (rowCount === 0) {
    throw noRows('Looking for special uniques');
  }
  const counter = new SubsetCounter(columns, rowCount);
  const ofRow = new Map<number, number[][]>();
  const uniques: MinimalUnique[] = [];
  for (const subset of subsetsOf(columns.length, largest)) {
    checkCancelled?.();
    const { count, sizes, firstRowOf } = counter.count(subset);
    for (let index = 0; index < count; index += 1) {
      const row = firstRowOf[index]!;
      const known = ofRow.get(row) ?? [];
      if (
        sizes[index] === 1 &&
        !known.some((smaller) => smaller.every((column) => subset.includes(column)))
      ) {
        ofRow.set(row, [...known, subset]);
        uniques.push({ row, columns: subset });
      }
    }
  }
  return { uniques, ...scoresOf(uniques, rowCount, columns.length, largest) };
}

function scoresOf(uniques: readonly MinimalUnique[], rowCount: number, columnCount: number, largest: number) {
  const scores = new Float64Array(rowCount);
  const contributions = new Float64Array(columnCount);
  let total = 0;
  for (const { row, columns } of uniques) {
    let score = 1;
    for (let size = columns.length; size < Math.min(largest, columnCount); size += 1) {
      score *= columnCount - size;
    }
    scores[row]! += score;
    total += score;
    for (const column of columns) {
      contributions[column]! += score;
    }
  }
  return { scores, contributions: contributions.map((sum) => (total > 0 ? sum / total : 0)) };
}
