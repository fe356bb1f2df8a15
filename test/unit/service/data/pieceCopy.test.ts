import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readRecords } from '../../../../src/service/data/dialect.ts';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { copyPieces } from '../../../../src/service/data/pieceCopy.ts';
import { sniffFile } from '../../../../src/service/data/sniffFile.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-pieces-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const rows = 600_000;

function write(name: string, header: string, row: (at: number) => string): string {
  const file = path.join(folder, name);
  const lines = Array.from({ length: rows }, (_, at) => row(at));
  fs.writeFileSync(file, `${header}${lines.join('\n')}\n`);
  return file;
}

it('whole rows come from all over the file, the header first', async () => {
  const file = write('a.csv', 'id,word,note\n', (at) => `${at},word ${at % 100},${'x'.repeat(at % 90)}`);
  const copy = await copyPieces(await sniffFile(file, 'a.csv'), folder);
  const [header, ...found] = fs.readFileSync(copy!.file, 'utf8').trimEnd().split('\n');
  expect(header).toBe('id,word,note');
  const row = (id: number) => `${id},word ${id % 100},${'x'.repeat(id % 90)}`;
  const ids = found.map((line) => Number(line.split(',')[0]));
  expect(found.filter((line, at) => line !== row(ids[at]!))).toEqual([]);
  expect(ids[0]).toBe(0);
  expect(ids).toEqual([...new Set(ids)].sort((a, b) => a - b));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    expect(ids.filter((id) => Math.floor((id * 10) / rows) === tenth).length).toBeGreaterThan(1000);
  }
});

it('a line end inside of quotes is not taken for the end of a row', async () => {
  const note = (at: number) => `"said ""no"", ${at},\nand, then\n""yes"", ${at}${'.'.repeat(at % 50)}"`;
  const file = write('quoted.csv', 'id,note,word\n', (at) => `${at},${note(at)},w${at}`);
  const copy = await copyPieces(await sniffFile(file, 'quoted.csv'), folder);
  const [, ...found] = readRecords(fs.readFileSync(copy!.file, 'utf8'), ',', '"', Number.MAX_SAFE_INTEGER);
  expect(found.length).toBeGreaterThan(10_000);
  const said = (id: string) => `said "no", ${id},\nand, then\n"yes", ${id}${'.'.repeat(Number(id) % 50)}`;
  expect(found.filter(([id, text, word]) => word !== `w${id}` || text !== said(id!))).toEqual([]);
});

it('a table that is opened in pieces says how much of the file it has', async () => {
  const file = write('lines.jsonl', '', (at) => `{"id":${at},"word":"w ${'y'.repeat(60)}"}`);
  const table = await openTable(file, 'lines.jsonl', { scratch: folder, inPieces: true });
  try {
    const counted = await table.countRows();
    expect(table.isPartial).toBe(true);
    expect(Math.abs(counted / table.share / rows - 1)).toBeLessThan(0.01);
  } finally {
    table.dispose();
  }
});

it('a file that is not much larger than its pieces is read whole', async () => {
  const file = path.join(folder, 'small.csv');
  fs.writeFileSync(file, 'a,b\n1,2\n');
  expect(await copyPieces(await sniffFile(file, 'small.csv'), folder)).toBeUndefined();
  const table = await openTable(file, 'small.csv', { scratch: folder, inPieces: true });
  expect([table.isPartial, table.share]).toEqual([false, 1]);
  table.dispose();
});
