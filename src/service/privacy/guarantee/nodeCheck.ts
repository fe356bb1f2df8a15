import type { EncodedColumn } from '../../data/encodedTable.ts';
import { bySensitiveColumn, type Criterion, holds, requiredSize } from './criteria.ts';
import { type SensitiveValues, sensitiveValues } from './distribution.ts';
import { Grouper, type KeyColumn } from './grouping.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';
import { forEachClass } from './measure.ts';
import type { ClassSizes } from './quality.ts';
import { type DistinctTuples, distinctTuples } from './tuples.ts';

/** A sensitive column, with its hierarchy where the hierarchical distance is asked for. */
export interface SensitiveColumn {
  readonly column: EncodedColumn;
  readonly tree?: LevelTable;
}

/** The classes that a generalisation makes; its arrays are overwritten by the next check. */
export interface NodeClasses extends ClassSizes {
  /** Rows of classes that are too small. */
  readonly undersizedRows: number;
  /** Rows of classes that break any criterion; only counted in full where the undersized ones are within the limit. */
  readonly violatingRows: number;
  /** For each distinct tuple its class, where the check began with the tuples; else undefined. */
  readonly classOfTuple: Int32Array | undefined;
  /** For each class one of its tuples. */
  readonly tupleOfClass: Int32Array;
}

interface SensitiveEntries {
  readonly criteria: readonly Criterion[];
  readonly values: SensitiveValues;
  readonly valueCount: number;
  /** Distinct pairs of a tuple and a sensitive value. */
  readonly tuples: Int32Array;
  readonly codes: Int32Array;
  readonly weights: Int32Array;
  /** Scratch: the class of each pair. */
  readonly classOf: Int32Array;
}

/** What remains of the tuples on a node, from which more general nodes can be reached with less work. */
interface Snapshot {
  readonly levels: readonly number[];
  /** One tuple for each class. */
  readonly tuples: Int32Array;
  readonly sizes: Int32Array;
}

const snapshotLimit = 48;

/** Checks generalisations of a table, given as one level for each quasi-identifier. */
export class NodeChecker {
  readonly tuples: DistinctTuples;
  /** Rows that may be suppressed. */
  readonly suppressible: number;
  readonly k: number;
  checks = 0;
  readonly #quasiIdentifiers: readonly LevelTable[];
  readonly #sensitive: readonly SensitiveEntries[];
  readonly #averageRisk: number | undefined;
  readonly #grouper: Grouper;
  readonly #sizes: Int32Array;
  readonly #suppressed: Uint8Array;
  readonly #snapshots: Snapshot[] = [];

