import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attached } from '../../../src/attach/attach.ts';
import { errorShape } from '../../../src/base/errors.ts';
import { sketchData } from '../../../src/protocol/data.ts';
import { ServedFolder } from '../../support/service.ts';
import { profileOf, scratchFiles, writeRows } from './tables.ts';

let folder: ServedFolder;
let service: Attached;

beforeAll(async () => {
  folder = new ServedFolder();
  service = await folder.attach({ idleSeconds: 60 });
});

afterAll(() => folder.dispose());

function write(name: string, content: string | Buffer): string {
  fs.writeFileSync(path.join(folder.root, name), content);
  return name;
}

async function refusal(name: string): Promise<{ code: string; message: string }> {
  const { code, message } = await profileOf(service.connection, name).then(() => {
    throw new Error(`${name} was profiled`);
  }, errorShape);
  return { code, message };
}

describe('what cannot be read is refused with its place, and left as it is', () => {
  const latinInUtf8 = Buffer.concat([
    Buffer.from('name,n\nMüller,1\nÖzil,2\n'),
    Buffer.from([0xe9, 0x2c, 0x33, 0x0a]),
  ]);
  it.each<[string, string, string | Buffer, string, RegExp]>([
    [
      'a row that is too short',
      'short.csv',
      'a,b,c\n1,2,3\n4,5\n6,7,8\n',
      'data.raggedRow',
      /^Row 3 of short\.csv ends before column 3/,
    ],
    [
      'a row that is too long',
      'long.csv',
      'a,b\n1,2\n3,4\n5,6,7\n8,9\n',
      'data.raggedRow',
      /^Row 4 of long\.csv has a value too many, from column 3 on/,
    ],
    [
      'a text that no delimiter divides',
      'letter.csv',
      'Dear all,\nthis is, well, a letter\nto you.\n',
      'data.raggedRow',
      /^Row 2 of letter\.csv/,
    ],
    [
      'a quote that is not closed',
      'quote.csv',
      'a,b\n1,x\n2,"y\n3,z\n',
      'data.unterminatedQuote',
      /^In row 3 of quote\.csv/,
    ],
    [
      'two encodings in one file',
      'mixed.csv',
      latinInUtf8,
      'data.wrongEncoding',
      /^Row 4 of mixed\.csv has bytes that are not UTF-8/,
    ],
    ['nothing at all', 'empty.csv', '', 'data.empty', /^empty\.csv is empty/],
    ['empty lines', 'lines.csv', '\n\n\n', 'data.empty', /^lines\.csv is empty/],
    [
      'a picture',
      'picture.csv',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
      'data.notATable',
      /it is a picture/,
    ],
    ['binary data', 'blob.dat', Buffer.from([7, 0, 1, 0, 0, 0, 9, 9, 0]), 'data.notATable', /binary data/],
    [
      'a spreadsheet',
      'sheet.xlsx',
      Buffer.from('PK\u0003\u0004 and more'),
      'data.notATable',
      /a zip archive or a spreadsheet/,
    ],
    [
      'a Parquet file that is none',
      'text.parquet',
      'hello',
      'data.notATable',
      /not what its name text\.parquet says/,
    ],
    [
      'a Parquet file that is cut off',
      'cut.parquet',
      'PAR1 and then nothing',
      'data.damaged',
      /^cut\.parquet is damaged or cut off/,
    ],
    [
      'an Arrow file that is cut off',
      'cut.arrow',
      'ARROW1\0\0 and then nothing',
      'data.damaged',
      /^cut\.arrow is damaged or cut off/,
    ],
    [
      'JSON that is cut off',
      'cut.json',
      '[{"a":1},{"a":',
      'data.malformedJson',
      /^cut\.json is not valid JSON in row 2/,
    ],
    [
      'a line that is no JSON',
      'bad.jsonl',
      '{"a":1}\n{"a":2}\n{oops}\n',
      'data.malformedJson',
      /^bad\.jsonl is not valid JSON in row 3/,
    ],
    ['JSON without records', 'numbers.json', '[1,2,3]', 'data.notATable', /no list of records/],
    [
      'line ends of two kinds',
      'ends.csv',
      'a,b\r\n1,2\n3,4\r\n',
      'data.mixedLineEnds',
      /^Row 2 of ends\.csv ends otherwise than the rows before it/,
    ],
  ])('%s', async (_, name, content, code, message) => {
    write(name, content);
    const refused = await refusal(name);
    expect(refused).toEqual({ code, message: expect.stringMatching(message) });
    expect(refused.message).toContain('Nothing was changed.');
    expect(fs.readFileSync(path.join(folder.root, name))).toEqual(Buffer.from(content));
    expect(scratchFiles(folder.root)).toEqual([]);
  });

  it('a file that is not there, and a folder', async () => {
    expect((await refusal('nothing.csv')).code).toBe('data.noSuchFile');
    fs.mkdirSync(path.join(folder.root, 'images'));
    expect((await refusal('images')).code).toBe('data.folder');
  });

  it('a target that is no column, with the names that there are', async () => {
    write('target.csv', 'age,class\n1,a\n2,b\n');
    const { code, message } = errorShape(
      await profileOf(service.connection, 'target.csv', 'clas').catch((error: unknown) => error),
    );
    expect(code).toBe('data.noSuchColumn');
    expect(message).toContain('It has: age, class.');
  });
});

