import type { Duckdb, DuckdbCell } from '../storage/duckdb.ts';
import { sqlName, sqlString } from '../storage/duckdb.ts';
import { asText, inferTextColumn, type TextColumn } from './columnTypes.ts';
import { emptyTable, notATable } from './errors.ts';
import { type FileColumn, textFileColumn } from './fileColumns.ts';
import type { FileRelation, OpenFileOptions } from './fileRelation.ts';
import type { SniffedFile } from './sniffFile.ts';

const sampleRows = 1000;

/**
 * A JSON file as a table: every column is read as JSON, exactly as it stands there, so that no number loses a digit
 * and what is kept is written again as it was. Its type is taken from its first values, like that of a text.
 */
export async function jsonColumns(
  { name, kind, head }: SniffedFile,
  file: string,
  database: Duckdb,
  { signal, firstRows }: OpenFileOptions,
): Promise<FileRelation> {
  const format = kind === 'jsonLines' || startsWithRecord(head) ? 'auto' : 'array';
  const common = `format = '${format}', maximum_object_size = 64000000`;
  const described = await database.rows(
    `DESCRIBE SELECT * FROM read_json(${sqlString(file)}, ${common}, maximum_depth = 1, sample_size = ${firstRows ?? -1})`,
    { signal },
  );
  const names = described.map(([column]) => String(column));
  if (names.length === 0) {
    throw emptyTable(name);
  }
  const shape = names.map((column) => `${sqlString(column)}: 'JSON'`).join(', ');
  const relation = `read_json(${sqlString(file)}, ${common}, columns = {${shape}})`;
  const texts = names.map((column) => `CAST(${sqlName(column)} AS VARCHAR)`);
  const rows = await database.rows(`SELECT ${texts.join(', ')} FROM ${relation} LIMIT ${sampleRows}`, {
    signal,
  });
  if (names.length === 1 && names[0] === 'json' && !head.includes('"json"')) {
    throw notATable(name, 'its JSON is no list of records');
  }
  const columns = names.map((column, at) =>
    jsonColumn(
      column,
      rows.map((row) => row[at] ?? null),
    ),
  );
  return { relation, columns, notices: [] };
}

/** `values` are the JSON texts of a column: texts in quotes, numbers not. */
function jsonColumn(name: string, values: readonly DuckdbCell[]): FileColumn {
  const kept = sqlName(name);
  const present = values.filter((value): value is string => value !== null && value !== 'null');
  const named = { name, header: name };
  const raw = `nullif(CAST(${kept} AS VARCHAR), 'null')`;
  if (present.length > 0 && present.every((value) => value.startsWith('"'))) {
    const text = `(${kept} ->> '$')`;
    const inferred = inferTextColumn(present.map((value) => JSON.parse(value) as string));
    return textFileColumn(named, kept, text, isMoment(inferred) ? inferred : asText);
  }
  if (present.some((value) => /^[[{]/.test(value))) {
    const column = textFileColumn(named, kept, raw, asText);
    return { ...column, type: 'nested' };
  }
  const inferred = inferTextColumn(present);
  return inferred.type.kind === 'text'
    ? textFileColumn(named, kept, `(${kept} ->> '$')`, asText)
    : textFileColumn(named, kept, raw, inferred);
}

/** A text of digits is a text in JSON; only dates have no notation of their own there. */
function isMoment({ type }: TextColumn): boolean {
  return type.kind === 'date' || type.kind === 'timestamp';
}

/** Records one after another, not in a list. */
function startsWithRecord(head: Buffer): boolean {
  return /^[\s\ufeff]*\{/.test(head.toString('utf8', 0, 64));
}
