import { expect, it } from 'vitest';
import {
  columnEdges,
  columnsBetween,
  contentHeight,
  isCompressed,
  lastTopRow,
  rowHeight,
  scrollTopOf,
  topRowAt,
} from '../../../../webview-ui/profile/rowsGeometry.ts';

const view = 30 * rowHeight;

it('scrolls a table of usual length pixel by pixel', () => {
  const extent = { rows: 1000, view };
  expect(isCompressed(1000)).toBe(false);
  expect(topRowAt(5.5 * rowHeight, extent)).toBeCloseTo(5.5, 9);
  expect(topRowAt(contentHeight(1000) - view, extent)).toBe(970);
});

it('reaches the first and the last of 20,000,000 rows within what browsers can scroll', () => {
  const extent = { rows: 20_000_000, view };
  expect(isCompressed(20_000_000)).toBe(true);
  expect(contentHeight(20_000_000)).toBeLessThan(16_000_000);
  expect(topRowAt(0, extent)).toBe(0);
  expect(topRowAt(contentHeight(20_000_000) - view, extent)).toBe(19_999_970);
  for (const row of [1, 12_345_678, 19_999_970]) {
    expect(topRowAt(scrollTopOf(row, extent), extent)).toBeCloseTo(row, 6);
  }
});

it('has nowhere to scroll in a table that is shorter than the view', () => {
  const extent = { rows: 3, view };
  expect([lastTopRow(extent), topRowAt(100, extent), scrollTopOf(0, extent)]).toEqual([0, 0, 0]);
});

it('finds the columns that are in view among 10,000', () => {
  const columns = Array.from({ length: 10_000 }, () => ({ name: 'c', type: 'integer' as const }));
  const edges = columnEdges(columns, []);
  const width = edges[1]!;
  expect(columnsBetween(edges, 0, width)).toEqual({ first: 0, last: 2 });
  const middle = columnsBetween(edges, 5000 * width + 1, 5003 * width - 1);
  expect(middle).toEqual({ first: 5000, last: 5003 });
  expect(columnsBetween(edges, edges.at(-1)! - 1, edges.at(-1)! + 500)).toEqual({
    first: 9999,
    last: 10_000,
  });
});

it('gives a long name room, and long values, up to a point', () => {
  const columns = [
    { name: 'x', type: 'integer' },
    { name: 'a very long name of a column that nobody would write', type: 'text' },
    { name: 'race', type: 'text' },
  ] as const;
  const [, short, long, values] = columnEdges(columns, []);
  expect([short, long! - short!, values! - long!]).toEqual([72, 260, 100]);
  const rows = [
    [1, 'b', 'White'],
    [2, null, 'Amer-Indian-Eskimo'],
  ];
  const [, , before, behind] = columnEdges(columns, rows);
  expect(behind! - before!).toBe(155);
});
