import path from 'node:path';
import type { DataNotice } from '../../protocol/data.ts';
import { type Duckdb, sqlString } from '../storage/duckdb.ts';
import { inferTextColumn } from './columnTypes.ts';
import { sniffDialect } from './dialect.ts';
import { decode } from './encoding.ts';
import { emptyTable } from './errors.ts';
import { csvRelation, textFileColumn, typedFileColumn } from './fileColumns.ts';
import type { FileRelation, OpenFileOptions } from './fileRelation.ts';
import { nameColumns } from './headers.ts';
import { jsonColumns } from './jsonColumns.ts';
import { copyNarrow } from './narrowCopy.ts';
import type { SniffedFile } from './sniffFile.ts';
import { transcode } from './transcode.ts';

/** `file` is what DuckDB reads: the file itself, or a copy in UTF-8. */
export async function openRelation(
  sniffed: SniffedFile,
  file: string,
  database: Duckdb,
  options: OpenFileOptions,
): Promise<FileRelation> {
  switch (sniffed.kind) {
    case 'csv':
    case 'tsv':
      return openText(sniffed, file, options);
    case 'json':
    case 'jsonLines':
      return jsonColumns(sniffed, file, database, options);
    case 'parquet':
    case 'arrow':
      return openTyped(file, database, options);
  }
}

/** Where DuckDB finds the file's text in UTF-8: a copy in `scratch` where it is written otherwise. */
export async function readableCopy(
  { file, encoding, name }: SniffedFile,
  scratch: string,
  signal: AbortSignal | undefined,
): Promise<{ readonly file: string; readonly notices: readonly DataNotice[] }> {
  if (encoding === undefined || encoding === 'utf-8') {
    return { file, notices: [] };
  }
  const copy = path.join(scratch, 'text');
  await transcode(file, encoding, copy, signal);
  const label = encoding === 'windows-1252' ? 'Windows-1252 (Latin-1)' : encoding.toUpperCase();
  const message = `${name} is read as ${label}; a table that is made from it is written in UTF-8.`;
  return { file: copy, notices: [{ code: 'transcoded', message }] };
}

async function openText(
  sniffed: SniffedFile,
  file: string,
  { strictHeaders, firstRows, scratch }: OpenFileOptions,
): Promise<FileRelation> {
  const { name, kind, bytes, head } = sniffed;
  const isWhole = head.length >= bytes;
  const text = decode(head, sniffed.encoding!).replace(/^\ufeff/, '');
  if (text.trim() === '') {
    throw emptyTable(name);
  }
  const { records: read, width: usual, ...found } = sniffDialect(text, kind === 'tsv' ? '\t' : ',');
  const dialect = { ...found, byteOrderMark: sniffed.byteOrderMark ?? false };
  const records = isWhole || read.length < 3 ? read : read.slice(0, -1);
  const rows = dialect.hasHeader ? records.slice(1) : records;
  const width = dialect.hasHeader ? records[0]!.length : usual;
  const { names, notices } = nameColumns(dialect.hasHeader ? records[0]! : undefined, width, {
    table: name,
    isStrict: strictHeaders,
  });
  const columns = names.map((named, at) =>
    textFileColumn(named, `c${at}`, `c${at}`, inferTextColumn(rows.map((row) => row[at] ?? null))),
  );
  // Undefined where all rows are read, which no copy in memory could hold.
  const narrow =
    firstRows === undefined
      ? undefined
      : await copyNarrow(file, { dialect, columns, rows: firstRows }, scratch);
  const undivided = width === 1 ? undividedNotice(name, records) : [];
  return {
    relation: csvRelation(file, dialect, width),
    columns,
    ...narrow,
    notices: [...notices, ...undivided],
    dialect,
  };
}

/** A sign that stands as often in every row as in the header is a delimiter, but none that tables usually have. */
function undividedNotice(name: string, records: readonly (readonly (string | null)[])[]): DataNotice[] {
  const texts = records.slice(0, 100).map(([text]) => text ?? '');
  const signs = new Set((texts[0] ?? '').match(/[^\p{L}\p{N}\s"'._()-]/gu));
  const countOf = (text: string, sign: string) => text.split(sign).length - 1;
  const sign = [...signs].find(
    (each) => texts.length > 1 && texts.every((text) => countOf(text, each) === countOf(texts[0]!, each)),
  );
  if (sign === undefined) {
    return [];
  }
  const message =
    `${name} is read as one column: its values seem to be divided by “${sign}”, and only comma, semicolon, tab and vertical line are known. ` +
    'Save it with one of those.';
  return [{ code: 'oneColumn', message }];
}

async function openTyped(file: string, database: Duckdb, { signal }: OpenFileOptions): Promise<FileRelation> {
  const relation = `read_parquet(${sqlString(file)})`;
  const described = await database.rows(`DESCRIBE SELECT * FROM ${relation}`, { signal });
  const columns = described.map(([column, type]) => typedFileColumn(String(column), String(type)));
  return { relation, columns, notices: [] };
}
