import type { Cell } from '../../../data/encodedTable.ts';
import { unreadableValue } from '../errors.ts';
import { type Hierarchy, hierarchyFrom } from './hierarchy.ts';

export type DateUnit = 'day' | 'week' | 'month' | 'quarter' | 'year' | 'decade';

/** Dates and timestamps, written as ISO 8601, into ever longer periods. */
export interface DateRule {
  readonly kind: 'dates';
  /** From short to long. */
  readonly units: readonly DateUnit[];
}

export const dateUnits: readonly DateUnit[] = ['day', 'week', 'month', 'quarter', 'year', 'decade'];

/**
 * A week can lie in two months and two years, and a level must be a function of the one below:
 * where weeks are a level, a week belongs with all of its days to the month and the year of its Thursday,
 * as ISO 8601 counts weeks to years.
 */
export function dateHierarchy(column: string, values: readonly Cell[], { units }: DateRule): Hierarchy {
  const ascending = dateUnits.filter((unit) => units.includes(unit));
  const week = ascending.indexOf('week');
  return hierarchyFrom(
    values,
    ascending.map((unit, level) => (_label: string, value: Cell) => {
      const day = dayOf(column, value);
      return periodLabel(unit, week >= 0 && level >= week ? thursdayOf(day) : day);
    }),
  );
}

/** Whether this is a date or a timestamp that `dateHierarchy` reads. */
export function isDate(value: Cell): boolean {
  return parseDay(value) !== undefined;
}

const dayLength = 86_400_000;

function dayOf(column: string, value: Cell): Date {
  const day = parseDay(value);
  if (day === undefined) {
    throw unreadableValue(column, String(value), 'dates written like 2024-12-31');
  }
  return day;
}

function parseDay(value: Cell): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:$|[T ])/.exec(String(value));
  if (match === null) {
    return undefined;
  }
  const [year, month, day] = match.slice(1).map(Number) as [number, number, number];
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date : undefined;
}

function thursdayOf(day: Date): Date {
  const weekday = (day.getUTCDay() + 6) % 7;
  return new Date(day.getTime() + (3 - weekday) * dayLength);
}

function periodLabel(unit: DateUnit, day: Date): string {
  const year = String(day.getUTCFullYear()).padStart(4, '0');
  switch (unit) {
    case 'day':
      return day.toISOString().slice(0, 10);
    case 'week':
      return `${year}-W${String(weekOf(day)).padStart(2, '0')}`;
    case 'month':
      return day.toISOString().slice(0, 7);
    case 'quarter':
      return `${year}-Q${Math.floor(day.getUTCMonth() / 3) + 1}`;
    case 'year':
      return year;
    case 'decade':
      return `${year.slice(0, 3)}0s`;
  }
}

/** The number of the week whose Thursday this is. */
function weekOf(thursday: Date): number {
  const firstOfYear = new Date(0).setUTCFullYear(thursday.getUTCFullYear(), 0, 1);
  return Math.floor((thursday.getTime() - firstOfYear) / dayLength / 7) + 1;
}
