import { describe, expect, it } from 'vitest';
import type { WireNumber } from '../../../../../src/protocol/numbers.ts';
import {
  type ChartLine,
  chartNotes,
  nearestIndex,
  numbersTable,
  stepsWithin,
  summarise,
  toPoints,
} from '../../../../../webview-ui/shared/chart/chartData.ts';

function line(values: readonly WireNumber[], change: { name?: string; count?: number } = {}): ChartLine {
  return {
    run: 'a',
    name: change.name ?? 'calm-heron',
    startTime: 1_000,
    style: 0,
    series: {
      run: 'a',
      metric: 'loss',
      count: change.count ?? values.length,
      steps: values.map((_, index) => index * 10),
      times: values.map((_, index) => 1_000 + index * 500),
      values,
    },
  };
}

describe('toPoints', () => {
  it('leaves a gap where a value is not a finite number', () => {
    const points = toPoints(line([1, 'NaN', 'Infinity', 2]), 'step', false);
    expect(points).toEqual([
      { x: 0, y: 1 },
      { x: 10, y: Number.NaN },
      { x: 20, y: Number.NaN },
      { x: 30, y: 2 },
    ]);
  });

  it('leaves a gap on a logarithmic axis where a value is not positive', () => {
    expect(toPoints(line([0, -1, 3]), 'step', true).map(({ y }) => y)).toEqual([Number.NaN, Number.NaN, 3]);
  });

  it('counts time from the start of the run', () => {
    expect(toPoints(line([1, 2]), 'time', false).map(({ x }) => x)).toEqual([0, 500]);
  });
});

describe('chartNotes', () => {
  it('says how many values are not drawn, and why', () => {
    expect(chartNotes([line([1, 'NaN', 'NaN', 'NaN', '-Infinity', 0])], false)).toEqual([
      '3 values are NaN',
      '1 value is infinite',
    ]);
    expect(chartNotes([line([0, 1])], true)).toEqual([
      '1 value is not positive and cannot be drawn on a logarithmic axis',
    ]);
  });

  it('says "at least" when not all points were sent', () => {
    expect(chartNotes([line([1, 'NaN'], { count: 500 })], false)).toEqual(['At least 1 value is NaN']);
  });

  it('says nothing about ordinary values', () => {
    expect(chartNotes([line([1, 0, -1])], false)).toEqual([]);
  });
});

describe('nearestIndex', () => {
  const points = [0, 10, 20].map((x) => ({ x, y: 0 }));
  it.each([
    [-5, 0],
    [4, 0],
    [6, 1],
    [10, 1],
    [16, 2],
    [99, 2],
  ])('x = %d is nearest to point %d', (x, index) => {
    expect(nearestIndex(points, x)).toBe(index);
  });

  it('finds nothing where there are no points', () => {
    expect(nearestIndex([], 3)).toBe(-1);
  });
});

describe('stepsWithin', () => {
  it('translates a stretch of time into steps', () => {
    expect(stepsWithin([line([1, 2, 3, 4])], 'time', { low: 400, high: 1_200 })).toEqual({
      low: 10,
      high: 20,
    });
  });

  it('takes whole steps', () => {
    expect(stepsWithin([], 'step', { low: 3.2, high: 9.9 })).toEqual({ low: 4, high: 9 });
  });
});

describe('summarise', () => {
  it('says in one sentence what one curve shows', () => {
    expect(summarise('loss', [line([1, 0.5, 'NaN', 0.25], { count: 2_000 })])).toBe(
      'loss: 2,000 values, step 0 to 30; first 1, lowest 0.25, highest 1, latest 0.25.',
    );
  });

  it('gives the latest value of each of several runs', () => {
    expect(summarise('loss', [line([1, 0.5]), line([3], { name: 'odd-finch' })])).toBe(
      'loss of 2 runs; latest values: calm-heron 0.5, odd-finch 3.',
    );
  });

  it('says so when there is nothing yet', () => {
    expect(summarise('loss', [])).toBe('loss: no values yet.');
  });
});

describe('numbersTable', () => {
  it('puts runs side by side at each step, with a hole where one has no value', () => {
    const table = numbersTable([line([1, 2, 3]), line([4], { name: 'b' })], 'step', 100);
    expect(table.rows).toEqual([
      { x: 0, values: [1, 4] },
      { x: 10, values: [2, undefined] },
      { x: 20, values: [3, undefined] },
    ]);
    expect(table).toMatchObject({ logged: 4, shown: 4 });
  });

  it('chooses rows evenly when there are too many, the last among them', () => {
    const values = Array.from({ length: 1_000 }, (_, index) => index);
    const table = numbersTable([line(values)], 'step', 100);
    expect(table.rows.length).toBeLessThanOrEqual(101);
    expect(table.rows.at(-1)?.values).toEqual([999]);
    expect(table.logged).toBe(1_000);
  });
});
