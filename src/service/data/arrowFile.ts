import fs from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import zlib from 'node:zlib';
import type { DataType, RecordBatch, Vector } from 'apache-arrow';
import { cancelled, errorShape } from '../../base/errors.ts';
import { type AppendedColumn, type Duckdb, sqlName, sqlString } from '../storage/duckdb.ts';
import { damagedTable } from './errors.ts';
import { decodeLz4Frame } from './lz4Frame.ts';
import type { SniffedFile } from './sniffFile.ts';

export interface ArrowWork {
  readonly database: Duckdb;
  readonly scratch: string;
  readonly signal?: AbortSignal | undefined;
  readonly mostRows?: number | undefined;
}

/** How a column goes into DuckDB, and what it is cast to there. */
interface Passage {
  readonly type: AppendedColumn['type'];
  readonly convert: (value: unknown) => string | number | bigint | boolean | null;
  readonly cast: (sql: string) => string;
}

type Arrow = typeof import('apache-arrow');

/**
 * DuckDB cannot read Arrow files without an extension that it would have to fetch, so they are read batch by batch
 * into Parquet files in the scratch folder. Answers the pattern that names them.
 */
export async function arrowToParquet(sniffed: SniffedFile, work: ArrowWork): Promise<string> {
  const arrow = await loadArrow();
  const handle = await fs.promises.open(sniffed.file, 'r');
  try {
    const reader = await arrow.RecordBatchReader.from(handle);
    await reader.open();
    const passages = reader.schema.fields.map(({ type }) => passageOf(arrow, type));
    const names = reader.schema.fields.map(({ name }) => name);
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
  return path.join(work.scratch, 'arrow-*.parquet');
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
  readonly passages: readonly Passage[];
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
    for (const [at, { type, convert }] of passages.entries()) {
      const vector = batch.getChildAt(at) as Vector;
      const values = Array.from(vector, (value) => (value === null ? null : convert(value)));
      columns.push({ type, values });
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

function passageOf(arrow: Arrow, type: DataType): Passage {
  const same = (sql: string) => sql;
  const { DataType: types } = arrow;
  if (types.isDictionary(type)) {
    return passageOf(arrow, type.dictionary);
  }
  if (types.isBool(type)) {
    return { type: 'BOOLEAN', convert: Boolean, cast: same };
  }
  if (types.isInt(type)) {
    return type.bitWidth === 64 && !type.isSigned
      ? { type: 'VARCHAR', convert: String, cast: (sql) => `CAST(${sql} AS UBIGINT)` }
      : { type: 'BIGINT', convert: (value) => BigInt(value as number | bigint), cast: same };
  }
  if (types.isFloat(type)) {
    const cast = type.precision === 2 ? same : (sql: string) => `CAST(${sql} AS FLOAT)`;
    return { type: 'DOUBLE', convert: Number, cast };
  }
  if (types.isUtf8(type) || types.isLargeUtf8(type) || types.isUtf8View(type)) {
    return { type: 'VARCHAR', convert: String, cast: same };
  }
  return momentPassage(types, type) ?? otherPassage(types, type);
}

type Types = Arrow['DataType'];

function momentPassage(types: Types, type: DataType): Passage | undefined {
  if (types.isDate(type)) {
    const days = (value: unknown) => BigInt(Math.round(Number(value) / 86_400_000));
    return { type: 'BIGINT', convert: days, cast: (sql) => `DATE '1970-01-01' + CAST(${sql} AS INTEGER)` };
  }
  if (types.isTimestamp(type)) {
    // The library answers milliseconds with a fraction, which is exact to the microsecond.
    const microseconds = (value: unknown) => BigInt(Math.round(Number(value) * 1000));
    const zoned = type.timezone ? 'TIMESTAMPTZ' : 'TIMESTAMP';
    return {
      type: 'BIGINT',
      convert: microseconds,
      cast: (sql) => `CAST(make_timestamp(${sql}) AS ${zoned})`,
    };
  }
  if (types.isTime(type)) {
    const inSecond = 1000 ** type.unit;
    const microseconds = (value: unknown) => BigInt(Math.round((Number(value) / inSecond) * 1_000_000));
    return { type: 'BIGINT', convert: microseconds, cast: (sql) => `CAST(make_timestamp(${sql}) AS TIME)` };
  }
  return undefined;
}

function otherPassage(types: Types, type: DataType): Passage {
  if (types.isDecimal(type) && type.precision <= 38) {
    const { precision, scale } = type;
    const cast = (sql: string) => `CAST(${sql} AS DECIMAL(${precision}, ${scale}))`;
    return { type: 'VARCHAR', convert: (value) => decimalText(value, scale), cast };
  }
  if (types.isBinary(type) || types.isLargeBinary(type) || types.isFixedSizeBinary(type)) {
    const hex = (value: unknown) => Buffer.from(value as Uint8Array).toString('hex');
    return { type: 'VARCHAR', convert: hex, cast: (sql) => `unhex(${sql})` };
  }
  return { type: 'VARCHAR', convert: jsonText, cast: (sql) => `CAST(${sql} AS JSON)` };
}

/** The library answers the digits as a signed integer in 32-bit words, lowest first. */
function decimalText(value: unknown, scale: number): string {
  const words = value as Uint32Array;
  let whole = 0n;
  for (const [at, word] of words.entries()) {
    whole |= BigInt(word) << BigInt(32 * at);
  }
  const signed = BigInt.asIntN(32 * words.length, whole);
  const digits = String(signed < 0n ? -signed : signed).padStart(scale + 1, '0');
  const split = digits.length - scale;
  return `${signed < 0n ? '-' : ''}${digits.slice(0, split)}${scale > 0 ? `.${digits.slice(split)}` : ''}`;
}

function jsonText(value: unknown): string {
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? String(part) : part)) ?? 'null';
}
