import { expect, it } from 'vitest';
import type { RecipePreview } from '../../../../src/protocol/privacy.ts';
import { columnsAround, isSameValue, namesInShort } from '../../../../webview-ui/anonymise/previewColumns.ts';

const columns = ['a', 'b', 'c', 'd', 'e', 'f'];
const dial = { before: 1, after: 0, sentence: '' };
const preview: RecipePreview = {
  version: 1,
  columns,
  rows: [
    { before: [1, 2, 3, 4, 5, 6], after: [1, 2, 3, 4, 5, 60] },
    { before: [7, 8, 9, 10, 11, 12], after: null },
  ],
  risk: dial,
  use: dial,
  drivers: [],
  suppressedRows: 1,
};

it.each([
  ['a', ['a', 'b', 'c']],
  ['d', ['c', 'd', 'e']],
  ['f', ['d', 'e', 'f']],
  ['dropped', ['a', 'b', 'c']],
])('of many columns those around %s are shown', (chosen, expected) => {
  expect(columnsAround(preview, chosen, 3).columns).toEqual(expected);
});

it('cells stay under their columns', () => {
  expect(columnsAround(preview, 'f', 2).rows).toEqual([
    { before: [5, 6], after: [5, 60] },
    { before: [11, 12], after: null },
  ]);
  expect(columnsAround(preview, 'f', 6)).toBe(preview);
});

it('many names are cut short', () => {
  expect(namesInShort(columns, 6)).toBe('a, b, c, d, e, f');
  expect(namesInShort(columns, 2)).toBe('a, b and 4 more');
});

it('a value that reads the same was not changed', () => {
  expect(isSameValue(13, '13')).toBe(true);
  expect(isSameValue(null, null)).toBe(true);
  expect(isSameValue(13, '*')).toBe(false);
  expect(isSameValue(null, 'null')).toBe(false);
  expect(isSameValue(0, null)).toBe(false);
});
