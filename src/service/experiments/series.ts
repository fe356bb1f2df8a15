import type { SeriesColumns } from './seriesPoints.ts';

export interface SeriesRange {
  readonly fromStep?: number;
  readonly toStep?: number;
  /** The most points wanted, at least 2. */
  readonly points: number;
}

export interface ReducedSeries {
  /** Points in the range before any were left out. */
  readonly count: number;
  readonly steps: number[];
  readonly times: number[];
  readonly values: number[];
}

/**
 * At most `points` points of a range of steps: the first, the last, and of each bucket of steps in between
 * the lowest and the highest finite value, so that no peak is lost. Where a range holds NaN or infinities,
 * the first of each bucket is kept as well, so that a gap in a curve stays a gap.
 *
 * Buckets are equally wide in steps; where all points share one step, equally many points.
 */
export function reduceSeries(columns: SeriesColumns, range: SeriesRange): ReducedSeries {
  const from = range.fromStep === undefined ? 0 : lowerBound(columns.steps, range.fromStep);
  const to =
    range.toStep === undefined ? columns.steps.length : lowerBound(columns.steps, range.toStep, true);
  const count = Math.max(0, to - from);
  const points = Math.max(2, Math.floor(range.points));
  if (count <= points) {
    return picked(columns, count, contiguous(from, to));
  }
  const perBucket = hasNonFinite(columns.values, from, to) ? 3 : 2;
  const buckets = Math.floor((points - 2) / perBucket);
  return picked(columns, count, [from, ...bucketExtremes(columns, from + 1, to - 1, buckets), to - 1]);
}

/** `wanted` values spread evenly over the steps, the last included, for a small line beside a name. */
export function sampleValues(columns: SeriesColumns, wanted: number): number[] {
  const length = columns.values.length;
  if (length <= wanted) {
    return Array.from(columns.values);
  }
  return Array.from(
    { length: wanted },
    (_, index) => columns.values[Math.round((index * (length - 1)) / (wanted - 1))]!,
  );
}

function bucketExtremes(columns: SeriesColumns, from: number, to: number, buckets: number): number[] {
  const chosen: number[] = [];
  let start = from;
  for (let bucket = 1; bucket <= buckets && start < to; bucket += 1) {
    const end = bucket === buckets ? to : bucketEnd(columns.steps, from, to, bucket / buckets, start);
    pushExtremes(columns.values, start, end, chosen);
    start = end;
  }
  return chosen;
}

/** The first index beyond this fraction of the steps (of the points, where all steps are one). */
function bucketEnd(steps: Float64Array, from: number, to: number, fraction: number, start: number): number {
  const first = steps[from]!;
  const span = steps[to - 1]! - first;
  if (span === 0) {
    return from + Math.round((to - from) * fraction);
  }
  return lowerBound(steps, first + span * fraction, false, start, to);
}

function pushExtremes(values: Float64Array, start: number, end: number, chosen: number[]): void {
  let lowest = -1;
  let highest = -1;
  let nonFinite = -1;
  for (let at = start; at < end; at += 1) {
    const value = values[at]!;
    if (!Number.isFinite(value)) {
      nonFinite = nonFinite < 0 ? at : nonFinite;
      continue;
    }
    if (lowest < 0 || value < values[lowest]!) {
      lowest = at;
    }
    if (highest < 0 || value > values[highest]!) {
      highest = at;
    }
  }
  const found = [...new Set([lowest, highest, nonFinite])].filter((at) => at >= 0);
  chosen.push(...found.sort((a, b) => a - b));
}

/** The first index whose step is at least `step` (beyond it with `after`). */
function lowerBound(
  steps: Float64Array,
  step: number,
  after = false,
  start = 0,
  end: number = steps.length,
): number {
  let low = start;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const value = steps[middle]!;
    if (value < step || (after && value === step)) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

function hasNonFinite(values: Float64Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) {
    if (!Number.isFinite(values[at]!)) {
      return true;
    }
  }
  return false;
}

function contiguous(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}

function picked(columns: SeriesColumns, count: number, indexes: readonly number[]): ReducedSeries {
  return {
    count,
    steps: indexes.map((at) => columns.steps[at]!),
    times: indexes.map((at) => columns.times[at]!),
    values: indexes.map((at) => columns.values[at]!),
  };
}
