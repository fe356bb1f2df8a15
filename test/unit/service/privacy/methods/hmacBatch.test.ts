import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { hmacBatch } from '../../../../../src/service/privacy/methods/hmacBatch.ts';
import { textPieces } from '../duckdb.ts';

const key = Buffer.from('000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f', 'hex');

function hashes(texts: readonly (string | null)[]): (string | undefined)[] {
  const found: (string | undefined)[] = texts.map(() => undefined);
  hmacBatch(key)(textPieces(texts), (row, words) => {
    const bytes = Buffer.alloc(32);
    for (const [index, word] of words.entries()) {
      bytes.writeInt32BE(word, 4 * index);
    }
    found[row] = bytes.toString('hex');
  });
  return found;
}

function expected(text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}

test('equal to Node’s HMAC byte for byte, for texts of all lengths around the blocks of SHA-256', () => {
  const texts = Array.from({ length: 200 }, (_, index) => `s:${'0123456789'.repeat(20).slice(0, index)}`);
  expect(hashes(texts)).toEqual(texts.map(expected));
});

test('for characters of several bytes that pieces cut in two', () => {
  const texts = ['é', '😀', 'ｘ'].flatMap((character) =>
    Array.from({ length: 24 }, (_, index) => `s:${'a'.repeat(index % 12)}${character.repeat(index)}`),
  );
  expect(hashes(texts)).toEqual(texts.map(expected));
});

test('more texts than fit its memory, whose number is no multiple of four, with missing ones', () => {
  const texts = Array.from({ length: 5003 }, (_, index) => (index % 7 === 3 ? null : `i:${index}`));
  expect(hashes(texts)).toEqual(texts.map((text) => (text === null ? undefined : expected(text))));
});

test('what was hashed before leaves no trace', () => {
  const hmac = hmacBatch(key);
  const first = (text: string) => {
    let word = 0;
    hmac(textPieces([text]), (_, words) => {
      word = words[0]!;
    });
    return word;
  };
  const short = first('s:a');
  first(`s:${'b'.repeat(53)}`);
  first(`s:${'b'.repeat(300)}`);
  expect(first('s:a')).toBe(short);
});
