import fs from 'node:fs';
import path from 'node:path';
import { hasCode } from '../../base/errors.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import type { DataNotice, TableKind } from '../../protocol/data.ts';
import {
  type Duckdb,
  type DuckdbChunk,
  defaultMemoryBytes,
  openDuckdb,
  type RowFunction,
  type RunOptions,
  sqlString,
  type TextFunction,
} from '../storage/duckdb.ts';
import { type ArrowWork, arrowToParquet, type ReadableTable } from './arrowFile.ts';
import type { Dialect } from './dialect.ts';
import type { Cell, EncodedTable } from './encodedTable.ts';
import { encodeTuples } from './encodeTuples.ts';
import { mixedLineEnds, noSuchColumn } from './errors.ts';
import type { FileColumn } from './fileColumns.ts';
import type { FileRelation } from './fileRelation.ts';
import { bytesAtAGlance, copyHead } from './headCopy.ts';
import { openRelation, readableCopy } from './openFile.ts';
import { copyPieces } from './pieceCopy.ts';
import { readFailure } from './readFailure.ts';
import {
  fileStamp,
  findRowCopy,
  numberedRelation,
  rowGroupSize,
  rowsFile,
  writeAboutCopy,
} from './rowCopy.ts';
import { settleTypes } from './settleTypes.ts';
import { oddLineEnd, type SniffedFile, sniffFile } from './sniffFile.ts';

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

/** DuckDB's reservoir holds its rows in memory in a way that very wide rows are too large for. */
const columnsOfReservoir = 500;

let opened = 0;

/** Opens a file of any kind that `fileKind` knows. */
export async function openTable(file: string, name: string, options: TableOptions): Promise<Table> {
  const stamp = fileStamp(file);
  const sniffed = await sniffFile(file, name);
  opened += 1;
  const scratch = path.join(options.scratch, `${process.pid}-${opened}`);
  // Copies of rows lie here for a while, of files that may be their owner's alone.
  fs.mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const resources = new DisposableStore();
  resources.add(toDisposable(() => fs.rmSync(scratch, { recursive: true, force: true })));
  try {
    const { signal, copyFolder, threads } = options;
    const firstRows = options.firstRows && Math.min(options.firstRows, rowsAtAGlance(sniffed));
    const memoryBytes = memoryFor(sniffed, options.memoryBytes);
    const copied = copyFolder === undefined ? undefined : findRowCopy(copyFolder, stamp);
    if (copied) {
      const rows = rowsFile(copyFolder!);
      const database = resources.add(await openDuckdb({ scratch, files: [rows], memoryBytes, threads }));
      return new FileTable(
        sniffed,
        { ...copied, ...numberedRelation(rows, copied.columns) },
        { scratch, database, resources, isPartial: false, share: 1, stamp, copyFolder, isCopied: true },
      );
    }
    const readable = await readablePart(sniffed, scratch, { firstRows, inPieces: options.inPieces, signal });
    const isPartial = firstRows !== undefined || readable.share < 1;
    // Only what is whole is of use to others.
    const folder = isPartial ? undefined : copyFolder;
    const files = [readable.file, ...(folder === undefined ? [] : [rowsFile(folder)])];
    const database = resources.add(await openDuckdb({ scratch, files, memoryBytes, threads }));
    const work = { database, scratch, signal, mostRows: firstRows };
    const source = await readableByDuckdb(sniffed, readable.file, work);
    const found = await openRelation(sniffed, source.file, database, {
      strictHeaders: options.strictHeaders ?? false,
      firstRows,
      scratch,
      signal,
    });
    const limit = firstRows === undefined ? '' : ` LIMIT ${whole(firstRows)}`;
    return new FileTable(
      sniffed,
      {
        ...found,
        relation: limit === '' ? found.relation : `(SELECT * FROM ${found.relation}${limit})`,
        notices: [...readable.notices, ...source.notices, ...found.notices],
      },
      {
        ...{ scratch, database, resources, isPartial, stamp },
        share: readable.share,
        copyFolder: folder,
        isCopied: false,
      },
    );
  } catch (error) {
    resources.dispose();
    throw readFailure(error, name);
  }
}

/** What DuckDB reads of the file: of one that is large and looked at for the first time only a part. */
async function readablePart(
  sniffed: SniffedFile,
  scratch: string,
  { firstRows, inPieces, signal }: Pick<TableOptions, 'firstRows' | 'inPieces' | 'signal'>,
): Promise<{ readonly file: string; readonly notices: readonly DataNotice[]; readonly share: number }> {
  const isPlain = sniffed.encoding === 'utf-8' && firstRows !== undefined;
  const head = isPlain ? await copyHead(sniffed, scratch) : undefined;
  const pieces = inPieces ? await copyPieces(sniffed, scratch) : undefined;
  const part = pieces?.file ?? head;
  const readable = part ? { file: part, notices: [] } : await readableCopy(sniffed, scratch, signal);
  return { ...readable, share: pieces ? pieces.bytes / sniffed.bytes : 1 };
}

