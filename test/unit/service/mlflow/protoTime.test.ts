import { expect, test } from 'vitest';
import {
  decodeDuration,
  decodeTimestamp,
  encodeDuration,
  encodeTimestamp,
} from '../../../../src/service/mlflow/protoTime.ts';

test.each([
  [0, '1970-01-01T00:00:00Z'],
  [1_767_323_045_678, '2026-01-02T03:04:05.678Z'],
  [1_767_323_045_600, '2026-01-02T03:04:05.600Z'],
])('the time %i is %s', (milliseconds, text) => {
  expect(encodeTimestamp(milliseconds)).toBe(text);
  expect(decodeTimestamp(text)).toBe(milliseconds);
});

test('times of other zones and finer ones are read', () => {
  expect(decodeTimestamp('2026-01-02T03:04:05.678901234Z')).toBe(1_767_323_045_678);
  expect(decodeTimestamp('2026-01-02T04:04:05.6+01:00')).toBe(1_767_323_045_600);
  expect(decodeTimestamp('2026-01-02')).toBeUndefined();
  expect(decodeTimestamp('2026-13-02T00:00:00Z')).toBeUndefined();
});

test.each([
  [0, '0s'],
  [116, '0.116s'],
  [1_000, '1s'],
  [61_020, '61.020s'],
  [-1_500, '-1.500s'],
])('the duration %i is %s', (milliseconds, text) => {
  expect(encodeDuration(milliseconds)).toBe(text);
  expect(decodeDuration(text)).toBe(milliseconds);
});

test('finer durations are cut, others are none', () => {
  expect(decodeDuration('0.116999s')).toBe(116);
  expect(decodeDuration('1')).toBeUndefined();
  expect(decodeDuration('1 s')).toBeUndefined();
});
