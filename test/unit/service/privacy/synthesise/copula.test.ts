import { describe, expect, it } from 'vitest';
import type { Cell, EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { copula } from '../../../../../src/service/privacy/synthesise/copula/copula.ts';
import type { FitOptions, SampleOptions } from '../../../../../src/service/privacy/synthesise/synthesiser.ts';
import { columnNamed, shuffledColumns, splitRows } from '../../../../../src/service/privacy/tables/rows.ts';
import { measureEfficacy } from '../../../../../src/service/privacy/utility/efficacy.ts';
import { measureQuality } from '../../../../../src/service/privacy/utility/quality.ts';
import { readReferenceTable, rowOf, tableOf } from '../../../../support/referenceTables.ts';

const seed = new Uint8Array(32).fill(5);

function synthesise(
  table: EncodedTable,
  count: number,
  options: Partial<FitOptions & SampleOptions> = {},
): EncodedTable {
  return copula.sample(copula.fit(table, { seed, ...options }), count, { seed, ...options });
}

function cellsOf(table: EncodedTable, name: string): Cell[] {
  const { values, codes } = columnNamed(table, name)!;
  return [...codes].map((code) => values[code]!);
}

function rowsOf(table: EncodedTable): Record<string, Cell>[] {
  return Array.from({ length: table.rowCount }, (_, row) => rowOf(table, row));
}

function people(rows: number): EncodedTable {
  const random = new Random(new Uint8Array(32).fill(9));
  const make = <T extends Cell>(value: (row: number) => T) =>
    Array.from({ length: rows }, (_, row) => value(row));
  const ages = make(() => 20 + random.below(50));
  const cities = make(() => ['Bern', 'Basel', 'Chur'][random.below(3)]!);
  return tableOf({
    age: ages,
    city: cities,
    canton: cities.map((city) => ({ Bern: 'BE', Basel: 'BS', Chur: 'GR' })[city]!),
    since: ages.map((age) => `20${String(80 - age).padStart(2, '0')}-0${1 + random.below(9)}-11`),
    until: ages.map((age) =>
      random.uniform() < 0.2 ? null : `20${String(82 - age).padStart(2, '0')}-0${1 + random.below(9)}-15`,
    ),
    wage: ages.map((age) => (age > 60 ? null : Math.round(age * 100 + random.normal() * 500) / 4)),
  });
}

describe('a Gaussian copula of Adult', () => {
  const random = new Random(seed);
  const adult = readReferenceTable('adult/adult_15_columns.csv');
  const [train, holdOut] = splitRows(adult, 22_561 / 32_561, random.fork('split'));
  const drawn = synthesise(train, train.rowCount);

  it('keeps shapes and pairs at least as well as the reference', () => {
    const quality = measureQuality(train, drawn, { edges: 'separate' });
    expect(quality.shapes).toBeGreaterThan(0.979);
    expect(quality.score).toBeGreaterThan(0.949);
    const shuffled = measureQuality(train, shuffledColumns(train, random.fork('shuffle')), {
      edges: 'separate',
    });
    expect(Math.abs(shuffled.score - 0.955)).toBeLessThan(0.01);
    expect(quality.associatedPairTrends! - shuffled.associatedPairTrends!).toBeGreaterThan(0.1);
  });

  it('teaches models far more than shuffled columns, and less than the real rows', {
    timeout: 60_000,
  }, () => {
    const { mean } = measureEfficacy({
      real: train,
      released: drawn,
      holdOut,
      target: 'income',
      random,
      maximumRows: 5_000,
    });
    // The reference's own copula reaches 0.394.
    expect(mean.released).toBeGreaterThan(0.55);
    expect(mean.released).toBeGreaterThan(mean.shuffled + 0.2);
    expect(mean.real).toBeGreaterThan(mean.released);
  });

  it('publishes no extreme value and no category that fewer than five persons share', () => {
    for (const { name, values, codes } of drawn.columns) {
      const real = columnNamed(train, name)!;
      const count = (test: (cell: Cell) => boolean) =>
        real.codes.reduce((sum, code) => sum + Number(test(real.values[code]!)), 0);
      const used = [...new Set(codes)].map((code) => values[code]!);
      if (used.every((value) => typeof value === 'number')) {
        const [least, most] = [Math.min(...used), Math.max(...used)];
        expect(count((cell) => Number(cell) >= most)).toBeGreaterThanOrEqual(5);
        expect(count((cell) => Number(cell) <= least)).toBeGreaterThanOrEqual(5);
      } else {
        for (const value of used.filter((value) => value !== 'Other')) {
          expect(
            count((cell) => cell === value),
            `${name} ${value}`,
          ).toBeGreaterThanOrEqual(5);
        }
      }
    }
  });
});

describe('drawn rows', () => {
  const table = people(2_000);

  it('follow from the seed', () => {
    expect(rowsOf(synthesise(table, 200))).toEqual(rowsOf(synthesise(table, 200)));
    const model = copula.fit(table, { seed });
    const other = copula.sample(model, 200, { seed: new Uint8Array(32).fill(6) });
    expect(rowsOf(other)).not.toEqual(rowsOf(copula.sample(model, 200, { seed })));
  });

  it('are written as the real ones, with as many missing and the same association', () => {
    const drawn = synthesise(table, 4_000);
    expect(drawn.columns.map(({ name }) => name)).toEqual(table.columns.map(({ name }) => name));
    expect(cellsOf(drawn, 'since').every((cell) => /^20\d\d-\d\d-\d\d$/.test(String(cell)))).toBe(true);
    const wages = cellsOf(drawn, 'wage');
    expect(wages.every((cell) => cell === null || Number(Number(cell).toFixed(2)) === cell)).toBe(true);
    const quality = measureQuality(table, drawn);
    const wage = quality.columns.find(({ name }) => name === 'wage')!;
    expect(Math.abs(wage.missing.real - wage.missing.released)).toBeLessThan(0.03);
    expect(quality.shapes).toBeGreaterThan(0.95);
    const pair = quality.pairs.find(({ names }) => names.join() === 'age,wage')!;
    expect(pair.association).toBeGreaterThan(0.5);
    expect(pair.score).toBeGreaterThan(0.9);
    // Wages are missing above 60 alone; the latent association is strong but not perfect.
    const old = rowsOf(drawn).filter(({ age }) => Number(age) > 62);
    expect(old.filter(({ wage }) => wage === null).length / old.length).toBeGreaterThan(0.8);
  });

  it('obey constraints, every one of them', () => {
    const constraints = [
      { kind: 'fixedCombinations', columns: ['city', 'canton'] },
      { kind: 'inequality', low: 'since', high: 'until', strict: true },
      { kind: 'range', column: 'age', minimum: 18, maximum: 69 },
      { kind: 'unique', columns: ['age', 'city', 'since'] },
    ] as const;
    const rows = rowsOf(synthesise(table, 1_000, { constraints: constraints.slice(0, 3) }));
    expect(rows.some(({ since, until }) => until !== null && String(until) > String(since))).toBe(true);
    for (const { age, city, canton, since, until } of rows) {
      expect(canton).toBe({ Bern: 'BE', Basel: 'BS', Chur: 'GR' }[String(city)]);
      expect(until === null || String(until) > String(since), `${since} ${until}`).toBe(true);
      expect(Number(age) >= 18 && Number(age) <= 69).toBe(true);
    }
    const sparse = people(400);
    const keyed = tableOf({
      number: cellsOf(sparse, 'wage').map((_, row) => row),
      age: cellsOf(sparse, 'age'),
    });
    const unique = cellsOf(
      synthesise(keyed, 200, { constraints: [{ kind: 'unique', columns: ['number'] }] }),
      'number',
    );
    expect(new Set(unique).size).toBe(200);
  });

  it('obey a chain of inequalities between numbers', () => {
    const random = new Random(seed);
    const low = Array.from({ length: 500 }, () => random.below(1_000) / 10);
    const middle = low.map((number) => Math.ceil(number + random.uniform() * 30));
    const high = middle.map((number) => number + 0.25 * (1 + random.below(40)));
    const chain = tableOf({ high, low, middle });
    const constraints = [
      { kind: 'inequality', low: 'middle', high: 'high', strict: true },
      { kind: 'inequality', low: 'low', high: 'middle' },
    ] as const;
    for (const row of rowsOf(synthesise(chain, 1_000, { constraints }))) {
      expect(Number(row.low) <= Number(row.middle) && Number(row.middle) < Number(row.high)).toBe(true);
      expect(Number.isInteger(row.middle)).toBe(true);
    }
    const both = [...constraints, { kind: 'fixedCombinations', columns: ['low', 'middle'] } as const];
    expect(() => synthesise(chain, 10, { constraints: both })).toThrow('in more than one constraint');
  });

  it('meet conditions, and the other columns follow', () => {
    const model = copula.fit(table, {
      seed,
      constraints: [{ kind: 'fixedCombinations', columns: ['city', 'canton'] }],
    });
    const draw = (conditions: SampleOptions['conditions']) =>
      rowsOf(copula.sample(model, 500, { seed, conditions: conditions! }));
    const young = draw([
      { column: 'age', minimum: 21, maximum: 25 },
      { column: 'canton', value: 'GR' },
    ]);
    expect(young.every(({ age, city }) => Number(age) >= 21 && Number(age) <= 25 && city === 'Chur')).toBe(
      true,
    );
    const mean = (rows: readonly Record<string, Cell>[]) =>
      rows.reduce((sum, { wage }) => sum + Number(wage ?? 0), 0) /
      rows.filter(({ wage }) => wage !== null).length;
    const old = draw([{ column: 'age', value: 58 }]);
    expect(old.every(({ age }) => age === 58)).toBe(true);
    expect(mean(old) - mean(young)).toBeGreaterThan(500);
    expect(draw([{ column: 'wage', value: null }]).every(({ wage }) => wage === null)).toBe(true);
    const dated = draw([{ column: 'since', minimum: '2030-01-01', maximum: '2030-12-31' }]);
    expect(dated.every(({ since }) => String(since).startsWith('2030'))).toBe(true);
  });
});

describe('a conditioned normal distribution', () => {
  it('is the conditional one', () => {
    const random = new Random(new Uint8Array(32).fill(11));
    const x = Array.from({ length: 20_000 }, () => random.normal());
    const y = x.map((value) => 0.8 * value + 0.6 * random.normal());
    const group = y.map((value) => (value > 1 ? 'high' : value > -1 ? 'middle' : 'low'));
    const model = copula.fit(tableOf({ x, y, group }), { seed });
    const given = (condition: NonNullable<SampleOptions['conditions']>[number], name: string) =>
      cellsOf(copula.sample(model, 4_000, { seed, conditions: [condition] }), name).map(Number);
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value / values.length, 0);
    const at = given({ column: 'x', minimum: 1.49, maximum: 1.51 }, 'y');
    expect(mean(at)).toBeCloseTo(0.8 * 1.5, 1);
    expect(Math.sqrt(mean(at.map((value) => (value - mean(at)) ** 2)))).toBeCloseTo(0.6, 1);
    // E[x | y > 1] is the correlation times the mean of a normal variable above 1.
    expect(mean(given({ column: 'group', value: 'high' }, 'x'))).toBeCloseTo(0.8 * 1.5251, 1);
    // Far in the tail, where the shares of the normal distribution vanish.
    const far = given({ column: 'x', minimum: 3.2 }, 'y');
    expect(mean(far)).toBeGreaterThan(2.2);
  });
});

