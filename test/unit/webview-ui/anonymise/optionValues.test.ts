import { expect, it } from 'vitest';
import type { MethodOption } from '../../../../src/protocol/privacy.ts';
import { limitsOf, readOption } from '../../../../webview-ui/anonymise/optionValues.ts';

const option = (change: Partial<MethodOption>): MethodOption => ({
  name: 'length',
  title: 'Length',
  kind: 'integer',
  standard: 16,
  ...change,
});

it.each([
  [option({}), '12', { value: 12 }],
  [option({}), ' ', { value: undefined }],
  [option({ standard: null }), '', { value: undefined }],
  [option({}), '1.5', { problem: 'Length must be a whole number.' }],
  [option({}), 'many', { problem: 'Length must be a number.' }],
  [option({ minimum: 8, maximum: 48 }), '7', { problem: 'Length must be 8 to 48.' }],
  [option({ minimum: 8, maximum: 48 }), '48', { value: 48 }],
  [option({ kind: 'number', minimum: 0 }), '-0.5', { problem: 'Length must be at least 0.' }],
  [option({ kind: 'number' }), '−0.5', { value: -0.5 }],
  [option({ kind: 'number' }), 'Infinity', { problem: 'Length must be a number.' }],
  [option({ kind: 'text' }), ' cust_ ', { value: 'cust_' }],
  [option({ kind: 'text' }), '', { value: undefined }],
  [option({ kind: 'switch' }), 'false', { value: false }],
] as const)('%o, typed %j', (described, typed, expected) => {
  expect(readOption(described, typed)).toEqual(expected);
});

it('limits are said only where there are some', () => {
  expect(limitsOf({})).toBe('');
  expect(limitsOf({ maximum: 1000 })).toBe('at most 1,000');
});
