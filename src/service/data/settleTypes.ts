import { groupDigits } from '../../base/format.ts';
import type { DataNotice } from '../../protocol/data.ts';
import type { Duckdb } from '../storage/duckdb.ts';
import { columnType, type TextColumn, widerType } from './columnTypes.ts';
import { type FileColumn, misfit, textFileColumn } from './fileColumns.ts';

export interface Unsettled {
  readonly database: Duckdb;
  readonly relation: string;
  readonly columns: readonly FileColumn[];
  /** Rows are counted as in an editor, the header being the first. */
  readonly hasHeader: boolean | undefined;
  /** Only pieces of the file are looked at: the number of a row there is not its number in the file. */
  readonly isInPieces?: boolean;
}

interface Work {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** So many columns are checked in one reading of the file: with more, one statement would become too large. */
const columnsAtOnce = 1000;
/** From so many on, an expression for each would take DuckDB longer to plan than the values take to check. */
const manyColumns = 100;

/** The narrowest types that all values fit. A column that is widened gets a notice with the first row that did not fit. */
export async function settleTypes(
  table: Unsettled,
  work: Work,
): Promise<{ readonly columns: readonly FileColumn[]; readonly notices: readonly DataNotice[] }> {
  const columns = [...table.columns];
  const widened = new Map<number, FileColumn>();
  let open = columns.flatMap((column, at) => (misfit(column) === undefined ? [] : [at]));
  while (open.length > 0) {
    const failing: number[] = [];
    for (let first = 0; first < open.length; first += columnsAtOnce) {
      const some = open.slice(first, first + columnsAtOnce);
      const counts = await countMisfits(
        table,
        some.map((at) => columns[at]!),
        work,
      );
      failing.push(...some.filter((_, index) => counts[index]! > 0));
    }
    for (const at of failing) {
      widened.set(at, widened.get(at) ?? columns[at]!);
      columns[at] = widen(columns[at]!);
    }
    open = failing.filter((at) => misfit(columns[at]!) !== undefined);
  }
  const notices: DataNotice[] = [];
  for (const [at, before] of widened) {
    const change = await describeChange(table, before, columns[at]!, work);
    notices.push(...change);
  }
  return { columns, notices };
}

/** The same column, read as what is tried after its present type. */
function widen(column: FileColumn): FileColumn {
  const { kept, text } = column;
  const type = widerType(text!.column.type);
  const wider: TextColumn = {
    ...text!.column,
    type,
    markers: type.kind === 'text' ? [] : text!.column.markers,
  };
  return textFileColumn(column, kept, text!.sql, wider);
}

async function countMisfits(
  table: Unsettled,
  columns: readonly FileColumn[],
  work: Work,
): Promise<readonly number[]> {
  if (columns.length > manyColumns) {
    return countByPlace(table, columns, work);
  }
  const { database, relation } = table;
  const { signal, onProgress } = work;
  const counts = columns.map((column) => `count(*) FILTER (WHERE ${misfit(column)})`);
  const [row] = await database.rows(`SELECT ${counts.join(', ')} FROM ${relation}`, { signal, onProgress });
  return row!.map(Number);
}

/** Columns of the same type as rows of one long column: one expression for all of them. */
async function countByPlace(
  { database, relation }: Unsettled,
  columns: readonly FileColumn[],
  { signal, onProgress }: Work,
): Promise<readonly number[]> {
  const counts = columns.map(() => 0);
  const alike = new Map<string, number[]>();
  for (const [at, { text }] of columns.entries()) {
    const key = JSON.stringify(text!.column);
    const places = alike.get(key) ?? [];
    places.push(at);
    alike.set(key, places);
  }
  for (const places of alike.values()) {
    const first = columns[places[0]!]!;
    const texts = places.map((at) => columns[at]!.text!.sql).join(', ');
    const test = misfit({ ...first, text: { sql: 'value', column: first.text!.column } });
    const found = await database.rows(
      `SELECT place, count(*) FROM (
         SELECT unnest([${texts}]) AS value, unnest([${places.join(', ')}]) AS place FROM ${relation}
       ) WHERE ${test} GROUP BY place`,
      { signal, onProgress },
    );
    for (const [place, count] of found) {
      counts[Number(place)] = Number(count);
    }
  }
  return counts;
}

async function describeChange(
  { database, relation, hasHeader, isInPieces }: Unsettled,
  before: FileColumn,
  after: FileColumn,
  { signal }: Work,
): Promise<readonly DataNotice[]> {
  if (columnType(before.text!.column) === columnType(after.text!.column)) {
    // Larger integers are integers all the same.
    return [];
  }
  const { sql } = before.text!;
  const [found] = await database.rows(
    `SELECT row, value FROM (SELECT row_number() OVER () AS row, ${sql} AS value FROM ${relation})
     WHERE ${misfit({ ...before, text: { sql: 'value', column: before.text!.column } })} LIMIT 1`,
    { signal },
  );
  const row = Number(found?.[0]) + (hasHeader ? 1 : 0);
  const where = isInPieces ? 'further down' : `in row ${groupDigits(row)}`;
  const value = String(found?.[1]).slice(0, 40);
  return [
    {
      code: 'typeChanged',
      message: `Column “${before.name}” begins as ${before.type} but has “${value}” ${where}: it is read as ${after.type}.`,
    },
  ];
}
