import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  bernoulliOfExponential,
  discreteGaussian,
  discreteLaplace,
  type Fraction,
  fractionOfDecimal,
  uniformBigInt,
} from '../../../../../../src/service/privacy/methods/differential/exactSamplers.ts';
import {
  discreteGaussianScale,
  gaussianScale,
  normalCumulative,
} from '../../../../../../src/service/privacy/methods/differential/gaussianScale.ts';
import {
  granularNoise,
  privateCell,
  privateCount,
  privateHistogram,
  privateMean,
  withNoise,
} from '../../../../../../src/service/privacy/methods/differential/mechanisms.ts';
import {
  freshBytes,
  keyedBytes,
  keyedRowBytes,
} from '../../../../../../src/service/privacy/methods/keystream.ts';
import { chiSquareScore, kolmogorovSmirnov } from '../../statistics.ts';

const bytes = keyedBytes(Buffer.alloc(32, 11));
const draws = 20_000;

/** χ² of the draws against probabilities proportional to `weight`, with tails put together. */
function score(draw: () => bigint, weight: (z: number) => number, reach: number): number {
  const values = Array.from({ length: 4001 }, (_, index) => index - 2000);
  const total = values.reduce((sum, z) => sum + weight(z), 0);
  const bin = (z: number) => Math.min(reach, Math.max(-reach, z)) + reach;
  const expected = new Array<number>(2 * reach + 1).fill(0);
  for (const z of values) {
    expected[bin(z)]! += (draws * weight(z)) / total;
  }
  const observed = new Array<number>(2 * reach + 1).fill(0);
  for (let index = 0; index < draws; index += 1) {
    observed[bin(Number(draw()))]! += 1;
  }
  expect(Math.min(...expected)).toBeGreaterThan(5);
  return Math.abs(chiSquareScore(observed, expected));
}

const fraction = (numerator: bigint, denominator: bigint): Fraction => ({ numerator, denominator });

describe('exact samplers have exactly their probabilities', () => {
  test.each([
    [1n, 3n, 2],
    [5n, 2n, 10],
    [7n, 1n, 25],
  ])('discrete Laplace of scale %d/%d', (t, s, reach) => {
    const scale = Number(t) / Number(s);
    expect(
      score(
        () => discreteLaplace(bytes, fraction(t, s)),
        (z) => Math.exp(-Math.abs(z) / scale),
        reach,
      ),
    ).toBeLessThan(4);
  });

  test.each([
    [1n, 4n, 1],
    [9n, 1n, 8],
    [81n, 2n, 16],
  ])('discrete Gauss of variance %d/%d', (numerator, denominator, reach) => {
    const variance = Number(numerator) / Number(denominator);
    const draw = () => discreteGaussian(bytes, fraction(numerator, denominator));
    expect(score(draw, (z) => Math.exp((-z * z) / (2 * variance)), reach)).toBeLessThan(4);
  });

  test.each([0, 0.3, 1, 2.5])('true with probability e^−%d', (x) => {
    const exact = fractionOfDecimal(x);
    let times = 0;
    for (let index = 0; index < draws; index += 1) {
      times += bernoulliOfExponential(bytes, exact) ? 1 : 0;
    }
    const p = Math.exp(-x);
    expect(Math.abs(times - draws * p)).toBeLessThanOrEqual(4 * Math.sqrt(draws * p * (1 - p)));
  });

  test('whole numbers below a bound are as likely each', () => {
    const counts = new Array<number>(10).fill(0);
    for (let index = 0; index < draws; index += 1) {
      counts[Number(uniformBigInt(bytes, 10n))]! += 1;
    }
    expect(Math.abs(chiSquareScore(counts, new Array<number>(10).fill(draws / 10)))).toBeLessThan(4);
  });

  test('no double, logarithm or Math.random takes part in a draw', () => {
    const folder = path.join(
      import.meta.dirname,
      '..',
      '..',
      '..',
      '..',
      '..',
      '..',
      'src/service/privacy/methods/differential',
    );
    const samplers = fs.readFileSync(path.join(folder, 'exactSamplers.ts'), 'utf8');
    expect(samplers).not.toMatch(/Math\.(log|exp|random|sqrt|pow)|\d\.\d+ \*/);
    expect(fs.readFileSync(path.join(folder, 'mechanisms.ts'), 'utf8')).not.toMatch(/Math\.(log|exp|random)/);
  });
});

test.each([
  [0.1, 1n, 10n],
  [1e-7, 1n, 10_000_000n],
  [12.5, 125n, 10n],
  [3, 3n, 1n],
  [1e21, 10n ** 21n, 1n],
])('%d as a fraction', (value, numerator, denominator) => {
  expect(fractionOfDecimal(value)).toEqual({ numerator, denominator });
});

