import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTable } from '../../../src/service/data/openTable.ts';
import type { Table } from '../../../src/service/data/table.ts';
import { writeRows } from './tables.ts';

/** What is read from the copy of a table's rows is what is read from its file, with the numbers of the rows. */

let root: string;
const tables: Table[] = [];

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-copy-'));
});

afterEach(() => {
  for (const table of tables.splice(0)) {
    table.dispose();
  }
  fs.rmSync(root, { recursive: true, force: true });
});

async function open(name: string, copyFolder?: string): Promise<Table> {
  const table = await openTable(path.join(root, name), name, {
    scratch: path.join(root, 'scratch'),
    ...(copyFolder !== undefined && { copyFolder: path.join(root, copyFolder) }),
  });
  tables.push(table);
  return table;
}

/** What the file has of each row, its value, and in the end its number where there is one. */
function everything(table: Table) {
  const columns = table.columns.flatMap(({ kept, sql }) => [`CAST(${kept} AS VARCHAR)`, sql]);
  const number = table.rowNumber === undefined ? [] : [table.rowNumber];
  return table.query(`SELECT ${[...columns, ...number].join(', ')} FROM ${table.relation}`);
}

async function expectSameRows(name: string): Promise<void> {
  const direct = await open(name);
  await direct.settle();
  const rows = await everything(direct);
  const copied = await open(name, 'copy');
  await copied.copyRows();
  expect(await everything(copied)).toEqual(rows.map((row, index) => [...row, index]));
  const again = await open(name, 'copy');
  expect(again.columns).toEqual(copied.columns);
  expect(again.notices).toEqual(copied.notices);
  expect(await everything(again)).toEqual(rows.map((row, index) => [...row, index]));
}

it('text with quotes, missing values, leading zeros and a type that changes late', async () => {
  writeRows(path.join(root, 'in.csv'), 'id;note;n', 5000, (at) =>
    at === 4000 ? '007;"a;b ""c""";12.7' : `${at};${at % 3 === 0 ? '""' : at % 3 === 1 ? '' : 'é 😀'};${at}`,
  );
  await expectSameRows('in.csv');
  expect(
    tables
      .at(-1)!
      .notices.map(({ message }) => message)
      .join(' '),
  ).toContain('row 4,002');
});

it('text that is not UTF-8', async () => {
  fs.writeFileSync(path.join(root, 'in.csv'), Buffer.from('a,b\nü,1\nö,2\n', 'latin1'));
  await expectSameRows('in.csv');
});

it('JSON, nested values among it, with a column that has the name of DuckDB’s own numbers', async () => {
  const lines = Array.from({ length: 3000 }, (_, at) =>
    JSON.stringify({
      file_row_number: at * 2,
      text: `t${at}`,
      list: [at, { b: null }],
      big: 9007199254740991,
    }),
  );
  fs.writeFileSync(path.join(root, 'in.jsonl'), `${lines.join('\n')}\n{"text":null}\n`);
  await expectSameRows('in.jsonl');
});

it('Arrow in several batches', async () => {
  const { tableFromArrays, RecordBatchFileWriter } = await import('apache-arrow');
  const ids = Int32Array.from({ length: 10 }, (_, at) => at * 3);
  const whole = tableFromArrays({ ids, words: Array.from(ids, (id) => `w${id}`) });
  const batches = [whole.slice(0, 4), whole.slice(4, 10)].flatMap(({ batches: some }) => some);
  fs.writeFileSync(path.join(root, 'in.arrow'), RecordBatchFileWriter.writeAll(batches).toUint8Array(true));
  await expectSameRows('in.arrow');
});

it('a Parquet file is its own copy, and stays as it is', async () => {
  writeRows(path.join(root, 'in.csv'), 'a,b', 3000, (at) => `${at},x${at}`);
  const csv = await open('in.csv', 'made');
  await csv.copyRows();
  fs.copyFileSync(path.join(root, 'made', 'rows.parquet'), path.join(root, 'in.parquet'));
  const table = await open('in.parquet', 'copy');
  await table.copyRows();
  const rows = await everything(table);
  expect(rows).toHaveLength(3000);
  expect(rows.every((row, index) => row.at(-1) === index)).toBe(true);
  expect(fs.existsSync(path.join(root, 'copy'))).toBe(false);
});

it('a table of hundreds of columns, where little memory is allowed', async () => {
  const names = Array.from({ length: 300 }, (_, at) => `c${at}`);
  writeRows(path.join(root, 'in.csv'), names.join(','), 3000, (row) =>
    names.map((_, at) => (row * at) % 1000).join(','),
  );
  const table = await openTable(path.join(root, 'in.csv'), 'in.csv', {
    ...{ scratch: path.join(root, 'scratch'), copyFolder: path.join(root, 'copy'), memoryBytes: 300_000_000 },
  });
  tables.push(table);
  await table.copyRows();
  expect(await table.countRows()).toBe(3000);
});

it('a copy of the file as it was before is not used', async () => {
  writeRows(path.join(root, 'in.csv'), 'a', 10, String);
  await (await open('in.csv', 'copy')).copyRows();
  fs.appendFileSync(path.join(root, 'in.csv'), '10\n');
  const table = await open('in.csv', 'copy');
  expect(table.rowNumber).toBeUndefined();
  await table.copyRows();
  expect(await table.countRows()).toBe(11);
});
