import type { EncodedColumn } from '../../data/encodedTable.ts';
import { noQuasiIdentifiers, noRows } from '../guarantee/errors.ts';
import { distinctTuples } from '../guarantee/tuples.ts';

/** The equivalence classes of a release. */
export interface ClassSizes {
  readonly rowCount: number;
  /** For each class its rows. */
  readonly sizes: Int32Array;
  /** For each row its class. */
  readonly classOfRow: Int32Array;
}

export function classSizes(quasiIdentifiers: readonly EncodedColumn[]): ClassSizes {
  if (quasiIdentifiers.length === 0) {
    throw noQuasiIdentifiers('Measuring risk');
  }
  const rowCount = quasiIdentifiers[0]!.codes.length;
  if (rowCount === 0) {
    throw noRows('Measuring risk');
  }
  const { sizes, tupleOfRow } = distinctTuples(quasiIdentifiers, rowCount);
  return { rowCount, sizes, classOfRow: tupleOfRow };
}

/** How many classes have each size: `[size, classes]` by ascending size. */
export function sizeHistogram(sizes: Int32Array): [size: number, classes: number][] {
  const counts = new Map<number, number>();
  for (const size of sizes) {
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

/** What the estimators see of a sample. */
export interface SampleClasses {
  /** Rows of the sample. */
  readonly rowCount: number;
  /** Classes of the sample. */
  readonly classCount: number;
  /** By ascending size. */
  readonly histogram: readonly (readonly [size: number, classes: number])[];
  /** Rows of the population: rows of the sample / sampling fraction. */
  readonly populationSize: number;
}
