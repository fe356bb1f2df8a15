import { expect, test } from 'vitest';
import { reduceSeries, sampleValues } from '../../../../../src/service/experiments/series.ts';
import { SeriesPoints } from '../../../../../src/service/experiments/seriesPoints.ts';

function series(values: readonly number[], step: (index: number) => number = (index) => index) {
  const points = new SeriesPoints();
  values.forEach((value, index) => {
    points.append(step(index), 1_000 + index, value);
  });
  return points.columns();
}

test('a series that fits is given whole', () => {
  expect(reduceSeries(series([3, 1, 2]), { points: 3 })).toEqual({
    count: 3,
    steps: [0, 1, 2],
    times: [1_000, 1_001, 1_002],
    values: [3, 1, 2],
  });
  expect(reduceSeries(series([]), { points: 10 }).count).toBe(0);
});

test('a single peak and a single dip among 200,000 points are never lost, and neither are the ends', () => {
  const values = Array.from({ length: 200_000 }, (_, index) => Math.sin(index / 1_000));
  values[123_456] = 99;
  values[77_777] = -99;
  for (const points of [2, 3, 4, 50, 1_000]) {
    const reduced = reduceSeries(series(values), { points });
    expect(reduced.steps.length).toBeLessThanOrEqual(points);
    expect(reduced.count).toBe(200_000);
    expect(reduced.steps[0]).toBe(0);
    expect(reduced.steps.at(-1)).toBe(199_999);
    expect(reduced.steps).toEqual([...reduced.steps].sort((a, b) => a - b));
    if (points >= 4) {
      expect(Math.max(...reduced.values)).toBe(99);
      expect(Math.min(...reduced.values)).toBe(-99);
    }
  }
});

test('a range holds the points of its steps only, both ends included', () => {
  const columns = series(
    Array.from({ length: 1_000 }, (_, index) => index),
    (index) => index * 2,
  );
  expect(reduceSeries(columns, { points: 100, fromStep: 100, toStep: 110 }).steps).toEqual([
    100, 102, 104, 106, 108, 110,
  ]);
  expect(reduceSeries(columns, { points: 10, fromStep: 101, toStep: 1_000 })).toMatchObject({ count: 450 });
  expect(reduceSeries(columns, { points: 10, fromStep: 5_000 }).count).toBe(0);
  expect(reduceSeries(columns, { points: 10, fromStep: 50, toStep: 40 }).steps).toEqual([]);
});

test('one NaN among many points stays visible', () => {
  const values = Array.from({ length: 10_000 }, (_, index) => index % 7);
  values[5_000] = Number.NaN;
  const reduced = reduceSeries(series(values), { points: 100 });
  expect(reduced.values.filter(Number.isNaN)).toHaveLength(1);
  expect(reduced.steps.length).toBeLessThanOrEqual(100);
});

test('points that all carry step 0 are still drawn as a curve', () => {
  const columns = series(
    Array.from({ length: 10_000 }, (_, index) => index),
    () => 0,
  );
  const reduced = reduceSeries(columns, { points: 100 });
  expect(reduced.values.length).toBeGreaterThan(90);
  expect(reduced.values.at(-1)).toBe(9_999);
});

test('a sparse series with one far step keeps both parts', () => {
  const columns = series(
    Array.from({ length: 1_000 }, (_, index) => index),
    (index) => (index === 999 ? 1_000_000_000 : index),
  );
  const reduced = reduceSeries(columns, { points: 50 });
  expect(reduced.steps.at(-1)).toBe(1_000_000_000);
  expect(reduced.steps.length).toBeGreaterThanOrEqual(3);
});

test('points arriving in any order are read in the order of steps', () => {
  const points = new SeriesPoints();
  const steps = [5, 1, 9, 3, 7, 2, 8, 0, 6, 4];
  steps.forEach((step, index) => {
    points.append(step, 100, step);
    expect(Array.from(points.columns().steps)).toEqual(steps.slice(0, index + 1).sort((a, b) => a - b));
  });
});

test('a small line takes its values evenly and ends with the last', () => {
  expect(sampleValues(series([1, 2, 3]), 12)).toEqual([1, 2, 3]);
  expect(sampleValues(series(Array.from({ length: 100 }, (_, i) => i)), 12)).toEqual([
    0, 9, 18, 27, 36, 45, 54, 63, 72, 81, 90, 99,
  ]);
});
