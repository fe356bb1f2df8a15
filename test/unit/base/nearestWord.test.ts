import { expect, test } from 'vitest';
import { nearestWord } from '../../../src/base/nearestWord.ts';

test.each([
  ['lenght', 'length'],
  ['pseudonim', 'pseudonym'],
  ['Scale', 'scale'],
  ['kep', 'keep'],
  ['frobnicate', undefined],
  ['', undefined],
])('%s means %s', (written, meant) => {
  expect(nearestWord(written, ['length', 'pseudonym', 'scale', 'keep'])).toBe(meant);
});
