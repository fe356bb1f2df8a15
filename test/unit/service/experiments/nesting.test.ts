import { expect, test } from 'vitest';
import { Nesting } from '../../../../src/service/experiments/nesting.ts';

test('each run is under the one that its link names', () => {
  const nesting = new Nesting([
    { child: 2, parent: 1 },
    { child: 3, parent: 1 },
    { child: 4, parent: 3 },
  ]);
  expect(nesting.nested).toEqual([2, 3, 4]);
  expect(nesting.childrenOf(1)).toEqual([2, 3]);
  expect(nesting.childrenOf(3)).toEqual([4]);
  expect(nesting.parentOf(4)).toBe(3);
  expect(nesting.parentOf(1)).toBeUndefined();
});

test('a ring is opened at its oldest run, and what hangs on it stays where it is', () => {
  const nesting = new Nesting([
    { child: 9, parent: 5 },
    { child: 5, parent: 7 },
    { child: 7, parent: 3 },
    { child: 3, parent: 5 },
    { child: 8, parent: 3 },
  ]);
  expect(nesting.parentOf(3)).toBeUndefined();
  expect(nesting.nested).toEqual([9, 5, 7, 8]);
  expect(nesting.childrenOf(3)).toEqual([7, 8]);
});

test('a chain of 100,000 runs is no burden', () => {
  const links = Array.from({ length: 100_000 }, (_, index) => ({ child: index + 2, parent: index + 1 }));
  expect(new Nesting(links.reverse()).nested).toHaveLength(100_000);
});
