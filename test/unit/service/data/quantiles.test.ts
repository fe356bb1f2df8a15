import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { shares } from '../../../../src/service/data/describeValues.ts';
import { numberSql } from '../../../../src/service/data/numberSql.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { exactQuantiles } from '../../../../src/service/data/quantiles.ts';
import type { Table } from '../../../../src/service/data/table.ts';

/* Against `quantile_cont` of DuckDB, which holds all values, to the last bit. */

const rows = 120_000;
let folder: string;
let table: Table;

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-quantiles-'));
  fs.writeFileSync(path.join(folder, 'any.csv'), 'a\n1\n');
  table = await openTable(path.join(folder, 'any.csv'), 'any.csv', { scratch: folder });
});

afterAll(() => {
  table.dispose();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** From 0 to 1, of the number of a row: the same each time. */
const lot = (salt: number) => `((hash(range, ${salt}) % 1000000) / 1000000)`;

it.each([
  ['spread evenly', 'range'],
  ['in another order, below zero too', `CAST(hash(range) % 1000003 AS BIGINT) - 500000`],
  ['decimals that no double has', `CAST(range AS DOUBLE) / 1000 - 40`],
  ['very skewed', `exp(${lot(1)} * 40 - 20)`],
  [
    'of all magnitudes and both signs',
    `CASE WHEN range % 2 = 0 THEN 1 ELSE -1 END * pow(10, ${lot(2)} * 600 - 300)`,
  ],
  ['a single one far away', `CASE WHEN range = 7 THEN 1e300 ELSE range / 7.0 END`],
  ['few different ones', `range % 5`],
  ['one of them nearly everywhere', `CASE WHEN ${lot(3)} < 0.98 THEN 3.25 ELSE 3.25 + ${lot(4)} / 1e12 END`],
  [
    'half of them zero, and zeros below zero',
    `CASE WHEN range % 4 = 0 THEN 0 WHEN range % 4 = 1 THEN -0.0::DOUBLE ELSE ${lot(5)} - 0.5 END`,
  ],
  ['neighbours among doubles', `1 + (range % 4000) * 2.220446049250313e-16`],
  ['less than the least usual double', `(range - 60000) * 5e-324`],
  ['all the same', '42'],
  ['missing in part', `CASE WHEN range % 3 = 0 THEN range END`],
  [
    'with infinities and what is no number',
    `CASE range % 5 WHEN 0 THEN 'inf'::DOUBLE WHEN 1 THEN '-inf'::DOUBLE WHEN 2 THEN 'nan'::DOUBLE ELSE range END`,
  ],
])('numbers %s', async (_, value) => {
  await compare(`SELECT CAST(${value} AS DOUBLE) AS v FROM range(${rows})`, 'number');
});

it('integers beyond 2^53 and decimals', async () => {
  await compare(
    `SELECT CAST(9007199254740992 + range * 3 AS DECIMAL(38, 0)) * (CASE WHEN range % 3 = 0 THEN -1 ELSE 1 END) AS v FROM range(${rows})`,
    'integer',
  );
  await compare(`SELECT CAST(range AS DECIMAL(38, 12)) / 7 AS v FROM range(${rows})`, 'decimal');
});

it.each([1, 2, 3, 10, 1000])('%i numbers', async (count) => {
  await compare(`SELECT CAST(hash(range) % 1000 AS DOUBLE) / 3 AS v FROM range(${count})`, 'number');
});

async function compare(select: string, type: 'number' | 'integer' | 'decimal'): Promise<void> {
  await table.query(`CREATE OR REPLACE TABLE numbers AS ${select}`);
  const sql = numberSql(type, 'v')!;
  const [row] = await table.query(
    `SELECT count(${sql}), min(${sql}), max(${sql}), to_json(quantile_cont(${sql}, [${shares.join(', ')}])) FROM numbers`,
  );
  const [count, low, high] = row!.slice(0, 3).map(Number);
  const found = await exactQuantiles(
    table,
    { relation: 'numbers', sql, count: count!, low: low!, high: high! },
    shares,
  );
  // Of zeros DuckDB takes either.
  expect(found.map((value) => value + 0)).toEqual(
    (JSON.parse(String(row![3])) as number[]).map((value) => value + 0),
  );
}
