import type { EncodedColumn } from '../../data/encodedTable.ts';
import { noQuasiIdentifiers, noRows } from '../guarantee/errors.ts';
import { distinctTuples } from '../guarantee/tuples.ts';

/** How a missing value counts: as one that could be any, or as a value of its own. */
export type MissingAs = 'wildcard' | 'category';

export interface KeyFrequencies {
  /** For each row the rows of the sample that are like it. */
  readonly sample: Float64Array;
  /** For each row the sum of the weights of these rows: the estimate of the rows of the population. */
  readonly population: Float64Array;
}

/**
 * Frequencies of the rows' keys. `weights` are sampling weights, 1 without them. With wildcards two rows are alike when they
 * agree wherever both have a value, so the rows that are like a row need not be like each other.
 */
export function keyFrequencies(
  columns: readonly EncodedColumn[],
  weights: ArrayLike<number> | undefined,
  missingAs: MissingAs,
): KeyFrequencies {
  if (columns.length === 0) {
    throw noQuasiIdentifiers('Measuring risk');
  }
  const rowCount = columns[0]!.codes.length;
  if (rowCount === 0) {
    throw noRows('Measuring risk');
  }
  const { count, codes, sizes, tupleOfRow } = distinctTuples(columns, rowCount);
  const weightOfTuple = new Float64Array(count);
  tupleOfRow.forEach((tuple, row) => {
    weightOfTuple[tuple]! += weights === undefined ? 1 : weights[row]!;
  });
  const missing = columns.map(({ values }) => (missingAs === 'wildcard' ? values.indexOf(null) : -1));
  const sample = new Float64Array(count);
  const population = new Float64Array(count);
  const patterns = [...patternsOf(codes, missing, count).values()];
  for (const own of patterns) {
    for (const other of patterns) {
      const shared = codes.filter((_, column) => !own.missing[column] && !other.missing[column]);
      const found = new Map<string, { rows: number; weight: number }>();
      for (const tuple of other.tuples) {
        const key = keyOf(shared, tuple);
        const entry = found.get(key) ?? { rows: 0, weight: 0 };
        entry.rows += sizes[tuple]!;
        entry.weight += weightOfTuple[tuple]!;
        found.set(key, entry);
      }
      for (const tuple of own.tuples) {
        const entry = found.get(keyOf(shared, tuple));
        sample[tuple]! += entry?.rows ?? 0;
        population[tuple]! += entry?.weight ?? 0;
      }
    }
  }
  return {
    sample: Float64Array.from(tupleOfRow, (tuple) => sample[tuple]!),
    population: Float64Array.from(tupleOfRow, (tuple) => population[tuple]!),
  };
}

interface Pattern {
  readonly missing: readonly boolean[];
  readonly tuples: number[];
}

/** The tuples by which of their values are missing: seldom more than a few patterns, compared pair by pair. */
function patternsOf(
  codes: readonly Int32Array[],
  missing: readonly number[],
  count: number,
): Map<string, Pattern> {
  const patterns = new Map<string, Pattern>();
  for (let tuple = 0; tuple < count; tuple += 1) {
    const isMissing = codes.map((column, index) => column[tuple] === missing[index]);
    const key = isMissing.map(Number).join('');
    const pattern = patterns.get(key) ?? { missing: isMissing, tuples: [] };
    pattern.tuples.push(tuple);
    patterns.set(key, pattern);
  }
  return patterns;
}

function keyOf(columns: readonly Int32Array[], tuple: number): string {
  return columns.map((column) => column[tuple]).join(',');
}

/**
 * For each row the probability to be recognised, between 0 and 1 (Benedetti and Franconi 1998): with p = f/F,
 * f = 1: p/(1−p) · ln(1/p); f = 2: p/(1−p) − (p/(1−p))² · ln(1/p); f > 2: p/(f − (1 − p)); 1/f where F = f.
 */
export function individualRisks({ sample, population }: KeyFrequencies): Float64Array {
  return sample.map((f, row) => {
    const p = f / population[row]!;
    if (p >= 1) {
      return 1 / f;
    }
    const odds = p / (1 - p);
    if (f === 1) {
      return odds * Math.log(1 / p);
    }
    return f === 2 ? odds - odds ** 2 * Math.log(1 / p) : p / (f - (1 - p));
  });
}
