import path from 'node:path';
import type { ColumnType } from '../../protocol/data.ts';
import { sqlString } from '../storage/duckdb.ts';
import { misfit } from './fileColumns.ts';
import { columnsAtAGlance } from './narrowCopy.ts';
import { rowGroupSize } from './rowCopy.ts';
import type { Table, WorkOptions } from './table.ts';

/** A table's values in their types and in columns, where each is read by itself and many times. */
export interface WorkingCopy {
  readonly relation: string;
  readonly rowCount: number;
  /** `sql` is the column's name in the copy. */
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly sql: string }[];
  /** SQL of what two rows that are equal in all columns of the file have in common, with their count of columns. */
  readonly rowKey: string;
  /** The same in 64 bits, which different rows may share by chance. */
  readonly rowHash: string;
}

/** So many columns are copied; of wider tables the rest is only part of the rows' key. */
const mostColumns = 500;

/**
 * Reads the file once and writes its values to a Parquet file in the table's scratch folder. In the same reading all
 * values are held against their types: only when one does not fit are the types settled, and the copy made again.
 */
export async function makeWorkingCopy(table: Table, options: WorkOptions): Promise<WorkingCopy> {
  const first = await copy(table, options);
  if (first.misfits === 0) {
    return first.copy;
  }
  await table.settle(options);
  return (await copy(table, options)).copy;
}

async function copy(table: Table, options: WorkOptions): Promise<{ copy: WorkingCopy; misfits: number }> {
  const chosen = table.columns.slice(0, table.isPartial ? columnsAtAGlance : mostColumns);
  const isPartial = chosen.length < table.columns.length;
  const tests = chosen.flatMap((column) => misfit(column) ?? []);
  const values = [
    ...chosen.map(({ sql }, at) => `${sql} AS v${at}`),
    ...(isPartial ? [`${table.rowKey ?? rowHash(table)} AS row_key`] : []),
    `${tests.length === 0 ? 'false' : tests.join(' OR ')} AS misfit`,
  ];
  const columns = chosen.map(({ name, type }, at) => ({ name, type, sql: `v${at}` }));
  const rowKey = isPartial ? 'row_key' : columns.map(({ sql }) => sql).join(', ');
  const relation = await keepValues(
    table,
    `SELECT *, hash(${rowKey}) AS row_hash FROM (SELECT ${values.join(', ')} FROM ${table.relation})`,
    values.length,
    options,
  );
  const [counts] = await table.query(
    `SELECT count(*), count(*) FILTER (WHERE misfit) FROM ${relation}`,
    options,
  );
  return {
    copy: { relation, rowCount: Number(counts![0]), columns, rowKey, rowHash: 'row_hash' },
    misfits: Number(counts![1]),
  };
}

function rowHash({ columns, dialect }: Table): string {
  return `hash([${columns.map(({ kept }) => (dialect ? kept : `CAST(${kept} AS VARCHAR)`)).join(', ')}])`;
}

/** A few rows stay in memory, where they are at hand sooner. */
async function keepValues(
  table: Table,
  select: string,
  width: number,
  options: WorkOptions,
): Promise<string> {
  if (table.isPartial) {
    await table.query(`CREATE OR REPLACE TABLE first_values AS ${select}`, options);
    return 'first_values';
  }
  const file = path.join(table.scratch, 'values.parquet');
  await table.query(
    `COPY (${select}) TO ${sqlString(file)} (FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${rowGroupSize(width)})`,
    options,
  );
  return `read_parquet(${sqlString(file)})`;
}
