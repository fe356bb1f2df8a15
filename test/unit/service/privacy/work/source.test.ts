import { expect, test } from 'vitest';
import { consecutiveRuns } from '../../../../../src/service/privacy/work/rowFunctions.ts';
import { numberedPlaces } from '../../../../../src/service/privacy/work/source.ts';

test('only what stands for a value becomes a numbered place', () => {
  expect(numberedPlaces(`SELECT "why? ""?""", 'what?''?', ?, f(?)`)).toBe(
    `SELECT "why? ""?""", 'what?''?', $1, f($2)`,
  );
});

test('rows that do not follow one another are batches of their own', () => {
  expect(consecutiveRuns([5n, 6n, 7n, 20n, 21n, 3n])).toEqual([
    [0, 5, 3],
    [3, 20, 2],
    [5, 3, 1],
  ]);
});
