import { describe, expect, it } from 'vitest';
import type { Cell } from '../../../../../src/service/data/encodedTable.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { selectColumns, shuffledColumns, splitRows } from '../../../../../src/service/privacy/tables/rows.ts';
import { measureQuality } from '../../../../../src/service/privacy/utility/quality.ts';
import { readAdult, readReferenceTable, tableOf } from '../../../../support/referenceTables.ts';

describe('quality', () => {
  it('is that of SDMetrics on its student placements, with its own bins', () => {
    const scored = ['start_date', 'second_perc', 'work_experience', 'degree_type'];
    const read = (file: string) =>
      selectColumns(readReferenceTable(`student-placements/student_placements_${file}.csv`), scored);
    const quality = measureQuality(read('real'), read('synthetic'), { edges: 'separate' });
    expect(quality.columns.map(({ score }) => score)).toEqual([
      0.6621621621621622, 0.8976744186046511, 0.9953488372093023, 0.9395348837209302,
    ]);
    expect(quality.score).toBe(0.8393750143888287);
  });

  it('of Adult: half against half, and shuffled columns, which only the associated pairs give away', () => {
    const random = new Random(new Uint8Array(32).fill(1));
    const [half, other] = splitRows(readAdult(), 0.5, random.fork('halves'));
    const same = measureQuality(half, other, { edges: 'separate' });
    const shuffled = measureQuality(half, shuffledColumns(other, random.fork('shuffled')), {
      edges: 'separate',
    });
    const parts = ({ shapes, pairTrends, score }: typeof same) => [shapes, pairTrends, score];
    const published = [...[0.991, 0.978, 0.984], ...[0.991, 0.918, 0.955]];
    for (const [at, value] of [...parts(same), ...parts(shuffled)].entries()) {
      expect(Math.abs(value! - published[at]!)).toBeLessThan(0.01);
    }
    expect(same.associatedPairTrends).toBeGreaterThan(0.97);
    expect(shuffled.associatedPairTrends).toBeLessThan(0.8);
  });

  it('sees with the real edges what separate ones hide: a column shifted as a whole', () => {
    const numbers = Array.from({ length: 1000 }, (_, row) => row);
    const sizes = numbers.map((number) => (number < 300 ? 'small' : 'large'));
    const real = tableOf({ number: numbers, size: sizes });
    const shifted = tableOf({ number: numbers.map((number) => number + 5000), size: sizes });
    const pair = (edges: 'real' | 'separate') => measureQuality(real, shifted, { edges }).pairs[0]!;
    expect(pair('separate').score).toBe(1);
    expect(pair('real').score).toBeCloseTo(0, 12);
    expect(pair('real').association).toBeGreaterThan(0.9);
  });

  it('of hostile columns is a number between 0 and 1', () => {
    const rows = 2_000;
    const make = (value: (row: number) => Cell) => Array.from({ length: rows }, (_, row) => value(row));
    const table = tableOf({
      constant: make(() => 1),
      empty: make(() => null),
      distinct: make((row) => `id ${row}`),
      many: make((row) => `c${(row * 7919) % 1000}`),
      sparse: make((row) => (row % 3 ? null : row)),
    });
    const same = measureQuality(table, table);
    expect(same.score).toBe(1);
    const other = measureQuality(
      table,
      tableOf({ constant: make(() => null), empty: make(() => 3), sparse: make(() => 'x') }),
    );
    for (const { score, coverage, adherence } of other.columns) {
      expect([score, coverage, adherence].every((value) => value >= 0 && value <= 1)).toBe(true);
    }
    expect(() => measureQuality(table, tableOf({ another: [1] }))).toThrow('no column in common');
  });
});