describe('what is odd is read and told', () => {
  it('empty and repeated headers', async () => {
    write('headers.csv', ',id,id\n1,2,3\n2,3,4\n');
    const { columns, notices } = await profileOf(service.connection, 'headers.csv');
    expect(columns.map(({ name }) => name)).toEqual(['column 1', 'id', 'id (column 3)']);
    expect(notices.map(({ message }) => message)).toEqual([
      'Column 1 has no name in row 1; it is called “column 1” here.',
      'Columns 2 and 3 are both named “id” in row 1; the second is called “id (column 3)” here.',
    ]);
  });

  it('a header without rows', async () => {
    write('header.csv', 'a,b\n');
    const { basis, columns, notices } = await profileOf(service.connection, 'header.csv');
    expect(basis).toEqual({ kind: 'whole', rows: 0 });
    expect(columns).toMatchObject([
      { missing: 0, distinct: 0 },
      { missing: 0, distinct: 0 },
    ]);
    expect(notices).toMatchObject([{ code: 'noRows' }]);
  });

  it('columns without any value', async () => {
    write('nulls.csv', 'a,b,c\n1,,\n2,,x\n');
    const { columns, notices } = await profileOf(service.connection, 'nulls.csv');
    expect(columns[1]).toMatchObject({ missing: 2, distinct: 0, top: [] });
    expect(notices).toEqual([{ code: 'allMissing', message: 'Column “b” has no value in any row.' }]);
  });

  it('numbers beyond 2^53 stay exact', async () => {
    write('large.csv', 'a,b,c\n9007199254740993,12345678901234567890,9007199254740993.25\n1,2,3.5\n');
    const { columns } = await profileOf(service.connection, 'large.csv');
    expect(columns.map(({ type, maximum }) => [type, maximum])).toEqual([
      ['integer', '9007199254740993'],
      ['integer', '12345678901234567890'],
      ['decimal', '9007199254740993.250000000000'],
    ]);
    write('large.json', '[{"a":12345678901234567890123},{"a":1}]');
    expect((await profileOf(service.connection, 'large.json')).columns[0]).toMatchObject({
      type: 'integer',
      maximum: '12345678901234567890123',
    });
  });

  it('dates long before 1900, and leading zeros, which are not lost', async () => {
    write('dates.csv', 'born,zip\n1789-07-14,01234\n0987-01-01,00501\n2020-02-29,99999\n');
    const { columns } = await profileOf(service.connection, 'dates.csv');
    expect(columns[0]).toMatchObject({ type: 'date', minimum: '0987-01-01', maximum: '2020-02-29' });
    expect(columns[1]).toMatchObject({ type: 'text', minimum: '00501' });
  });

  it.each([
    ['UTF-8 with a mark', Buffer.from('\ufeffname,n\nMüller,1\n')],
    ['UTF-16', Buffer.from('\ufeffname,n\nMüller,1\n', 'utf16le')],
    ['UTF-16, the other way round', Buffer.from('\ufeffname,n\nMüller,1\n', 'utf16le').swap16()],
    ['Windows-1252', Buffer.from('name,n\nM\xfcller,1\n', 'latin1')],
  ])('%s', async (name, content) => {
    write(`${name}.csv`, content);
    const { columns } = await profileOf(service.connection, `${name}.csv`);
    expect(columns).toMatchObject([
      { name: 'name', maximum: 'Müller' },
      { name: 'n', type: 'integer' },
    ]);
    expect(scratchFiles(folder.root)).toEqual([]);
  });

  it('ten thousand columns', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 10_000 }, (_, at) => `k${at}`);
    const row = (first: number) => names.map((_, at) => first + at).join(',');
    write('wide.csv', `${names.join(',')}\n${row(0)}\n${row(1)}\n${row(0)}\n`);
    // What is known of a file is believed later only where the file is older than its reading.
    fs.utimesSync(path.join(folder.root, 'wide.csv'), 1e9, 1e9);
    const { columnCount, columns, duplicateRows, notices } = await profileOf(service.connection, 'wide.csv');
    expect({ columnCount, duplicateRows }).toEqual({ columnCount: 10_000, duplicateRows: 1 });
    expect(columns).toHaveLength(10_000);
    expect(columns.at(-1)).toMatchObject({
      name: 'k9999',
      type: 'integer',
      minimum: 9999,
      maximum: 10_000,
      distinct: 2,
    });
    expect(notices).toEqual([]);
    const { hints } = await profileOf(service.connection, 'wide.csv', 'k9998');
    expect(hints.length).toBeGreaterThan(50);
    const again = await service.connection.send(sketchData, { path: 'wide.csv', target: 'k9998' });
    expect(again.hints).toEqual(hints);
    expect(again.columns).toHaveLength(10_000);
  });

  it('three thousand columns, the last of which is text in the last row', async () => {
    const names = Array.from({ length: 3000 }, (_, at) => `k${at}`);
    const row = (last: string | number) => names.map((_, at) => (at === 2999 ? last : at)).join(',');
    const rows = Array.from({ length: 120 }, (_, at) => row(at === 119 ? 'none' : at));
    write('wide.csv', `${names.join(',')}\n${rows.join('\n')}\n`);
    const sketch = await service.connection.send(sketchData, { path: 'wide.csv' });
    expect(sketch.columns.length + sketch.undescribed!.length).toBe(3000);
    expect(sketch.undescribed!.at(-1)).toEqual({ name: 'k2999', type: 'integer' });
    const { columns, undescribed, associations } = await profileOf(service.connection, 'wide.csv');
    expect(undescribed).toBeUndefined();
    expect(columns.at(-1)).toMatchObject({ name: 'k2999', type: 'text', distinct: 120 });
    expect(associations).toMatchObject({ columns: [], rows: 0 });
  });

  it('wide and long: the columns that are not described are named', { timeout: 120_000 }, async () => {
    const names = Array.from({ length: 600 }, (_, at) => `k${at}`);
    writeRows(path.join(folder.root, 'wide.csv'), names.join(','), 20_001, (at) =>
      names.map((_, place) => (at + place) % 10).join(','),
    );
    const profile = await profileOf(service.connection, 'wide.csv', 'k599');
    expect([profile.columns.length, profile.undescribed!.length]).toEqual([500, 100]);
    expect(profile.notices.map(({ message }) => message)).toEqual([
      'The first 500 of 600 columns are described: in a table of more than 20,000 rows no more than that.',
      'What gives “k599” away was not looked for: it is none of the columns that are described.',
    ]);
  });
});

