import type { EncodedColumn } from '../../data/encodedTable.ts';
import { compareCells } from './distribution.ts';
import { unreadableValue } from './errors.ts';
import { type Label, labelOf, suppressed } from './hierarchy/hierarchy.ts';
import type { LevelTable } from './hierarchy/levelTable.ts';

/** How Mondrian sees a quasi-identifier. */
export type MondrianColumn =
  /** Numbers; a group's width is the distance of its extremes. */
  | { readonly kind: 'numeric'; readonly column: EncodedColumn }
  /** Values in an order: in that of `order` (codes), or that of `values`; a group's width is a number of steps. */
  | { readonly kind: 'ordinal'; readonly column: EncodedColumn; readonly order?: readonly number[] }
  /** Values under a hierarchy; a group is named by, and as wide as, the lowest label common to its values. */
  | { readonly kind: 'hierarchy'; readonly levels: LevelTable };

/**
 * One dimension of the space: values by rank. Whatever the kind, a part of the table is an interval of ranks,
 * which has a width between 0 and 1, a label, and borders at which it may be cut.
 */
export interface Dimension {
  readonly name: string;
  readonly rankOfCode: Int32Array;
  readonly rankCount: number;
  /** Width of the interval of ranks, 1 for the whole column. */
  readonly width: (low: number, high: number) => number;
  readonly label: (low: number, high: number) => Label;
  /**
   * Whether a part with these extremes may be cut between two of its ranks that follow one another;
   * undefined where it may everywhere.
   */
  readonly mayCut: ((low: number, high: number, before: number, after: number) => boolean) | undefined;
}

export function dimensionOf(source: MondrianColumn): Dimension {
  switch (source.kind) {
    case 'numeric':
      return numericDimension(source.column);
    case 'ordinal':
      return ordinalDimension(source.column, source.order ?? [...source.column.values.keys()]);
    case 'hierarchy':
      return hierarchyDimension(source.levels);
  }
}

/** A missing value has the rank 0; with others in one group it cannot be in an interval, so they become `*`. */
function numericDimension({ name, values }: EncodedColumn): Dimension {
  const order = [...values.keys()].sort((a, b) => compareCells(values[a], values[b]));
  const hasMissing = order.length > 0 && values[order[0]!] === null;
  const numbers = order.map((code, rank) => {
    const value = values[code]!;
    if (value === null && rank === 0) {
      return 0;
    }
    const number = typeof value === 'number' ? value : Number.NaN;
    if (Number.isNaN(number)) {
      throw unreadableValue(name, labelOf(value), 'numbers');
    }
    return number;
  });
  const first = hasMissing ? 1 : 0;
  const range = (numbers.at(-1) ?? 0) - (numbers[first] ?? 0);
  const mixed = (low: number, high: number) => hasMissing && low === 0 && high > 0;
  return {
    name,
    rankOfCode: ranksOf(order),
    rankCount: order.length,
    width: (low, high) => (mixed(low, high) ? 1 : range > 0 ? (numbers[high]! - numbers[low]!) / range : 0),
    label: (low, high) => {
      if (low === high) {
        return labelOf(values[order[low]!]!);
      }
      return mixed(low, high) ? suppressed : `[${numbers[low]}, ${numbers[high]}]`;
    },
    mayCut: hasMissing ? (low, _high, before) => low > 0 || before === 0 : undefined,
  };
}

function ordinalDimension({ name, values }: EncodedColumn, order: readonly number[]): Dimension {
  const last = order.length - 1;
  return {
    name,
    rankOfCode: ranksOf(order),
    rankCount: order.length,
    width: (low, high) => (last > 0 ? (high - low) / last : 0),
    label: (low, high) => {
      if (low === high) {
        return labelOf(values[order[low]!]!);
      }
      if (high - low === last) {
        return suppressed;
      }
      return order
        .slice(low, high + 1)
        .map((code) => labelOf(values[code]!) ?? 'missing')
        .join(' | ');
    },
    mayCut: undefined,
  };
}

/** Leaves in the order of the tree, so that each label is an interval of ranks; cut only between children of the common label. */
function hierarchyDimension({ column, levels, leafCount }: LevelTable): Dimension {
  const order = [...column.values.keys()].sort((a, b) => {
    for (let level = levels.length - 1; level >= 0; level -= 1) {
      const { labelOfCode } = levels[level]!;
      if (labelOfCode[a] !== labelOfCode[b]) {
        return labelOfCode[a]! - labelOfCode[b]!;
      }
    }
    return 0;
  });
  const labelOfRank = levels.map(({ labelOfCode }) => Int32Array.from(order, (code) => labelOfCode[code]!));
  const commonLevel = (low: number, high: number) => {
    const level = labelOfRank.findIndex((labels) => labels[low] === labels[high]);
    return level < 0 ? levels.length : level;
  };
  return {
    name: column.name,
    rankOfCode: ranksOf(order),
    rankCount: order.length,
    width: (low, high) => {
      const level = commonLevel(low, high);
      const leaves = levels[level]?.leaves[labelOfRank[level]![low]!] ?? leafCount;
      return leafCount > 1 ? (leaves - 1) / (leafCount - 1) : 0;
    },
    label: (low, high) => {
      const level = commonLevel(low, high);
      return level === levels.length ? suppressed : levels[level]!.labels[labelOfRank[level]![low]!]!;
    },
    mayCut: (low, high, before, after) => {
      const below = labelOfRank[commonLevel(low, high) - 1]!;
      return below[before] !== below[after];
    },
  };
}

function ranksOf(order: readonly number[]): Int32Array {
  const ranks = new Int32Array(order.length);
  order.forEach((code, rank) => {
    ranks[code] = rank;
  });
  return ranks;
}
