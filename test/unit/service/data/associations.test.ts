import { describe, expect, it } from 'vitest';
import {
  associate,
  type CategoricalColumn,
  type NumericColumn,
} from '../../../../src/service/data/associations.ts';

const numeric = (...values: number[]): NumericColumn => ({
  name: 'n',
  kind: 'numeric',
  values: Float64Array.from(values),
});
const categorical = (...codes: number[]): CategoricalColumn => ({
  name: 'c',
  kind: 'categorical',
  codes: Int32Array.from(codes),
  levels: Math.max(...codes) + 1,
});

describe('two numeric columns', () => {
  it('have Pearson’s correlation', () => {
    // Anscombe's first data set (American Statistician 27, 1973): r = 0.81642.
    const x = numeric(10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5);
    const y = numeric(8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68);
    const { measure, strength } = associate(x, y);
    expect(measure).toBe('pearson');
    expect(strength).toBeCloseTo(0.8164205, 6);
  });

  it('lose nothing where small differences lie on large values', () => {
    const base = 1e12;
    expect(associate(numeric(base + 1, base + 2, base + 3), numeric(3, 2, 1)).strength).toBeCloseTo(-1, 12);
  });

  it('are compared where both have a value, and not at all where one is constant', () => {
    expect(associate(numeric(1, 2, Number.NaN, 3), numeric(2, 4, 100, 6)).strength).toBeCloseTo(1, 12);
    expect(associate(numeric(1, 2, 3), numeric(5, 5, 5)).strength).toBeUndefined();
  });
});

describe('two categorical columns', () => {
  it('have Cramér’s V, corrected for bias', () => {
    const a = categorical(...Array.from({ length: 100 }, (_, row) => row % 2));
    expect(associate(a, a).strength).toBeCloseTo(1, 12);
    // [[30, 10], [10, 30]]: φ² = 0.25, corrected (0.25 − 1/79) / (1 − 1/79).
    const rows = [
      ...Array(30).fill([0, 0]),
      ...Array(10).fill([0, 1]),
      ...Array(10).fill([1, 0]),
      ...Array(30).fill([1, 1]),
    ];
    const [x, y] = [0, 1].map((at) => categorical(...rows.map((row) => row[at])));
    expect(associate(x!, y!).strength).toBeCloseTo(Math.sqrt((0.25 - 1 / 79) / (1 - 1 / 79)), 12);
  });

  it('that have nothing to do with each other are not associated, however many levels they have', () => {
    const a = categorical(...Array.from({ length: 400 }, (_, row) => row % 20));
    const b = categorical(...Array.from({ length: 400 }, (_, row) => Math.floor(row / 20)));
    expect(associate(a, b).strength).toBe(0);
  });
});

it('a category and a number have the correlation ratio', () => {
  // The classic example of three courses: η² = 6780 / 9640.
  const groups = [
    [45, 70, 29, 15, 21],
    [40, 20, 30, 42],
    [65, 95, 80, 70, 85, 73],
  ];
  const codes = groups.flatMap((group, at) => group.map(() => at));
  const { measure, strength } = associate(numeric(...groups.flat()), categorical(...codes));
  expect(measure).toBe('correlationRatio');
  expect(strength! ** 2).toBeCloseTo(6780 / 9640, 12);
});
