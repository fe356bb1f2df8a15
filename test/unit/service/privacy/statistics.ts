/** Tests of randomness, with bounds that a right program passes with its fixed key, and a wrong one by far does not. */

/** Kolmogorov–Smirnov: √n times the greatest distance from `cumulative`; above 1.95 in one case of a thousand. */
export function kolmogorovSmirnov(values: readonly number[], cumulative: (x: number) => number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const n = sorted.length;
  const distances = sorted.map((value, index) => {
    const expected = cumulative(value);
    return Math.max(Math.abs(expected - index / n), Math.abs((index + 1) / n - expected));
  });
  return Math.sqrt(n) * distances.reduce((most, distance) => Math.max(most, distance), 0);
}

/** (χ² − degrees of freedom)/√(2·degrees of freedom): about standard normal for many degrees. */
export function chiSquareScore(observed: readonly number[], expected: readonly number[]): number {
  const sum = observed.reduce((total, count, index) => {
    const difference = count - expected[index]!;
    return total + (difference * difference) / expected[index]!;
  }, 0);
  const freedom = observed.length - 1;
  return (sum - freedom) / Math.sqrt(2 * freedom);
}

/** Pearson's r times √n: about standard normal for independent columns. */
export function correlationScore(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, b[index]! - meanB];
    ab += x * y;
    aa += x * x;
    bb += y * y;
  }
  return (ab / Math.sqrt(aa * bb)) * Math.sqrt(a.length);
}

/** Φ, by the series and continued fraction that every textbook has; good to 10⁻⁷ and used for tests alone. */
export function normalCumulative(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const density = Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const tail =
    density *
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x < 0 ? tail : 1 - tail;
}
