import type { EncodedColumn } from '../../data/encodedTable.ts';
import { Grouper } from './grouping.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';
import { type DistinctTuples, distinctTuples } from './tuples.ts';

/** The classes of a generalisation; its arrays are overwritten by the next one. */
export interface RolledClasses {
  readonly count: number;
  /** Rows of each class. */
  readonly sizes: Int32Array;
  /** One of the tuples of a class. */
  readonly tupleOf: (index: number) => number;
  /** For each distinct tuple its class, where the tuples themselves were grouped; else undefined. */
  readonly classOfTuple: Int32Array | undefined;
  /** The values of a sensitive column within the classes; asked for before the next node. */
  readonly pairsOf: (sensitive: number) => ClassPairs;
}

/** Pairs of a class and a sensitive value, with the rows that they stand for. */
export interface ClassPairs {
  readonly classOf: Int32Array;
  readonly codes: Int32Array;
  readonly weights: Int32Array;
}

/** What remains of the tuples on a node, from which more general nodes are reached with less work. */
interface Snapshot {
  readonly levels: readonly number[];
  readonly tuples: Int32Array;
  readonly sizes: Int32Array;
  /** The labels of each class, packed. */
  readonly words: readonly Int32Array[];
  readonly pairs: readonly ClassPairs[];
  /** For each column the codes of the classes side by side, once they were looked at. */
  readonly codes: (Int32Array | undefined)[];
}

const wordLimit = 2 ** 31;
/** Classes that all snapshots may hold together. */
const mostKept = 2_000_000;
/** Columns that are at their lowest levels in what is kept; on Adult with ten columns these numbers are the fastest. */
const [openEarly, openLate] = [8, 5];

/**
 * Groups the distinct tuples on one generalisation after another, each from the classes of a finer one.
 *
 * Nodes that a search asks for lie beside each other, seldom one above the other. So a node is reached over others that
 * have the same levels in the columns of many values, and the lowest ones in the last ones: those are kept, and
 * each step looks at the columns alone that it changes.
 *
 * A label is written as the lowest value under it, so that a key keeps its form on every level, and a step adds a
 * difference to it.
 */
export class RollUp {
  readonly tuples: DistinctTuples;
  readonly #grouper: Grouper;
  readonly #sizes: Int32Array;
  readonly #words: readonly Int32Array[];
  readonly #wordOf: readonly number[];
  /** For each column and level what each code adds to its word. */
  readonly #parts: readonly (readonly Int32Array[])[];
  readonly #sensitive: readonly EncodedColumn[];
  readonly #all: Snapshot;
  #start: Snapshot;
  #order: readonly number[];
  readonly #kept = new Map<string, Snapshot>();
  readonly #asked = new Set<string>();
  #keptClasses = 0;

