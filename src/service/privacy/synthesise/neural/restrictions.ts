import { standardNormal } from '../../methods/distributions.ts';
import { normalCdf } from '../../statistics/normal.ts';
import type { Random } from '../../statistics/random.ts';
import { stepsPerUnit } from '../../tables/numberStyle.ts';
import type { Reshaping } from '../constraints.ts';
import { type Allowed, resolveConditions } from '../copula/conditions.ts';
import type { Limits } from '../drawnColumns.ts';
import type { Condition } from '../synthesiser.ts';
import { type Encoding, reach, type Span } from './encoding.ts';

/** What conditions leave of a span. */
export interface Restriction {
  /** Of a category: for each group whether it may be drawn. */
  readonly fits: readonly boolean[];
  /** Of numbers. */
  readonly limits: Limits;
}

/** For each span what the conditions leave of it; throws for those that nothing can meet. */
export function restrictionsOf(
  { spans }: Encoding,
  reshaping: Reshaping,
  conditions: readonly Condition[],
): (Restriction | undefined)[] {
  const margins = spans.map(({ margin }) => margin);
  const allowed = resolveConditions(margins, reshaping, conditions);
  return spans.map((span, index) => {
    const ofSpan = allowed.get(index);
    return ofSpan && { fits: fittingGroups(span, ofSpan), limits: ofSpan };
  });
}

function fittingGroups({ margin }: Span, { stretches }: Allowed): boolean[] {
  return Array.from({ length: margin.edges.length - 1 }, (_, group) => {
    const middle = (margin.edges[group]! + margin.edges[group + 1]!) / 2;
    return stretches.some(([from, to]) => from <= middle && middle <= to);
  });
}

/** The range of distances from a mode that lead into the limits, rounding and the real extremes included. */
export function distancesWithin({ margin, mixture }: Span, mode: number, { low, high }: Limits): Limits {
  const { groups } = margin;
  if (groups.kind !== 'number') {
    return { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  }
  const halfStep = 0.5 / stepsPerUnit(groups.style);
  const distanceOf = (place: number) =>
    (place - mixture!.means[mode]!) / (reach * mixture!.deviations[mode]!);
  return {
    low: low <= groups.low[0]! ? Number.NEGATIVE_INFINITY : distanceOf(low - halfStep),
    high: high >= groups.high.at(-1)! ? Number.POSITIVE_INFINITY : distanceOf(high + halfStep),
  };
}

/** The probability that a normal value lies in the range. */
export function probabilityWithin(mean: number, deviation: number, { low, high }: Limits): number {
  const from = (low - mean) / deviation;
  const to = (high - mean) / deviation;
  // Far above the mean Φ is 1 to the last digit; far below it still tells values apart.
  return from > 0 ? normalCdf(-from) - normalCdf(-to) : normalCdf(to) - normalCdf(from);
}

/** A normal value that lies in the range; the end nearest to the mean where the range is far from it. */
export function normalWithin(mean: number, deviation: number, { low, high }: Limits, random: Random): number {
  const from = normalCdf((low - mean) / deviation);
  const share = from + random.uniform() * (normalCdf((high - mean) / deviation) - from);
  const value = share > 1e-15 && share < 1 - 1e-15 ? mean + deviation * standardNormal(share) : mean;
  return Math.min(Math.max(value, low), high);
}
