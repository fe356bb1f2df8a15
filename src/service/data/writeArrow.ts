import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DataType, RecordBatch, Schema } from 'apache-arrow';
import { sqlName } from '../storage/duckdb.ts';
import { loadArrow } from './arrowFile.ts';
import { type WritePassage, writePassage } from './arrowTypes.ts';
import type { Cell } from './encodedTable.ts';
import type { Table, WorkOptions } from './table.ts';

type Arrow = typeof import('apache-arrow');

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
  const passages = described.map(([, type]) => writePassage(arrow, String(type)));
  const fields = passages.map(({ type }, at) => new arrow.Field(names[at]!, type, true));
  const schema = new arrow.Schema(fields);
  const values = described.map(([column], at) => passages[at]!.sql(sqlName(String(column))));
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
  const target = fs.createWriteStream(file);
  const finished = pipeline(writer.toNodeStream(), target);
  try {
    for await (const batch of batches()) {
      writer.write(batch);
    }
    writer.finish();
  } catch (error) {
    // The library's own way to abort rejects a promise that nobody holds, and that would end the process.
    target.destroy();
    await finished.catch(() => undefined);
    throw error;
  }
  await finished;
  return rows;
}

function makeBatch(
  arrow: Arrow,
  schema: Schema,
  passages: readonly WritePassage<DataType>[],
  columns: readonly (readonly Cell[])[],
): RecordBatch {
  const children = passages.map(({ make }, at) => make(columns[at]!));
  const length = columns[0]!.length;
  const data = arrow.makeData({ type: new arrow.Struct(schema.fields), length, nullCount: 0, children });
  return new arrow.RecordBatch(schema, data);
}
