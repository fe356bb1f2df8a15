import path from 'node:path';
import { changedWhileWriting } from '../../data/errors.ts';
import { openTable } from '../../data/openTable.ts';
import { numberedRelation, rowGroupSize } from '../../data/rowCopy.ts';
import type { Table, TableOptions } from '../../data/table.ts';
import { sqlName, sqlString } from '../../storage/duckdb.ts';
import { columnHasOtherType, columnNameTaken, columnsDifferByCase } from '../errors.ts';
import { type ColumnType, columnTypeOf, nameOfKind } from '../methods/columnType.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { TableColumn } from '../planTypes.ts';
import type { JobContext } from './context.ts';

/** A table opened for anonymising: values in their types under the names of the columns. */
export interface Source {
  readonly table: Table;
  readonly columns: readonly TableColumn[];
  /** Behind FROM: the columns, what the file has of each (`keptName`), `rowName` and `inputRowName`. */
  readonly relation: SqlExpression;
}

/** The number of a row, from 0. */
export const rowName = 'mlops:row';

/** The same before any rows were left out. */
export const inputRowName = 'mlops:input';

function keptName(at: number): string {
  return `mlops:kept:${at}`;
}

/** The name of what the file has of a column, unchanged. */
export function keptColumn({ table }: Pick<Source, 'table'>, name: string): string {
  const at = table.columns.findIndex((column) => column.name === name);
  const { kept, sql } = table.columns[at]!;
  return kept === sql ? name : keptName(at);
}

/** What does not fit goes to disk: it is the same for a million rows and for a hundred million. */
const memoryBytes = 300_000_000;
/** More than a small machine has: one that waits for a function of ours computes nothing meanwhile. */
const threads = 4;

/** `types` are those that a recipe remembers: a text file tells them anew each time. */
export async function openSource(
  file: string,
  name: string,
  types: Readonly<Record<string, string | undefined>>,
  { scratch, copyFolder, signal, checkCancelled, report }: JobContext,
  /** `inPieces`: a first look at a large table. */
  options: Pick<TableOptions, 'inPieces'> = {},
): Promise<Source> {
  const open = (more: Pick<TableOptions, 'threads'> = {}) =>
    openTable(file, name, {
      ...{ scratch, copyFolder, memoryBytes, signal },
      ...{ ...options, ...more },
      strictHeaders: true,
    });
  let table = await open({ threads });
  if (!table.isPartial && table.rowNumber === undefined && table.kind !== 'parquet') {
    table.dispose();
    await readRows(await open(), { signal, report });
    table = await open({ threads });
    if (table.rowNumber === undefined) {
      // The copy is of another state of the file.
      table.dispose();
      throw changedWhileWriting(name);
    }
  }
  const define = table.define.bind(table);
  const defineOnText = table.defineOnText.bind(table);
  // A statement that calls functions of ours keeps this thread too busy to hear a message.
  table.define = (definition) =>
    define({
      ...definition,
      compute: (rowCount, columns) => {
        checkCancelled();
        return definition.compute(rowCount, columns);
      },
    });
  table.defineOnText = (definition) =>
    defineOnText({
      ...definition,
      compute: (texts) => {
        checkCancelled();
        return definition.compute(texts);
      },
    });
  try {
    if (table.isPartial) {
      await table.settle({ signal });
    } else {
      await table.copyRows({ signal });
    }
    refuseNames(table);
    const values = await valuesOf(table, types, signal);
    const described = await describe(table, values, signal);
    const columns = described.map(([column, type]) => ({ name: String(column), type: String(type) }));
    // Most texts are in the file as they are: those need no second column.
    const kept = table.columns.flatMap(({ kept: sql, sql: value }, at) =>
      sql === value ? [] : [`${sql} AS ${sqlName(keptName(at))}`],
    );
    const places = [rowName, inputRowName].map((place) => `${table.rowNumber} AS ${sqlName(place)}`);
    const relation = `(SELECT ${[...values, ...kept, ...places].join(', ')} FROM ${table.relation})`;
    return { table, columns, relation: { sql: relation, values: [] } };
  } catch (error) {
    table.dispose();
    throw error;
  }
}

/** Into the copy. Each thread that reads a text or writes its copy has buffers of its own, so few of them do it. */
async function readRows(
  table: Table,
  { signal, report }: Pick<JobContext, 'signal' | 'report'>,
): Promise<void> {
  try {
    report({ message: 'Reading the rows' });
    await table.copyRows({
      signal,
      onProgress: (fraction) => report({ message: 'Reading the rows', fraction }),
    });
  } finally {
    table.dispose();
  }
}

