import fs from 'node:fs';
import path from 'node:path';
import type { DataNotice } from '../../protocol/data.ts';
import { sqlString } from '../storage/duckdb.ts';
import type { Dialect } from './dialect.ts';
import type { FileColumn } from './fileColumns.ts';

/** What is known of a file once all of it was read into a copy in columns: who has it need not read the file again. */
export interface RowCopy {
  /** Of the file that was read. */
  readonly stamp: string;
  /** Settled. */
  readonly columns: readonly FileColumn[];
  readonly notices: readonly DataNotice[];
  readonly dialect?: Dialect | undefined;
}

/** Another one as soon as the file is another one, or was written to. Empty where there is none. */
export function fileStamp(file: string): string {
  const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stat ? `${stat.mtimeNs} ${stat.size} ${stat.ino}` : '';
}

export function rowsFile(folder: string): string {
  return path.join(folder, 'rows.parquet');
}

/** The copy that is in a folder, when it is whole and of the file as it is now. */
export function findRowCopy(folder: string, stamp: string): RowCopy | undefined {
  try {
    const found = JSON.parse(fs.readFileSync(aboutFile(folder), 'utf8')) as RowCopy;
    return found.stamp === stamp && fs.existsSync(rowsFile(folder)) ? found : undefined;
  } catch {
    return undefined;
  }
}

/** Comes last: with it the copy is whole. */
export function writeAboutCopy(folder: string, copy: RowCopy): void {
  fs.writeFileSync(aboutFile(folder), JSON.stringify(copy));
}

/** Behind FROM; `rowNumber` is SQL of a row's number from 0. */
export function numberedRelation(
  file: string,
  columns: readonly FileColumn[],
): { readonly relation: string; readonly rowNumber: string } {
  // A column of that name would be in its way.
  return columns.some(({ name }) => name.toLowerCase() === numberColumn)
    ? { relation: `read_parquet(${sqlString(file)})`, rowNumber: '(row_number() OVER () - 1)' }
    : {
        relation: `read_parquet(${sqlString(file)}, file_row_number = true)`,
        rowNumber: numberColumn,
      };
}

const numberColumn = 'file_row_number';

/** Values that a row group may have: it is in memory while it is written. */
const valuesPerGroup = 6_000_000;

export function rowGroupSize(width: number): number {
  return Math.min(122_880, Math.max(2048, Math.floor(valuesPerGroup / width)));
}

function aboutFile(folder: string): string {
  return path.join(folder, 'rows.json');
}
