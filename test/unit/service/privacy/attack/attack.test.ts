import { describe, expect, it } from 'vitest';
import type { Cell, EncodedTable } from '../../../../../src/service/data/encodedTable.ts';
import type { AttackResult } from '../../../../../src/service/privacy/attack/attack.ts';
import { runAttacks } from '../../../../../src/service/privacy/attack/attacks.ts';
import { gowerRows, nearest } from '../../../../../src/service/privacy/attack/gower.ts';
import {
  closestDistances,
  measureMemorisation,
} from '../../../../../src/service/privacy/attack/memorisation.ts';
import { riskOf, wilson } from '../../../../../src/service/privacy/attack/rates.ts';
import { isolationScale } from '../../../../../src/service/privacy/attack/singlingOut.ts';
import { Random } from '../../../../../src/service/privacy/statistics/random.ts';
import { copula } from '../../../../../src/service/privacy/synthesise/copula/copula.ts';
import { concatenate } from '../../../../../src/service/privacy/tables/encode.ts';
import { sampleRows, selectRows, splitRows } from '../../../../../src/service/privacy/tables/rows.ts';
import { readReferenceTable, tableOf } from '../../../../support/referenceTables.ts';

const seed = new Uint8Array(32).fill(2);
const adult = sampleRows(
  readReferenceTable('adult/adult_15_columns.csv'),
  12_000,
  new Random(seed).fork('some'),
);
const [population, fresh] = splitRows(adult, 2 / 3, new Random(seed).fork('fresh'));
const [train, control] = splitRows(population, 0.7, new Random(seed).fork('control'));

function attack(released: EncodedTable, attempts = 200): AttackResult[] {
  const secrets = ['income', 'occupation', 'hours-per-week'];
  return runAttacks({ train, control, released, random: new Random(seed), attempts, secrets });
}

describe('attacks', () => {
  it('succeed on a release that is the real table: the positive control', () => {
    const results = attack(train);
    expect(results.map((result) => result.secret ?? result.attack)).toEqual([
      'singling out by one column',
      'singling out by several columns',
      'linkability',
      'income',
      'occupation',
      'hours-per-week',
    ]);
    for (const { risk, low, high, trustworthy, attack } of results) {
      expect(risk, attack).toBeGreaterThan(0.93);
      expect(high).toBe(1);
      expect(low).toBeGreaterThan(0.85);
      expect(trustworthy).toBe(true);
    }
  });

  it('find nothing in other rows of the same population', () => {
    for (const { risk, low, ...found } of attack(fresh)) {
      expect(low, `${found.attack} ${found.secret}`).toBe(0);
      expect(risk).toBeLessThan(0.12);
    }
  });

  it('find little in a copula, and more in a release that mixes real rows in', () => {
    const synthetic = copula.sample(copula.fit(train, { seed }), train.rowCount, { seed });
    for (const { risk } of attack(synthetic)) {
      expect(risk).toBeLessThan(0.15);
    }
    const half = selectRows(
      train,
      Int32Array.from({ length: train.rowCount / 2 }, (_, row) => row),
    );
    const [, , linkability] = attack(
      concatenate([
        half,
        selectRows(
          fresh,
          Int32Array.from({ length: half.rowCount }, (_, row) => row),
        ),
      ]),
    );
    expect(linkability!.risk).toBeGreaterThan(0.35);
    expect(linkability!.risk).toBeLessThan(0.65);
  });

  it('that are no better than a guess without the release say so', () => {
    const constant = tableOf({ known: Array(100).fill('a'), secret: Array(100).fill('x') });
    const results = runAttacks({
      train: constant,
      control: constant,
      released: constant,
      random: new Random(seed),
    });
    // Nothing is unique, so nobody can be singled out.
    expect(results.map(({ attack }) => attack)).toEqual(['linkability', 'inference', 'inference']);
    expect(results.every(({ risk, low }) => risk === 0 && low === 0)).toBe(true);
    expect(results.slice(1).every(({ trustworthy }) => !trustworthy)).toBe(true);
  });

  it('give the same figures for the same seed', () => {
    expect(attack(fresh, 50)).toEqual(attack(fresh, 50));
  });

  it('need rows that the release was not made from', () => {
    const none = selectRows(control, []);
    expect(() => runAttacks({ train, control: none, released: train, random: new Random(seed) })).toThrow(
      'Set some rows aside',
    );
    const other = tableOf({ nothing: [1] });
    expect(() => runAttacks({ train, control, released: other, random: new Random(seed) })).toThrow(
      'no column in common',
    );
  });

  it('can be stopped', () => {
    const checkCancelled = () => {
      throw new Error('stopped');
    };
    expect(() =>
      runAttacks({ train, control, released: train, random: new Random(seed), checkCancelled }),
    ).toThrow('stopped');
  });
});

