import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { SqlExpression } from './sqlExpression.ts';

/*
 * What makes writings of one thing equal before they are hashed. Only those that the recipe names are applied:
 * a normaliser that is put in later changes every pseudonym.
 */

export const normaliserNames = ['text', 'trim', 'lowercase', 'digits', 'email', 'phone'] as const;
export type NormaliserName = (typeof normaliserNames)[number];

export interface Normalisation {
  readonly normalise: readonly NormaliserName[];
  /** Of phone numbers without a country code, as two letters. */
  readonly country?: string | undefined;
}

export function normalised(text: string, { normalise, country }: Normalisation): string {
  return normalise.reduce((value, name) => normalisers[name](value, country), text);
}

const normalisers: Readonly<Record<NormaliserName, (text: string, country?: string) => string>> = {
  // The number 7 and the text "7" become the same.
  text: (text) => text,
  trim: (text) => text.trim(),
  lowercase,
  digits: (text) => text.replace(/[^0-9]/g, ''),
  email: (text) => lowercase(text.trim()),
  phone: (text, country) =>
    parsePhoneNumberFromString(text, country as CountryCode | undefined)?.number ??
    text.replace(/[^0-9+]/g, ''),
};

/** Character by character, as DuckDB does: a sigma at the end of a word stays the sigma of any other place. */
function lowercase(text: string): string {
  if (/^[\0-\x7f]*$/.test(text)) {
    return text.toLowerCase();
  }
  return Array.from(text, (character) => (character === 'İ' ? 'i' : character.toLowerCase())).join('');
}

/** The same as SQL; undefined when one of them has no equal there. */
export function normalisedSql(text: SqlExpression, { normalise }: Normalisation): SqlExpression | undefined {
  let sql: string | undefined = text.sql;
  const values = [...text.values];
  for (const name of normalise) {
    if (name === 'phone') {
      return undefined;
    }
    if (name === 'trim' || name === 'email') {
      sql = `trim(${sql}, ?)`;
      values.push(whitespace);
    }
    if (name === 'lowercase' || name === 'email') {
      sql = `lower(${sql})`;
    }
    if (name === 'digits') {
      sql = `regexp_replace(${sql}, '[^0-9]', '', 'g')`;
    }
  }
  return { sql, values };
}

/** All that `String.prototype.trim` takes away; DuckDB's `trim` alone knows the space. */
const whitespace =
  ' \t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff';
