import fs from 'node:fs';
import { hasCode } from '../../base/errors.ts';
import type { Disposable } from '../../base/lifecycle.ts';
import type { DataNotice, TableKind } from '../../protocol/data.ts';
import {
  type Duckdb,
  type DuckdbChunk,
  type RowFunction,
  type RunOptions,
  sqlString,
} from '../storage/duckdb.ts';
import type { TextFunction } from '../storage/textFunction.ts';
import type { Dialect } from './dialect.ts';
import type { Cell } from './encodedTable.ts';
import { encodeTuples } from './encodeTuples.ts';
import { mixedLineEnds, noSuchColumn } from './errors.ts';
import type { FileColumn } from './fileColumns.ts';
import type { FileRelation } from './fileRelation.ts';
import { readFailure } from './readFailure.ts';
import { numberedRelation, rowGroupSize, rowsFile, writeAboutCopy } from './rowCopy.ts';
import { settleTypes } from './settleTypes.ts';
import { oddLineEnd, type SniffedFile } from './sniffFile.ts';
import type { DistinctTuples, Table, WorkOptions } from './table.ts';

/** What an open file is made of, and how much of it is there. */
export interface Held {
  readonly scratch: string;
  readonly database: Duckdb;
  readonly resources: Disposable;
  readonly isPartial: boolean;
  readonly share: number;
  readonly stamp: string;
  readonly copyFolder: string | undefined;
  readonly isCopied: boolean;
}

/** A file that DuckDB has open. */
export class FileTable implements Table {
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

/** DuckDB's reservoir holds its rows in memory in a way that very wide rows are too large for. */
export const columnsOfReservoir = 500;

/** Numbers become part of SQL, so they are numbers. */
export function whole(count: number): number {
  return Math.max(0, Math.trunc(count) || 0);
}
