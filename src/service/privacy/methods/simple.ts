import type { Cell } from '../../data/encodedTable.ts';
import type { ColumnType } from './columnType.ts';
import type { CellTransform, MethodDescription } from './method.ts';
import { columnSql, type SqlExpression } from './sqlExpression.ts';

export const keepDescription: MethodDescription = {
  title: 'Keep',
  sentence: 'Leaves the column as it is.',
  limit: 'Whatever it tells about a person, it goes on telling.',
  reversible: 'unchanged',
};

export const dropDescription: MethodDescription = {
  title: 'Drop',
  sentence: 'Leaves the column out.',
  limit: 'Other columns may still tell the same.',
  reversible: 'no',
};

export const suppressDescription: MethodDescription = {
  title: 'Suppress',
  sentence:
    'Empties the column, or those of its cells that hold certain values, and keeps its place in the table.',
  limit: 'That a cell is empty may itself tell something.',
  reversible: 'no',
};

export interface SuppressOptions {
  /** Only these values; all by default. */
  readonly values?: readonly (string | number | boolean)[] | undefined;
  /** Written in their place; empty by default. */
  readonly by?: string | undefined;
}

/** Null stays null. */
export function suppress({ values, by }: SuppressOptions): CellTransform {
  const chosen = values && new Set(values.map(String));
  return (value: Cell) => (value === null || (chosen && !chosen.has(String(value))) ? value : (by ?? null));
}

/** The same as SQL; the column becomes text when something is written in place of its values. */
export function suppressSql(
  { values, by }: SuppressOptions,
  column: string,
  { kind }: ColumnType,
): SqlExpression {
  const name = columnSql(column).sql;
  const text = `CAST(${name} AS VARCHAR)`;
  const kept = by === undefined ? name : text;
  // 5 is also meant where DuckDB writes 5.0 or 5.00.
  const numbers = ['integer', 'decimal', 'double'].includes(kind)
    ? (values ?? []).filter((value) => String(value).trim() !== '' && Number.isFinite(Number(value)))
    : [];
  const places = (of: readonly unknown[], place: string) => of.map(() => place).join(', ') || 'NULL';
  const condition = values
    ? `(${text} IN (${places(values, '?')}) OR ${name} IN (${places(numbers, '?::DOUBLE')}))`
    : `${name} IS NOT NULL`;
  return {
    sql: `CASE WHEN ${condition} THEN ${by === undefined ? 'NULL' : '?'} ELSE ${kept} END`,
    values: [...(values ?? []).map(String), ...numbers.map(Number), ...(by === undefined ? [] : [by])],
  };
}
