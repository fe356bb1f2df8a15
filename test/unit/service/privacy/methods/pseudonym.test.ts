import { createHmac } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Cell } from '../../../../../src/service/data/encodedTable.ts';
import { type ColumnType, columnTypeOf } from '../../../../../src/service/privacy/methods/columnType.ts';
import {
  type PseudonymOptions,
  pseudonym,
  pseudonymCodes,
  pseudonymMessageSql,
  pseudonymSql,
  pseudonymsOf,
} from '../../../../../src/service/privacy/methods/pseudonym.ts';
import { codeTexts, evaluate, openDuckDb, textPieces } from '../duckdb.ts';
import { chiSquareScore, correlationScore } from '../statistics.ts';

const key = Buffer.alloc(32, 7);
const plain: PseudonymOptions = { length: 16, prefix: '', normalise: [] };
const text: ColumnType = { kind: 'text' };

test('is the base32hex of the HMAC that Node computes', () => {
  const hash = createHmac('sha256', key).update('s:Ada').digest();
  const bits = [...hash].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const expected = Array.from({ length: 16 }, (_, at) =>
    Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2).toString(32),
  ).join('');
  expect(pseudonym(key, text, plain)('Ada', 0)).toBe(expected);
  expect(pseudonym(key, text, { ...plain, prefix: 'cust_', length: 8 })('Ada', 0)).toBe(
    `cust_${expected.slice(0, 8)}`,
  );
});

test('the same text in another normal form is the same person; null stays null; the number 1 is not the text 1', () => {
  const transform = pseudonym(key, text, plain);
  expect(transform('Zo\u0065\u0308', 0)).toBe(transform('Zo\u00eb', 0));
  expect(transform(null, 0)).toBeNull();
  expect(pseudonym(key, { kind: 'integer' }, plain)(1, 0)).not.toBe(transform('1', 0));
});

test('normalisers make writings equal, and a number joins with its text', () => {
  const email = pseudonym(key, text, { ...plain, normalise: ['email'] });
  expect(email(' Ada@Example.ORG\u00a0', 0)).toBe(email('ada@example.org', 0));
  const phone = pseudonym(key, text, { ...plain, normalise: ['phone'], country: 'IT' });
  expect(phone('06 698 82 9', 0)).toBe(phone('+39 0669882 9', 0));
  const number = pseudonym(key, { kind: 'integer' }, { ...plain, normalise: ['text'] });
  expect(number(42, 0)).toBe(pseudonym(key, text, { ...plain, normalise: ['text'] })('42', 0));
});

test('without the key, pseudonyms look random', () => {
  const transform = pseudonym(key, { kind: 'integer' }, { ...plain, length: 48 });
  const codes = Array.from({ length: 4000 }, (_, number) => transform(number, 0) as string);
  expect(new Set(codes).size).toBe(codes.length);
  const bits = codes.map((code) => Array.from(code, (letter) => Number.parseInt(letter, 32)));
  const numbers = [...codes.keys()];
  for (let place = 0; place < 48; place += 1) {
    const counts = new Array<number>(32).fill(0);
    for (const letters of bits) {
      counts[letters[place]!]! += 1;
    }
    // 48 tests: one of them reaches 4 by chance in hundreds of keys, and this key is fixed.
    expect(Math.abs(chiSquareScore(counts, new Array<number>(32).fill(125)))).toBeLessThan(4.5);
    expect(
      Math.abs(
        correlationScore(
          bits.map((letters) => letters[place]!),
          numbers,
        ),
      ),
    ).toBeLessThan(4);
  }
  // Of two that follow one another half of the bits differ.
  let differing = 0;
  for (const [index, letters] of bits.slice(1).entries()) {
    for (const [place, letter] of letters.entries()) {
      differing += (letter ^ bits[index]![place]!).toString(2).replaceAll('0', '').length;
    }
  }
  // As many ones as zeros, in as many runs as a coin has.
  const stream = bits.flat().flatMap((letter) => [16, 8, 4, 2, 1].map((bit) => (letter & bit) !== 0));
  const ones = stream.filter(Boolean).length;
  expect(Math.abs(ones - stream.length / 2) / Math.sqrt(stream.length / 4)).toBeLessThan(4);
  const runs = 1 + stream.slice(1).filter((bit, at) => bit !== stream[at]).length;
  expect(Math.abs(runs - stream.length / 2) / Math.sqrt(stream.length / 4)).toBeLessThan(4);
  const all = (codes.length - 1) * 240;
  expect(Math.abs(differing - all / 2) / Math.sqrt(all / 4)).toBeLessThan(4);
});