describe('rates', () => {
  it('are centred after Wilson, and the risk is what train rows have more than control rows', () => {
    expect(wilson(0, 100).rate).toBeCloseTo(0.0184967, 6);
    expect(wilson(50, 100)).toMatchObject({ rate: 0.5, error: expect.closeTo(0.0962, 4) });
    const { risk, low, high } = riskOf(wilson(60, 100), wilson(20, 100), wilson(10, 100));
    expect(risk).toBeCloseTo((0.5963 - 0.2111) / (1 - 0.2111), 3);
    expect([low < risk, high > risk]).toEqual([true, true]);
    // Released = original and every attack succeeds, on control rows too.
    expect(riskOf(wilson(100, 100), wilson(100, 100), wilson(0, 100))).toMatchObject({ risk: 0, low: 0 });
  });

  it('of a small control table are those that a larger one would have', () => {
    const random = new Random(seed);
    // Predicates that are true of 1 in 2,000 persons on average, seen in a table of 1,000 and in one of 3,000.
    const poisson = (mean: number) => {
      let count = 0;
      for (let product = random.uniform(); product > Math.exp(-mean); product *= random.uniform()) {
        count += 1;
      }
      return count;
    };
    const means = Array.from({ length: 4_000 }, () => -Math.log(random.uniform()) / 2_000);
    const isolated = (counts: readonly number[]) => counts.filter((count) => count === 1).length;
    const small = means.map((mean) => poisson(mean * 1_000));
    const large = means.map((mean) => poisson(mean * 3_000));
    expect(isolated(small) * isolationScale(small, 3)).toBeGreaterThan(isolated(large) * 0.9);
    expect(isolated(small) * isolationScale(small, 3)).toBeLessThan(isolated(large) * 1.1);
  });
});

describe('the nearest row', () => {
  it('is the one that looking at every pair finds', () => {
    const random = new Random(seed);
    const make = (rows: number) => {
      const cells = (value: () => Cell) => Array.from({ length: rows }, value);
      return tableOf({
        a: cells(() => random.below(10)),
        b: cells(() => `b${random.below(4)}`),
        c: cells(() => (random.below(5) === 0 ? null : random.uniform())),
        d: cells(() => ['x', 'y', null][random.below(3)]!),
        e: cells(() => `e${random.below(30)}`),
      });
    };
    const [left, right] = [make(60), make(500)];
    const spaces = gowerRows(left, right, ['a', 'b', 'c', 'd', 'e']);
    const value = (table: EncodedTable, column: number, row: number) => {
      const { values, codes } = table.columns[column]!;
      return values[codes[row]!]!;
    };
    const ranges = [0, 2].map((column) => {
      const all = [left, right].flatMap((table) =>
        table.columns[column]!.values.filter((cell) => typeof cell === 'number'),
      );
      return Math.max(...all) - Math.min(...all);
    });
    const distance = (row: number, other: number) =>
      [0, 1, 2, 3, 4].reduce((sum, column) => {
        const [x, y] = [value(left, column, row), value(right, column, other)];
        const range = ranges[[0, 2].indexOf(column)];
        return (
          sum +
          (range && x !== null && y !== null ? Math.abs(Number(x) - Number(y)) / range : Number(x !== y)) / 5
        );
      }, 0);
    for (let row = 0; row < 60; row += 1) {
      const all = Array.from({ length: 500 }, (_, other) => distance(row, other)).sort((a, b) => a - b);
      const found = nearest(spaces.left, row, spaces.right, 3);
      expect(found.distances).toEqual(all.slice(0, 3).map((each) => expect.closeTo(each, 10)));
      expect(found.rows.map((other) => distance(row, other))).toEqual(
        found.distances.map((each) => expect.closeTo(each, 10)),
      );
    }
  });
});

describe('memorisation', () => {
  const measure = (released: EncodedTable) =>
    measureMemorisation({ train, holdOut: control, released, random: new Random(seed), maximumRows: 1_000 });

  it('of the real table is complete', () => {
    const same = measure(train);
    expect(same).toMatchObject({ copies: train.rowCount, copyShare: 1, newRowShare: 0, nearerToTrain: 1 });
    expect(same.expectedNearer).toBeCloseTo(0.7, 3);
  });

  it('of other rows, and of a copula, is what chance brings about', () => {
    const synthetic = copula.sample(copula.fit(train, { seed }), 2_000, { seed });
    for (const released of [fresh, synthetic]) {
      const { nearerToTrain, expectedNearer, error, newRowShare, distance } = measure(released);
      expect(Math.abs(nearerToTrain - expectedNearer)).toBeLessThan(error * 1.5);
      expect(newRowShare).toBeGreaterThan(0.99);
      expect(distance.shuffled.median).toBeGreaterThan(distance.train.median);
      expect(Math.abs(distance.train.median - distance.holdOut.median)).toBeLessThan(0.01);
    }
  });

  it('finds a few copies among many rows', () => {
    const synthetic = copula.sample(copula.fit(train, { seed }), 2_000, { seed });
    const released = concatenate([synthetic, selectRows(train, [5, 50, 500])]);
    expect(measure(released).copies).toBe(3);
    expect(
      [...closestDistances(released, train, undefined, {})].filter((distance) => distance === 0),
    ).toHaveLength(3);
  });

  it('of one row, of columns without values and of texts that are all distinct can be measured', () => {
    const odd = tableOf({ empty: [null, null], text: ['a', 'b'], number: [1, null] });
    const measured = measureMemorisation({
      train: odd,
      holdOut: odd,
      released: selectRows(odd, [1]),
      random: new Random(seed),
    });
    expect(measured).toMatchObject({ copies: 1, nearerToTrain: 0.5, newRowShare: 0 });
    expect(() => measure(selectRows(train, []))).toThrow('Set some rows aside');
  });
});