  constructor(
    quasiIdentifiers: readonly LevelTable[],
    sensitive: readonly EncodedColumn[],
    weights?: Int32Array,
  ) {
    const columns = quasiIdentifiers.map(({ column }) => column);
    this.tuples = distinctTuples(columns, columns[0]!.codes.length, weights);
    const { count, sizes, tupleOfRow } = this.tuples;
    this.#grouper = new Grouper(count);
    this.#sizes = new Int32Array(count);
    const { wordOf, parts } = packing(quasiIdentifiers);
    this.#wordOf = wordOf;
    this.#parts = parts;
    this.#words = Array.from({ length: Math.max(...wordOf) + 1 }, () => new Int32Array(count));
    this.#sensitive = sensitive;
    this.#all = {
      levels: columns.map(() => 0),
      tuples: Int32Array.from({ length: count }, (_, tuple) => tuple),
      sizes,
      words: this.#words.map((_, word) => this.#keysOfTuples(word)),
      codes: [...this.tuples.codes],
      pairs: sensitive.map((column) => merged(tupleOfRow, count, column.codes, column, weights)),
    };
    this.#start = this.#all;
    this.#order = [...columns.keys()];
  }

  /** All nodes that will be asked for are at least as general as this one. */
  startFrom(levels: readonly number[]): void {
    this.#kept.clear();
    this.#asked.clear();
    this.#keptClasses = 0;
    this.#start = this.#snapshot(this.#all, levels);
    const labels = this.#parts.map((parts, column) => new Set(parts[levels[column]!]).size);
    this.#order = [...labels.keys()].sort((a, b) => labels[b]! - labels[a]!);
  }

  /** Columns from the one of most values to the one of fewest. */
  get order(): readonly number[] {
    return this.#order;
  }

  /** `ofTuples`: groups the tuples themselves, to know the class of each. */
  classesAt(levels: readonly number[], ofTuples = false): RolledClasses {
    const isBelow = levels.some((level, column) => level < this.#start.levels[column]!);
    const from = ofTuples || isBelow ? this.#all : this.#lastBefore(levels);
    const count = this.#group(from, levels);
    const { groupOf, firstOf } = this.#grouper;
    const { tuples } = from;
    return {
      count,
      sizes: this.#sizes,
      tupleOf: (index) => tuples[firstOf[index]!]!,
      classOfTuple: from === this.#all ? groupOf : undefined,
      pairsOf: (sensitive) => {
        const { classOf, codes, weights } = from.pairs[sensitive]!;
        return { classOf: pick(groupOf, classOf, classOf.length), codes, weights };
      },
    };
  }

  /** The nearest node below that others share. */
  #lastBefore(levels: readonly number[]): Snapshot {
    const { length } = this.#order;
    const upTo = (depth: number) => {
      const node = [...this.#start.levels];
      for (const column of this.#order.slice(0, depth)) {
        node[column] = levels[column]!;
      }
      return node;
    };
    const early = () =>
      length > openEarly ? this.#shared(upTo(length - openEarly), () => this.#start) : this.#start;
    return length > openLate ? this.#shared(upTo(length - openLate), early) : this.#start;
  }

  /** Kept when it is asked for the second time: many are asked for only once. */
  #shared(levels: readonly number[], below: () => Snapshot): Snapshot {
    const name = levels.join(' ');
    const known = this.#recall(name);
    if (known) {
      return known;
    }
    if (!this.#asked.has(name)) {
      this.#asked.add(name);
      return below();
    }
    const made = this.#snapshot(below(), levels);
    this.#keep(name, made);
    return made;
  }

  #recall(name: string): Snapshot | undefined {
    const known = this.#kept.get(name);
    if (known) {
      // The ones that were not used for longest are the first to go.
      this.#kept.delete(name);
      this.#kept.set(name, known);
    }
    return known;
  }

  #keep(name: string, snapshot: Snapshot): void {
    this.#kept.set(name, snapshot);
    this.#keptClasses += weightOf(snapshot);
    for (const [oldest, gone] of this.#kept) {
      if (this.#keptClasses <= mostKept || oldest === name) {
        break;
      }
      this.#kept.delete(oldest);
      this.#keptClasses -= weightOf(gone);
    }
  }

  #snapshot(from: Snapshot, levels: readonly number[]): Snapshot {
    const count = this.#group(from, levels);
    const { groupOf, firstOf } = this.#grouper;
    return {
      levels: [...levels],
      tuples: pick(from.tuples, firstOf, count),
      codes: [],
      sizes: this.#sizes.slice(0, count),
      words: this.#words.map((word) => pick(word, firstOf, count)),
      pairs: from.pairs.map(({ classOf, codes, weights }, at) =>
        merged(pick(groupOf, classOf, classOf.length), count, codes, this.#sensitive[at]!, weights),
      ),
    };
  }

  /** Groups the classes of a snapshot on other levels and counts their rows; answers how many groups there are. */
  #group(
    { levels: before, tuples, sizes: weights, words: keys, codes }: Snapshot,
    levels: readonly number[],
  ): number {
    const { length } = tuples;
    for (const [word, target] of this.#words.entries()) {
      target.set(keys[word]!);
    }
    for (const [column, level] of levels.entries()) {
      if (level !== before[column]) {
        const [from, to] = [this.#parts[column]![before[column]!]!, this.#parts[column]![level]!];
        codes[column] ??= pick(this.tuples.codes[column]!, tuples, length);
        addDifferences(this.#words[this.#wordOf[column]!]!, codes[column]!, from, to);
      }
    }
    const count = this.#grouper.groupPacked(this.#words, length);
    const { groupOf } = this.#grouper;
    const sizes = this.#sizes;
    sizes.fill(0, 0, count);
    for (let item = 0; item < length; item += 1) {
      sizes[groupOf[item]!]! += weights[item]!;
    }
    return count;
  }

  #keysOfTuples(word: number): Int32Array {
    const keys = new Int32Array(this.tuples.count);
    for (const [column, parts] of this.#parts.entries()) {
      if (this.#wordOf[column] === word) {
        const codes = this.tuples.codes[column]!;
        for (let tuple = 0; tuple < keys.length; tuple += 1) {
          keys[tuple]! += parts[0]![codes[tuple]!]!;
        }
      }
    }
    return keys;
  }
}

function weightOf({ tuples, pairs }: Pick<Snapshot, 'tuples' | 'pairs'>): number {
  return pairs.reduce((sum, { codes }) => sum + codes.length, tuples.length);
}

/** A plain loop: `map` with a function takes several times as long. */
function pick(values: Int32Array, places: Int32Array, count: number): Int32Array {
  const picked = new Int32Array(count);
  for (let index = 0; index < count; index += 1) {
    picked[index] = values[places[index]!]!;
  }
  return picked;
}

function addDifferences(word: Int32Array, codes: Int32Array, from: Int32Array, to: Int32Array): void {
  const difference = to.map((part, code) => part - from[code]!);
  for (let item = 0; item < codes.length; item += 1) {
    word[item]! += difference[codes[item]!]!;
  }
}

/** Columns in words by mixed radix. */
function packing(quasiIdentifiers: readonly LevelTable[]): {
  readonly wordOf: readonly number[];
  readonly parts: readonly (readonly Int32Array[])[];
} {
  let word = 0;
  let stride = 1;
  const wordOf: number[] = [];
  const parts = quasiIdentifiers.map(({ levels }) => {
    const radix = Math.max(1, levels[0]!.labels.length);
    if (stride * radix > wordLimit) {
      word += 1;
      stride = 1;
    }
    const own = stride;
    stride *= radix;
    wordOf.push(word);
    return levels.map(({ labels, labelOfCode }) => {
      const lowest = new Int32Array(labels.length).fill(radix);
      labelOfCode.forEach((label, code) => {
        lowest[label] = Math.min(lowest[label]!, levels[0]!.labelOfCode[code]!);
      });
      return labelOfCode.map((label) => lowest[label]! * own);
    });
  });
  return { wordOf, parts };
}

/** Equal pairs written once. */
function merged(
  classOf: Int32Array,
  classCount: number,
  codes: Int32Array,
  { values }: EncodedColumn,
  weights: Int32Array | undefined,
): ClassPairs {
  const classes = { length: classCount } as EncodedColumn['values'];
  const { codes: found, sizes } = distinctTuples(
    [
      { name: '', values: classes, codes: classOf },
      { name: '', values, codes },
    ],
    codes.length,
    weights,
  );
  return { classOf: found[0]!, codes: found[1]!, weights: sizes };
}
