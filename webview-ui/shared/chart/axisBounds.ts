import type { Range } from './chartData.ts';

/*
 * Axes that hold still while values arrive. Bounds are round, and they are kept for as long as the data fits,
 * so that an axis moves rarely and then by a large step.
 */

/** Round bounds, and the distance of the lines between them. */
export interface ValueBounds extends Range {
  readonly step?: number;
}

/** Bounds for values: out to the next multiples of a round step. */
export function valueBounds(previous: ValueBounds | undefined, data: Range): ValueBounds {
  if (previous && contains(previous, data)) {
    return previous;
  }
  const whole = previous ? union(previous, data) : data;
  const span = whole.high - whole.low || Math.abs(whole.high) || 1;
  const step = roundStep(span / 4);
  const low = Math.floor(clean(whole.low / step)) * step;
  const high = Math.ceil(clean(whole.high / step)) * step;
  return { low: clean(low), high: clean(high > low ? high : low + step), step };
}

/** Bounds for a logarithmic axis: whole powers of ten. */
export function logarithmicBounds(previous: ValueBounds | undefined, data: Range): ValueBounds {
  if (previous && previous.low > 0 && contains(previous, data)) {
    return previous;
  }
  const low = 10 ** Math.floor(Math.log10(data.low));
  const high = 10 ** Math.ceil(Math.log10(data.high));
  return { low, high: high > low ? high : low * 10 };
}

/** Bounds for steps or time: exact for runs that have ended, with room to grow for one that has not. */
export function positionBounds(previous: Range | undefined, data: Range, growing: boolean): Range {
  if (previous && contains(previous, data)) {
    return previous;
  }
  const low = Math.min(previous?.low ?? data.low, data.low);
  const span = data.high - low;
  if (!growing) {
    return { low, high: span > 0 ? data.high : low + 1 };
  }
  return { low, high: low + roundAbove(Math.max(span, 1)) };
}

function contains(outer: Range, inner: Range): boolean {
  return outer.low <= inner.low && outer.high >= inner.high;
}

function union(a: Range, b: Range): Range {
  return { low: Math.min(a.low, b.low), high: Math.max(a.high, b.high) };
}

/** The next of 1, 2, 5, 10… at or above. */
function roundStep(atLeast: number): number {
  const power = 10 ** Math.floor(Math.log10(atLeast));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= atLeast * 0.999) ?? 10;
  return factor * power;
}

/** A round number at least a twentieth above, and so close that a curve fills more than half of its chart. */
function roundAbove(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((candidate) => candidate * power > value * 1.05) ?? 15;
  return factor * power;
}

/** Takes away what binary fractions add: 0.30000000000000004. */
function clean(value: number): number {
  return Number(value.toPrecision(12));
}
