import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cancelled } from '../../base/errors.ts';
import { sqlName, sqlString } from '../storage/duckdb.ts';
import { cannotWriteTable, changedWhileWriting, targetExists, targetIsSource } from './errors.ts';
import { csvRelation } from './fileColumns.ts';
import { openTable } from './openTable.ts';
import { putInPlace } from './putInPlace.ts';
import { fileStamp } from './rowCopy.ts';
import type { Table, WorkOptions } from './table.ts';
import { writeArrow } from './writeArrow.ts';

/** A column of what is written. `sql` speaks of a row of the source: a `FileColumn`'s `kept`, `sql`, or both in more. */
export interface WrittenColumn {
  readonly name: string;
  readonly sql: string;
}

export interface WriteTable extends WorkOptions {
  readonly columns: readonly WrittenColumn[];
  readonly target: string;
  /** The target as a person knows it, for sentences; its path without it. */
  readonly targetName?: string;
  /** SQL that is true for the rows that are written; all when absent. */
  readonly where?: string;
  readonly overwrite?: boolean;
  /** Looks at the finished file before it gets its name; what it throws leaves nothing behind. */
  readonly verify?: (file: string) => Promise<void>;
}

export interface WriteResult {
  readonly rows: number;
  readonly bytes: number;
}

/**
 * Writes a table of the source's kind. It is written in the table's scratch folder, read again, and only then gets its
 * name: whatever happens before, there is no file of that name, or still the former one.
 */
export async function writeTable(table: Table, write: WriteTable): Promise<WriteResult> {
  const { target } = write;
  refuseTarget(table, write);
  await table.settle(write);
  const draft = path.join(table.scratch, `draft${path.extname(target)}`);
  try {
    const rows = await writeDraft(table, draft, write);
    await verifyDraft(table, draft, rows, write);
    await write.verify?.(draft);
    if (fileStamp(table.file) !== table.stamp) {
      throw changedWhileWriting(table.name);
    }
    if (write.signal?.aborted) {
      throw cancelled();
    }
    const bytes = fs.statSync(draft).size;
    refuseTarget(table, write);
    putInPlace(draft, target, write);
    return { rows, bytes };
  } finally {
    fs.rmSync(draft, { force: true });
  }
}

async function writeDraft(
  table: Table,
  draft: string,
  { columns, where, ...work }: WriteTable,
): Promise<number> {
  const values = columns.map(({ name, sql }) => `${sql} AS ${sqlName(name)}`).join(', ');
  const condition = where === undefined ? '' : ` WHERE ${where}`;
  const select = `SELECT ${values} FROM ${table.relation}${condition}`;
  if (table.kind === 'arrow') {
    return writeArrow(table, { select, names: columns.map(({ name }) => name), file: draft }, work);
  }
  const [row] = await table.query(`COPY (${select}) TO ${sqlString(draft)} (${formatOf(table)})`, {
    signal: work.signal,
    onProgress: work.onProgress,
  });
  if (table.dialect?.byteOrderMark) {
    await addByteOrderMark(draft, work.signal);
  }
  return Number(row![0]);
}

/** As many rows and columns as were written. */
async function verifyDraft(
  table: Table,
  draft: string,
  rows: number,
  { columns, signal }: WriteTable,
): Promise<void> {
  const found =
    table.kind === 'arrow'
      ? await countArrowRows(table, draft, signal)
      : Number(
          (
            await table.query(`SELECT count(*) FROM ${readAgain(table, draft, columns.length)}`, { signal })
          )[0]![0],
        );
  if (found !== rows) {
    throw cannotWriteTable(path.basename(draft), `${found} rows were found in it instead of ${rows}`);
  }
}

async function countArrowRows(table: Table, draft: string, signal: AbortSignal | undefined): Promise<number> {
  const again = await openTable(draft, path.basename(draft), { scratch: table.scratch, signal });
  try {
    return await again.countRows({ signal });
  } finally {
    again.dispose();
  }
}

function formatOf({ kind, dialect, isList }: Table): string {
  switch (kind) {
    case 'csv':
    case 'tsv':
      return csvFormat(dialect!);
    case 'json':
    case 'jsonLines':
      return `FORMAT json, ARRAY ${isList}`;
    default:
      return 'FORMAT parquet, COMPRESSION zstd';
  }
}

type Dialect = NonNullable<Table['dialect']>;

function csvFormat({ delimiter, quote, hasHeader, lineEnd }: Dialect): string {
  const mark = sqlString(quote || '"');
  return (
    `FORMAT csv, DELIMITER ${sqlString(delimiter)}, QUOTE ${mark}, ESCAPE ${mark}, HEADER ${hasHeader}, ` +
    `NEW_LINE ${sqlString(lineEnd)}`
  );
}

/** DuckDB writes no byte order mark, and would put one that is part of the first name inside its quotes. */
async function addByteOrderMark(file: string, signal: AbortSignal | undefined): Promise<void> {
  const plain = `${file}.plain`;
  fs.renameSync(file, plain);
  try {
    fs.writeFileSync(file, '\ufeff');
    await pipeline(fs.createReadStream(plain), fs.createWriteStream(file, { flags: 'a' }), { signal });
  } catch (error) {
    throw signal?.aborted ? cancelled() : error;
  } finally {
    fs.rmSync(plain, { force: true });
  }
}

function readAgain({ kind, dialect }: Table, draft: string, width: number): string {
  switch (kind) {
    case 'csv':
    case 'tsv':
      return csvRelation(draft, { ...dialect!, quote: dialect!.quote || '"' }, width);
    case 'json':
    case 'jsonLines':
      return `read_json(${sqlString(draft)}, maximum_object_size = 64000000)`;
    default:
      return `read_parquet(${sqlString(draft)})`;
  }
}

/** Throws before anything is done when the target is the source, also by links, or is there and is not to be replaced. */
export function refuseTarget(
  { file: source }: Pick<Table, 'file'>,
  { target, targetName = target, overwrite = false }: Pick<WriteTable, 'target' | 'targetName' | 'overwrite'>,
): void {
  const found = fs.statSync(target, { bigint: true, throwIfNoEntry: false });
  const own = fs.statSync(source, { bigint: true, throwIfNoEntry: false });
  if (found && own && found.dev === own.dev && found.ino === own.ino) {
    throw targetIsSource(targetName);
  }
  if (path.resolve(target) === path.resolve(source)) {
    throw targetIsSource(targetName);
  }
  if (!overwrite && fs.lstatSync(target, { throwIfNoEntry: false })) {
    throw targetExists(targetName);
  }
}
