import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Duckdb, openDuckdb } from '../../../../src/service/storage/duckdb.ts';

let scratch: string;
let database: Duckdb;

beforeAll(async () => {
  scratch = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-duckdb-')));
  database = await openDuckdb({ scratch, files: [] });
});

afterAll(() => {
  database.dispose();
  fs.rmSync(scratch, { recursive: true, force: true });
});

test('a function over texts gets their bytes in pieces, and as a whole what is longer', async () => {
  const longest = 3 * 12;
  const callOf = await database.defineOnText({
    name: 'echo',
    pieces: 3,
    compute: ({ rowCount, pieces, long }) =>
      Array.from({ length: rowCount }, (_, row) => {
        const parts = pieces.map((piece) =>
          Buffer.from(piece.buffer, piece.byteOffset + 16 * row + 4, piece[4 * row]!),
        );
        const bytes = Buffer.concat(parts);
        return bytes.length === 0 ? null : bytes.length < longest ? bytes.toString() : `long ${long(row)}`;
      }),
  });
  const texts = [
    'a',
    'é😀ｘ'.repeat(2),
    'x'.repeat(12),
    'y'.repeat(13),
    'z'.repeat(35),
    'long'.repeat(20),
    null,
  ];
  const rows = await database.rows(
    `SELECT t, ${callOf('t')} FROM (SELECT unnest($1::JSON::VARCHAR[]) AS t FROM range(700))`,
    { values: [JSON.stringify(texts)] },
  );
  expect(rows).toHaveLength(7 * 700);
  for (const [text, found] of rows) {
    const isLong = typeof text === 'string' && Buffer.byteLength(text) >= longest;
    expect(found).toBe(isLong ? `long ${text}` : text);
  }
});

test.each([1, 8, 15, 16, 17, 26])(
  'codes of %i characters come out as they are, and null as null',
  async (codeLength) => {
    const callOf = await database.defineOnText({
      name: `codes${codeLength}`,
      pieces: 1,
      codeLength,
      // The text's number, repeated.
      compute: ({ rowCount, pieces: [piece] }) => ({
        codes: new Uint8Array(rowCount * codeLength).map(
          (_, at) => 48 + ((((piece![4 * Math.floor(at / codeLength) + 1]! & 15) + at) % codeLength) % 10),
        ),
        found: Uint8Array.from({ length: rowCount }, (_, row) => (piece![4 * row] === 0 ? 0 : 1)),
      }),
    });
    const rows = await database.rows(
      `SELECT digit, ${callOf('digit')} FROM (SELECT CASE WHEN range % 7 < 3 THEN NULL ELSE CAST(range % 10 AS VARCHAR) END AS digit FROM range(10000))`,
    );
    expect(rows).toHaveLength(10_000);
    for (const [digit, code] of rows) {
      const expected = Array.from(
        { length: codeLength },
        (_, at) => ((Number(digit) + at) % codeLength) % 10,
      );
      expect(code).toBe(digit === null ? null : expected.join(''));
    }
  },
);

test('what a function throws ends the statement', async () => {
  const callOf = await database.defineOnText({
    name: 'refuses',
    pieces: 1,
    compute: () => {
      throw new Error('not this one');
    },
  });
  await expect(database.rows(`SELECT ${callOf("'a'")}`)).rejects.toThrow('not this one');
});
