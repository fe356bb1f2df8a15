import { describe, expect, it } from 'vitest';
import { binCodes, type Codes, determination } from '../../../../src/service/data/determination.ts';

const codes = (...values: number[]): Codes => ({
  codes: Int32Array.from(values),
  levels: Math.max(...values) + 1,
});

describe('determination', () => {
  it('is the share of wrong guesses that are saved', () => {
    // Guessing blindly 4 of 10 are wrong; knowing the column 1.
    const column = codes(0, 0, 0, 0, 0, 0, 1, 1, 1, 1);
    const target = codes(0, 0, 0, 0, 0, 0, 1, 1, 1, 0);
    expect(determination(column, target)).toBeCloseTo(1 - 1 / 3, 12);
  });

  it('is 1 for the same in other words, and undefined for a key, of which nothing can be learnt', () => {
    const target = codes(0, 1, 0, 1, 2, 2);
    expect(determination(codes(2, 0, 2, 0, 1, 1), target)).toBe(1);
    expect(determination(codes(0, 1, 2, 3, 4, 5), target)).toBeUndefined();
  });

  it('has nothing to say about a constant', () => {
    expect(determination(codes(0, 0, 1, 1), codes(0, 0, 0, 0))).toBeUndefined();
  });
});

it('bins have about equally many rows, and missing values one of their own', () => {
  const { codes: found, levels } = binCodes(Float64Array.of(1, 2, 3, 4, 5, 6, Number.NaN), 3);
  expect(levels).toBe(4);
  expect([...found]).toEqual([0, 0, 1, 1, 2, 2, 3]);
});
