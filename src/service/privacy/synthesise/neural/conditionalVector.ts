import type { Random } from '../../statistics/random.ts';
import type { EncodedRows, Encoding } from './encoding.ts';

/**
 * One category of one column that a row is asked to have: the conditional vector of CTGAN, and its
 * training-by-sampling (L. Xu et al., 2019, sections 4.2 and 4.3).
 */
export interface Asked {
  /** The number of the column among those of `ConditionSpace`. */
  readonly column: number;
  readonly group: number;
}

/** The columns that can be asked for, and how often their categories occur. */
export interface ConditionSpace {
  readonly width: number;
  readonly columns: readonly AskedColumn[];
}

interface AskedColumn {
  readonly span: number;
  /** Where the column's places begin in the conditional vector. */
  readonly from: number;
  readonly counts: Int32Array;
}

export function conditionSpace({ spans }: Encoding, { groups }: EncodedRows): ConditionSpace {
  let width = 0;
  const columns = spans.flatMap(({ mixture, width: count }, span): AskedColumn[] => {
    // What all rows have alike says nothing.
    if (mixture || count < 2) {
      return [];
    }
    const counts = new Int32Array(count);
    for (const group of groups[span]!) {
      if (group !== -1) {
        counts[group]! += 1;
      }
    }
    const from = width;
    width += count;
    return [{ span, from, counts }];
  });
  return { width, columns };
}

/** Draws what to ask for, each column as often, and a category by the weights that its counts are given. */
export class AskedSampler {
  readonly #reached: readonly Float64Array[];

  constructor({ columns }: ConditionSpace, weight: (count: number, group: number, span: number) => number) {
    this.#reached = columns.map(({ counts, span }) => {
      let sum = 0;
      return Float64Array.from(counts, (count, group) => {
        sum += weight(count, group, span);
        return sum;
      });
    });
  }

  draw(random: Random, column: number = random.below(this.#reached.length)): Asked {
    const reached = this.#reached[column]!;
    const mark = random.uniform() * reached.at(-1)!;
    return { column, group: reached.findIndex((sum) => sum > mark) };
  }
}

/** Finds real rows that have what is asked for. */
export class RowsByCategory {
  /** For each column the numbers of its rows, ordered by their category, and where each category ends. */
  readonly #orders: readonly { readonly rows: Int32Array; readonly ends: Int32Array }[];

  constructor({ columns }: ConditionSpace, { groups }: EncodedRows) {
    this.#orders = columns.map(({ span, counts }) => {
      let sum = 0;
      const next = Int32Array.from(counts, (count) => {
        sum += count;
        return sum - count;
      });
      const rows = new Int32Array(sum);
      groups[span]!.forEach((group, row) => {
        if (group !== -1) {
          rows[next[group]!] = row;
          next[group]! += 1;
        }
      });
      return { rows, ends: next };
    });
  }

  draw({ column, group }: Asked, random: Random): number {
    const { rows, ends } = this.#orders[column]!;
    const begin = group === 0 ? 0 : ends[group - 1]!;
    return rows[begin + random.below(ends[group]! - begin)]!;
  }
}
