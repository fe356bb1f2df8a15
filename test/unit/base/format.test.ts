import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDuration,
  formatNumber,
  formatRelativeTime,
  formatShare,
  formatSize,
  plural,
  sparkline,
} from '../../../src/base/format.ts';

test.each([
  [0.98137, '0.9814'],
  [0.1, '0.1'],
  [-0.5, '−0.5'],
  [1234567, '1,234,567'],
  [200, '200'],
  [0.00001234, '1.234e-5'],
  [12345678.9, '1.235e+7'],
  [Number.NaN, 'NaN'],
  [Number.POSITIVE_INFINITY, '∞'],
  [Number.NEGATIVE_INFINITY, '−∞'],
  [0, '0'],
])('%s reads %s', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [3240, '3.2 s'],
  [31_000, '00:31'],
  [3_723_000, '1:02:03'],
])('%s ms reads %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});

test.each([
  [1, '1 byte'],
  [999, '999 bytes'],
  [1_200_000_000, '1.2 GB'],
])('%s bytes read %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

test('times are relative while they are near', () => {
  const now = Date.UTC(2026, 0, 31);
  const before = (minutes: number) => formatRelativeTime(now - minutes * 60_000, now);
  expect([0, 3, 120, 60 * 30, 60 * 24 * 5, 60 * 24 * 30].map(before)).toEqual([
    'just now',
    '3 min ago',
    '2 h ago',
    'yesterday',
    '5 d ago',
    '2026-01-01',
  ]);
});

test('a sparkline goes from the lowest to the highest value and leaves out what is not a number', () => {
  expect(sparkline([0, Number.NaN, 0.5, 1])).toBe('▁▅█');
  expect(sparkline([1])).toBe('');
});

test('plural counts with separated digits', () => {
  expect([plural(1, 'run'), plural(12_480, 'file')]).toEqual(['1 run', '12,480 files']);
});

test.each([
  [{ bytes: 15_200, files: 12_480 }, '12,480 files, 15.2 KB'],
  [{ bytes: 1, files: 1 }, '1 file, 1 byte'],
  [{ bytes: 0 }, '0 bytes'],
  [{ files: 2 }, '2 files'],
  [{}, ''],
])('%o reads %s', (size, text) => {
  expect(formatSize(size)).toBe(text);
});

test.each([
  [1, 3, '33.3 %'],
  [0, 3, '0 %'],
  [3, 3, '100 %'],
  [1, 1_000_000, '< 0.1 %'],
  [999_999, 1_000_000, '> 99.9 %'],
  [0, 0, '0 %'],
])('%i of %i is %s', (part, whole, text) => {
  expect(formatShare(part, whole)).toBe(text);
});
