import { describe, expect, it } from 'vitest';
import { asText, inferTextColumn, widerType } from '../../../../src/service/data/columnTypes.ts';

const typeOf = (...values: (string | null)[]) => inferTextColumn(values).type;

describe('the type of a text column', () => {
  it.each([
    [['1', '-20', '0'], { kind: 'integer', huge: false }],
    [['9007199254740993', '1'], { kind: 'integer', huge: false }],
    [['12345678901234567890'], { kind: 'integer', huge: true }],
    [['1', '2.5', '.5', '1e-3', '+7'], { kind: 'number', comma: false }],
    [['9007199254740993.25'], { kind: 'decimal' }],
    [['1,5', '-2,25'], { kind: 'number', comma: true }],
    [['true', 'FALSE'], { kind: 'boolean' }],
    [['1899-12-31', '0987-01-01'], { kind: 'date' }],
    [['31/12/1850', '01/02/1900'], { kind: 'date', format: '%d/%m/%Y' }],
    [['12/31/1850', '01/02/1900'], { kind: 'date', format: '%m/%d/%Y' }],
    [['2020-01-01 10:00', '2020-01-01T10:00:00.123456'], { kind: 'timestamp', zoned: false }],
    [['2020-01-01T10:00:00Z', '2020-01-01T10:00:00+02:00'], { kind: 'timestamp', zoned: true }],
  ])('%j', (values, type) => {
    expect(typeOf(...values)).toEqual(type);
  });

  it.each([
    ['leading zeros are no number', ['01234', '99999']],
    ['dates that read in two ways', ['01/02/2020', '03/04/2020']],
    ['thousands or decimals', ['1,234', '5,678']],
    ['some moments with a zone, some without', ['2020-01-01 10:00', '2020-01-01T10:00:00Z']],
    ['nanoseconds', ['2020-01-01 10:00:00.123456789']],
    ['39 digits', ['123456789012345678901234567890123456789']],
    ['words', ['yes', 'no']],
    ['nothing', [null, null]],
  ])('text: %s', (_, values) => {
    expect(inferTextColumn(values)).toEqual(asText);
  });

  it('takes words for a missing value beside numbers only', () => {
    expect(inferTextColumn(['1', 'NA', '?', null])).toEqual({
      type: { kind: 'integer', huge: false },
      markers: ['NA', '?'],
      padded: false,
    });
    expect(inferTextColumn(['DE', 'NA', 'FR']).markers).toEqual([]);
  });

  it('sees through spaces around numbers', () => {
    expect(inferTextColumn([' 39', ' 50'])).toEqual({
      type: { kind: 'integer', huge: false },
      markers: [],
      padded: true,
    });
  });
});

it('every type widens to text in a few steps', () => {
  for (const values of [
    ['1'],
    ['1.5'],
    ['1,5'],
    ['2020-01-01'],
    ['true'],
    ['31/12/1999'],
    ['9007199254740993.5'],
  ]) {
    let type = typeOf(...values);
    for (let step = 0; type.kind !== 'text'; step += 1) {
      expect(step).toBeLessThan(5);
      type = widerType(type);
    }
  }
});
