import type { Operator } from './syntax.ts';

/**
 * What can be searched of one kind of thing: runs, experiments, models. Each domain describes its own as a table,
 * and `compile.ts` turns a filter or an order into SQL by it. Columns are written as `table.column`.
 */
export interface Noun {
  readonly entities: readonly Entity[];
  /** ORDER BY terms when nobody asked for an order; they must leave no ties. */
  readonly defaultOrder: string;
  /** What decides between equals after the order that was asked for; a column already ordered by is left out. */
  readonly ties: readonly Tie[];
  /** MLflow reads text values of logged models without quotes, too. */
  readonly unquotedText?: boolean;
}

export interface Tie {
  readonly column: string;
  readonly descending?: boolean;
}

/** What stands before the dot: `metrics.accuracy`. */
export type Entity = KeyedEntity | ListedEntity;

interface EntityWords {
  /** MLflow's main word, which errors name, and the others that mean the same. */
  readonly words: readonly [string, ...string[]];
}

/** Any key can stand after the dot. */
export interface KeyedEntity extends EntityWords {
  readonly anyKey: Field;
}

/** Only these keys can stand after the dot. */
export interface ListedEntity extends EntityWords {
  readonly keys: Readonly<Record<string, Field>>;
  /** The word may be left out: `name = 'calm-heron'`. */
  readonly mayBeLeftOut?: boolean;
}

export interface Field {
  readonly type: 'text' | 'number';
  /** None: only for ordering. */
  readonly operators: readonly Operator[];
  readonly source: ColumnSource | RowsSource;
  /** Unless false, results can be ordered by it. */
  readonly orderable?: boolean;
  /** Other names of the same key. */
  readonly aliases?: readonly string[];
  /** Whether a thing without this key matches, where MLflow makes an exception; otherwise it never does. */
  readonly matchesMissing?: (key: string, operator: Operator, value: string) => boolean;
}

/** A column of the thing's own row. */
export interface ColumnSource {
  readonly kind: 'column';
  readonly column: string;
  readonly isNullable?: boolean;
  /** Where the order differs from that of the column's text. */
  readonly sortColumn?: string;
}

/** Rows of another table. Where results can be ordered by it there is at most one row for each thing and key. */
export interface RowsSource {
  readonly kind: 'rows';
  /** SQL for one use: `alias` is free for a table of it, `key` is a bound parameter that holds the key. */
  readonly rows: (alias: string, key: string) => Rows;
}

export interface Rows {
  readonly from: string;
  /** Ties the rows to the thing's own row, and to the key. */
  readonly where: string;
  /** Numbers are in a column of type ANY, where NaN is the text 'NaN'. */
  readonly value: string;
}

export const numberOperators: readonly Operator[] = ['=', '!=', '>', '>=', '<', '<='];
export const textOperators: readonly Operator[] = ['=', '!=', 'LIKE', 'ILIKE'];
export const listOperators: readonly Operator[] = [...textOperators, 'IN', 'NOT IN'];
export const nullOperators: readonly Operator[] = [...textOperators, 'IS NULL', 'IS NOT NULL'];

export function textColumn(
  column: string,
  more: Partial<Field> & Pick<ColumnSource, 'isNullable' | 'sortColumn'> = {},
): Field {
  const { isNullable = false, sortColumn, ...field } = more;
  const source: ColumnSource = { kind: 'column', column, isNullable, ...(sortColumn && { sortColumn }) };
  return { type: 'text', operators: textOperators, source, ...field };
}

export function numberColumn(
  column: string,
  more: Partial<Field> & Pick<ColumnSource, 'isNullable'> = {},
): Field {
  const { isNullable = false, ...field } = more;
  return {
    type: 'number',
    operators: numberOperators,
    source: { kind: 'column', column, isNullable },
    ...field,
  };
}

export function keyedRows(type: Field['type'], rows: RowsSource['rows'], more: Partial<Field> = {}): Field {
  const operators = type === 'number' ? numberOperators : textOperators;
  return { type, operators, source: { kind: 'rows', rows }, ...more };
}

/** Rows of a table that has a column for whose they are, and the columns `key` and `value`. */
export function keyedTable(table: string, column: string, owner: string): RowsSource['rows'] {
  return (alias, key) => ({
    from: `${table} AS ${alias}`,
    where: `${alias}.${column} = ${owner}.id AND ${alias}.key = ${key}`,
    value: `${alias}.value`,
  });
}