describe('what only shows after millions of rows', () => {
  it('a column whose type changes at row 5,000,000 is read as text, and the place is told', async () => {
    const file = path.join(folder.root, 'changing.csv');
    writeRows(file, 'id,code', 5_000_010, (at) => `${at % 1000},${at === 4_999_998 ? 'x7' : at % 7}`);
    const { columns, basis, notices } = await profileOf(service.connection, 'changing.csv');
    expect(basis.rows).toBe(5_000_010);
    expect(columns).toMatchObject([
      { name: 'id', type: 'integer', missing: 0, distinct: 1000 },
      { name: 'code', type: 'text', missing: 0, distinct: 8, maximum: 'x7' },
    ]);
    expect(notices.map(({ message }) => message)).toEqual([
      'Column “code” begins as integer but has “x7” in row 5,000,000: it is read as text.',
    ]);
  });

  it('a ragged row is named by its number', async () => {
    const file = path.join(folder.root, 'ragged.csv');
    writeRows(file, 'a,b', 3_000_000, (at) => (at === 2_345_676 ? '1' : `${at},2`));
    expect(await refusal('ragged.csv')).toEqual({
      code: 'data.raggedRow',
      message: expect.stringMatching(/^Row 2,345,678 of ragged\.csv ends before column 2/),
    });
    expect(scratchFiles(folder.root)).toEqual([]);
  });
});
