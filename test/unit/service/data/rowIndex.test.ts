import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTable } from '../../../../src/service/data/openTable.ts';
import { indexRows, readIndexedRows, rowsPerMark } from '../../../../src/service/data/rowIndex.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-rows-'));
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

const count = 3 * rowsPerMark + 17;

/** The rows of a text by its index, and as DuckDB reads them. */
async function both(name: string, text: string, offset: number, limit: number) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  const table = await openTable(file, name, { scratch: folder });
  try {
    const dialect = table.dialect!;
    const index = await indexRows(file, dialect, undefined);
    expect(index.rows).toBe(await table.countRows());
    return [
      await readIndexedRows(file, index, dialect, { offset, limit }),
      await table.rows(offset, limit),
    ] as const;
  } finally {
    table.dispose();
  }
}

const plain = (at: number) => `${at},word ${at},${at % 3 === 0 ? '' : at / 7}`;
const quoted = (at: number) => `${at},"a ""b"", ${at}\n\nsecond, line",${at % 2 === 0 ? '""' : ''}`;

it.each([
  ['plain', 'id,word,n\n', plain, '\n'],
  ['with Windows line ends', 'id,word,n\r\n', plain, '\r\n'],
  ['with quotes, delimiters and line ends in values', 'id,note,rest\n', quoted, '\n'],
  [
    'with a mark of UTF-8 and letters of several bytes',
    '\ufeffid,wörd,n\n',
    (at: number) => `${at},ünï 😀 ${at},x`,
    '\n',
  ],
  ['with empty lines', 'id,word,n\n\n', (at: number) => (at % 50 === 0 ? `${plain(at)}\n` : plain(at)), '\n'],
])('%s: the same rows as DuckDB reads', async (_, header, row, end) => {
  const rows = Array.from({ length: count }, (__, at) => row(at));
  for (const last of [end, '']) {
    for (const offset of [0, rowsPerMark - 3, 2 * rowsPerMark, count - 5]) {
      const [indexed, read] = await both('t.csv', `${header}${rows.join(end)}${last}`, offset, 9);
      expect(indexed).toEqual(read);
      expect(indexed.length).toBeGreaterThan(4);
    }
  }
});

it('without a header the first row is one', async () => {
  const text = Array.from({ length: count }, (_, at) => `${at}\t${at * 2}`).join('\n');
  const [indexed, read] = await both('t.tsv', text, rowsPerMark, 3);
  expect(indexed).toEqual(read);
  expect(indexed[0]).toEqual([String(rowsPerMark), String(rowsPerMark * 2)]);
});

it('behind the last row there is none', async () => {
  const text = `a,b\n${Array.from({ length: 10 }, (_, at) => `${at},x`).join('\n')}\n`;
  expect(await both('t.csv', text, 10, 5)).toEqual([[], []]);
  const [indexed] = await both('t.csv', text, 8, 50);
  expect(indexed).toHaveLength(2);
});