/** Each column's value under its name, in the type that a recipe remembers of it. */
async function valuesOf(
  table: Table,
  types: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<string[]> {
  const plain = table.columns.map(({ name, sql }) => `${sql} AS ${sqlName(name)}`);
  const found = await describe(table, plain, signal);
  const values: string[] = [];
  for (const [at, { name, sql, kept, text }] of table.columns.entries()) {
    const type = String(found[at]![1]);
    const remembered = types[name] === undefined ? type : safeType(types[name]);
    if (remembered === type) {
      values.push(plain[at]!);
    } else if (remembered === 'VARCHAR' && text) {
      values.push(`${kept} AS ${sqlName(name)}`);
    } else {
      await refuseOtherType(table, { name, sql, type }, remembered, signal);
      values.push(`CAST(${sql} AS ${remembered}) AS ${sqlName(name)}`);
    }
  }
  return values;
}

function describe(table: Table, values: readonly string[], signal: AbortSignal) {
  return table.query(`DESCRIBE SELECT ${values.join(', ')} FROM ${table.relation}`, { signal });
}

/** A cast alone would make 13 of 12.7. */
async function refuseOtherType(
  table: Table,
  { name, sql, type }: { readonly name: string; readonly sql: string; readonly type: string },
  remembered: string,
  signal: AbortSignal,
): Promise<void> {
  const cast = `TRY_CAST(value AS ${remembered})`;
  const misfit =
    remembered === 'DOUBLE' && columnTypeOf(type).kind !== 'text'
      ? `${cast} IS NULL`
      : `TRY_CAST(${cast} AS ${type}) IS DISTINCT FROM value`;
  const [row] = await table.query(
    `SELECT min(place) FROM (SELECT row_number() OVER () AS place, ${sql} AS value FROM ${table.relation}) WHERE value IS NOT NULL AND ${misfit}`,
    { signal },
  );
  const place = row?.[0];
  if (place !== null && place !== undefined) {
    const line = Number(place) + (table.dialect?.hasHeader ? 1 : 0);
    throw columnHasOtherType(table.name, name, line, nameOfKind(columnTypeOf(remembered).kind));
  }
}

/**
 * Of the rows those alone for which `where` is true, numbered anew: the number of a row in the output is that of its
 * row here.
 */
export async function rowsWhere(
  source: Source,
  where: SqlExpression,
  /** Columns of which it is needed what the file has; whether their numbers in the input are needed as well. */
  { unchanged, inputRows }: { readonly unchanged: readonly string[]; readonly inputRows: boolean },
  { signal, report }: JobContext,
): Promise<Source> {
  const { table, relation } = source;
  const file = path.join(table.scratch, 'released.parquet');
  const wanted = new Set(unchanged.map((name) => keptColumn(source, name)));
  const columns = [
    ...table.columns.flatMap(({ name, kept, sql }, at) =>
      kept === sql || !wanted.has(keptName(at)) ? [name] : [name, keptName(at)],
    ),
    ...(inputRows ? [inputRowName] : []),
  ];
  const format = `FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${rowGroupSize(columns.length)}`;
  const message = 'Leaving out rows';
  report({ message });
  await runBound(
    table,
    {
      sql: `COPY (SELECT ${columns.map(sqlName).join(', ')} FROM ${relation.sql} WHERE ${where.sql}) TO ${sqlString(file)} (${format})`,
      values: [...relation.values, ...where.values],
    },
    { signal, onProgress: (fraction) => report({ message, fraction }) },
  );
  const { relation: rows, rowNumber } = numberedRelation(file, table.columns);
  const names = columns.map(sqlName).join(', ');
  const sql = `(SELECT ${names}, ${rowNumber} AS ${sqlName(rowName)} FROM ${rows})`;
  return { ...source, relation: { sql, values: [] } };
}

/** The first rows alone, without reading the others. */
export function firstRows(source: Source, count: number): Source {
  const { relation } = source;
  const sql = `(SELECT * FROM ${relation.sql} LIMIT ${Math.trunc(count)})`;
  return { ...source, relation: { sql, values: relation.values } };
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

/** SQL's names ignore case, and the names of our own columns are taken. */
function refuseNames(table: Table): void {
  const seen = new Map<string, string>();
  for (const { name } of table.columns) {
    if (/^mlops:(row|input|kept:\d+)$/i.test(name)) {
      throw columnNameTaken(table.name, name);
    }
    // Keys of columns come from their names in NFC: two that are written alike would get the same noise.
    const folded = name.normalize('NFC').toLowerCase();
    const other = seen.get(folded);
    if (other !== undefined) {
      throw columnsDifferByCase(table.name, other, name);
    }
    seen.set(folded, name);
  }
}
