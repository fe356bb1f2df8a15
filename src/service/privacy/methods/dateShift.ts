import type { Cell } from '../../data/encodedTable.ts';
import { dateOf, dayNumber, dayOfNumber } from './calendar.ts';
import type { ColumnType } from './columnType.ts';
import { dateLeavesCalendar, notADate } from './errors.ts';
import { hmacSha256 } from './hmac.ts';
import { uniformAt, uniformSql } from './keyedUniform.ts';
import type { MethodDescription } from './method.ts';
import { columnSql, hmacHexSql, type SqlExpression } from './sqlExpression.ts';

export const dateShiftDescription: MethodDescription = {
  title: 'Date shift',
  sentence:
    'Moves all dates of one person by the same secret number of days, so that the time between two of them stays true.',
  limit:
    'Pseudonymised, not anonymous: the holder of the key can move them back, and a rare sequence of intervals can still ' +
    'be recognised. A day that others know of a person, such as 1970-01-01 where a date was unknown, tells how far all ' +
    'of that person have moved: empty it first. The Safe Harbor rule of HIPAA does not accept shifted dates.',
  reversible: 'keyHolder',
};

export interface DateShiftOptions {
  /** The most that a date moves, either way. */
  readonly days: number;
  /** Moves by whole weeks alone, so that the day of the week stays. */
  readonly wholeWeeks: boolean;
}

/**
 * Days that stand for “never” and “always”. They stay: everybody knows them, so that a moved one would tell by how much
 * all dates of its person have moved.
 */
const endsOfTime: readonly string[] = ['9999-12-31', '0001-01-01'];

/** 1 moves, −1 moves back. */
export type ShiftDirection = 1 | -1;

/** Days by which all dates of a subject move: −D + ⌊u·(2D + 1)⌋ (reference 2.9). */
export function subjectShift(
  key: Uint8Array,
  { days, wholeWeeks }: DateShiftOptions,
): (encodedSubject: string) => number {
  const hmac = hmacSha256(key);
  const unit = wholeWeeks ? 7 : 1;
  const most = Math.floor(days / unit);
  return (subject) => unit * (Math.floor(uniformAt(hmac(subject), 0) * (2 * most + 1)) - most);
}

/**
 * A date or point in time, as text, moved by its subject's days; the time of day stays. `encodedSubject` is undefined
 * where the subject is null: such a date cannot be moved back and becomes null.
 */
export function dateShift(
  key: Uint8Array,
  options: DateShiftOptions,
  column: string,
  direction: ShiftDirection,
): (value: Cell, encodedSubject: string | undefined, row: number) => Cell {
  const shift = subjectShift(key, options);
  return (value, encodedSubject, row) => {
    if (value === null) {
      return null;
    }
    const date = dateOf(value);
    if (date && endsOfTime.includes(date.day)) {
      return value;
    }
    if (encodedSubject === undefined) {
      return null;
    }
    if (!date) {
      throw notADate(column, row + 1);
    }
    const moved = dayOfNumber(dayNumber(date.day)! + direction * shift(encodedSubject));
    if (moved === undefined) {
      throw dateLeavesCalendar(column, row + 1);
    }
    return moved + date.rest;
  };
}

/** The same as SQL, with the encoded subject as SQL; undefined for a column that DuckDB does not hold as dates. */
export function dateShiftSql(
  key: Uint8Array,
  options: DateShiftOptions,
  column: string,
  type: ColumnType,
  encodedSubject: SqlExpression,
  direction: ShiftDirection,
): SqlExpression | undefined {
  if (type.kind !== 'date' && type.kind !== 'timestamp') {
    return undefined;
  }
  const hash = hmacHexSql(key, encodedSubject);
  const unit = options.wholeWeeks ? 7 : 1;
  const most = Math.floor(options.days / unit);
  const days = `(floor(${uniformSql(hash.sql)} * (2 * ?::INTEGER + 1))::INTEGER - ?::INTEGER) * ${direction * unit}`;
  const name = columnSql(column).sql;
  const moved = type.kind === 'date' ? `${name} + ${days}` : `${name} + to_days(${days})`;
  const ends = endsOfTime.map((day) => `DATE '${day}'`).join(', ');
  const sql = `CASE WHEN CAST(${name} AS DATE) IN (${ends}) THEN ${name} ELSE ${moved} END`;
  return { sql, values: [...hash.values, most, most] };
}
