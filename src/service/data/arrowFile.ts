import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import zlib from 'node:zlib';
import type { RecordBatch, Vector } from 'apache-arrow';
import { cancelled, errorShape } from '../../base/errors.ts';
import type { DataNotice } from '../../protocol/data.ts';
import { type AppendedColumn, type Duckdb, sqlName, sqlString } from '../storage/duckdb.ts';
import { isNested, type ReadPassage, readPassage } from './arrowTypes.ts';
import { damagedTable } from './errors.ts';
import { decodeLz4Frame } from './lz4Frame.ts';
import type { SniffedFile } from './sniffFile.ts';

export interface ArrowWork {
  readonly database: Duckdb;
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly mostRows?: number | undefined;
}

/** What DuckDB reads in place of a file, and what was not taken as it is. */
export interface ReadableTable {
  readonly file: string;
  readonly notices: readonly DataNotice[];
}

type Arrow = typeof import('apache-arrow');

/**
 * DuckDB cannot read Arrow files without an extension that it would have to fetch, so they are read batch by batch
 * into Parquet files in the scratch folder. Answers the pattern that names them, and what was not taken as it is.
 */
export async function arrowToParquet(sniffed: SniffedFile, work: ArrowWork): Promise<ReadableTable> {
  const arrow = await loadArrow();
  let notices: readonly DataNotice[] = [];
  const handle = await fs.promises.open(sniffed.file, 'r');
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    await reader.open();
    const passages = reader.schema.fields.map(({ type }) => readPassage(arrow, type));
    const names = reader.schema.fields.map(({ name }) => name);
    notices = reader.schema.fields.filter(({ type }) => isNested(arrow, type)).map(nestedAsText);
    let rows = 0;
    let part = 0;
    const write = async (batch: RecordBatch | undefined) => {
      await writePart(
        batch,
        { names, passages, file: path.join(work.scratch, `arrow-${part}.parquet`) },
        work,
      );
      part += 1;
    };
    for await (const batch of reader) {
      if (work.signal?.aborted) {
        throw cancelled();
      }
      await write(batch);
      rows += batch.numRows;
      if (rows >= (work.mostRows ?? Number.POSITIVE_INFINITY)) {
        break;
      }
    }
    if (part === 0) {
      await write(undefined);
    }
  } catch (error) {
    const { code, message } = errorShape(error);
    throw code === 'unexpected' ? damagedTable(sniffed.name, message) : error;
  } finally {
    await handle.close();
  }
  return { file: path.join(work.scratch, 'arrow-*.parquet'), notices };
}

function nestedAsText({ name }: { readonly name: string }): DataNotice {
  const message = `Column “${name}” is nested: of an Arrow file it is read as JSON text, and written as such.`;
  return { code: 'nestedAsText', message };
}

/** Arrow's library, with the two compressions that its files may have. */
export async function loadArrow(): Promise<Arrow> {
  const arrow = await import('apache-arrow');
  const { compressionRegistry, CompressionType } = arrow;
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: decodeLz4Frame });
  if ('zstdDecompressSync' in zlib) {
    compressionRegistry.set(CompressionType.ZSTD, { decode: (data) => zlib.zstdDecompressSync(data) });
  }
  return arrow;
}

interface Part {
  readonly names: readonly string[];
  readonly passages: readonly ReadPassage[];
  readonly file: string;
}

async function writePart(
  batch: RecordBatch | undefined,
  { names, passages, file }: Part,
  { database, signal }: ArrowWork,
): Promise<void> {
  const shape = passages.map(({ type }, at) => `c${at} ${type}`).join(', ');
  await database.run(`CREATE OR REPLACE TABLE arrow_part (${shape})`, { signal });
  if (batch) {
    const columns: AppendedColumn[] = [];
    for (const [at, { type, read }] of passages.entries()) {
      columns.push({ type, values: read(batch.getChildAt(at) as Vector) });
      // Others wait for the same process.
      await nextTurn();
    }
    await database.append('arrow_part', columns, batch.numRows);
  }
  const values = passages.map(({ cast }, at) => `${cast(`c${at}`)} AS ${sqlName(names[at]!)}`).join(', ');
  await database.run(`COPY (SELECT ${values} FROM arrow_part) TO ${sqlString(file)} (FORMAT parquet)`, {
    signal,
  });
  await database.run('DROP TABLE arrow_part', { signal });
}
