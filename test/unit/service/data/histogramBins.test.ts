import { expect, it } from 'vitest';
import { binsFor, edgesOf } from '../../../../src/service/data/histogramBins.ts';

it('whole numbers have bins of whole width, one each where there are few', () => {
  expect(binsFor(1, 6, true)).toEqual({ low: 1, width: 1, count: 6 });
  expect(binsFor(0, 99, true)).toEqual({ low: 0, width: 5, count: 20 });
  expect(binsFor(17, 90, true)).toEqual({ low: 17, width: 4, count: 19 });
});

it('others are divided into twenty', () => {
  const bins = binsFor(0, 1, false)!;
  expect(bins.count).toBe(20);
  expect(edgesOf(bins)).toHaveLength(21);
  expect(edgesOf(bins).at(-1)).toBeCloseTo(1, 12);
});

it('there is no line for one value, nor between ends beyond a double', () => {
  expect(binsFor(5, 5, true)).toBeUndefined();
  expect(binsFor(-1.7e308, 1.7e308, false)).toBeUndefined();
  expect(binsFor(0, Number.NaN, false)).toBeUndefined();
});
