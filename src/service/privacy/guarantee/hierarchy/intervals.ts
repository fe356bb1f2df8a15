import type { Cell } from '../../../data/encodedTable.ts';
import { outsideBounds, unreadableValue, wrongSetting } from '../errors.ts';
import { type Hierarchy, hierarchyFrom, labelOf, suppressed } from './hierarchy.ts';

/** Numbers into half-open intervals, and intervals into wider ones. */
export interface IntervalRule {
  readonly kind: 'intervals';
  /** Inner borders in ascending order: `< c₀`, `[c₀, c₁)`, …, `≥ cₙ`. The outer two are what top and bottom coding is. */
  readonly cuts: readonly number[];
  /** How many neighbours of one level become one of the next, level after level. */
  readonly fanOuts: readonly number[];
  /** Where the first interval begins and the last ends; without them these are open and tell nobody's extreme value. */
  readonly low?: number;
  readonly high?: number;
}

export function intervalHierarchy(column: string, values: readonly Cell[], rule: IntervalRule): Hierarchy {
  checkRule(column, rule);
  let width = 1;
  const widths = [1, ...rule.fanOuts].map((fanOut) => {
    width *= fanOut;
    return width;
  });
  return hierarchyFrom(
    values,
    widths.map((bins) => (_label: string, value: Cell) => {
      const bin = binOf(rule.cuts, numberOf(column, value, rule));
      return intervalLabel(rule, Math.floor(bin / bins) * bins, bins);
    }),
  );
}

/** Borders of equal width; what lies outside of `low` and `high` is coded to the bottom and the top. */
export function equalWidthCuts(low: number, high: number, width: number): number[] {
  if (!(width > 0) || !(high > low)) {
    throw wrongSetting('The width of the intervals', width, 'above 0, between a lower and a higher bound');
  }
  const count = Math.max(0, Math.floor((high - low) / width + 1e-9));
  return Array.from({ length: count + 1 }, (_, index) => low + index * width);
}

/** Borders between `bins` parts of about equally many rows; fewer where single values hold more than a part. */
export function quantileCuts(values: readonly number[], counts: ArrayLike<number>, bins: number): number[] {
  const order = values.map((_, index) => index).sort((a, b) => values[a]! - values[b]!);
  const total = order.reduce((sum, index) => sum + counts[index]!, 0);
  const cuts: number[] = [];
  let below = 0;
  let part = 1;
  for (const index of order) {
    if (below * bins >= part * total) {
      cuts.push(values[index]!);
      part = Math.floor((below * bins) / total) + 1;
    }
    below += counts[index]!;
  }
  return cuts;
}

function checkRule(column: string, { cuts, fanOuts, low, high }: IntervalRule): void {
  const borders = [low ?? Number.NEGATIVE_INFINITY, ...cuts, high ?? Number.POSITIVE_INFINITY];
  if (borders.some((border, index) => index > 0 && !(border > borders[index - 1]!))) {
    throw wrongSetting(`The list of interval borders of ${column}`, borders.join(', '), 'ascending');
  }
  if (fanOuts.some((fanOut) => !Number.isInteger(fanOut) || fanOut < 2)) {
    throw wrongSetting(
      `The list of fan-outs of ${column}`,
      fanOuts.join(', '),
      'whole numbers of at least 2',
    );
  }
}

function numberOf(column: string, value: Cell, { low, high }: IntervalRule): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || Number.isNaN(number)) {
    throw unreadableValue(column, labelOf(value), 'numbers');
  }
  if ((low !== undefined && number < low) || (high !== undefined && number > high)) {
    throw outsideBounds(column, labelOf(value), low, high);
  }
  return number;
}

/** How many cuts are at or below the number. */
function binOf(cuts: readonly number[], number: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (cuts[middle]! <= number) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function intervalLabel({ cuts, low, high }: IntervalRule, first: number, bins: number): string {
  const from = first === 0 ? low : cuts[first - 1]!;
  const atTheEnd = first + bins > cuts.length;
  const to = atTheEnd ? high : cuts[first + bins - 1]!;
  if (from === undefined) {
    return to === undefined ? suppressed : `< ${to}`;
  }
  if (to === undefined) {
    return `≥ ${from}`;
  }
  return `[${from}, ${to}${atTheEnd ? ']' : ')'}`;
}
