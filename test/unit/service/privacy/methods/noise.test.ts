import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Cell } from '../../../../../src/service/data/encodedTable.ts';
import {
  naturalLogarithm,
  standardLaplace,
  standardNormal,
} from '../../../../../src/service/privacy/methods/distributions.ts';
import { uniformAt } from '../../../../../src/service/privacy/methods/keyedUniform.ts';
import { rowUniforms } from '../../../../../src/service/privacy/methods/keystream.ts';
import {
  type NoiseDistribution,
  type NoiseOptions,
  noiseOnCell,
  noiseUnits,
  rowKeyUniform,
} from '../../../../../src/service/privacy/methods/noise.ts';
import { addNoiseToWords } from '../../../../../src/service/privacy/methods/noiseOnWords.ts';
import { chiSquareScore, correlationScore, kolmogorovSmirnov, normalCumulative } from '../statistics.ts';

const key = Buffer.from('6e6f7473656372657420666f72207465737473206f6e6c79202d2d2d2d2d2d2d', 'hex');
const options = (
  distribution: NoiseDistribution,
  scale: number,
  decimals: number,
  round = false,
): NoiseOptions => ({ distribution, scale, decimals, round });

describe('the distributions, fixed for ever', () => {
  test.each([
    [0.5, 0],
    [0.975, 1.959963984540054],
    [0.1, -1.2815515655446004],
    [0.925, 1.4395314709384563],
    [0.25, -0.6744897501960817],
    [0.3, -0.5244005127080407],
    [0.999, 3.090232306167813],
    [1e-10, -6.361340902404056],
    [1e-16, -8.222082216130435],
  ])('Φ⁻¹(%d) is %d', (u, z) => {
    expect(Math.abs(standardNormal(u) - z)).toBeLessThanOrEqual(1e-15 * Math.max(1, Math.abs(z)));
  });

  test('95 of 100 draws lie within ln 20 = 2.996 for Laplace, and 1.96 for Gauss', () => {
    expect(standardLaplace(0.975)).toBeCloseTo(Math.log(20), 14);
    expect(standardLaplace(0.025)).toBeCloseTo(-2.996, 3);
    expect(standardNormal(0.975)).toBeCloseTo(1.96, 3);
  });

  test('these very bits', () => {
    expect([0.001, 0.2, 0.5, 0.7, 0.999999].map(standardLaplace)).toMatchInlineSnapshot(`
      [
        -6.214608098422191,
        -0.916290731874155,
        -0,
        0.5108256237659905,
        13.122363377375573,
      ]
    `);
    expect([0.001, 0.2, 0.5, 0.7, 0.999999].map(standardNormal)).toMatchInlineSnapshot(`
      [
        -3.090232306167813,
        -0.8416212335729142,
        0,
        0.5244005127080407,
        4.753424308817089,
      ]
    `);
  });

  test('the logarithm is right to the last bit or the one before', () => {
    let worst = 0;
    for (let index = 1; index <= 20_000; index += 1) {
      const x = uniformAt(createHmac('sha256', key).update(String(index)).digest(), 0) * 2 ** -(index % 52);
      worst = Math.max(worst, Math.abs(naturalLogarithm(x) / Math.log(x) - 1));
    }
    expect(worst).toBeLessThan(5e-16);
    expect(naturalLogarithm(1)).toBe(0);
  });

  test('a uniform number is never 0 and never 1', () => {
    expect(uniformAt(Buffer.alloc(8, 0xff), 0)).toBe(1 - 2 ** -53);
    expect(uniformAt(Buffer.alloc(8), 0)).toBe(2 ** -53);
    expect(standardLaplace(1 - 2 ** -53)).toBeCloseTo(52 * Math.LN2, 10);
  });
});

describe('the noise of a row', () => {
  test('comes from the row key, in whatever order the rows come', () => {
    const message = Buffer.concat(['i:7', 's:x'].map((text) => Buffer.from(`\x03\0\0\0${text}`)));
    const hash = createHmac('sha256', key).update(message).digest();
    expect(rowKeyUniform(key)(['i:7', 's:x'])).toBe(uniformAt(hash, 0));
  });

  test('by row number is the same in every batch', () => {
    const all = rowUniforms(key, 0, 1000);
    const parts = [rowUniforms(key, 0, 1), rowUniforms(key, 1, 600), rowUniforms(key, 601, 399)];
    expect(parts.flatMap((part) => [...part])).toEqual([...all]);
    expect(rowUniforms(key, 2 ** 40, 1)[0]).not.toBe(all[0]);
  });
});

