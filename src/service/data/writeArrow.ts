import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DataType, RecordBatch, Schema } from 'apache-arrow';
import { loadArrow } from './arrowFile.ts';
import type { Cell } from './encodedTable.ts';
import type { Table, WorkOptions } from './table.ts';

type Arrow = typeof import('apache-arrow');

/** How a column's values go from DuckDB into Arrow. */
interface Passage {
  readonly type: DataType;
  readonly sql: (column: string) => string;
  readonly convert: (value: Cell) => unknown;
}

const rowsOfBatch = 65_536;

/** Writes what a query answers as an Arrow IPC file, a batch at a time; answers how many rows there were. */
export async function writeArrow(
  table: Table,
  {
    select,
    names,
    file,
  }: { readonly select: string; readonly names: readonly string[]; readonly file: string },
  { signal }: WorkOptions,
): Promise<number> {
  const arrow = await loadArrow();
  const described = await table.query(`DESCRIBE ${select}`, { signal });
  const passages = described.map(([, type]) => passageOf(arrow, String(type)));
  const fields = passages.map(({ type }, at) => new arrow.Field(names[at]!, type, true));
  const schema = new arrow.Schema(fields);
  const values = described.map(([column], at) =>
    passages[at]!.sql(`"${String(column).replaceAll('"', '""')}"`),
  );
  let rows = 0;
  const batches = async function* () {
    let waiting: Cell[][] = passages.map(() => []);
    for await (const { columns, rowCount } of table.chunks(`SELECT ${values.join(', ')} FROM (${select})`, {
      signal,
    })) {
      for (const [at, column] of columns.entries()) {
        waiting[at]!.push(...column);
      }
      rows += rowCount;
      if (waiting[0]!.length >= rowsOfBatch) {
        yield makeBatch(arrow, schema, passages, waiting);
        waiting = passages.map(() => []);
      }
    }
    if (waiting[0]!.length > 0 || rows === 0) {
      yield makeBatch(arrow, schema, passages, waiting);
    }
  };
  const writer = new arrow.RecordBatchFileWriter();
  const finished = pipeline(writer.toNodeStream(), fs.createWriteStream(file));
  try {
    for await (const batch of batches()) {
      writer.write(batch);
    }
    writer.finish();
  } catch (error) {
    writer.abort(error);
    await finished.catch(() => undefined);
    throw error;
  }
  await finished;
  return rows;
}

function makeBatch(
  arrow: Arrow,
  schema: Schema,
  passages: readonly Passage[],
  columns: readonly (readonly Cell[])[],
): RecordBatch {
  const children = passages.map(({ type, convert }, at) => {
    const values = columns[at]!.map((value) => (value === null ? null : convert(value)));
    return arrow.vectorFromArray(values, type).data[0] ?? arrow.makeData({ type });
  });
  const length = columns[0]!.length;
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}

function passageOf(arrow: Arrow, sqlType: string): Passage {
  const same = (column: string) => column;
  if (sqlType === 'BOOLEAN') {
    return { type: new arrow.Bool(), sql: same, convert: (value) => value };
  }
  if (/^(U?(TINY|SMALL)INT|INTEGER|UINTEGER|BIGINT)$/.test(sqlType)) {
    return { type: new arrow.Int64(), sql: same, convert: (value) => BigInt(value as string | number) };
  }
  if (sqlType === 'UBIGINT') {
    return { type: new arrow.Uint64(), sql: same, convert: (value) => BigInt(value as string | number) };
  }
  if (/^(DOUBLE|FLOAT)$/.test(sqlType)) {
    return { type: new arrow.Float64(), sql: same, convert: Number };
  }
  if (sqlType === 'DATE') {
    return { type: new arrow.DateDay(), sql: same, convert: (value) => new Date(`${value}T00:00:00Z`) };
  }
  if (sqlType.startsWith('TIMESTAMP')) {
    const zone = sqlType.includes('ZONE') || sqlType === 'TIMESTAMPTZ' ? 'UTC' : undefined;
    const type = new arrow.TimestampMicrosecond(zone);
    // The library takes milliseconds, which a double holds to the microsecond.
    return { type, sql: (column) => `epoch_us(${column})`, convert: (value) => Number(value) / 1000 };
  }
  return { type: new arrow.Utf8(), sql: (column) => `CAST(${column} AS VARCHAR)`, convert: String };
}
