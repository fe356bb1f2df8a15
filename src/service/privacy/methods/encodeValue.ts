import type { Cell } from '../../data/encodedTable.ts';
import { dateOf, secondOf } from './calendar.ts';
import type { ColumnType } from './columnType.ts';
import { formatFixed, parseFixed } from './fixedPoint.ts';
import { columnSql, type SqlExpression } from './sqlExpression.ts';

/**
 * A value as exact text with a tag for its type, `enc(v)` of the reference, so that the number 1 is not the text "1"
 * and equal values are equal bytes in every file:
 *
 * - `s` text in NFC · `i` whole number · `d` decimal at its declared scale · `b` true or false
 * - `D` date as YYYY-MM-DD · `t` point in time as YYYY-MM-DDTHH:MM:SS.ffffffZ
 *
 * A value that is not of the type is text: every value has a pseudonym.
 */
export interface CanonicalText {
  readonly tag: string;
  readonly text: string;
}

/** Undefined for null, which no method changes. */
export function canonicalText(value: Cell, type: ColumnType): CanonicalText | undefined {
  if (value === null) {
    return undefined;
  }
  const { tag, text } = encoders[type.kind];
  const exact = text(value, type);
  return exact === undefined ? { tag: 's', text: String(value).normalize('NFC') } : { tag, text: exact };
}

/** `tag:text`, the message of every keyed hash. */
export function encodeValue(value: Cell, type: ColumnType): string | undefined {
  const canonical = canonicalText(value, type);
  return canonical && `${canonical.tag}:${canonical.text}`;
}

type Exact = (value: Exclude<Cell, null>, type: ColumnType) => string | undefined;

const unknown: Exact = () => undefined;

const encoders: Readonly<Record<ColumnType['kind'], { readonly tag: string; readonly text: Exact }>> = {
  text: { tag: 's', text: unknown },
  other: { tag: 's', text: unknown },
  double: { tag: 's', text: unknown },
  integer: { tag: 'i', text: (value) => fixedText(value, 0) },
  decimal: { tag: 'd', text: (value, type) => fixedText(value, type.kind === 'decimal' ? type.scale : 0) },
  boolean: { tag: 'b', text: (value) => (typeof value === 'boolean' ? String(value) : undefined) },
  date: {
    tag: 'D',
    text: (value) => {
      const date = dateOf(value);
      return date?.time === '' ? date.day : undefined;
    },
  },
  timestamp: {
    tag: 't',
    text: (value) => {
      const date = dateOf(value);
      return date && `${secondOf(date)}.${date.fraction.padEnd(6, '0').slice(0, 6)}Z`;
    },
  },
};

function fixedText(value: Cell, scale: number): string | undefined {
  const units = parseFixed(value, scale);
  return typeof units === 'bigint' ? formatFixed(units, scale) : undefined;
}

/** The same as SQL; undefined for types whose text differs between DuckDB and JavaScript. */
export function canonicalTextSql(
  column: string,
  type: ColumnType,
): { readonly tag: string; readonly text: SqlExpression } | undefined {
  const name = columnSql(column).sql;
  const { tag } = encoders[type.kind];
  switch (type.kind) {
    case 'text':
      return { tag, text: { sql: `nfc_normalize(CAST(${name} AS VARCHAR))`, values: [] } };
    case 'integer':
    case 'decimal':
    case 'boolean':
    case 'date':
      return { tag, text: { sql: `CAST(${name} AS VARCHAR)`, values: [] } };
    case 'timestamp':
      return { tag, text: { sql: `strftime(${name}, '%Y-%m-%dT%H:%M:%S.%fZ')`, values: [] } };
    default:
      return undefined;
  }
}
