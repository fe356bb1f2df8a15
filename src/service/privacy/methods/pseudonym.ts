import type { Cell } from '../../data/encodedTable.ts';
import type { TextCodes } from '../../storage/textFunction.ts';
import type { ColumnType } from './columnType.ts';
import { canonicalText, canonicalTextSql } from './encodeValue.ts';
import { hmacSha256 } from './hmac.ts';
import { hmacBatch, type TextPieces } from './hmacBatch.ts';
import type { CellTransform, MethodDescription } from './method.ts';
import { type Normalisation, normalised, normalisedSql } from './normalisers.ts';
import { hmacHexSql, letSql, type SqlExpression } from './sqlExpression.ts';

export const pseudonymDescription: MethodDescription = {
  title: 'Keyed pseudonym',
  sentence:
    'Replaces each value by a code that only the holder of the key can compute, the same code wherever the value occurs.',
  limit:
    'Pseudonymised, not anonymous: equal values stay equal, so how often each occurs can still be seen, and the holder ' +
    'of the key can test who is meant.',
  reversible: 'candidates',
};

export interface PseudonymOptions extends Normalisation {
  /** Characters of base32, 5 bits each: 16 make a clash among 10⁹ values as likely as 4 in 10⁷. */
  readonly length: number;
  /** Written before the code, such as `cust_`. */
  readonly prefix: string;
}

/** 51 characters of 5 bits are all of a hash; SQL takes them by eights. */
export const longestPseudonym = 48;
export const shortestPseudonym = 8;

/**
 * `prefix + base32hex(HMAC-SHA256(key, enc(v)))[:length]` in small letters (RFC 4648 §7: digits before letters, which
 * is what DuckDB writes).
 */
export function pseudonym(key: Uint8Array, type: ColumnType, options: PseudonymOptions): CellTransform {
  const hmac = hmacSha256(key);
  return (value) => {
    const message = pseudonymMessage(value, type, options);
    return message === undefined ? null : options.prefix + base32Hex(hmac(message), options.length);
  };
}

function pseudonymMessage(value: Cell, type: ColumnType, options: PseudonymOptions): string | undefined {
  const canonical = canonicalText(value, type);
  if (!canonical) {
    return undefined;
  }
  // What is normalised is text from then on, so that an ID matches whether its file has it as number or as text.
  return options.normalise.length > 0
    ? `s:${normalised(canonical.text, options)}`
    : `${canonical.tag}:${canonical.text}`;
}

/** What is hashed of a value, as SQL; undefined when the column's type or a normaliser is for JavaScript alone. */
export function pseudonymMessageSql(
  column: string,
  type: ColumnType,
  options: PseudonymOptions,
): SqlExpression | undefined {
  const canonical = canonicalTextSql(column, type);
  const text = canonical && normalisedSql(canonical.text, options);
  const tag = options.normalise.length > 0 ? 's' : canonical?.tag;
  return text && { sql: `'${tag}:' || ${text.sql}`, values: text.values };
}

/** The same as SQL alone, byte for byte, where it is part of something larger. */
export function pseudonymSql(
  key: Uint8Array,
  column: string,
  type: ColumnType,
  options: PseudonymOptions,
): SqlExpression | undefined {
  const message = pseudonymMessageSql(column, type, options);
  if (!message) {
    return undefined;
  }
  const hash = hmacHexSql(key, message);
  const chunks = Array.from({ length: Math.ceil(options.length / 8) }, (_, index) => {
    const eight = `to_base(('0x' || substr(h, ${1 + 10 * index}, 10))::BIGINT, 32, 8)`;
    const wanted = options.length - 8 * index;
    return wanted < 8 ? `substr(${eight}, 1, ${wanted})` : eight;
  });
  const code = letSql(hash, 'h', { sql: chunks.join(' || '), values: [] });
  return { sql: `? || lower(${code.sql})`, values: [options.prefix, ...code.values] };
}

/** The same for thousands of messages at once, several times as fast as either; without the prefix. */
export function pseudonymCodes(
  key: Uint8Array,
  { length }: Pick<PseudonymOptions, 'length'>,
): (messages: TextPieces) => TextCodes {
  const hmac = hmacBatch(key);
  return (messages) => {
    const codes = new Uint8Array(messages.rowCount * length);
    const found = new Uint8Array(messages.rowCount);
    hmac(messages, (row, words) => {
      found[row] = 1;
      for (let index = 0; index < length; index += 1) {
        const bit = index * 5;
        const word = bit >> 5;
        const offset = bit & 31;
        const next = offset > 27 ? words[word + 1]! >>> (32 - offset) : 0;
        codes[row * length + index] = alphabetCodes[((words[word]! << offset) | next) >>> 27]!;
      }
    });
    return { codes, found };
  };
}

const alphabet = '0123456789abcdefghijklmnopqrstuv';
const alphabetCodes = Buffer.from(alphabet, 'latin1');

function base32Hex(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let index = 0; index < length; index += 1) {
    const bit = index * 5;
    const pair = (bytes[bit >> 3]! << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += alphabet[(pair >> (11 - (bit & 7))) & 31];
  }
  return text;
}

/**
 * Pseudonym → value for those of `candidates` that the holder of the key wants to look up: hashing them again is the
 * only way back.
 */
export function pseudonymsOf(
  candidates: readonly Cell[],
  transform: CellTransform,
): ReadonlyMap<string, Cell> {
  const found = new Map<string, Cell>();
  for (const candidate of candidates) {
    const code = transform(candidate, 0);
    if (typeof code === 'string') {
      found.set(code, candidate);
    }
  }
  return found;
}
