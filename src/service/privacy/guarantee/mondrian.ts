import type { EncodedColumn } from '../../data/encodedTable.ts';
import { type Criterion, checkCriteria, describeCriterion } from './criteria.ts';
import { noQuasiIdentifiers, noRows, unreachable, wrongSetting } from './errors.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';
import { type Dimension, dimensionOf, type MondrianColumn } from './mondrianDimension.ts';
import { PartitionCheck } from './partitionCheck.ts';

export interface MondrianTask {
  readonly quasiIdentifiers: readonly MondrianColumn[];
  /** Those whose values are released as they are, by index: no group holds two values of one. None when absent. */
  readonly fixed?: readonly number[] | undefined;
  readonly criteria: readonly Criterion[];
  /** Columns that the criteria name. */
  readonly sensitive?: readonly { readonly column: EncodedColumn; readonly tree?: LevelTable }[];
  /**
   * Relaxed: a part that cannot be cut between two values is cut in the middle of one,
   * its rows dealt to both sides, so that groups may overlap.
   */
  readonly relaxed?: boolean;
  readonly checkCancelled?: () => void;
  /** Share of the rows whose group is final, 0 to 1. */
  readonly onProgress?: (done: number) => void;
}

export interface MondrianResult {
  readonly dimensions: readonly Dimension[];
  /** The rows, group after group. */
  readonly rows: Int32Array;
  /** Where each group begins in `rows`; one more than there are groups. */
  readonly starts: Int32Array;
  /** For each group and dimension (row-major) the lowest and the highest rank. */
  readonly lows: Int32Array;
  readonly highs: Int32Array;
  /** Normalised certainty penalty: Σ over rows and dimensions of the width of the row's group / (rows · dimensions), 0 to 1. */
  readonly penalty: number;
}

/** Rows that lie together: the first, and the one behind the last. */
type Part = readonly [start: number, end: number];

/**
 * Multidimensional local recoding (LeFevre et al. 2006, Mondrian). A part of the table is cut at the median of the
 * dimension in which it is widest, if both sides fulfil the criteria, else in the next; a part that cannot be cut is a group.
 */
export function partitionByMondrian(task: MondrianTask): MondrianResult {
  const { quasiIdentifiers, criteria } = task;
  if (quasiIdentifiers.length === 0) {
    throw noQuasiIdentifiers('Grouping rows');
  }
  checkCriteria(criteria);
  for (const criterion of criteria) {
    if (criterion.kind === 'averageRisk') {
      throw wrongSetting(
        'The criterion',
        describeCriterion(criterion),
        'one that a group of rows fulfils by itself',
      );
    }
  }
  const columns = quasiIdentifiers.map((source) =>
    source.kind === 'hierarchy' ? source.levels.column : source.column,
  );
  const rowCount = columns[0]!.codes.length;
  if (rowCount === 0) {
    throw noRows('Grouping rows');
  }
  const check = new PartitionCheck(criteria, task.sensitive ?? [], rowCount);
  const dimensions = quasiIdentifiers.map(dimensionOf);
  const run = new Partitioning(task, dimensions, columns, check);
  const parts = run.divide((task.fixed ?? []).map((index) => columns[index]!.codes));
  const violating = parts.reduce(
    (sum, [start, end]) => sum + (check.isFulfilled(run.rows, start, end) ? 0 : end - start),
    0,
  );
  if (violating > 0) {
    const asked = criteria.map(describeCriterion).join(', ');
    throw unreachable(asked, violating, rowCount, 0);
  }
  return run.run(parts);
}

/**
 * The rows of a part lie together, and with them a copy of their ranks, so that looking at a part reads memory in order.
 */
class Partitioning {
  readonly rows: Int32Array;
  readonly #task: MondrianTask;
  readonly #dimensions: readonly Dimension[];
  readonly #check: PartitionCheck;
  /** For each place in `rows` the ranks of the row. */
  readonly #ranks: Int32Array;
  readonly #spareRows: Int32Array;
  readonly #spareRanks: Int32Array;
  /** Scratch: how often each rank of a dimension occurs in a part. */
  readonly #counts: Int32Array;
  /** Scratch: the different ranks of a part and how often each occurs. */
  readonly #runRanks: Int32Array;
  readonly #runSizes: Int32Array;
  readonly #sorted: Int32Array;
  readonly #low: Int32Array;
  readonly #high: Int32Array;

