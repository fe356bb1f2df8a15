import type { Levels } from './bins.ts';

/** How well released pairs of columns keep the association of the real ones: 1 is perfect. Formulas as SDMetrics defines them. */

/**
 * Pearson's correlation over the rows where both columns have a value; undefined when one of them does not vary.
 * Two passes, so that large numbers that vary little (instants) lose no digits.
 */
export function correlation(a: Float64Array, b: Float64Array): number | undefined {
  let count = 0;
  let meanA = 0;
  let meanB = 0;
  for (let row = 0; row < a.length; row += 1) {
    if (!Number.isNaN(a[row]! + b[row]!)) {
      count += 1;
      meanA += (a[row]! - meanA) / count;
      meanB += (b[row]! - meanB) / count;
    }
  }
  let product = 0;
  let squaresA = 0;
  let squaresB = 0;
  for (let row = 0; row < a.length; row += 1) {
    const fromA = a[row]! - meanA;
    const fromB = b[row]! - meanB;
    if (!Number.isNaN(fromA + fromB)) {
      product += fromA * fromB;
      squaresA += fromA * fromA;
      squaresB += fromB * fromB;
    }
  }
  return squaresA === 0 || squaresB === 0 ? undefined : product / Math.sqrt(squaresA * squaresB);
}

/** CorrelationSimilarity: 1 − |ρ − ρ'| / 2. */
export function correlationSimilarity(real: number, released: number): number {
  return 1 - Math.abs(real - released) / 2;
}

/** ContingencySimilarity: 1 − ½ΣΣ|P − Q| over all pairs of levels, and Cramér's V of the real table. */
export function contingency(a: Levels, b: Levels): { similarity: number; association: number } {
  const real = countPairs(a.left, b.left, a.count, b.count);
  const released = countPairs(a.right, b.right, a.count, b.count);
  const realRows = a.left.length;
  const releasedRows = a.right.length;
  let difference = 0;
  for (const [key, count] of real) {
    difference += Math.abs(count / realRows - (released.get(key) ?? 0) / releasedRows);
  }
  for (const [key, count] of released) {
    difference += real.has(key) ? 0 : count / releasedRows;
  }
  return { similarity: 1 - difference / 2, association: cramersV(real, b.count, realRows) };
}

/** Cramér's V with the bias correction of W. Bergsma (2013): without it two unrelated columns of many levels look associated. */
export function cramersV(pairs: ReadonlyMap<number, number>, secondCount: number, rows: number): number {
  const first = new Map<number, number>();
  const second = new Map<number, number>();
  for (const [key, count] of pairs) {
    const a = Math.floor(key / secondCount);
    const b = key % secondCount;
    first.set(a, (first.get(a) ?? 0) + count);
    second.set(b, (second.get(b) ?? 0) + count);
  }
  if (rows < 2 || first.size < 2 || second.size < 2) {
    return 0;
  }
  let sum = 0;
  for (const [key, count] of pairs) {
    sum += (count * count) / (first.get(Math.floor(key / secondCount))! * second.get(key % secondCount)!);
  }
  const degrees = ((first.size - 1) * (second.size - 1)) / (rows - 1);
  const corrected = Math.max(0, sum - 1 - degrees);
  const size = (levels: number) => levels - (levels - 1) ** 2 / (rows - 1);
  const smallest = Math.min(size(first.size), size(second.size)) - 1;
  return smallest <= 0 ? 0 : Math.min(1, Math.sqrt(corrected / smallest));
}

/** How many rows have each pair of levels, by `a * countB + b`. */
function countPairs(a: Int32Array, b: Int32Array, countA: number, countB: number): Map<number, number> {
  const pairs = new Map<number, number>();
  if (countA * countB <= denseLimit) {
    const counts = new Uint32Array(countA * countB);
    for (let row = 0; row < a.length; row += 1) {
      counts[a[row]! * countB + b[row]!]! += 1;
    }
    counts.forEach((count, key) => {
      if (count > 0) {
        pairs.set(key, count);
      }
    });
    return pairs;
  }
  for (let row = 0; row < a.length; row += 1) {
    const key = a[row]! * countB + b[row]!;
    pairs.set(key, (pairs.get(key) ?? 0) + 1);
  }
  return pairs;
}

/** Up to this many cells counting in an array is quicker and small enough. */
const denseLimit = 1 << 20;
