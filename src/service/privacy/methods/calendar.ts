import type { Cell } from '../../data/encodedTable.ts';

/** A date, or a point in time, in its parts. */
export interface DateParts {
  /** YYYY-MM-DD. */
  readonly day: string;
  /** HH:MM:SS, or empty for a date alone. */
  readonly time: string;
  /** The digits after the seconds, up to nine. */
  readonly fraction: string;
  /** Minutes that the clock is before that of UTC; 0 where nothing is said of it. */
  readonly offset: number;
  /** All that follows the day, as it was written. */
  readonly rest: string;
}

const pattern =
  /^(\d{4,6}-\d\d-\d\d)(?:[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

/** Undefined for anything but a day of the Gregorian calendar, with a time or without. */
export function dateOf(value: Cell): DateParts | undefined {
  const found = typeof value === 'string' ? pattern.exec(value) : null;
  if (!found || dayNumber(found[1]!) === undefined) {
    return undefined;
  }
  const [whole, day = '', time = '', fraction = '', sign = '+', hours = '0', minutes = '0'] = found;
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) + 0;
  return { day, time, fraction, offset, rest: whole.slice(day.length) };
}

/** The second in UTC, as YYYY-MM-DDTHH:MM:SS; midnight for a date alone. */
export function secondOf({ day, time, offset }: DateParts): string {
  if (offset === 0) {
    return `${day}T${time || '00:00:00'}`;
  }
  const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
  const inDay = hours * 3600 + (minutes - offset) * 60 + seconds;
  const shifted = new Date((dayNumber(day)! * 86_400 + inDay) * 1000);
  return shifted.toISOString().slice(0, -'.000Z'.length);
}

/** Days since 1970-01-01, negative before; undefined for a day that no month has. */
export function dayNumber(day: string): number | undefined {
  const [year, month, dayOfMonth] = day.split('-').map(Number) as [number, number, number];
  const date = new Date(0);
  // Years below 100 mean themselves here, unlike in Date.UTC.
  date.setUTCFullYear(year, month - 1, dayOfMonth);
  const same = date.getUTCMonth() === month - 1 && date.getUTCDate() === dayOfMonth;
  return same ? Math.round(date.getTime() / 86_400_000) : undefined;
}

/** YYYY-MM-DD, as DuckDB writes it; undefined before year 1 and after year 9999. */
export function dayOfNumber(number: number): string | undefined {
  const date = new Date(number * 86_400_000);
  const year = date.getUTCFullYear();
  return year >= 1 && year <= 9999 ? date.toISOString().slice(0, 10) : undefined;
}
