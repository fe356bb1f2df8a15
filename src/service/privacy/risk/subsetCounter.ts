import type { EncodedColumn } from '../../data/encodedTable.ts';
import { Grouper } from '../guarantee/grouping.ts';

/** Groups of rows that are alike on some columns; overwritten by the next count. */
export interface SubsetGroups {
  readonly count: number;
  /** For each group its rows. */
  readonly sizes: Int32Array;
  /** For each group its first row. */
  readonly firstRowOf: Int32Array;
}

/** Counts the rows of a table by one set of its columns after another. */
export class SubsetCounter {
  readonly #columns: readonly EncodedColumn[];
  readonly #rowCount: number;
  readonly #grouper: Grouper;
  readonly #sizes: Int32Array;

  constructor(columns: readonly EncodedColumn[], rowCount: number) {
    this.#columns = columns;
    this.#rowCount = rowCount;
    this.#grouper = new Grouper(rowCount);
    this.#sizes = new Int32Array(rowCount);
  }

  /** `subset` holds indices of columns. */
  count(subset: readonly number[]): SubsetGroups {
    const keys = subset.map((index) => {
      const { codes, values } = this.#columns[index]!;
      return { codes, radix: values.length };
    });
    const count = this.#grouper.group(keys, this.#rowCount);
    this.#sizes.fill(0, 0, count);
    for (let row = 0; row < this.#rowCount; row += 1) {
      this.#sizes[this.#grouper.groupOf[row]!]! += 1;
    }
    return { count, sizes: this.#sizes, firstRowOf: this.#grouper.firstOf };
  }
}

/** The sets of at most `largest` of the numbers below `count`, smaller sets first. */
export function subsetsOf(count: number, largest: number): number[][] {
  const all: number[][] = [];
  let current: number[][] = [[]];
  for (let size = 1; size <= Math.min(largest, count); size += 1) {
    current = current.flatMap((subset) => {
      const first = (subset.at(-1) ?? -1) + 1;
      return Array.from({ length: count - first }, (_, offset) => [...subset, first + offset]);
    });
    all.push(...current);
  }
  return all;
}