describe('the estimate', () => {
  it('grows with rows and columns, and is known before the table is read', () => {
    const estimate = (rowCount: number, columns: number) =>
      copula.estimate({ rowCount, distinctCounts: Array(columns).fill(rowCount / 2), sampleCount: rowCount });
    const [small, long, wide] = [estimate(1_000, 10), estimate(1_000_000, 10), estimate(1_000, 1_000)];
    expect(small.seconds).toBeLessThan(1);
    expect(long.seconds).toBeGreaterThan(2);
    expect(long.seconds).toBeLessThan(60);
    expect(wide.seconds).toBeGreaterThan(small.seconds);
    expect(long.bytes).toBeGreaterThan(100e6);
  });
});

describe('hostile tables', () => {
  const rows = 600;
  const make = (value: (row: number) => Cell) => Array.from({ length: rows }, (_, row) => value(row));

  it('are drawn from, or refused with a sentence', () => {
    const hostile = tableOf({
      constant: make(() => 'c'),
      number: make(() => 4.5),
      empty: make(() => null),
      distinct: make((row) => `person ${row}`),
      huge: make((row) => `1234567890123456789${row % 10}`),
      flag: make((row) => row === 0),
      old: make((row) => `18${String(row % 100).padStart(2, '0')}-01-01`),
    });
    const drawn = synthesise(hostile, 300);
    expect(new Set(cellsOf(drawn, 'constant'))).toEqual(new Set(['c']));
    expect(new Set(cellsOf(drawn, 'number'))).toEqual(new Set([4.5]));
    expect(new Set(cellsOf(drawn, 'empty'))).toEqual(new Set([null]));
    expect(new Set(cellsOf(drawn, 'distinct'))).toEqual(new Set(['Other']));
    expect(new Set(cellsOf(drawn, 'flag'))).toEqual(new Set([false]));
    expect(cellsOf(drawn, 'huge').every((cell) => /^\d{20}$/.test(String(cell)))).toBe(true);
    expect(cellsOf(drawn, 'old').every((cell) => /^18\d\d-01-01$/.test(String(cell)))).toBe(true);
    expect(() => synthesise(tableOf({ a: [1] }), 10)).toThrow('The table has one row');
  });

  it('of many columns are drawn from, of too many refused', () => {
    const wide = (columns: number, count: number) =>
      tableOf(
        Object.fromEntries(
          Array.from({ length: columns }, (_, column) => [
            `c${column}`,
            Array.from({ length: count }, (_, row) => `v${(row * (column + 3)) % 7}`),
          ]),
        ),
      );
    expect(synthesise(wide(250, 300), 20).columns).toHaveLength(250);
    expect(() => synthesise(wide(2_000, 20), 20)).toThrow('The table has 2000 columns');
  });

  it('of ten thousand categories are drawn from', () => {
    const table = tableOf({
      many: Array.from({ length: 60_000 }, (_, row) => `c${row % 10_000}`),
      few: Array.from({ length: 60_000 }, (_, row) => row % 3),
    });
    const used = new Set(cellsOf(synthesise(table, 20_000), 'many'));
    expect(used.size).toBeGreaterThan(8_000);
    expect(used.has('Other')).toBe(false);
  });

  it.each([
    [{ kind: 'range', column: 'age', minimum: 30 }, 'row 3 breaks it ("age")'],
    [{ kind: 'range', column: 'name', minimum: 30 }, 'neither numbers nor dates'],
    [{ kind: 'range', column: 'age', minimum: 'x' }, 'neither a number nor a date'],
    [{ kind: 'unique', columns: ['height'] }, 'which the table does not have'],
    [{ kind: 'unique', columns: ['name'] }, 'breaks it ("name")'],
    [{ kind: 'fixedCombinations', columns: ['name', 'age'] }, 'each would give persons away'],
  ] as const)('%j: %s', (constraint, sentence) => {
    const table = tableOf({ age: make((row) => 31 - (row % 100)), name: make((row) => `n${row % 99}`) });
    expect(() => copula.fit(table, { seed, constraints: [constraint], rareBelow: 8 })).toThrow(sentence);
  });

  it('conditions that nobody meets are refused', () => {
    const model = copula.fit(
      tableOf({ age: make((row) => 31 - (row % 10)), name: make((row) => `n${row % 3}`) }),
      { seed },
    );
    const draw = (condition: NonNullable<SampleOptions['conditions']>[number]) => () =>
      copula.sample(model, 10, { seed, conditions: [condition] });
    expect(draw({ column: 'name', value: 'n4' })).toThrow('The condition name = n4 cannot be met');
    expect(draw({ column: 'age', minimum: 50 })).toThrow('The condition age = 50 to … cannot be met');
    expect(draw({ column: 'age', value: null })).toThrow('cannot be met');
    expect(draw({ column: 'size', value: 1 })).toThrow('A condition names the column "size"');
  });

  it('a rule that too few rows obey ends with a sentence, and a cancelled draw at once', () => {
    const table = tableOf({ number: make((row) => row) });
    expect(() => synthesise(table, 700, { constraints: [{ kind: 'unique', columns: ['number'] }] })).toThrow(
      /Only 5\d\d of 700 rows/,
    );
    const seen: number[] = [];
    const model = copula.fit(people(500), { seed, progress: (fraction) => seen.push(fraction) });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect([seen[0]! >= 0, seen.at(-1)]).toEqual([true, 1]);
    expect(copula.sample(model, 0, { seed }).rowCount).toBe(0);
    const stop = () => {
      throw new Error('stopped');
    };
    expect(() => copula.fit(table, { seed, checkCancelled: stop })).toThrow('stopped');
    expect(() => copula.sample(copula.fit(table, { seed }), 10, { seed, checkCancelled: stop })).toThrow(
      'stopped',
    );
  });
});
