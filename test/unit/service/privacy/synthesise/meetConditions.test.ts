import { describe, expect, it } from 'vitest';
import { conditionsOf, rowsMeeting } from '../../../../../src/service/privacy/synthesise/meetConditions.ts';
import { tableOf } from '../../../../support/referenceTables.ts';

const table = tableOf({
  code: ['5', '5', '7', '7', 'x', '5'],
  age: [10, 20, 30, null, 50, 60],
  day: ['2020-01-01', '2020-02-01', '2020-03-01', '2020-04-01', null, '2020-06-01'],
});

function rows(...asked: Parameters<typeof conditionsOf>[1]): number[] {
  return [...rowsMeeting(table, conditionsOf(table, asked), { rareBelow: 2 })];
}

describe('rows that meet conditions', () => {
  it('have the value, as the column writes it', () => {
    expect(rows({ column: 'code', value: 5 })).toEqual([0, 1, 5]);
  });

  it('lie within the limits, both included; dates as well', () => {
    expect(rows({ column: 'age', minimum: 20, maximum: 50 })).toEqual([1, 2, 4]);
    expect(rows({ column: 'day', minimum: '2020-02-15' })).toEqual([2, 3, 5]);
    expect(rows({ column: 'age', minimum: 20 }, { column: 'code', value: '7' })).toEqual([2]);
  });

  it('may be none, where a model can still draw between real numbers', () => {
    expect(rows({ column: 'age', minimum: 31, maximum: 32 })).toEqual([]);
  });

  it.each([
    [{ column: 'code', value: 'y' }, /code = y cannot be met/],
    [{ column: 'code', value: 'x' }, /code = x cannot be met/],
    [{ column: 'age', minimum: 61 }, /age = 61 to …/],
    [{ column: 'age', minimum: 40, maximum: 30 }, /40 to 30/],
    [{ column: 'code', minimum: 1 }, /neither numbers nor dates/],
    [{ column: 'age', minimum: 'old' }, /neither a number nor a date/],
  ])('%o is refused before anything is learned', (condition, message) => {
    expect(() => rows(condition)).toThrow(message);
  });
});
