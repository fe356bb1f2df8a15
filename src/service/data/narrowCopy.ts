import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { type Dialect, readRecords } from './dialect.ts';
import { csvRelation, type FileColumn } from './fileColumns.ts';

/** Of more columns than this DuckDB takes longer to open the file than a first look may take. */
const wide = 1000;
/** A first look at a wide table is at so many columns. */
export const columnsAtAGlance = 200;

export interface NarrowTable {
  readonly relation: string;
  readonly columns: readonly FileColumn[];
  /** SQL of what rows that are equal in all columns of the file have in common. */
  readonly rowKey: string;
}

/**
 * The first columns of a wide text of few rows as a file of their own, with a hash of each row: undefined where the
 * table is not wide, or where a row is not as wide as the others, of which whoever reads all of it tells.
 */
export async function copyNarrow(
  file: string,
  {
    dialect,
    columns,
    rows,
  }: { readonly dialect: Dialect; readonly columns: readonly FileColumn[]; readonly rows: number },
  scratch: string,
): Promise<NarrowTable | undefined> {
  if (columns.length <= wide) {
    return undefined;
  }
  const text = (await fs.promises.readFile(file, 'utf8')).replace(/^\ufeff/, '');
  const records = readRecords(text, dialect.delimiter, dialect.quote, rows + 1);
  if (records.some(({ length }) => length !== columns.length)) {
    return undefined;
  }
  const lines = records
    .slice(dialect.hasHeader ? 1 : 0)
    .map((record) => [...record.slice(0, columnsAtAGlance), hashOf(record)].map(written).join(','));
  const copy = path.join(scratch, 'narrow');
  await fs.promises.writeFile(copy, lines.map((line) => `${line}\n`).join(''));
  const own = { delimiter: ',', quote: '"', hasHeader: false };
  return {
    relation: csvRelation(copy, own, columnsAtAGlance + 1),
    columns: columns.map((column, at) => (at < columnsAtAGlance ? column : withoutValues(column))),
    rowKey: `c${columnsAtAGlance}`,
  };
}

function hashOf(record: readonly (string | null)[]): string {
  return createHash('sha1').update(JSON.stringify(record)).digest('base64');
}

/** A missing value is an unquoted empty one. */
function written(value: string | null): string {
  return value === null ? '' : `"${value.replaceAll('"', '""')}"`;
}

function withoutValues({ name, header, type }: FileColumn): FileColumn {
  return { name, header, type, sql: 'NULL', kept: 'NULL' };
}