test('the holder of the key finds a person among candidates', () => {
  const transform = pseudonym(key, text, plain);
  const found = pseudonymsOf(['Ada', 'Grace', null], transform);
  expect(found.get(transform('Grace', 0) as string)).toBe('Grace');
  expect(found.size).toBe(2);
});

describe('DuckDB computes the same bytes', () => {
  let connection: Awaited<ReturnType<typeof openDuckDb>>;
  beforeAll(async () => {
    connection = await openDuckDb();
  });

  const texts = [
    'Ada',
    '',
    ' x ',
    "O'Brien",
    'Zo\u0065\u0308',
    'ΟΔΥΣΣΕΥΣ',
    'İstanbul',
    'STRAßE',
    '日本😀',
    '\u00a0Tab\t',
    'A-12 34',
  ];
  test.each<[string, string, Cell[], string, Partial<PseudonymOptions>]>([
    ['text', 'VARCHAR', texts, 'VARCHAR', {}],
    ['long codes', 'VARCHAR', texts, 'VARCHAR', { length: 48, prefix: "it's_" }],
    ['odd lengths', 'VARCHAR', texts, 'VARCHAR', { length: 13 }],
    ['trimmed', 'VARCHAR', texts, 'VARCHAR', { normalise: ['trim'] }],
    ['small letters', 'VARCHAR', texts, 'VARCHAR', { normalise: ['lowercase'] }],
    ['e-mail', 'VARCHAR', texts, 'VARCHAR', { normalise: ['email'] }],
    ['digits', 'VARCHAR', texts, 'VARCHAR', { normalise: ['digits'] }],
    [
      'whole numbers',
      'HUGEINT',
      ['0', '-5', '9007199254740993', '170141183460469231731687303715884105727'],
      '',
      {},
    ],
    ['whole numbers as text', 'BIGINT', ['0', '-5', '9007199254740993'], '', { normalise: ['text'] }],
    ['decimals', 'DECIMAL(18,3)', ['0.000', '-0.500', '12.345', '999999999999999.999'], '', {}],
    ['dates', 'DATE', ['1899-12-31', '2024-02-29', '0099-01-02'], '', {}],
    [
      'points in time',
      'TIMESTAMP',
      ['1899-12-31 01:02:03', '2024-02-29 00:00:00.5', '2024-02-29 23:59:59.123456'],
      '',
      {},
    ],
  ])('%s', async (_, type, values, _as, changed) => {
    const options = { ...plain, ...changed };
    await connection.run('CREATE OR REPLACE TABLE t (i INTEGER, "a ""b" VARCHAR)');
    const appender = await connection.createAppender('t');
    for (const [index, value] of [...values, null].entries()) {
      appender.appendInteger(index);
      value === null ? appender.appendNull() : appender.appendVarchar(String(value));
      appender.endRow();
    }
    appender.closeSync();
    const from = `(SELECT i, CAST("a ""b" AS ${type}) AS "a ""b" FROM t ORDER BY i)`;
    const sql = pseudonymSql(key, 'a "b', columnTypeOf(type), options)!;
    expect(sql.sql).not.toContain("it's");
    const transform = pseudonym(key, columnTypeOf(type), options);
    const expected = [...values, null].map((value) => transform(value, 0));
    expect(await evaluate(connection, sql, from)).toEqual(expected);
    const message = pseudonymMessageSql('a "b', columnTypeOf(type), options)!;
    const messages = textPieces(await evaluate(connection, message, from));
    const texts = codeTexts(pseudonymCodes(key, options)(messages), options.prefix);
    expect(texts).toEqual(expected);
  });

  test('booleans', async () => {
    const sql = pseudonymSql(key, 'v', { kind: 'boolean' }, plain)!;
    const transform = pseudonym(key, { kind: 'boolean' }, plain);
    expect(await evaluate(connection, sql, '(VALUES (true), (false)) t(v)')).toEqual([
      transform(true, 0),
      transform(false, 0),
    ]);
  });

  test('types whose text differs are left to JavaScript', () => {
    expect(pseudonymSql(key, 'v', { kind: 'double' }, plain)).toBeUndefined();
    expect(pseudonymSql(key, 'v', text, { ...plain, normalise: ['phone'] })).toBeUndefined();
  });
});
