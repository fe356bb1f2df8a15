import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileStamp } from '../../../../src/service/data/rowCopy.ts';
import { createRowCopies, type RowCopies } from '../../../../src/service/privacy/rowCopies.ts';

let root: string;
let copies: RowCopies;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-copies-'));
  copies = createRowCopies(path.join(root, 'scratch'));
});

afterEach(() => {
  copies.dispose();
  fs.rmSync(root, { recursive: true, force: true });
});

/** A table, and the copy that a job has made of it. */
function keep(name: string): string {
  const file = path.join(root, name);
  fs.writeFileSync(file, name);
  const made = path.join(root, 'scratch', 'job', 'rows');
  fs.mkdirSync(made, { recursive: true });
  fs.writeFileSync(path.join(made, 'rows.parquet'), `rows of ${name}`);
  copies.keep(file, fileStamp(file), made);
  return file;
}

function folders(): string[] {
  return fs.readdirSync(path.join(root, 'scratch')).filter((name) => name.startsWith('rows'));
}

test('a copy is lent as long as the file is as it was', () => {
  const file = keep('a.csv');
  const copy = copies.borrow(file)!;
  expect(fs.readFileSync(path.join(copy.folder, 'rows.parquet'), 'utf8')).toBe('rows of a.csv');
  copy.release();
  fs.appendFileSync(file, 'more');
  expect(copies.borrow(file)).toBeUndefined();
  expect(folders()).toEqual([]);
});

test('a copy of a file that was changed while it was read is not kept', () => {
  const file = path.join(root, 'b.csv');
  fs.writeFileSync(file, 'b');
  const before = fileStamp(file);
  fs.appendFileSync(file, 'more');
  const made = path.join(root, 'made');
  fs.mkdirSync(made);
  fs.writeFileSync(path.join(made, 'rows.parquet'), 'rows');
  copies.keep(file, before, made);
  expect(copies.borrow(file)).toBeUndefined();
});

test('the newest three are kept, and each that somebody works with', () => {
  const files = ['a.csv', 'b.csv'].map(keep);
  const lent = copies.borrow(files[0]!)!;
  files.push(...['c.csv', 'd.csv', 'e.csv'].map(keep));
  expect(folders()).toHaveLength(4);
  lent.release();
  expect(copies.borrow(files[0]!)).toBeUndefined();
  expect(copies.borrow(files[1]!)).toBeUndefined();
  expect(folders()).toHaveLength(3);
});

test('none is left at the end', () => {
  keep('a.csv');
  copies.dispose();
  expect(folders()).toEqual([]);
});
