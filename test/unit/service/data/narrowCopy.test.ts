import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errorShape } from '../../../../src/base/errors.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { profileTable } from '../../../../src/service/data/profileTable.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-narrow-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const width = 1100;

async function profileOf(file: string, firstRows: number | undefined) {
  const table = await openTable(file, 'wide.csv', { scratch: folder, firstRows });
  try {
    const basis = firstRows === undefined ? 'whole' : 'sample';
    return (await profileTable(table, { path: 'wide.csv' }, { basis })).profile;
  } finally {
    table.dispose();
  }
}

it('a first look at a wide table tells the same of its first columns as a look at all of it', async () => {
  const cell = (row: number, at: number) =>
    [row % 7, `"a ""b"", ${row % 5}\n${at}"`, row % 3 === 0 ? '' : '""', `2020-01-0${1 + (row % 9)}`][
      at % 4
    ]!;
  // Two rows are equal; two others differ in the last column alone.
  const row = (at: number, last: string) =>
    [...Array.from({ length: width - 1 }, (_, place) => cell(at, place)), last].join(',');
  const rows = [row(1, 'x'), row(2, 'x'), row(2, 'x'), row(3, 'x'), row(3, 'y'), row(4, 'z')];
  const file = path.join(folder, 'wide.csv');
  const header = Array.from({ length: width }, (_, at) => `k${at}`).join(',');
  fs.writeFileSync(file, `\ufeff${header}\n${rows.join('\n')}\n`);
  const first = await profileOf(file, 10_000);
  const whole = await profileOf(file, undefined);
  expect(first.columns).toHaveLength(200);
  expect(first.columns).toEqual(whole.columns.slice(0, 200));
  expect([first.duplicateRows, whole.duplicateRows]).toEqual([1, 1]);
  expect([first.basis.rows, whole.basis.rows]).toEqual([6, 6]);
  expect(whole.columns).toHaveLength(width);
  expect(first.undescribed).toEqual(whole.columns.slice(200).map(({ name, type }) => ({ name, type })));
});

it('a row that is not as wide as the others is told with its number', async () => {
  const names = Array.from({ length: width }, (_, at) => `k${at}`);
  const file = path.join(folder, 'wide.csv');
  fs.writeFileSync(file, `${names.join(',')}\n${names.join(',')}\n${names.slice(1).join(',')}\n`);
  const refused = await profileOf(file, 10_000).then(() => undefined, errorShape);
  expect(refused?.message).toMatch(/^Row 3 of wide\.csv ends before column 1100/);
});
