import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTable } from '../../../src/service/data/openTable.ts';
import type { Table } from '../../../src/service/data/table.ts';
import { writeRows } from './tables.ts';

/** Values that only come after the rows from which types are guessed, and that a cast alone would change. */

let root: string;
let table: Table | undefined;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-types-'));
});

afterEach(() => {
  table?.dispose();
  fs.rmSync(root, { recursive: true, force: true });
});

async function settled(
  begin: string,
  late: string,
): Promise<{ type: string; value: unknown; notice: string }> {
  const file = path.join(root, 'late.csv');
  writeRows(file, 'row;value', 3000, (at) => `${at};${at === 2500 ? late : begin}`);
  table = await openTable(file, 'late.csv', { scratch: path.join(root, 'scratch') });
  await table.settle();
  const { type, sql } = table.column('value');
  const [row] = await table.query(`SELECT ${sql} FROM ${table.relation} WHERE c0 = '2500'`);
  return { type, value: row![0], notice: table.notices.map(({ message }) => message).join(' ') };
}

it.each([
  ['1', '12.7', 'number', 12.7],
  ['1', '1e5', 'number', 100_000],
  ['1', '9007199254740993', 'integer', '9007199254740993'],
  ['1', '12345678901234567890', 'integer', '12345678901234567890'],
  ['1', '007', 'text', '007'],
  ['1', '1_000', 'text', '1_000'],
  ['1', ' 5', 'number', 5],
  ['1', '0x1F', 'text', '0x1F'],
  ['1.5', 'inf', 'text', 'inf'],
  ['1.5', '9007199254740993.5', 'decimal', '9007199254740993.500000000000'],
  ['1.5', '1,5', 'text', '1,5'],
  ['2020-01-01', '2020-01-01 10:00:00', 'timestamp', '2020-01-01 10:00:00'],
  ['2020-01-01', '2020-1-2', 'text', '2020-1-2'],
  ['31/12/2020', '31/12/20', 'text', '31/12/20'],
  ['31/12/2020', '12/31/2020', 'text', '12/31/2020'],
  ['2020-01-01 10:00:00', '2020-01-01 10:00:00+02', 'text', '2020-01-01 10:00:00+02'],
  ['2020-01-01 10:00:00', '2020-01-01 10:00:00.123456789', 'text', '2020-01-01 10:00:00.123456789'],
  ['true', '1', 'text', '1'],
])('after %s comes %s: it is read as %s', async (begin, late, type, value) => {
  expect(await settled(begin, late)).toMatchObject({ type, value });
});

it('the notice names the row as an editor counts it', async () => {
  const { notice } = await settled('1', '007');
  expect(notice).toBe('Column “value” begins as integer but has “007” in row 2,502: it is read as text.');
});