async function readableByDuckdb(sniffed: SniffedFile, file: string, work: ArrowWork): Promise<ReadableTable> {
  return sniffed.kind === 'arrow' ? arrowToParquet(sniffed, work) : { file, notices: [] };
}

interface Held {
  readonly scratch: string;
  readonly database: Duckdb;
  readonly resources: Disposable;
  readonly isPartial: boolean;
  readonly share: number;
  readonly stamp: string;
  readonly copyFolder: string | undefined;
  readonly isCopied: boolean;
}

class FileTable implements Table {
  readonly file: string;
  readonly name: string;
  readonly kind: TableKind;
  readonly bytes: number;
  readonly dialect: Dialect | undefined;
  readonly isList: boolean;
  readonly scratch: string;
  readonly isPartial: boolean;
  readonly share: number;
  readonly stamp: string;
  readonly #copyFolder: string | undefined;
  readonly rowKey: string | undefined;
  readonly #database: Duckdb;
  readonly #resources: Disposable;
  #columns: readonly FileColumn[];
  #notices: readonly DataNotice[];
  #isSettled: boolean;
  #relation: string;
  #rowNumber: string | undefined;

  constructor(
    { file, name, kind, bytes, head }: SniffedFile,
    {
      relation,
      rowNumber,
      columns,
      notices,
      dialect,
      rowKey,
    }: FileRelation & { readonly rowNumber?: string },
    { scratch, database, resources, isPartial, share, stamp, copyFolder, isCopied }: Held,
  ) {
    this.file = file;
    this.name = name;
    this.kind = kind;
    this.bytes = bytes;
    this.#relation = relation;
    this.#rowNumber = rowNumber;
    this.dialect = dialect;
    this.isList = kind === 'json' && /^[\s\ufeff]*\[/.test(head.toString('utf8', 0, 64));
    this.scratch = scratch;
    this.isPartial = isPartial;
    this.share = share;
    this.stamp = stamp;
    this.#copyFolder = copyFolder;
    this.#isSettled = isCopied;
    this.rowKey = rowKey;
    this.#columns = columns;
    this.#notices = notices;
    this.#database = database;
    this.#resources = resources;
  }

  get relation(): string {
    return this.#relation;
  }

  get rowNumber(): string | undefined {
    return this.#rowNumber;
  }

  get columns(): readonly FileColumn[] {
    return this.#columns;
  }

  get notices(): readonly DataNotice[] {
    return this.#notices;
  }

  column(name: string): FileColumn {
    const found = this.#columns.find((column) => column.name === name);
    if (!found) {
      throw noSuchColumn(
        this.name,
        name,
        this.#columns.map((column) => column.name),
      );
    }
    return found;
  }

  async settle(options: WorkOptions = {}): Promise<void> {
    if (this.#isSettled) {
      return;
    }
    const { relation, dialect } = this;
    const unsettled = {
      ...{ database: this.#database, relation, columns: this.#columns },
      ...{ hasHeader: dialect?.hasHeader, isInPieces: this.share < 1 },
    };
    const { columns, notices } = await this.#reading(() => settleTypes(unsettled, options));
    this.#columns = columns;
    this.#notices = [...this.#notices, ...notices];
    this.#isSettled = true;
  }

  async copyRows(options: WorkOptions = {}): Promise<void> {
    if (this.#rowNumber !== undefined) {
      return;
    }
    if (this.kind === 'parquet') {
      this.#readFrom(this.file);
      return;
    }
    const folder = this.#copyFolder ?? this.scratch;
    const file = rowsFile(folder);
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    // DuckDB would write beside one that is there, where it may not.
    fs.rmSync(file, { force: true });
    const format = `FORMAT parquet, COMPRESSION lz4_raw, ROW_GROUP_SIZE ${rowGroupSize(this.#columns.length)}`;
    await this.query(`COPY (SELECT * FROM ${this.#relation}) TO ${sqlString(file)} (${format})`, options);
    this.#readFrom(file);
    await this.settle({ signal: options.signal });
    if (this.#copyFolder !== undefined) {
      const { stamp, columns, notices, dialect } = this;
      writeAboutCopy(folder, { stamp, columns, notices, dialect });
    }
  }

  #readFrom(file: string): void {
    const { relation, rowNumber } = numberedRelation(file, this.#columns);
    this.#relation = relation;
    this.#rowNumber = rowNumber;
  }

  async countRows(options: WorkOptions = {}): Promise<number> {
    const [row] = await this.query(`SELECT count(*) FROM ${this.relation}`, options);
    return Number(row![0]);
  }

  async sample(rows: number, options: WorkOptions = {}): Promise<readonly (readonly Cell[])[]> {
    await this.settle(options);
    const values = this.#columns.map(({ sql }) => sql).join(', ');
    if (this.#columns.length <= columnsOfReservoir) {
      const reservoir = `reservoir(${whole(rows)} ROWS) REPEATABLE (1)`;
      return this.query(`SELECT ${values} FROM ${this.relation} USING SAMPLE ${reservoir}`, options);
    }
    const share = Math.min(100, (120 * whole(rows)) / Math.max(1, await this.countRows(options)));
    const lots = `${share} PERCENT (bernoulli, 1)`;
    return this.query(
      `SELECT ${values} FROM ${this.relation} USING SAMPLE ${lots} LIMIT ${whole(rows)}`,
      options,
    );
  }

  async rows(
    offset: number,
    limit: number,
    options: WorkOptions = {},
  ): Promise<readonly (readonly Cell[])[]> {
    const values = this.#columns.map(({ text, sql }) => text?.sql ?? sql).join(', ');
    const page = `LIMIT ${whole(limit)} OFFSET ${whole(offset)}`;
    return this.query(`SELECT ${values} FROM ${this.relation} ${page}`, options);
  }

  async distinctTuples(columns: readonly string[], options: WorkOptions = {}): Promise<DistinctTuples> {
    await this.settle(options);
    const values = columns.map((name) => this.column(name).sql);
    const places = values.map((_, at) => at + 1).join(', ');
    return encodeTuples(
      columns,
      this.chunks(
        `SELECT ${[...values, 'count(*)'].join(', ')} FROM ${this.relation} GROUP BY ${places} ORDER BY ${places}`,
        options,
      ),
    );
  }

  async distinctValues(column: string, most: number, options: WorkOptions = {}): Promise<readonly Cell[]> {
    await this.settle(options);
    // The values with the smallest hashes: as good as drawn by lot, and the same ones each time.
    const rows = await this.query(
      `SELECT value FROM (SELECT DISTINCT ${this.column(column).sql} AS value FROM ${this.relation})
       WHERE value IS NOT NULL ORDER BY hash(value), value LIMIT ${whole(most)}`,
      options,
    );
    return rows.map(([value]) => value!);
  }

  query(sql: string, options: RunOptions = {}): Promise<readonly (readonly Cell[])[]> {
    return this.#reading(() => this.#database.rows(sql, options));
  }

  async *chunks(sql: string, options: RunOptions = {}): AsyncGenerator<DuckdbChunk> {
    try {
      yield* this.#database.chunks(sql, options);
    } catch (error) {
      throw readFailure(error, this.name);
    }
  }

  define(definition: RowFunction): Promise<void> {
    return this.#database.define(definition);
  }

  defineOnText(definition: TextFunction): Promise<(text: string) => string> {
    return this.#database.defineOnText(definition);
  }

  dispose(): void {
    this.#resources.dispose();
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      const failure = readFailure(error, this.name);
      throw hasCode(failure, 'data.mixedLineEnds')
        ? mixedLineEnds(this.name, await oddLineEnd(this.file))
        : failure;
    }
  }
}

/** DuckDB works on 2,048 rows at a time, of which those of a very wide table alone take gigabytes. */
function memoryFor({ head, kind }: SniffedFile, usual = defaultMemoryBytes): number {
  if (kind === 'json' || kind === 'jsonLines') {
    // Its reader holds several of the largest records that we allow.
    return Math.max(usual, defaultMemoryBytes);
  }
  const end = head.indexOf('\n');
  const line = head.subarray(0, end < 0 ? head.length : end);
  const columns =
    kind === 'csv' || kind === 'tsv' ? line.filter((byte) => delimiterBytes.has(byte)).length : 0;
  // A copy in columns counts blocks of 256 kB for each column and thread, however few rows there are.
  return usual + Math.max(columns * 1_000_000, (columns - columnsOfReservoir) * 2048 * 128);
}

/** Of long rows fewer are read for a first look. */
function rowsAtAGlance({ head, encoding }: SniffedFile): number {
  if (encoding === undefined) {
    return Number.MAX_SAFE_INTEGER;
  }
  const lines = head.filter((byte) => byte === 10).length;
  return Math.max(100, Math.floor((bytesAtAGlance * Math.max(1, lines)) / head.length));
}

const delimiterBytes = new Set(Buffer.from(',\t;|'));

/** Numbers become part of SQL, so they are numbers. */
function whole(count: number): number {
  return Math.max(0, Math.trunc(count) || 0);
}
