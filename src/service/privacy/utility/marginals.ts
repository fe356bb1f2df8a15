import { extentOf } from '../tables/columnKind.ts';
import { type AlignedColumn, countCodes } from '../tables/rows.ts';

/** How well a released column keeps the distribution of the real one: 1 is perfect. Formulas as SDMetrics defines them. */

/**
 * KSComplement: 1 − sup|F − G| of the two empirical distribution functions, rows without a value left aside.
 * Undefined when one side has no value at all. `places` are the distinct values on the number line.
 */
export function ksComplement({ left, right }: AlignedColumn, places: Float64Array): number | undefined {
  const real = countCodes(left, places.length);
  const released = countCodes(right, places.length);
  const order = [...places.keys()]
    .filter((code) => !Number.isNaN(places[code]!))
    .sort((a, b) => places[a]! - places[b]!);
  const realTotal = sum(order, real);
  const releasedTotal = sum(order, released);
  if (realTotal === 0 || releasedTotal === 0) {
    return undefined;
  }
  let realBelow = 0;
  let releasedBelow = 0;
  let widest = 0;
  order.forEach((code, index) => {
    realBelow += real[code]!;
    releasedBelow += released[code]!;
    // The same place can be written in two ways, 1 and '1': the functions step once for both.
    if (index + 1 === order.length || places[order[index + 1]!]! !== places[code]!) {
      widest = Math.max(widest, Math.abs(realBelow / realTotal - releasedBelow / releasedTotal));
    }
  });
  return 1 - widest;
}

/** TVComplement: 1 − ½Σ|p − q| over the categories, of which "no value" is one. */
export function tvComplement({ left, right, values }: AlignedColumn): number {
  const real = countCodes(left, values.length);
  const released = countCodes(right, values.length);
  let difference = 0;
  for (let code = 0; code < values.length; code += 1) {
    difference += Math.abs(real[code]! / left.length - released[code]! / right.length);
  }
  return 1 - difference / 2;
}

/** The share of the real categories that the released column has as well, and of released rows whose category is real. */
export function categoryCoverage({ left, right, values }: AlignedColumn): {
  coverage: number;
  adherence: number;
} {
  const real = countCodes(left, values.length);
  const released = countCodes(right, values.length);
  let known = 0;
  let kept = 0;
  let adhering = 0;
  values.forEach((_, code) => {
    known += real[code]! > 0 ? 1 : 0;
    kept += real[code]! > 0 && released[code]! > 0 ? 1 : 0;
    adhering += real[code]! > 0 ? released[code]! : 0;
  });
  return {
    coverage: known === 0 ? 1 : kept / known,
    adherence: right.length === 0 ? 1 : adhering / right.length,
  };
}

/** The share of the real range that the released one covers, and of released values that lie within the real one. */
export function rangeCoverage(
  { left, right }: AlignedColumn,
  places: Float64Array,
): { coverage: number; adherence: number } | undefined {
  const real = extentOf(left, places);
  const released = extentOf(right, places);
  if (!real || !released) {
    return undefined;
  }
  const width = real.high - real.low;
  const lost = Math.max(0, released.low - real.low) + Math.max(0, real.high - released.high);
  let inside = 0;
  let count = 0;
  for (const code of right) {
    const place = places[code]!;
    if (!Number.isNaN(place)) {
      count += 1;
      inside += place >= real.low && place <= real.high ? 1 : 0;
    }
  }
  const covered = width === 0 ? Number(lost === 0) : Math.max(0, 1 - lost / width);
  return { coverage: covered, adherence: inside / count };
}

function sum(codes: readonly number[], counts: Float64Array): number {
  return codes.reduce((total, code) => total + counts[code]!, 0);
}
