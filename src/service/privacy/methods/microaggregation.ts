import type { MethodDescription } from './method.ts';

export const microaggregationDescription: MethodDescription = {
  title: 'Microaggregation',
  sentence: 'Puts rows that resemble each other into small groups and gives each row the mean of its group.',
  limit:
    'Only the columns that are grouped together are protected, and numbers far from all others move most.',
  reversible: 'no',
};

export interface MicroaggregationOptions {
  /** Rows in a group at least. */
  readonly k: number;
}

/** More rows than this are cut into blocks first: the search is quadratic. */
export const mostRowsAtOnce = 50_000;

/**
 * The group of each row, 0, 1, 2, …, by MDAV (Domingo-Ferrer and Mateo-Sanz; reference 2.9): around the row farthest
 * from the centre and around the row farthest from that one, k rows each, again and again. Columns are standardised,
 * of equal length and without NaN. Fewer than 2k rows are one group.
 */
export function mdavGroups(
  columns: readonly Float64Array[],
  { k }: MicroaggregationOptions,
  checkCancelled: () => void = () => undefined,
): Int32Array {
  const points = standardised(columns);
  const groups = new Int32Array(points.rows);
  let count = 0;
  for (const block of blocksOf(points, Int32Array.from(groups.keys()), k)) {
    for (const group of new Mdav(points, block, k, checkCancelled).groups()) {
      for (const row of group) {
        groups[row] = count;
      }
      count += 1;
    }
  }
  return groups;
}

/** Each value becomes the mean of its group. */
export function groupMeans(values: Float64Array, groups: Int32Array): Float64Array {
  const sums: number[] = [];
  const sizes: number[] = [];
  for (const [row, group] of groups.entries()) {
    sums[group] = (sums[group] ?? 0) + values[row]!;
    sizes[group] = (sizes[group] ?? 0) + 1;
  }
  return values.map((_, row) => sums[groups[row]!]! / sizes[groups[row]!]!);
}

/** 100·SSE/SST over standardised columns: what of the spread was lost inside the groups. */
export function informationLoss(columns: readonly Float64Array[], groups: Int32Array): number {
  let within = 0;
  let total = 0;
  for (const column of columns) {
    const means = groupMeans(column, groups);
    const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
    const spread = column.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    if (spread > 0) {
      within += column.reduce((sum, value, row) => sum + (value - means[row]!) ** 2, 0) / spread;
      total += 1;
    }
  }
  return total === 0 ? 0 : (100 * within) / total;
}

/** Rows after one another, each with all its coordinates. */
interface Points {
  readonly values: Float64Array;
  readonly dimensions: number;
  readonly rows: number;
}

function standardised(columns: readonly Float64Array[]): Points {
  const rows = columns[0]?.length ?? 0;
  const dimensions = columns.length;
  const values = new Float64Array(rows * dimensions);
  for (const [dimension, column] of columns.entries()) {
    const mean = column.reduce((sum, value) => sum + value, 0) / rows;
    const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (rows - 1);
    const deviation = variance > 0 ? Math.sqrt(variance) : 1;
    for (let row = 0; row < rows; row += 1) {
      values[row * dimensions + dimension] = (column[row]! - mean) / deviation;
    }
  }
  return { values, dimensions, rows };
}

/** Halves along the widest dimension until each block is small enough; blocks keep 2k rows, so all groups have k. */
function blocksOf(points: Points, rows: Int32Array, k: number): Int32Array[] {
  if (rows.length <= Math.max(mostRowsAtOnce, 4 * k)) {
    return [rows];
  }
  const { values, dimensions } = points;
  const widths = Array.from({ length: dimensions }, (_, dimension) => {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      const value = values[row * dimensions + dimension]!;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    return high - low;
  });
  const widest = widths.indexOf(Math.max(...widths));
  const sorted = rows.toSorted(
    (a, b) => values[a * dimensions + widest]! - values[b * dimensions + widest]! || a - b,
  );
  const middle = sorted.length >> 1;
  return [
    ...blocksOf(points, sorted.subarray(0, middle), k),
    ...blocksOf(points, sorted.subarray(middle), k),
  ];
}

