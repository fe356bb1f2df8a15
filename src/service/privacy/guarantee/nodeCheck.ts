import type { EncodedColumn } from '../../data/encodedTable.ts';
import { bySensitiveColumn, type Criterion, holds, requiredSize } from './criteria.ts';
import { type SensitiveValues, sensitiveValues } from './distribution.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';
import { forEachClass } from './measure.ts';
import type { ClassSizes } from './quality.ts';
import { type RolledClasses, RollUp } from './rollUp.ts';
import type { DistinctTuples } from './tuples.ts';

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
  /** One of the tuples of a class. */
  readonly tupleOf: (index: number) => number;
}

interface SensitiveCriteria {
  readonly criteria: readonly Criterion[];
  readonly values: SensitiveValues;
  readonly valueCount: number;
}

/** Checks generalisations of a table, given as one level for each quasi-identifier. */
export class NodeChecker {
  readonly tuples: DistinctTuples;
  /** Rows that may be suppressed. */
  readonly suppressible: number;
  readonly k: number;
  checks = 0;
  readonly #quasiIdentifiers: readonly LevelTable[];
  readonly #sensitive: readonly SensitiveCriteria[];
  readonly #averageRisk: number | undefined;
  readonly #rollUp: RollUp;
  readonly #suppressed: Uint8Array;

  constructor(
    quasiIdentifiers: readonly LevelTable[],
    criteria: readonly Criterion[],
    sensitive: readonly SensitiveColumn[],
    suppressionLimit: number,
    weights?: Int32Array,
  ) {
    const named = bySensitiveColumn(criteria, sensitive);
    this.#rollUp = new RollUp(
      quasiIdentifiers,
      named.map((one) => one.sensitive.column),
      weights,
    );
    this.tuples = this.#rollUp.tuples;
    this.suppressible = Math.floor(suppressionLimit * this.tuples.rowCount + 1e-9);
    this.k = requiredSize(criteria);
    this.#quasiIdentifiers = quasiIdentifiers;
    this.#sensitive = named.map(({ sensitive: { column, tree }, criteria: own }) => ({
      criteria: own,
      values: sensitiveValues(column, weights, tree),
      valueCount: column.values.length,
    }));
    this.#averageRisk = lowest(
      criteria.flatMap((one) => (one.kind === 'averageRisk' ? [one.threshold] : [])),
    );
    this.#suppressed = new Uint8Array(this.tuples.count);
  }

  /** Nodes below these levels will hardly be asked for: what was merged there need not be told apart again. */
  startFrom(levels: readonly number[]): void {
    this.#rollUp.startFrom(levels);
  }

  /** Columns from the one of most values to the one of fewest: nodes that share the first levels are checked fastest. */
  get order(): readonly number[] {
    return this.#rollUp.order;
  }

  /** `ofTuples`: the class of each tuple is wanted too. */
  check(levels: readonly number[], ofTuples = false): NodeClasses {
    this.checks += 1;
    const { count, sizes, tupleOf, classOfTuple, pairsOf } = this.#rollUp.classesAt(levels, ofTuples);
    let undersizedRows = 0;
    for (let index = 0; index < count; index += 1) {
      const tooSmall = sizes[index]! < this.k;
      this.#suppressed[index] = tooSmall ? 1 : 0;
      undersizedRows += tooSmall ? sizes[index]! : 0;
    }
    let violatingRows = undersizedRows;
    if (violatingRows <= this.suppressible) {
      violatingRows += this.#suppressRevealing(count, sizes, pairsOf);
      violatingRows += this.#suppressSmallest(count, sizes, this.tuples.rowCount - violatingRows);
    }
    return {
      sizes,
      count,
      suppressed: this.#suppressed,
      rowCount: this.tuples.rowCount,
      k: this.k,
      undersizedRows,
      violatingRows,
      classOfTuple,
      tupleOf,
    };
  }

  /** What suppression costs beyond generalisation, as the model `nonUniformEntropy` counts it, in bits. */
  suppressionEntropy(levels: readonly number[], { count, sizes, suppressed, tupleOf }: NodeClasses): number {
    let entropy = 0;
    this.#quasiIdentifiers.forEach((table, column) => {
      const { labelOfCode, labels } = table.levels[levels[column]!]!;
      const lost = new Float64Array(labels.length);
      let lostRows = 0;
      for (let index = 0; index < count; index += 1) {
        if (suppressed[index] === 1) {
          lost[labelOfCode[this.tuples.codes[column]![tupleOf(index)]!]!]! += sizes[index]!;
          lostRows += sizes[index]!;
        }
      }
      entropy += lost.reduce((sum, rows) => sum + (rows > 0 ? rows * Math.log2(lostRows / rows) : 0), 0);
    });
    return entropy;
  }

  /** Marks large enough classes whose sensitive values tell too much; answers their rows. */
  #suppressRevealing(count: number, sizes: Int32Array, pairsOf: RolledClasses['pairsOf']): number {
    let rows = 0;
    for (const [at, { criteria, values, valueCount }] of this.#sensitive.entries()) {
      const { classOf, codes, weights } = pairsOf(at);
      forEachClass(
        { classOf, count, sizes },
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
  #suppressSmallest(count: number, allSizes: Int32Array, remainingRows: number): number {
    if (this.#averageRisk === undefined) {
      return 0;
    }
    const sizes = allSizes
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
      const size = allSizes[index]!;
      if (this.#suppressed[index] === 0 && (size < largest || (size === largest && ofLargest > 0))) {
        this.#suppressed[index] = 1;
        ofLargest -= size === largest ? 1 : 0;
      }
    }
    return remainingRows - rows;
  }
}

function lowest(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : Math.min(...values);
}
