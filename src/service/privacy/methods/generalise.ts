import type { Cell } from '../../data/encodedTable.ts';
import { dateOf } from './calendar.ts';
import { cellNumber } from './cellNumber.ts';
import { notADate } from './errors.ts';
import type { CellTransform, MethodDescription } from './method.ts';
import { columnSql, type SqlExpression } from './sqlExpression.ts';

export const generaliseDescription: MethodDescription = {
  title: 'Generalise',
  sentence:
    'Replaces each value by a wider one: an age by an age group, a day by its month, a city by its country.',
  limit: 'It protects together with the other columns alone: k-anonymity tells whether it is enough.',
  reversible: 'no',
};

/** Edges in rising order: `[18, 65]` makes `< 18`, `18–64` as `[18, 65)`, and `≥ 65`. */
export function generaliseToBins(edges: readonly number[], column: string): CellTransform {
  return (value, row) => {
    if (value === null) {
      return null;
    }
    const number = cellNumber(value, column, row);
    return binLabel(edges, edges.filter((edge) => number >= edge).length);
  };
}

/** `index` is how many edges lie at or below the value. */
export function binLabel(edges: readonly number[], index: number): string {
  if (index === 0) {
    return `< ${edges[0]}`;
  }
  return index === edges.length ? `≥ ${edges.at(-1)}` : `[${edges[index - 1]}, ${edges[index]})`;
}

/** The same as SQL. */
export function generaliseToBinsSql(edges: readonly number[], column: string): SqlExpression {
  const name = columnSql(column).sql;
  const cases = edges.map(() => `WHEN ${name} < ?::DOUBLE THEN ?`).join(' ');
  return {
    sql: `CASE WHEN ${name} IS NULL THEN NULL ${cases} ELSE ? END`,
    values: [
      ...edges.flatMap((edge, index) => [edge, binLabel(edges, index)]),
      binLabel(edges, edges.length),
    ],
  };
}

export const dateUnits = ['year', 'quarter', 'month', 'decade'] as const;
export type DateUnit = (typeof dateUnits)[number];

/** 2024, 2024-Q1, 2024-02, 2020s. */
export function generaliseDate(unit: DateUnit, column: string): CellTransform {
  return (value, row): Cell => {
    if (value === null) {
      return null;
    }
    const date = dateOf(value);
    if (!date) {
      throw notADate(column, row + 1);
    }
    const [year = '', month = ''] = date.day.split('-');
    const labels: Readonly<Record<DateUnit, () => string>> = {
      year: () => year,
      quarter: () => `${year}-Q${Math.ceil(Number(month) / 3)}`,
      month: () => `${year}-${month}`,
      decade: () => `${year.slice(0, -1)}0s`,
    };
    return labels[unit]();
  };
}

/** The same as SQL, for a column of dates or points in time. */
export function generaliseDateSql(unit: DateUnit, column: string): SqlExpression {
  const day = `CAST(CAST(${columnSql(column).sql} AS DATE) AS VARCHAR)`;
  const year = `left(${day}, length(${day}) - 6)`;
  const texts: Readonly<Record<DateUnit, string>> = {
    year,
    quarter: `${year} || '-Q' || CAST(quarter(${columnSql(column).sql}) AS VARCHAR)`,
    month: `left(${day}, length(${day}) - 3)`,
    decade: `left(${day}, length(${day}) - 7) || '0s'`,
  };
  return { sql: texts[unit], values: [] };
}
