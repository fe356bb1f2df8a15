import { describe, expect, it } from 'vitest';
import { standardNormal } from '../../../../../src/service/privacy/methods/distributions.ts';
import { normalCdf } from '../../../../../src/service/privacy/statistics/normal.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import {
  cholesky,
  nearestCorrelation,
} from '../../../../../src/service/privacy/statistics/symmetricMatrix.ts';

describe('the normal distribution', () => {
  it('has its published values, far in the tails too', () => {
    expect(normalCdf(0)).toBeCloseTo(0.5, 15);
    expect(normalCdf(1.96)).toBeCloseTo(0.9750021048517795, 14);
    expect(normalCdf(-10) / 7.61985302416053e-24).toBeCloseTo(1, 8);
    expect(standardNormal(0.975)).toBeCloseTo(1.959963984540054, 14);
    expect(standardNormal(1e-300)).toBeCloseTo(-37.0471, 4);
  });

  it('is inverted by its quantiles', () => {
    for (const p of [1e-12, 1e-6, 0.01, 0.07, 0.2, 0.5, 0.9, 0.999999]) {
      expect(normalCdf(standardNormal(p)) / p).toBeCloseTo(1, 7);
    }
  });
});

describe('random numbers', () => {
  const seed = new Uint8Array(32).fill(7);
  const draw = (random: Random) => Array.from({ length: 20_000 }, () => random.uniform());

  it('follow from the seed, and for each purpose are others', () => {
    expect(draw(new Random(seed))).toEqual(draw(new Random(seed)));
    expect(draw(new Random(seed).fork('a'))).not.toEqual(draw(new Random(seed).fork('b')));
    expect(() => new Random(new Uint8Array(16))).toThrow('32 bytes');
  });

  it('are uniform and normal', () => {
    const uniform = draw(new Random(seed));
    expect(mean(uniform)).toBeCloseTo(0.5, 2);
    expect(mean(uniform.map((x) => x * x))).toBeCloseTo(1 / 3, 2);
    const random = new Random(seed);
    const normal = uniform.map(() => random.normal());
    expect(Math.abs(mean(normal))).toBeLessThan(0.02);
    expect(Math.abs(mean(normal.map((x) => x ** 4)) - 3)).toBeLessThan(0.2);
    expect([...new Random(seed).permutation(100)].sort((a, b) => a - b)).toEqual([...Array(100).keys()]);
  });

  function mean(values: readonly number[]): number {
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  }
});

describe('a correlation matrix', () => {
  it('that is none becomes one, near it', () => {
    const impossible = Float64Array.of(1, 0.9, -0.9, 0.9, 1, 0.9, -0.9, 0.9, 1);
    expect(cholesky(impossible, 3)).toBeUndefined();
    const mended = nearestCorrelation(impossible, 3);
    expect(cholesky(mended, 3)).toBeDefined();
    expect([mended[0], mended[4], mended[8]]).toEqual([1, 1, 1].map((one) => expect.closeTo(one, 12)));
    // The nearest one keeps the pattern of the signs; its eigenvalues are 1.5, 1.5 and 0.
    expect(mended[1]).toBeCloseTo(0.5, 3);
    expect(mended[2]).toBeCloseTo(-0.5, 3);
  });
});
