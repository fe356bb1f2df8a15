import type { Disposable } from '../../base/lifecycle.ts';
import type { DataNotice, TableKind } from '../../protocol/data.ts';
import type { DuckdbChunk, RowFunction, RunOptions } from '../storage/duckdb.ts';
import type { TextFunction } from '../storage/textFunction.ts';
import type { Dialect } from './dialect.ts';
import type { Cell, EncodedTable } from './encodedTable.ts';
import type { FileColumn } from './fileColumns.ts';

export interface TableOptions {
  /** Where a folder of this table's own is made for what does not fit in memory; gone with the table. */
  readonly scratch: string;
  /** Empty and repeated headers are refused. Otherwise such columns get names, and `notices` tell. */
  readonly strictHeaders?: boolean;
  /** Reads no more than so many rows: for a first look. */
  readonly firstRows?: number | undefined;
  /** Of a large text, reads only rows from all over it: for a first look that is nearly fair. */
  readonly inPieces?: boolean;
  /** That DuckDB may take; a very wide table gets more. */
  readonly memoryBytes?: number | undefined;
  /** Of DuckDB. */
  readonly threads?: number | undefined;
  /** Where `copyRows` puts the copy. One of this file that is there already is used, and the file is not read again. */
  readonly copyFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** The distinct tuples of some columns, and how many rows have each. */
export interface DistinctTuples {
  readonly table: EncodedTable;
  readonly counts: Int32Array;
}

/** A file as a table, read where it lies and never changed. */
export interface Table extends Disposable {
  /** Absolute. */
  readonly file: string;
  /** As a person knows it. */
  readonly name: string;
  readonly kind: TableKind;
  readonly bytes: number;
  /** Types are taken from the first rows until `settle` has seen all. */
  readonly columns: readonly FileColumn[];
  readonly notices: readonly DataNotice[];
  /** What stands behind FROM; the columns' SQL speaks of its rows. */
  readonly relation: string;
  readonly dialect: Dialect | undefined;
  /** Of JSON: one list of records, not records one after another. */
  readonly isList: boolean;
  /** A folder of this table's own, gone with it; statements may write there and nowhere else. */
  readonly scratch: string;
  /** Only its first rows are read. */
  readonly isPartial: boolean;
  /** SQL of what rows that are equal in all columns have in common, where the relation does not have all of them. */
  readonly rowKey: string | undefined;
  /** Of the file's bytes, where it is read in pieces; else 1. */
  readonly share: number;
  /** What the file was when it was opened. */
  readonly stamp: string;
  /** SQL of a row's number from 0, once the rows are copied. */
  readonly rowNumber: string | undefined;
  /** Throws with the names that there are. */
  column(name: string): FileColumn;
  /** Makes sure of the columns' types by reading all values: one that changes becomes wider or text, and a notice tells where. */
  settle(options?: WorkOptions): Promise<void>;
  /**
   * Reads the file for the last time, into a copy in columns with numbered rows, and settles the types: what is asked
   * from then on costs a fraction of reading a text. A Parquet file is its own copy.
   */
  copyRows(options?: WorkOptions): Promise<void>;
  countRows(options?: WorkOptions): Promise<number>;
  /** A fair sample of rows, with the values of all columns in their types. */
  sample(rows: number, options?: WorkOptions): Promise<readonly (readonly Cell[])[]>;
  /** The rows as the file has them, in its order: texts of a text file stay as they are written. */
  rows(offset: number, limit: number, options?: WorkOptions): Promise<readonly (readonly Cell[])[]>;
  distinctTuples(columns: readonly string[], options?: WorkOptions): Promise<DistinctTuples>;
  /** At most `most` different values that are not missing: a fair sample of them, the same one each time. */
  distinctValues(column: string, most: number, options?: WorkOptions): Promise<readonly Cell[]>;
  /** Any statement; what cannot be read of the file is an error with its row. Types are as settled as they are. */
  query(sql: string, options?: RunOptions): Promise<readonly (readonly Cell[])[]>;
  chunks(sql: string, options?: RunOptions): AsyncGenerator<DuckdbChunk>;
  /** A function for this table's statements. */
  define(definition: RowFunction): Promise<void>;
  /** Answers with what SQL calls it of a text. */
  defineOnText(definition: TextFunction): Promise<(text: string) => string>;
}