test('in doubles noise does not come off again for one row in two hundred; in fixed point it always does', () => {
  const count = 200_000;
  const uniforms = rowUniforms(key, 0, count);
  const add = noiseOnCell(options('laplace', 1000, 2), 'x', 1);
  const remove = noiseOnCell(options('laplace', 1000, 2), 'x', -1);
  const wrong = { doubles: 0, fixed: 0 };
  for (const [row, u] of uniforms.entries()) {
    const value = ((row * 7919) % 5_000_000) / 100;
    const noise = standardLaplace(u) * 1000;
    wrong.doubles += value + noise - noise === value ? 0 : 1;
    wrong.fixed += Number(remove(add(value, u, row), u, row)) === value ? 0 : 1;
  }
  expect(wrong.doubles).toBeGreaterThan(count / 1000);
  expect(wrong.fixed).toBe(0);
});

/** What a number says, as a whole count of 10^−10: worked out apart from what is tested. */
function unitsOf(value: Cell): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d+|\d+))?$/.exec(
    String(value),
  )!;
  const places = 10 + Number(exponent) - fraction.length;
  const units = BigInt(`${sign}${whole}${fraction}`);
  return places >= 0 ? units * 10n ** BigInt(places) : units / 10n ** BigInt(-places);
}

const magnitudes: readonly ((index: number) => Cell)[] = [
  () => 0,
  (index) => index,
  (index) => -index * 7919,
  (index) => `${9_007_199_254_740_993n + BigInt(index)}`,
  (index) => `-${170_141_183_460_469_231_731_687_303_715_884_105_727n - BigInt(index)}`,
  (index) => `0.0${String(index).padStart(6, '0')}1`,
  (index) => `-0.0000000${index % 10}`,
  (index) => index / 1024,
  (index) => `${index}e-8`,
  (index) => `${index}e22`,
];

// Three times 350,000: more than a million values.
test.each<[NoiseDistribution, number]>([
  ['laplace', 1000],
  ['gaussian', 0.5],
  ['integer', 12],
])('%s noise is taken away exactly from hostile values of every size', (distribution, scale) => {
  const noise = options(distribution, scale, 10);
  const add = noiseOnCell(noise, 'income', 1);
  const remove = noiseOnCell(noise, 'income', -1);
  const count = 350_000;
  const uniforms = rowUniforms(key, 0, count);
  let wrong = 0;
  let changed = 0;
  for (let row = 0; row < count; row += 1) {
    const value = magnitudes[row % magnitudes.length]!(row);
    const noisy = add(value, uniforms[row]!, row);
    const restored = remove(noisy, uniforms[row]!, row);
    wrong += unitsOf(restored) === unitsOf(value) ? 0 : 1;
    changed += unitsOf(noisy) === unitsOf(value) ? 0 : 1;
  }
  expect(wrong).toBe(0);
  expect(changed).toBeGreaterThan(count * 0.99);
});

test('whole columns of 64-bit numbers get the same noise as their cells, and it comes off again', () => {
  const extremes = [
    0n,
    -1n,
    1n,
    2n ** 31n,
    -(2n ** 32n),
    2n ** 53n + 1n,
    2n ** 63n - 10n ** 9n,
    -(2n ** 63n) + 10n ** 9n,
  ];
  const units = BigInt64Array.from({ length: 100_000 }, (_, row) => extremes[row % 8]! + BigInt(row % 977));
  const uniforms = rowUniforms(key, 0, units.length);
  for (const distribution of ['laplace', 'gaussian', 'integer'] as const) {
    const noise = options(distribution, 100_000, 0);
    const noisy = addNoiseToWords(units, uniforms, noise, 'n', 1) as BigInt64Array;
    const cell = noiseOnCell(noise, 'n', 1);
    const expected = Array.from(units, (value, row) => cell(String(value), uniforms[row]!, row));
    expect(Array.from(noisy, String)).toEqual(expected.map(String));
    expect(addNoiseToWords(noisy, uniforms, noise, 'n', -1)).toEqual(units);
  }
});

test('a column that would leave 64 bits says at which row, and stays as it was', () => {
  const units = new BigInt64Array([5n, 2n ** 63n - 1n, -(2n ** 63n)]);
  const up = new Float64Array([0.9, 0.9, 0.9]);
  expect(addNoiseToWords(units, up, options('laplace', 10, 0), 'n', 1)).toBe(1);
  expect(units[0]).toBe(5n);
  expect(addNoiseToWords(units.subarray(2), new Float64Array([0.1]), options('laplace', 10, 0), 'n', 1)).toBe(
    0,
  );
});

