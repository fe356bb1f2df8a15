import { describe, expect, it } from 'vitest';
import { columnKind } from '../../../../../src/service/privacy/tables/columnKind.ts';
import { formatInstant, parseInstant } from '../../../../../src/service/privacy/tables/instants.ts';
import { numberStyle, writePlace } from '../../../../../src/service/privacy/tables/numberStyle.ts';
import { alignColumns, rowNumbers } from '../../../../../src/service/privacy/tables/rows.ts';
import { tableOf } from '../../../../support/referenceTables.ts';

describe('the kind of a column', () => {
  it.each([
    [[1, 2.5, null], 'number'],
    [['12345678901234567890', '-1.50'], 'number'],
    [['01234', '02345'], 'category'],
    [['2020-02-29', '1899-12-31'], 'datetime'],
    [['2020-02-30'], 'category'],
    [[true, false], 'category'],
    [[null], 'category'],
  ] as const)('%j is a %s', (cells, kind) => {
    expect(columnKind(tableOf({ a: cells }).columns[0]!)).toBe(kind);
  });

  it('is what is known better', () => {
    expect(columnKind(tableOf({ zip: [8001, 8002] }).columns[0]!, { zip: 'category' })).toBe('category');
  });
});

describe('instants', () => {
  it.each([
    '2020-07-23',
    '0099-01-01',
    '2020-07-23 10:11',
    '2020-07-23T10:11:12Z',
    '1999-12-31 23:59:59.123',
  ])('%s is written as it was read', (text) => {
    const instant = parseInstant(text)!;
    expect(formatInstant(instant.time, instant.style)).toBe(text);
  });

  it('with a zone are the same moment', () => {
    expect(parseInstant('2020-07-23T12:00:00+02:00')!.time).toBe(parseInstant('2020-07-23T10:00:00Z')!.time);
  });
});

describe('made-up numbers', () => {
  it('have as many decimals as the real ones', () => {
    expect(numberStyle({ values: [1, 2.25, 1e-4] }, 'number')).toMatchObject({ decimals: 4, text: false });
    const text = numberStyle({ values: ['1.50', '2'] }, 'number');
    expect(writePlace(1.5, text)).toBe('1.50');
    expect(writePlace(2 ** 64, numberStyle({ values: ['18446744073709551616'] }, 'number'))).toBe(
      '18446744073709551616',
    );
  });
});

describe('rows of two tables', () => {
  it('have the same number when they are equal, and only then', () => {
    const left = tableOf({ a: [1, 1, 2], b: ['x', 'y', null] });
    const right = tableOf({ b: [null, 'y', 'x'], a: [2, 1, '1'] });
    const numbers = rowNumbers(alignColumns(left, right));
    expect([...numbers.right].map((number) => numbers.left.indexOf(number))).toEqual([2, 1, -1]);
  });
});
