import type { EncodedColumn } from '../../data/encodedTable.ts';
import { Grouper } from './grouping.ts';

/** Rows with equal values written once. */
export interface DistinctTuples {
  readonly count: number;
  /** For each column the codes of each tuple. */
  readonly codes: readonly Int32Array[];
  /** For each tuple how many rows it stands for. */
  readonly sizes: Int32Array;
  /** For each row its tuple. */
  readonly tupleOfRow: Int32Array;
  /** Rows that all tuples stand for. */
  readonly rowCount: number;
}

/** `weights` says for each given row how many rows of the table it stands for, as after a `GROUP BY`; 1 without it. */
export function distinctTuples(
  columns: readonly EncodedColumn[],
  givenRows: number,
  weights?: Int32Array,
): DistinctTuples {
  const grouper = new Grouper(givenRows);
  const count = grouper.group(
    columns.map(({ codes, values }) => ({ codes, radix: values.length })),
    givenRows,
  );
  const sizes = new Int32Array(count);
  let rowCount = 0;
  for (let row = 0; row < givenRows; row += 1) {
    const weight = weights === undefined ? 1 : weights[row]!;
    sizes[grouper.groupOf[row]!]! += weight;
    rowCount += weight;
  }
  const first = grouper.firstOf.slice(0, count);
  return {
    count,
    codes: columns.map(({ codes }) => first.map((row) => codes[row]!)),
    sizes,
    tupleOfRow: grouper.groupOf,
    rowCount,
  };
}