  constructor(
    quasiIdentifiers: readonly LevelTable[],
    criteria: readonly Criterion[],
    sensitive: readonly SensitiveColumn[],
    suppressionLimit: number,
    weights?: Int32Array,
  ) {
    const columns = quasiIdentifiers.map(({ column }) => column);
    this.tuples = distinctTuples(columns, columns[0]!.codes.length, weights);
    this.suppressible = Math.floor(suppressionLimit * this.tuples.rowCount + 1e-9);
    this.k = requiredSize(criteria);
    this.#quasiIdentifiers = quasiIdentifiers;
    this.#sensitive = sensitiveEntries(this.tuples, criteria, sensitive, weights);
    this.#averageRisk = lowest(
      criteria.flatMap((one) => (one.kind === 'averageRisk' ? [one.threshold] : [])),
    );
    this.#grouper = new Grouper(this.tuples.count);
    this.#sizes = new Int32Array(this.tuples.count);
    this.#suppressed = new Uint8Array(this.tuples.count);
  }

  check(levels: readonly number[], rollUp = this.#sensitive.length === 0): NodeClasses {
    this.checks += 1;
    const from = rollUp ? this.#smallestBelow(levels) : undefined;
    const length = from === undefined ? this.tuples.count : from.tuples.length;
    const count = this.#grouper.group(this.#keys(levels), length, from?.tuples);
    const { groupOf } = this.#grouper;
    const weights = from === undefined ? this.tuples.sizes : from.sizes;
    const sizes = this.#sizes;
    sizes.fill(0, 0, count);
    for (let item = 0; item < length; item += 1) {
      sizes[groupOf[item]!]! += weights[item]!;
    }
    let undersizedRows = 0;
    for (let index = 0; index < count; index += 1) {
      const tooSmall = sizes[index]! < this.k;
      this.#suppressed[index] = tooSmall ? 1 : 0;
      undersizedRows += tooSmall ? sizes[index]! : 0;
    }
    if (rollUp && count * 2 <= length) {
      this.#keep({
        levels: [...levels],
        tuples: this.#grouper.firstOf.slice(0, count),
        sizes: sizes.slice(0, count),
      });
    }
    let violatingRows = undersizedRows;
    if (violatingRows <= this.suppressible) {
      violatingRows += this.#suppressRevealing(count);
      violatingRows += this.#suppressSmallest(count, this.tuples.rowCount - violatingRows);
    }
    return {
      sizes,
      count,
      suppressed: this.#suppressed,
      rowCount: this.tuples.rowCount,
      k: this.k,
      undersizedRows,
      violatingRows,
      classOfTuple: from === undefined ? groupOf : undefined,
      tupleOfClass: this.#grouper.firstOf,
    };
  }

  /** What suppression costs beyond generalisation, as the model `nonUniformEntropy` counts it, in bits. */
  suppressionEntropy(
    levels: readonly number[],
    { count, sizes, suppressed, tupleOfClass }: NodeClasses,
  ): number {
    let entropy = 0;
    this.#quasiIdentifiers.forEach((table, column) => {
      const { labelOfCode, labels } = table.levels[levels[column]!]!;
      const lost = new Float64Array(labels.length);
      let lostRows = 0;
      for (let index = 0; index < count; index += 1) {
        if (suppressed[index] === 1) {
          lost[labelOfCode[this.tuples.codes[column]![tupleOfClass[index]!]!]!]! += sizes[index]!;
          lostRows += sizes[index]!;
        }
      }
      entropy += lost.reduce((sum, rows) => sum + (rows > 0 ? rows * Math.log2(lostRows / rows) : 0), 0);
    });
    return entropy;
  }

  #keys(levels: readonly number[]): KeyColumn[] {
    return this.#quasiIdentifiers.map((table, index) => {
      const { labelOfCode, labels } = table.levels[levels[index]!]!;
      return { codes: this.tuples.codes[index]!, labelOfCode, radix: labels.length };
    });
  }

  /** Marks large enough classes whose sensitive values tell too much; answers their rows. */
  #suppressRevealing(count: number): number {
    let rows = 0;
    for (const { criteria, values, valueCount, tuples, codes, weights, classOf } of this.#sensitive) {
      for (let item = 0; item < tuples.length; item += 1) {
        classOf[item] = this.#grouper.groupOf[tuples[item]!]!;
      }
      forEachClass(
        { classOf, count, sizes: this.#sizes },
        codes,
        valueCount,
        (found, index) => {
          if (
            this.#suppressed[index] === 0 &&
            criteria.some((criterion) => !holds(criterion, found, values))
          ) {
            this.#suppressed[index] = 1;
            rows += found.size;
          }
        },
        weights,
      );
    }
    return rows;
  }

  /** Suppresses the smallest of the remaining classes until the average risk is low enough; answers their rows. */
  #suppressSmallest(count: number, remainingRows: number): number {
    if (this.#averageRisk === undefined) {
      return 0;
    }
    const sizes = this.#sizes
      .slice(0, count)
      .filter((_, index) => this.#suppressed[index] === 0)
      .sort();
    let rows = remainingRows;
    let lost = 0;
    while (sizes.length - lost > this.#averageRisk * rows) {
      rows -= sizes[lost]!;
      lost += 1;
    }
    const largest = lost === 0 ? 0 : sizes[lost - 1]!;
    let ofLargest = lost - sizes.indexOf(largest);
    for (let index = 0; index < count; index += 1) {
      const size = this.#sizes[index]!;
      if (this.#suppressed[index] === 0 && (size < largest || (size === largest && ofLargest > 0))) {
        this.#suppressed[index] = 1;
        ofLargest -= size === largest ? 1 : 0;
      }
    }
    return remainingRows - rows;
  }

  #smallestBelow(levels: readonly number[]): Snapshot | undefined {
    let best: Snapshot | undefined;
    for (const snapshot of this.#snapshots) {
      const smaller = best === undefined || snapshot.tuples.length < best.tuples.length;
      if (smaller && snapshot.levels.every((level, index) => level <= levels[index]!)) {
        best = snapshot;
      }
    }
    return best;
  }

  #keep(snapshot: Snapshot): void {
    this.#snapshots.push(snapshot);
    if (this.#snapshots.length > snapshotLimit) {
      this.#snapshots.shift();
    }
  }
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}

function sensitiveEntries(
  { tupleOfRow, count }: DistinctTuples,
  criteria: readonly Criterion[],
  sensitive: readonly SensitiveColumn[],
  weights?: Int32Array,
): SensitiveEntries[] {
  return bySensitiveColumn(criteria, sensitive).map(({ sensitive: { column, tree }, criteria: own }) => {
    const tuple: EncodedColumn = {
      name: '',
      values: { length: count } as EncodedColumn['values'],
      codes: tupleOfRow,
    };
    const pairs = distinctTuples([tuple, column], column.codes.length, weights);
    return {
      criteria: own,
      values: sensitiveValues(column, weights, tree),
      valueCount: column.values.length,
      tuples: pairs.codes[0]!,
      codes: pairs.codes[1]!,
      weights: pairs.sizes,
      classOf: new Int32Array(pairs.count),
    };
  });
}
