import path from 'node:path';
import { openTable, type Table } from '../../data/table.ts';
import { sqlName, sqlString } from '../../storage/duckdb.ts';
import { columnsDifferByCase } from '../errors.ts';
import { type ColumnType, columnTypeOf } from '../methods/columnType.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { TableColumn } from '../planTypes.ts';
import type { JobContext } from './context.ts';

/** A table opened for anonymising: values in their types under the names of the columns. */
export interface Source {
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  /** Behind FROM: the columns, what the file has of each (`keptName`), and `rowName` when it is numbered. */
  readonly relation: SqlExpression;
  readonly isNumbered: boolean;
}

/** The number of a row, from 0. */
export const rowName = 'mlops:row';

function keptName(at: number): string {
  return `mlops:kept:${at}`;
}

/** The name of what the file has of a column, unchanged. */
export function keptColumn({ table }: Pick<Source, 'table'>, name: string): string {
  const at = table.columns.findIndex((column) => column.name === name);
  const { kept, sql } = table.columns[at]!;
  return kept === sql ? name : keptName(at);
}

/**
 * SQL of the digits that a text file has of a number which is read as a double: a double may hold fewer of them, and
 * noise has to come off exactly. Undefined for every other column.
 */
export function writtenDigits(source: Pick<Source, 'table'>, name: string): string | undefined {
  const type = source.table.columns.find((column) => column.name === name)?.text?.column.type;
  return type?.kind === 'number' && !type.comma
    ? `CASE WHEN ${sqlName(name)} IS NOT NULL THEN trim(CAST(${sqlName(keptColumn(source, name))} AS VARCHAR), '"') END`
    : undefined;
}

/** `types` are those that a recipe remembers: a text file tells them anew each time. */
export async function openSource(
  file: string,
  name: string,
  types: Readonly<Record<string, string | undefined>>,
  { scratch, signal, checkCancelled }: JobContext,
): Promise<Source> {
  const table = await openTable(file, name, { scratch, signal, strictHeaders: true });
  const define = table.define.bind(table);
  // A statement that calls functions of ours keeps this thread too busy to hear a message.
  table.define = (definition) =>
    define({
      ...definition,
      compute: (rowCount, columns) => {
        checkCancelled();
        return definition.compute(rowCount, columns);
      },
    });
  try {
    await table.settle({ signal });
    refuseNamesThatDifferByCase(table);
    const values = table.columns.map(({ name: column, sql }) => {
      const remembered = types[column];
      const value = remembered === undefined ? sql : `CAST(${sql} AS ${safeType(remembered)})`;
      return `${value} AS ${sqlName(column)}`;
    });
    const described = await table.query(`DESCRIBE SELECT ${values.join(', ')} FROM ${table.relation}`, {
      signal,
    });
    const columns = described.map(([column, type]) => ({ name: String(column), type: String(type) }));
    // Most texts are in the file as they are: those need no second column.
    const kept = table.columns.flatMap(({ kept: sql, sql: value }, at) =>
      sql === value ? [] : [`${sql} AS ${sqlName(keptName(at))}`],
    );
    const relation = `(SELECT ${[...values, ...kept].join(', ')} FROM ${table.relation})`;
    return { table, columns, relation: { sql: relation, values: [] }, isNumbered: false };
  } catch (error) {
    table.dispose();
    throw error;
  }
}

/**
 * The same rows with their numbers, and of them those alone for which `where` is true; numbered after the others are
 * left out, so that the number of a row in the output is that of its row here.
 */
export async function numbered(
  source: Source,
  where: SqlExpression | undefined,
  /** Columns of which it is needed what the file has. */
  unchanged: readonly string[],
  { signal, report }: JobContext,
): Promise<Source> {
  const { table, relation } = source;
  const file = path.join(table.scratch, 'numbered.parquet');
  const condition = where ? ` WHERE ${where.sql}` : '';
  const wanted = new Set(unchanged.map((name) => keptColumn(source, name)));
  const columns = table.columns.flatMap(({ name, kept, sql }, at) =>
    kept === sql || !wanted.has(keptName(at)) ? [name] : [name, keptName(at)],
  );
  report({ message: 'Reading the rows' });
  await runBound(
    table,
    {
      sql: `COPY (SELECT ${columns.map(sqlName).join(', ')} FROM ${relation.sql}${condition}) TO ${sqlString(file)} (FORMAT parquet, COMPRESSION lz4_raw)`,
      values: [...relation.values, ...(where?.values ?? [])],
    },
    { signal, onProgress: (fraction) => report({ message: 'Reading the rows', fraction }) },
  );
  const read = `(SELECT * RENAME (file_row_number AS ${sqlName(rowName)}) FROM read_parquet(${sqlString(file)}, file_row_number = true))`;
  return { ...source, relation: { sql: read, values: [] }, isNumbered: true };
}

/** The first rows with their numbers, without reading the others. */
export function firstRows(source: Source, count: number): Source {
  const { relation } = source;
  const sql = `(SELECT *, row_number() OVER () - 1 AS ${sqlName(rowName)} FROM ${relation.sql} LIMIT ${Math.trunc(count)})`;
  return { ...source, relation: { sql, values: relation.values }, isNumbered: true };
}

export function typeOf({ columns }: Pick<Source, 'columns'>, name: string): ColumnType {
  return columnTypeOf(columns.find((column) => column.name === name)?.type ?? 'VARCHAR');
}

interface RunBound {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (fraction: number) => void;
}

/** A statement whose `?` stand for its values. */
export function runBound(table: Table, { sql, values }: SqlExpression, options: RunBound) {
  return table.query(numberedPlaces(sql), { ...options, values });
}

export function chunksBound(table: Table, { sql, values }: SqlExpression, options: RunBound) {
  return table.chunks(numberedPlaces(sql), { ...options, values });
}

/** `?` outside of names and texts becomes `$1`, `$2` …, because DuckDB takes only one of both forms everywhere. */
export function numberedPlaces(sql: string): string {
  let place = 0;
  return sql.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'|\?/g, (found) => {
    if (found !== '?') {
      return found;
    }
    place += 1;
    return `$${place}`;
  });
}

/** What stands in a recipe becomes part of a statement only when it is the name of a type. */
function safeType(type: string): string {
  return /^[A-Z][A-Z_ ]*(\(\d+,\s*\d+\))?$/.test(type) ? type : 'VARCHAR';
}

/** SQL's names ignore case. */
function refuseNamesThatDifferByCase(table: Table): void {
  const seen = new Map<string, string>();
  for (const { name } of table.columns) {
    const folded = name.toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      throw columnsDifferByCase(table.name, other, name);
    }
    seen.set(folded, name);
  }
}
