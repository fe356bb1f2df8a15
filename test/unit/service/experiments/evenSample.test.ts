import { expect, test } from 'vitest';
import { evenSample } from '../../../../src/service/experiments/evenSample.ts';

test.each([
  [0, 5, []],
  [3, 5, [0, 1, 2]],
  [5, 5, [0, 1, 2, 3, 4]],
  [10, 1, [9]],
  [10, 2, [0, 9]],
  // NTILE(4) of 10 rows: 3, 3, 2, 2.
  [10, 4, [0, 3, 6, 9]],
  [11, 3, [0, 4, 10]],
])('%i points, at most %i', (count, limit, positions) => {
  expect(evenSample(count, limit)).toEqual(positions);
});

test('never more than asked for, always rising, with both ends', () => {
  for (let count = 2; count < 200; count += 7) {
    for (let limit = 2; limit < 60; limit += 3) {
      const positions = evenSample(count, limit);
      expect(positions).toHaveLength(Math.min(count, limit));
      expect([positions[0], positions.at(-1)]).toEqual([0, count - 1]);
      expect(positions.every((position, at) => at === 0 || position > positions[at - 1]!)).toBe(true);
    }
  }
});
