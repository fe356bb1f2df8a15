import { expect, it } from 'vitest';
import { numberText } from '../../../../../src/service/privacy/work/textForms.ts';

it.each([
  ['11', 2, false, '11.00'],
  ['1.5', 2, false, '1.50'],
  ['-0.25', 2, true, '-0,25'],
  ['1.5', undefined, true, '1,5'],
  ['1e21', 2, false, '1e21'],
  ['7', undefined, false, '7'],
])('%s with %s decimals (comma: %s) is written %s', (text, decimals, comma, expected) => {
  expect(numberText(text, { kind: 'number', decimals, comma })).toBe(expected);
});
