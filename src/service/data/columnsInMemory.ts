import { setImmediate as nextTurn } from 'node:timers/promises';
import { cancelled } from '../../base/errors.ts';
import type { ColumnProfile, ColumnType } from '../../protocol/data.ts';
import { type ColumnValues, describeValues } from './describeValues.ts';
import type { Cell } from './encodedTable.ts';
import { misfit } from './fileColumns.ts';
import { numberSql } from './numberSql.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

/** Of so many rows columns are described in memory. */
export const fewRows = 20_000;
/** In one reading: with more DuckDB would be longer at planning them, and with fewer at opening a wide file again. */
const mostColumns = 1000;
const mostValues = 4_000_000;

/** What each column of a copy is made of. */
export async function describeFewRows(
  table: Table,
  { relation, rowCount, columns }: WorkingCopy,
  { signal, onProgress }: WorkOptions,
): Promise<ColumnProfile[]> {
  const profiles: ColumnProfile[] = [];
  const step = columnsAtOnce(rowCount);
  while (profiles.length < columns.length) {
    const some = columns.slice(profiles.length, profiles.length + step);
    const { values } = await readValues(table, { relation, columns: some, test: 'false' }, signal);
    profiles.push(...values.map(describeValues));
    onProgress?.(profiles.length / columns.length);
    await letOthers(signal);
  }
  return profiles;
}

/**
 * What the columns of a wide table are made of that are not in its copy, where it has few enough rows for that. The
 * file is read once for some columns at a time.
 */
export async function describeWideTable(
  table: Table,
  copy: WorkingCopy,
  { signal, onProgress }: WorkOptions,
): Promise<ColumnProfile[]> {
  const first = copy.columns.length;
  const count = table.columns.length - first;
  const profiles: ColumnProfile[] = [];
  if (table.isPartial || copy.rowCount > fewRows) {
    return profiles;
  }
  while (profiles.length < count) {
    const from = first + profiles.length;
    const read = async () => {
      const columns = table.columns.slice(from, from + columnsAtOnce(copy.rowCount));
      const tests = columns.flatMap((column) => misfit(column) ?? []);
      const test = tests.length === 0 ? 'false' : tests.join(' OR ');
      return readValues(table, { relation: table.relation, columns, test }, signal);
    };
    let found = await read();
    if (found.hasAny) {
      await table.settle({ signal });
      found = await read();
    }
    profiles.push(...found.values.map(describeValues));
    onProgress?.(profiles.length / count);
    await letOthers(signal);
  }
  return profiles;
}

function columnsAtOnce(rowCount: number): number {
  return Math.max(1, Math.min(mostColumns, Math.floor(mostValues / Math.max(1, rowCount))));
}

interface Columns {
  readonly relation: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly sql: string }[];
  readonly test: string;
}

/** Values with their places on a line, and whether the test is true of any row. */
async function readValues(
  table: Table,
  { relation, columns, test }: Columns,
  signal: AbortSignal | undefined,
): Promise<{ readonly values: readonly ColumnValues[]; readonly hasAny: boolean }> {
  // An integer is its own place on the line.
  const places = columns.map(({ type, sql }) => (type === 'integer' ? undefined : numberSql(type, sql)));
  const wanted = [...columns.map(({ sql }) => sql), ...places.filter((place) => place !== undefined), test];
  const read: Cell[][] = wanted.map(() => []);
  for await (const chunk of table.chunks(`SELECT ${wanted.join(', ')} FROM ${relation}`, { signal })) {
    for (const [at, cells] of read.entries()) {
      for (const cell of chunk.columns[at]!) {
        cells.push(cell);
      }
    }
  }
  let next = columns.length;
  const values = columns.map(({ name, type }, at) => {
    const own = type === 'integer' ? read[at] : undefined;
    const line = places[at] === undefined ? own : read[next++];
    return { name, type, cells: read[at]!, places: line?.map(toNumber) };
  });
  return { values, hasAny: read.at(-1)!.includes(true) };
}

function toNumber(cell: Cell): number | null {
  return cell === null ? null : Number(cell);
}

/** Others wait for the same process. */
async function letOthers(signal: AbortSignal | undefined): Promise<void> {
  await nextTurn();
  if (signal?.aborted) {
    throw cancelled();
  }
}
