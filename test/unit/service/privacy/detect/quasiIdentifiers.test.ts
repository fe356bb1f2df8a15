import { describe, expect, it } from 'vitest';
import type { EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import { measureDistinction } from '../../../../../src/service/privacy/detect/quasiIdentifiers.ts';

/** The example of Motwani and Xu. */
const toy = encode({
  age: [20, 30, 40, 20, 40],
  sex: ['Female', 'Female', 'Female', 'Male', 'Male'],
  state: ['CA', 'CA', 'TX', 'NY', 'CA'],
});

describe('distinction and separation', () => {
  it('agree with the example of the paper', () => {
    expect(rounded(measureDistinction(toy))).toEqual([
      ['age', 0.6, 0.8],
      ['sex', 0.4, 0.6],
      ['state', 0.6, 0.7],
      ['age sex', 1, 1],
      ['age state', 1, 1],
      ['sex state', 0.8, 0.9],
    ]);
  });

  it('look at small sets first and stop at the budget', () => {
    expect(rounded(measureDistinction(toy, { budget: 4 })).map(([columns]) => columns)).toEqual([
      'age',
      'sex',
      'state',
      'age sex',
    ]);
    expect(measureDistinction(toy, { largest: 1 })).toHaveLength(3);
  });

  it('have nothing to say of no rows, and call one row apart from all others', () => {
    expect(measureDistinction(encode({ age: [] }))).toEqual([]);
    expect(measureDistinction(encode({ age: [1] }))).toEqual([
      { columns: ['age'], distinction: 1, separation: 1 },
    ]);
  });

  it('can be cancelled', () => {
    const cancelled = new Error('cancelled');
    const checkCancelled = () => {
      throw cancelled;
    };
    expect(() => measureDistinction(toy, { checkCancelled })).toThrow(cancelled);
  });
});

function rounded(found: ReturnType<typeof measureDistinction>): [string, number, number][] {
  return found.map(({ columns, distinction, separation }) => [
    columns.join(' '),
    Number(distinction.toFixed(10)),
    Number(separation.toFixed(10)),
  ]);
}

function encode(columns: Readonly<Record<string, readonly (string | number)[]>>): EncodedTable {
  const rowCount = Object.values(columns)[0]!.length;
  return {
    rowCount,
    columns: Object.entries(columns).map(([name, cells]) => {
      const values = [...new Set(cells)];
      return { name, values, codes: Int32Array.from(cells, (cell) => values.indexOf(cell)) };
    }),
  };
}