/** One block: the rows that have no group yet are the first `#left` of `#rows`. */
class Mdav {
  readonly #points: Points;
  readonly #rows: Int32Array;
  readonly #distances: Float64Array;
  readonly #k: number;
  readonly #checkCancelled: () => void;
  #left: number;

  constructor(points: Points, rows: Int32Array, k: number, checkCancelled: () => void) {
    this.#points = points;
    this.#rows = rows.slice();
    this.#distances = new Float64Array(rows.length);
    this.#k = k;
    this.#left = rows.length;
    this.#checkCancelled = checkCancelled;
  }

  *groups(): Generator<Int32Array> {
    while (this.#left >= 3 * this.#k) {
      this.#checkCancelled();
      const far = this.#coordinates(this.#farthest(this.#centre()));
      // Before the first group leaves: the second lies around the row farthest from the first one.
      const opposite = this.#coordinates(this.#farthest(far));
      yield this.#takeNearest(far);
      yield this.#takeNearest(opposite);
    }
    if (this.#left >= 2 * this.#k) {
      yield this.#takeNearest(this.#coordinates(this.#farthest(this.#centre())));
    }
    if (this.#left > 0) {
      yield this.#rows.slice(0, this.#left);
    }
  }

  #centre(): Float64Array {
    const { values, dimensions } = this.#points;
    const centre = new Float64Array(dimensions);
    for (let index = 0; index < this.#left; index += 1) {
      const at = this.#rows[index]! * dimensions;
      for (let dimension = 0; dimension < dimensions; dimension += 1) {
        centre[dimension]! += values[at + dimension]!;
      }
    }
    return centre.map((sum) => sum / this.#left);
  }

  #coordinates(row: number): Float64Array {
    const { values, dimensions } = this.#points;
    return values.subarray(row * dimensions, (row + 1) * dimensions);
  }

  #measure(point: Float64Array): void {
    const { values, dimensions } = this.#points;
    for (let index = 0; index < this.#left; index += 1) {
      const at = this.#rows[index]! * dimensions;
      let sum = 0;
      for (let dimension = 0; dimension < dimensions; dimension += 1) {
        const difference = values[at + dimension]! - point[dimension]!;
        sum += difference * difference;
      }
      this.#distances[index] = sum;
    }
  }

  /** The row farthest from a point; the first of several. */
  #farthest(point: Float64Array): number {
    this.#measure(point);
    let best = 0;
    for (let index = 1; index < this.#left; index += 1) {
      if (this.#distances[index]! > this.#distances[best]!) {
        best = index;
      }
    }
    return this.#rows[best]!;
  }

  /** The k rows nearest to a point leave the rest: the last of the rest take their places. */
  #takeNearest(point: Float64Array): Int32Array {
    this.#measure(point);
    const nearest = this.#smallest(Math.min(this.#k, this.#left));
    const group = Int32Array.from(nearest, (index) => this.#rows[index]!);
    const rest = new Set(nearest);
    let kept = 0;
    for (let index = 0; index < this.#left; index += 1) {
      if (!rest.has(index)) {
        this.#rows[kept] = this.#rows[index]!;
        kept += 1;
      }
    }
    this.#left = kept;
    return group;
  }

  /** Indices of the smallest distances, by insertion into a short list: k is small beside the rows. */
  #smallest(count: number): number[] {
    const found: number[] = [];
    for (let index = 0; index < this.#left; index += 1) {
      const distance = this.#distances[index]!;
      if (found.length === count && distance >= this.#distances[found[count - 1]!]!) {
        continue;
      }
      let at = found.length === count ? count - 1 : found.length;
      while (at > 0 && this.#distances[found[at - 1]!]! > distance) {
        found[at] = found[at - 1]!;
        at -= 1;
      }
      found[at] = index;
    }
    return found;
  }
}