describe('what is no number', () => {
  test('null stays null; text and further decimals are named by their row, not by their value', () => {
    const add = noiseOnCell(options('laplace', 5, 2), 'income', 1);
    expect(add(null, 0.3, 0)).toBeNull();
    expect(() => add('12,5', 0.3, 41)).toThrow(/^Row 42 of income is not a number\./);
    expect(() => add('1.005', 0.3, 1233)).toThrow(/^Row 1,234 of income has more than 2 decimals/);
    expect(noiseOnCell(options('laplace', 5, 2, true), 'income', 1)('1.005', 0.5, 0)).toBe('1.01');
  });

  test('a scale below the last place is refused', () => {
    expect(() => noiseUnits(options('gaussian', 0.001, 2), 'income')).toThrow(/at least one last place/);
  });
});

describe('without the key the noise looks random', () => {
  const count = 100_000;
  const uniforms = [...rowUniforms(key, 0, count)];
  const byRowKey = Array.from({ length: 20_000 }, (_, row) => rowKeyUniform(key)([`i:${row}`]));

  test.each([
    ['by row number', uniforms],
    ['by row key', byRowKey],
  ])('%s: uniform, and unrelated to its neighbour and to the row', (_, draws) => {
    expect(kolmogorovSmirnov(draws, (x) => x)).toBeLessThan(1.95);
    const bins = new Array<number>(1000).fill(0);
    for (const draw of draws) {
      bins[Math.floor(draw * 1000)]! += 1;
    }
    const expected = new Array<number>(1000).fill(draws.length / 1000);
    expect(Math.abs(chiSquareScore(bins, expected))).toBeLessThan(3.5);
    expect(Math.abs(correlationScore(draws.slice(1), draws.slice(0, -1)))).toBeLessThan(3.5);
    expect(Math.abs(correlationScore(draws, Array.from(draws.keys())))).toBeLessThan(3.5);
  });

  test('follows Laplace and Gauss', () => {
    const laplace = uniforms.map(noiseUnits(options('laplace', 10, 4), 'x'));
    const laplaceCumulative = (x: number) => {
      const z = x / 100_000;
      return z < 0 ? Math.exp(z) / 2 : 1 - Math.exp(-z) / 2;
    };
    expect(kolmogorovSmirnov(laplace, laplaceCumulative)).toBeLessThan(1.95);
    const gaussian = uniforms.map(noiseUnits(options('gaussian', 10, 4), 'x'));
    expect(kolmogorovSmirnov(gaussian, (x) => normalCumulative(x / 100_000))).toBeLessThan(1.95);
  });

  test('whole numbers from −3 to 3 come as often', () => {
    const counts = new Array<number>(7).fill(0);
    for (const amount of uniforms.map(noiseUnits(options('integer', 3, 0), 'x'))) {
      counts[amount + 3]! += 1;
    }
    expect(Math.abs(chiSquareScore(counts, new Array<number>(7).fill(count / 7)))).toBeLessThan(4);
  });

  test('another key gives noise that has nothing to do with it', () => {
    const other = [...rowUniforms(Buffer.from(key).fill(1, 0, 1), 0, count)];
    expect(Math.abs(correlationScore(uniforms, other))).toBeLessThan(3.5);
    expect(other.filter((draw, row) => draw === uniforms[row])).toEqual([]);
  });

  test('its signs run as often as those of a coin', () => {
    const signs = uniforms.map((draw) => draw > 0.5);
    const runs = 1 + signs.slice(1).filter((sign, at) => sign !== signs[at]).length;
    expect(Math.abs(runs - (count + 1) / 2) / Math.sqrt(count / 4)).toBeLessThan(4);
  });

  test('what was hidden cannot be told from what hides it: noise is as great for small values as for large ones', () => {
    const noise = uniforms.map(noiseUnits(options('laplace', 10, 0), 'x'));
    const values = Array.from({ length: count }, (_, row) => (row * 7919) % 100_003);
    expect(Math.abs(correlationScore(noise, values))).toBeLessThan(3.5);
    expect(Math.abs(correlationScore(noise.map(Math.abs), values))).toBeLessThan(3.5);
  });

  test('every bit of the draws is set half of the time', () => {
    for (let bit = 1; bit <= 52; bit += 1) {
      const ones = uniforms.filter((draw) => Math.floor(draw * 2 ** bit) % 2 === 1).length;
      expect(Math.abs(ones - count / 2) / Math.sqrt(count / 4)).toBeLessThan(4);
    }
  });
});
