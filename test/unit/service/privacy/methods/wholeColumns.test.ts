import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { keyedBytes, uniformBelow } from '../../../../../src/service/privacy/methods/keystream.ts';
import {
  groupMeans,
  informationLoss,
  mdavGroups,
} from '../../../../../src/service/privacy/methods/microaggregation.ts';
import { rankSwap } from '../../../../../src/service/privacy/methods/rankSwap.ts';
import { correlationScore } from '../statistics.ts';

const key = Buffer.alloc(32, 5);
const repository = path.join(import.meta.dirname, '..', '..', '..', '..', '..');
const census = path.join(repository, '..', 'shared', 'data', 'frequency', 'CASCrefmicrodata.csv');

function columnsOf(file: string): Float64Array[] {
  const [header = '', ...lines] = fs.readFileSync(file, 'utf8').trim().split('\n');
  const rows = lines.map((line) => line.split(',').map(Number));
  return header.split(',').map((_, column) => Float64Array.from(rows, (row) => row[column]!));
}

describe('MDAV on the CASC reference microdata', () => {
  const columns = columnsOf(census);

  test.each([
    [3, 5.6922],
    [4, 7.4947],
    [5, 9.0884],
    [10, 14.1559],
  ])('k = %d loses %d %%', (k, loss) => {
    const groups = mdavGroups(columns, { k });
    expect(informationLoss(columns, groups).toFixed(4)).toBe(loss.toFixed(4));
    const sizes = new Map<number, number>();
    for (const group of groups) {
      sizes.set(group, (sizes.get(group) ?? 0) + 1);
    }
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(k);
    expect(Math.max(...sizes.values())).toBeLessThan(2 * k);
  });

  test('means keep the total of each column', () => {
    const groups = mdavGroups(columns, { k: 5 });
    for (const column of columns) {
      const total = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
      expect(total(groupMeans(column, groups)) / total(column)).toBeCloseTo(1, 9);
    }
  });
});

test('a table above 50,000 rows is cut into blocks, and all groups still have k rows', () => {
  const bytes = keyedBytes(key);
  const column = Float64Array.from({ length: 50_001 }, () => uniformBelow(bytes, 1_000_000));
  const sizes = new Map<number, number>();
  for (const group of mdavGroups([column], { k: 2500 })) {
    sizes.set(group, (sizes.get(group) ?? 0) + 1);
  }
  expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(2500);
});

test('fewer rows than twice k are one group, and cancelling ends it', () => {
  expect([...mdavGroups([Float64Array.of(1, 2, 3)], { k: 2 })]).toEqual([0, 0, 0]);
  expect([...mdavGroups([Float64Array.of(7, 7, 7, 7)], { k: 2 })].sort()).toEqual([0, 0, 1, 1]);
  const stop = () => {
    throw new Error('stopped');
  };
  expect(() => mdavGroups([new Float64Array(100)], { k: 2 }, stop)).toThrow('stopped');
});

describe('rank swap', () => {
  const bytes = keyedBytes(Buffer.alloc(32, 8));
  const values = Float64Array.from({ length: 20_000 }, () => uniformBelow(bytes, 5000));

  test('keeps the column as a whole, and no row goes farther than it may', () => {
    const sources = rankSwap(key, values, { percent: 5 });
    const swapped = sources.map((source) => values[source]!) as unknown as Int32Array;
    expect([...swapped].sort((a, b) => a - b)).toEqual([...values].sort((a, b) => a - b));
    const ranks = new Map(
      [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b).map((row, rank) => [row, rank]),
    );
    const moves = [...sources].map((source, row) => Math.abs(ranks.get(source)! - ranks.get(row)!));
    expect(moves.reduce((most, move) => Math.max(most, move), 0)).toBeLessThanOrEqual(1000);
    expect(moves.filter((move) => move === 0).length).toBeLessThan(50);
    // Each exchange goes both ways.
    expect([...sources].every((source, row) => sources[source] === row)).toBe(true);
  });

  test('the same key gives the same exchange, another one another', () => {
    expect(rankSwap(key, values, { percent: 5 })).toEqual(rankSwap(key, values, { percent: 5 }));
    const other = rankSwap(Buffer.alloc(32, 6), values, { percent: 5 });
    const same = [...rankSwap(key, values, { percent: 5 })].filter(
      (source, row) => source === other[row],
    ).length;
    expect(same).toBeLessThan(100);
  });

  test('partners are drawn evenly', () => {
    const small = Float64Array.from({ length: 101 }, (_, rank) => rank);
    const partners = Array.from(
      { length: 3000 },
      (_, index) => rankSwap(Buffer.alloc(32, index % 251).fill(index >> 8, 0, 1), small, { percent: 5 })[0]!,
    );
    expect(new Set(partners)).toEqual(new Set([1, 2, 3, 4, 5]));
    expect(Math.abs(correlationScore(partners, [...partners.keys()]))).toBeLessThan(4);
  });

  test('null stays where it is; a reach below one row exchanges nothing', () => {
    const sources = rankSwap(key, Float64Array.of(3, Number.NaN, 1, 2), { percent: 100 });
    expect(sources[1]).toBe(1);
    expect([...sources].sort()).toEqual([0, 1, 2, 3]);
    expect([...rankSwap(key, Float64Array.of(1, 2, 3), { percent: 10 })]).toEqual([0, 1, 2]);
    expect(rankSwap(key, new Float64Array(0), { percent: 10 }).length).toBe(0);
  });
});

test('the holder of the key can exchange values back, as the report says', () => {
  const values = Float64Array.from({ length: 500 }, (_, row) => (row * 7919) % 10_007);
  const swapped = Float64Array.from(rankSwap(key, values, { percent: 10 }), (source) => values[source]!);
  expect(swapped).not.toEqual(values);
  const back = Float64Array.from(rankSwap(key, swapped, { percent: 10 }), (source) => swapped[source]!);
  expect(back).toEqual(values);
});