  constructor(
    task: MondrianTask,
    dimensions: readonly Dimension[],
    columns: readonly EncodedColumn[],
    check: PartitionCheck,
  ) {
    const rowCount = columns[0]!.codes.length;
    const width = dimensions.length;
    this.#task = task;
    this.#dimensions = dimensions;
    this.#check = check;
    this.rows = Int32Array.from({ length: rowCount }, (_, row) => row);
    this.#ranks = new Int32Array(rowCount * width);
    dimensions.forEach(({ rankOfCode }, dimension) => {
      const { codes } = columns[dimension]!;
      for (let row = 0; row < rowCount; row += 1) {
        this.#ranks[row * width + dimension] = rankOfCode[codes[row]!]!;
      }
    });
    this.#spareRows = new Int32Array(rowCount);
    this.#spareRanks = new Int32Array(rowCount * width);
    this.#counts = new Int32Array(Math.max(...dimensions.map(({ rankCount }) => rankCount)) + 1);
    this.#runRanks = new Int32Array(rowCount);
    this.#runSizes = new Int32Array(rowCount);
    this.#sorted = new Int32Array(rowCount);
    this.#low = new Int32Array(width);
    this.#high = new Int32Array(width);
  }

  /** Rows that are alike in all of these come together; answers where each part begins and ends. */
  divide(fixed: readonly Int32Array[]): readonly Part[] {
    const rowCount = this.rows.length;
    if (fixed.length === 0) {
      return [[0, rowCount]];
    }
    const difference = (a: number, b: number) => {
      const codes = fixed.find((each) => each[a] !== each[b]);
      return codes === undefined ? 0 : codes[a]! - codes[b]!;
    };
    const width = this.#dimensions.length;
    this.#spareRanks.set(this.#ranks);
    this.rows.sort((a, b) => difference(a, b) || a - b);
    this.rows.forEach((row, place) => {
      this.#ranks.set(this.#spareRanks.subarray(row * width, (row + 1) * width), place * width);
    });
    const parts: Part[] = [];
    let start = 0;
    for (let end = 1; end <= rowCount; end += 1) {
      if (end === rowCount || difference(this.rows[start]!, this.rows[end]!) !== 0) {
        parts.push([start, end]);
        start = end;
      }
    }
    return parts;
  }

  run(parts: readonly Part[]): MondrianResult {
    const width = this.#dimensions.length;
    const starts: number[] = [];
    const lows: number[] = [];
    const highs: number[] = [];
    let penalty = 0;
    let steps = 0;
    // The last that is put there is looked at first.
    const open = parts.toReversed().flat();
    while (open.length > 0) {
      const end = open.pop()!;
      const start = open.pop()!;
      if ((steps++ & 255) === 0) {
        this.#task.checkCancelled?.();
        this.#task.onProgress?.(start / this.rows.length);
      }
      this.#measure(start, end);
      const cut = this.#cut(start, end);
      if (cut !== undefined) {
        open.push(cut, end, start, cut);
        continue;
      }
      starts.push(start);
      for (let dimension = 0; dimension < width; dimension += 1) {
        const [low, high] = [this.#low[dimension]!, this.#high[dimension]!];
        lows.push(low);
        highs.push(high);
        penalty += this.#dimensions[dimension]!.width(low, high) * (end - start);
      }
    }
    return {
      dimensions: this.#dimensions,
      rows: this.rows,
      starts: Int32Array.from([...starts, this.rows.length]),
      lows: Int32Array.from(lows),
      highs: Int32Array.from(highs),
      penalty: penalty / (this.rows.length * width),
    };
  }

  /** The extremes of the part in each dimension. */
  #measure(start: number, end: number): void {
    const width = this.#dimensions.length;
    const ranks = this.#ranks;
    for (let dimension = 0; dimension < width; dimension += 1) {
      let low = ranks[start * width + dimension]!;
      let high = low;
      for (let place = start * width + dimension; place < end * width; place += width) {
        const rank = ranks[place]!;
        if (rank < low) {
          low = rank;
        } else if (rank > high) {
          high = rank;
        }
      }
      this.#low[dimension] = low;
      this.#high[dimension] = high;
    }
  }

