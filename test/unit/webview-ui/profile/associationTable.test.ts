import { expect, it } from 'vitest';
import type { Associations } from '../../../../src/protocol/data.ts';
import { matrixOf, rankPairs, strengthStep } from '../../../../webview-ui/profile/associationTable.ts';

const associations: Associations = {
  rows: 10,
  columns: ['a', 'b', 'c'],
  pairs: [
    { a: 'a', b: 'b', measure: 'pearson', strength: 0.2 },
    { a: 'b', b: 'c', measure: 'pearson', strength: -0.9 },
  ],
};

it('ranks by strength whichever way, and names the chosen column first', () => {
  expect(rankPairs(associations, '').map(({ strength }) => strength)).toEqual([-0.9, 0.2]);
  expect(rankPairs(associations, 'b').map(({ a, b }) => `${a} ${b}`)).toEqual(['b c', 'b a']);
  expect(rankPairs(associations, 'x')).toEqual([]);
});

it('has both halves of the matrix, and nothing where nothing was found', () => {
  const strengths = matrixOf(associations).map((row) => row.map(({ strength }) => strength));
  expect(strengths).toEqual([
    [undefined, 0.2, undefined],
    [0.2, undefined, -0.9],
    [undefined, -0.9, undefined],
  ]);
});

it('shades by ten steps', () => {
  expect([0, 0.14, -0.96, 1.0000001].map(strengthStep)).toEqual([0, 1, 10, 10]);
});
