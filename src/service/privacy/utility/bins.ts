import { extentOf } from '../tables/columnKind.ts';
import type { AlignedColumn } from '../tables/rows.ts';

/** A column cut into few levels, for counting pairs. */
export interface Levels {
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly count: number;
}

/**
 * Which edges cut the two tables' numbers: those of the real table for both, or, as SDMetrics' report does it, each
 * table's own. With its own edges a table that is shifted as a whole can look right.
 */
export type BinEdges = 'real' | 'separate';

const binCount = 10;

export function levelsOfCategories({ left, right, values }: AlignedColumn): Levels {
  return { left, right, count: values.length };
}

export function levelsOfNumbers(
  { left, right }: AlignedColumn,
  places: Float64Array,
  edges: BinEdges,
): Levels {
  if (edges === 'separate') {
    return {
      left: binsOfHistogram(left, places),
      right: binsOfHistogram(right, places),
      count: binCount + 2,
    };
  }
  const cuts = edgesOf(left, places);
  const bin = (place: number) =>
    Number.isNaN(place) ? binCount + 2 : place === cuts.at(-1) ? binCount : digitize(place, cuts);
  const bins = Int32Array.from(places, bin);
  return {
    left: left.map((code) => bins[code]!),
    right: right.map((code) => bins[code]!),
    count: binCount + 3,
  };
}

/** As NumPy's `digitize` with the edges of `histogram_bin_edges`: the greatest value and "no value" share the last bin. */
function binsOfHistogram(codes: Int32Array, places: Float64Array): Int32Array {
  const cuts = edgesOf(codes, places);
  const bins = Int32Array.from(places, (place) => digitize(place, cuts));
  return codes.map((code) => bins[code]!);
}

function digitize(place: number, cuts: Float64Array): number {
  const above = cuts.findIndex((cut) => place < cut);
  return above === -1 ? cuts.length : above;
}

function edgesOf(codes: Int32Array, places: Float64Array): Float64Array {
  const extent = extentOf(codes, places) ?? { low: 0, high: 0 };
  const margin = extent.low === extent.high ? 0.5 : 0;
  const [low, high] = [extent.low - margin, extent.high + margin];
  const step = (high - low) / binCount;
  const cuts = Float64Array.from({ length: binCount + 1 }, (_, index) => low + index * step);
  cuts[binCount] = high;
  return cuts;
}
