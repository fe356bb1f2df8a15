import type { ColumnType } from '../../protocol/data.ts';
import { sqlName, sqlString } from '../storage/duckdb.ts';
import { badValueSql, columnType, type TextColumn, valueSql } from './columnTypes.ts';

/** A column of a file: how SQL reads it from a row of the file's relation. */
export interface FileColumn {
  /** Of its own in the table. */
  readonly name: string;
  /** As the file has it; empty where there is none. */
  readonly header: string;
  readonly type: ColumnType;
  /** Its value in its type; null where it is missing. */
  readonly sql: string;
  /** What the file has, unchanged: the exact text of a CSV file, the JSON of a JSON file. */
  readonly kept: string;
  /** What its type was taken from, for columns that are text in the file; SQL of that text. */
  readonly text?: { readonly sql: string; readonly column: TextColumn };
  /** The type that SQL has for it. */
  readonly sqlType?: string;
}

export function textFileColumn(
  { name, header }: { readonly name: string; readonly header: string },
  kept: string,
  text: string,
  column: TextColumn,
): FileColumn {
  const type = columnType(column);
  return { name, header, type, sql: valueSql(text, column), kept, text: { sql: text, column } };
}

/** SQL that tells whether a row's value does not fit the type that was taken for it; undefined where all do. */
export function misfit({ text }: FileColumn): string | undefined {
  return text && badValueSql(text.sql, text.column);
}

/** A column whose values have a type in the file already. */
export function typedFileColumn(name: string, sqlType: string): FileColumn {
  const kept = sqlName(name);
  const type = typeOfSql(sqlType);
  return { name, header: name, type, sql: readableSql(kept, type, sqlType), kept, sqlType };
}

function typeOfSql(sqlType: string): ColumnType {
  if (/[[(]\s*[A-Z"]|\[/.test(sqlType) || /^(STRUCT|MAP|UNION|LIST|JSON|VARIANT)/.test(sqlType)) {
    return /^(DECIMAL|ENUM)/.test(sqlType) ? (sqlType.startsWith('ENUM') ? 'text' : 'decimal') : 'nested';
  }
  return (
    (
      [
        [/INT(EGER)?$|^BIGNUM$/, 'integer'],
        [/^(FLOAT|DOUBLE|REAL)$/, 'number'],
        [/^DECIMAL/, 'decimal'],
        [/^BOOLEAN$/, 'boolean'],
        [/^DATE$/, 'date'],
        [/^TIMESTAMP/, 'timestamp'],
        [/^TIME/, 'time'],
        [/^(BLOB|BIT)$/, 'binary'],
      ] as const
    ).find(([pattern]) => pattern.test(sqlType))?.[1] ?? 'text'
  );
}

/** What can be compared, counted and shown. */
function readableSql(kept: string, type: ColumnType, sqlType: string): string {
  switch (type) {
    case 'nested':
      return `CAST(to_json(${kept}) AS VARCHAR)`;
    case 'binary':
      return `hex(CAST(${kept} AS BLOB))`;
    case 'text':
      return sqlType === 'VARCHAR' ? kept : `CAST(${kept} AS VARCHAR)`;
    default:
      return kept;
  }
}

/** The relation of a delimited text; its columns are `c0`, `c1` …, because SQL's names ignore case. */
export function csvRelation(
  file: string,
  {
    delimiter,
    quote,
    hasHeader,
  }: { readonly delimiter: string; readonly quote: string; readonly hasHeader: boolean },
  width: number,
): string {
  const columns = Array.from({ length: width }, (_, at) => `'c${at}': 'VARCHAR'`).join(', ');
  const mark = sqlString(quote);
  return (
    `read_csv(${sqlString(file)}, auto_detect = false, delim = ${sqlString(delimiter)}, quote = ${mark}, escape = ${mark}, ` +
    `comment = '', header = ${hasHeader}, strict_mode = true, allow_quoted_nulls = false, max_line_size = 16000000, buffer_size = 32000000, ` +
    `columns = {${columns}})`
  );
}