describe('the scale of Gaussian noise', () => {
  test.each([
    [0.5, 1e-5],
    [1, 1e-5],
    [4, 1e-6],
    [10, 1e-9],
  ])('for ε = %d and δ = %d spends δ and hardly less', (epsilon, delta) => {
    const sigma = gaussianScale(epsilon, delta, 3);
    const spent = (s: number) =>
      normalCumulative(3 / (2 * s) - (epsilon * s) / 3) -
      Math.exp(epsilon) * normalCumulative(-3 / (2 * s) - (epsilon * s) / 3);
    expect(spent(sigma)).toBeLessThanOrEqual(delta);
    expect(spent(sigma * 0.999)).toBeGreaterThan(delta);
  });

  test.each([
    // The continuous scale spends 1.22e-3 here.
    [2, 1e-3, 1],
    [20, 1e-3, 1],
    [10, 1e-3, 1],
    [5, 1e-6, 1],
    [1, 1e-6, 1],
    [8, 1e-4, 3],
    [0.1, 1e-9, 2],
  ])('on whole numbers spends no more than δ for ε = %d, δ = %d and %d rows', (epsilon, delta, rows) => {
    const sigma = discreteGaussianScale(epsilon, delta, rows, 1024) / 1024;
    expect(sigma).toBeGreaterThanOrEqual(gaussianScale(epsilon, delta, rows));
    expect(sigma).toBeLessThan(1.5 * gaussianScale(epsilon, delta, rows));
    const reach = Math.ceil(50 * sigma) + rows;
    const whole = Array.from({ length: 2 * reach + 1 }, (_, at) => at - reach);
    const weight = (z: number) => Math.exp((-z * z) / (2 * sigma * sigma));
    const total = whole.reduce((sum, z) => sum + weight(z), 0);
    const more = whole.reduce(
      (sum, z) => sum + Math.max(0, weight(z) - Math.exp(epsilon) * weight(z - rows)),
      0,
    );
    expect(more / total).toBeLessThanOrEqual(delta * (1 + 1e-9));
  });

  test('is smaller than the rule of thumb', () => {
    expect(gaussianScale(1, 1e-5, 1)).toBeCloseTo(3.730632, 5);
    // Beyond what an exponential of doubles holds there is noise all the same.
    expect(gaussianScale(800, 1e-6, 1)).toBe(gaussianScale(700, 1e-6, 1));
    expect(Math.sqrt(2 * Math.log(1.25e5))).toBeCloseTo(4.8448, 4);
  });

  test('Φ is right in the middle and far out', () => {
    expect(normalCumulative(1.959963984540054)).toBeCloseTo(0.975, 14);
    expect(normalCumulative(-6.361340902404056) / 1e-10).toBeCloseTo(1, 10);
    expect(normalCumulative(-3.0000001) / normalCumulative(-2.9999999)).toBeCloseTo(1, 5);
  });
});

describe('noise on a grid', () => {
  test.each([
    [0.1, 1],
    [1, 100],
    [3, 0.001],
  ])('ε = %d on a sensitivity of %d is Laplace of that scale', (epsilon, sensitivity) => {
    const noise = granularNoise({ epsilon }, sensitivity);
    expect(Number.isInteger(Math.log2(noise.granularity))).toBe(true);
    const scale = sensitivity / epsilon;
    const values = Array.from({ length: 4000 }, () => withNoise(bytes, 0, noise));
    expect(values.every((value) => Number.isInteger(value / noise.granularity))).toBe(true);
    const cumulative = (x: number) => (x < 0 ? Math.exp(x / scale) / 2 : 1 - Math.exp(-x / scale) / 2);
    expect(kolmogorovSmirnov(values, cumulative)).toBeLessThan(1.95);
  });

  test('with δ it is Gaussian', () => {
    const budget = { epsilon: 1, delta: 1e-5 };
    const noise = granularNoise(budget, 10);
    const sigma = gaussianScale(1, 1e-5, 10);
    const values = Array.from({ length: 2000 }, () => withNoise(bytes, 0, noise));
    expect(kolmogorovSmirnov(values, (x) => normalCumulative(x / sigma))).toBeLessThan(1.95);
  });
});

describe('cells, counts and means', () => {
  const key = Buffer.alloc(32, 12);
  const options = { epsilon: 1, lower: 1_000_000_000, upper: 1_000_000_100, decimals: 1 };

  test('a cell outside the bounds looks like one at the bound, in whatever batch it comes', () => {
    const cell = privateCell((row) => keyedRowBytes(key, row), options, 'income');
    expect(cell(1e12, 7)).toBe(cell(options.upper, 7));
    expect(cell(-5, 7)).toBe(cell(options.lower, 7));
    expect(cell(null, 7)).toBeNull();
    expect(cell(options.lower, 7)).not.toBe(cell(options.lower, 8));
    expect(() => cell('much', 7)).toThrow(/^Row 8 of income is not a number/);
    const values = Array.from(
      { length: 3000 },
      (_, row) => (cell(1_000_000_050, row) as number) - 1_000_000_050,
    );
    const cumulative = (x: number) => (x < 0 ? Math.exp(x / 100) / 2 : 1 - Math.exp(-x / 100) / 2);
    expect(kolmogorovSmirnov(values, cumulative)).toBeLessThan(2);
  });

  test('a count is a whole number near the true one', () => {
    const counts = Array.from({ length: 5000 }, () => privateCount(bytes, 1000, { epsilon: 0.5 }));
    expect(counts.every(Number.isInteger)).toBe(true);
    const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
    // The deviation of a draw is about √2/ε.
    expect(Math.abs(mean - 1000)).toBeLessThan((4 * Math.SQRT2) / 0.5 / Math.sqrt(5000));
    expect(Number.isInteger(privateCount(bytes, 3, { epsilon: 1, delta: 1e-6 }))).toBe(true);
  });

  test('a histogram has the categories that were named, whether they occur or not', () => {
    const counts = new Map([
      ['yes', 500],
      ['rare', 1],
    ]);
    const noisy = privateHistogram(bytes, counts, ['yes', 'no'], { epsilon: 1 });
    expect([...noisy.keys()]).toEqual(['yes', 'no']);
    expect(Math.abs(noisy.get('yes')! - 500)).toBeLessThan(40);
    expect(Math.abs(noisy.get('no')!)).toBeLessThan(40);
  });

  test('a mean stays within its bounds and near the truth', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => index % 101);
    const mean = privateMean(freshBytes(), values, { epsilon: 1, lower: 0, upper: 100 });
    expect(Math.abs(mean - 50)).toBeLessThan(1);
    expect(privateMean(bytes, [], { epsilon: 0.01, lower: 3, upper: 4 })).toBeGreaterThanOrEqual(3);
  });
});