  /** Cuts the part in the widest dimension that allows it; answers where the second side begins. */
  #cut(start: number, end: number): number | undefined {
    if (end - start < 2 * this.#check.k) {
      return undefined;
    }
    const byWidth = this.#dimensions
      .map((dimension, index) => ({ index, width: dimension.width(this.#low[index]!, this.#high[index]!) }))
      .filter(({ width, index }) => width > 0 && this.#low[index]! < this.#high[index]!)
      .sort((a, b) => b.width - a.width);
    for (const { index } of byWidth) {
      const cut = this.#cutStrictly(start, end, index);
      if (cut !== undefined) {
        return cut;
      }
    }
    if (this.#task.relaxed === true) {
      for (const { index } of byWidth) {
        const cut = this.#cutRelaxed(start, end, index);
        if (cut !== undefined) {
          return cut;
        }
      }
    }
    return undefined;
  }

  /** Tries the borders around the median, that which leaves the sides more equal first. */
  #cutStrictly(start: number, end: number, dimension: number): number | undefined {
    for (const { border, below } of this.#borders(start, end, dimension)) {
      if (below < this.#check.k || end - start - below < this.#check.k) {
        continue;
      }
      this.#split(start, end, dimension, border, below, 0);
      const cut = start + below;
      if (this.#check.isFulfilled(this.rows, start, cut) && this.#check.isFulfilled(this.rows, cut, end)) {
        return cut;
      }
    }
    return undefined;
  }

  /** Cuts in the very middle; of the rows that equal the median each side gets what it lacks. */
  #cutRelaxed(start: number, end: number, dimension: number): number | undefined {
    const middle = (end - start) >> 1;
    this.#count(start, end, dimension);
    let run = 0;
    let below = 0;
    while (below + this.#runSizes[run]! <= middle) {
      below += this.#runSizes[run]!;
      run += 1;
    }
    this.#split(start, end, dimension, this.#runRanks[run]!, middle, middle - below);
    const cut = start + middle;
    return this.#check.isFulfilled(this.rows, start, cut) && this.#check.isFulfilled(this.rows, cut, end)
      ? cut
      : undefined;
  }

  /** The last allowed border with at most half of the rows below it, and the first with more. */
  #borders(start: number, end: number, dimension: number): { border: number; below: number }[] {
    const { mayCut } = this.#dimensions[dimension]!;
    const [low, high] = [this.#low[dimension]!, this.#high[dimension]!];
    const half = (end - start) / 2;
    const runs = this.#count(start, end, dimension);
    const found: { border: number; below: number }[] = [];
    let below = 0;
    for (let run = 1; run < runs; run += 1) {
      const border = this.#runRanks[run]!;
      below += this.#runSizes[run - 1]!;
      if (mayCut !== undefined && !mayCut(low, high, this.#runRanks[run - 1]!, border)) {
        continue;
      }
      if (below > half) {
        found.push({ border, below });
        break;
      }
      found[0] = { border, below };
    }
    return found.sort((a, b) => Math.abs(a.below - half) - Math.abs(b.below - half));
  }

  /**
   * How often each rank occurs in the part, by ascending rank; answers how many different ones there are.
   * Where there are far more ranks than rows, sorting the rows is less work than looking through the ranks.
   */
  #count(start: number, end: number, dimension: number): number {
    const width = this.#dimensions.length;
    const [low, high] = [this.#low[dimension]!, this.#high[dimension]!];
    const ranks = this.#ranks;
    const counts = this.#counts;
    const runRanks = this.#runRanks;
    const runSizes = this.#runSizes;
    let runs = 0;
    if (high - low > 16 * (end - start)) {
      const sorted = this.#sorted.subarray(0, end - start);
      for (let place = start; place < end; place += 1) {
        sorted[place - start] = ranks[place * width + dimension]!;
      }
      sorted.sort();
      for (const rank of sorted) {
        if (runs === 0 || runRanks[runs - 1] !== rank) {
          runRanks[runs] = rank;
          runSizes[runs] = 0;
          runs += 1;
        }
        runSizes[runs - 1]! += 1;
      }
      return runs;
    }
    for (let place = start * width + dimension; place < end * width; place += width) {
      counts[ranks[place]!]! += 1;
    }
    for (let rank = low; rank <= high; rank += 1) {
      if (counts[rank]! > 0) {
        runRanks[runs] = rank;
        runSizes[runs] = counts[rank]!;
        runs += 1;
        counts[rank] = 0;
      }
    }
    return runs;
  }

  /**
   * Puts rows of a rank below `border` first, in all `below` rows: with them the first `dealt` ones whose rank is `border`.
   * The order within the sides stays, so that the result does not depend on how often was tried.
   */
  #split(start: number, end: number, dimension: number, border: number, below: number, dealt: number): void {
    const width = this.#dimensions.length;
    const ranks = this.#ranks;
    let first = start;
    let second = start + below;
    let left = dealt;
    this.#spareRows.set(this.rows.subarray(start, end), start);
    this.#spareRanks.set(ranks.subarray(start * width, end * width), start * width);
    for (let place = start; place < end; place += 1) {
      const from = place * width;
      const rank = this.#spareRanks[from + dimension]!;
      const isFirst = rank < border || (rank === border && left > 0);
      if (isFirst && rank === border) {
        left -= 1;
      }
      const to = isFirst ? first++ : second++;
      this.rows[to] = this.#spareRows[place]!;
      for (let offset = 0; offset < width; offset += 1) {
        ranks[to * width + offset] = this.#spareRanks[from + offset]!;
      }
    }
  }
}
