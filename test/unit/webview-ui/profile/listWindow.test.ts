import { expect, it } from 'vitest';
import { offsetOf, windowOf } from '../../../../webview-ui/profile/listWindow.ts';

const none = new Map<number, number>();

it('a short list is in the page as it is', () => {
  const list = { count: 300, rowHeight: 30, extra: none };
  expect(windowOf(list, 4000, 600)).toEqual({ first: 0, last: 300, before: 0, after: 0 });
});

it('of 10,000 rows only those around the view are, and the list stays as high as it is', () => {
  const list = { count: 10_000, rowHeight: 30, extra: none };
  for (const top of [0, 1, 12_345, 150_000, 299_400]) {
    const { first, last, before, after } = windowOf(list, top, 600);
    expect(first * 30).toBeLessThanOrEqual(top);
    expect(last * 30).toBeGreaterThanOrEqual(Math.min(300_000, top + 600));
    expect(last - first).toBeLessThan(220);
    expect(before + (last - first) * 30 + after).toBe(300_000);
  }
});

it('rows that are open are as high as they were measured', () => {
  const list = {
    count: 1000,
    rowHeight: 30,
    extra: new Map([
      [2, 400],
      [500, 100],
    ]),
  };
  expect([offsetOf(list, 2), offsetOf(list, 3), offsetOf(list, 1000)]).toEqual([60, 490, 30_500]);
  const { first, last, before, after } = windowOf(list, 20_000, 600);
  // Row 653 is at the top: 653 × 30 + 400.
  expect([first <= 653, last >= 670]).toEqual([true, true]);
  expect(before + (last - first) * 30 + after + (first <= 500 ? 100 : 0)).toBe(30_500);
});
