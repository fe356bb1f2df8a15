import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countDuplicates } from '../../../../src/service/data/duplicates.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { makeWorkingCopy } from '../../../../src/service/data/workingCopy.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-duplicates-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** All at once, and in many parts. */
async function counts(rows: readonly string[], change = 'SELECT *'): Promise<readonly number[]> {
  const file = path.join(folder, 'table.csv');
  fs.writeFileSync(file, ['n,word,day', ...rows, ''].join('\n'));
  const table = await openTable(file, 'table.csv', { scratch: folder });
  try {
    const made = await makeWorkingCopy(table, {});
    const copy = { ...made, relation: `(${change} FROM ${made.relation})` };
    const fractions: number[] = [];
    const onProgress = (fraction: number) => fractions.push(fraction);
    const found = [
      await countDuplicates(table, copy, {}),
      await countDuplicates(table, copy, { atOnce: { hashes: 100, values: 100 }, onProgress }),
    ];
    expect(fractions.every((fraction) => fraction >= 0 && fraction <= 1)).toBe(true);
    return found;
  } finally {
    table.dispose();
  }
}

const distinct = Array.from({ length: 3000 }, (_, at) => `${at % 100},w${Math.floor(at / 100)},2020-01-01`);

it('rows that are all different have none', async () => {
  expect(await counts(distinct)).toEqual([0, 0]);
});

it('each row but the first of its kind is one, missing values and all', async () => {
  const again = [...distinct.slice(0, 250), ...distinct.slice(0, 250), ...distinct.slice(100, 120)];
  const missing = Array.from({ length: 40 }, (_, at) => `${at % 4 === 0 ? 1 : ''},,`);
  const many = Array.from({ length: 700 }, () => '7,seven,2007-07-07');
  const rows = [...distinct, ...again, ...missing, ...many];
  const expected = rows.length - new Set(rows).size;
  expect(expected).toBe(250 + 250 + 20 + 38 + 699);
  expect(await counts(rows)).toEqual([expected, expected]);
});

it('rows that share a hash by chance are told apart by their values', async () => {
  const rows = [...distinct, ...distinct.slice(5, 9)];
  expect(await counts(rows, 'SELECT * REPLACE (row_hash % 50 AS row_hash)')).toEqual([4, 4]);
});

it('a table without rows has none', async () => {
  expect(await counts([])).toEqual([0, 0]);
});
