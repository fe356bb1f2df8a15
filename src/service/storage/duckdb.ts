import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBResult,
  DuckDBType,
  DuckDBValue,
  DuckDBVector,
} from '@duckdb/node-api';
import { cancelled } from '../../base/errors.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import { alreadyWritten, callOnText, scalarOnText, type TextFunction } from './textFunction.ts';

/** What comes out of a query: integers beyond 2^53, decimals, dates and nested values are text. */
export type DuckdbCell = string | number | boolean | null;
export type DuckdbRow = readonly DuckdbCell[];

export interface DuckdbOptions {
  /** An existing folder of ours: what does not fit in memory goes there, and it alone may be written. */
  readonly scratch: string;
  /** The files that may be read, absolute; nothing else on disk is within reach of any statement. */
  readonly files: readonly string[];
  readonly memoryBytes?: number | undefined;
  /** 2 unless told. */
  readonly threads?: number | undefined;
}

export interface RunOptions {
  /** Bound values for `$1`, `$2` … */
  readonly values?: readonly (string | number | bigint | boolean | null | Uint8Array)[];
  /** Aborting it ends the statement within a moment, and its promise rejects with `cancelled`. */
  readonly signal?: AbortSignal | undefined;
  /** From 0 to 1, a few times a second, where DuckDB can tell. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
}

/** Some rows of a result as columns of equal length. */
export interface DuckdbChunk {
  readonly rowCount: number;
  readonly columns: readonly (readonly DuckdbCell[])[];
}

export type FunctionValue = string | number | bigint | boolean | null;
export type FunctionType = 'VARCHAR' | 'DOUBLE' | 'BIGINT' | 'BOOLEAN';

/** A function of ours that statements may call by its name. It is called with some rows at a time, in any order. */
export interface RowFunction {
  readonly name: string;
  readonly parameters: readonly FunctionType[];
  readonly result: FunctionType;
  /** Bigints for BIGINT. What it throws ends the statement, whose promise rejects with it. */
  compute(rowCount: number, columns: readonly (readonly FunctionValue[])[]): ArrayLike<FunctionValue>;
}

export interface AppendedColumn {
  readonly type: FunctionType;
  /** Bigints for BIGINT. */
  readonly values: readonly FunctionValue[];
}

export interface Duckdb extends Disposable {
  /** Takes the place of one that was defined under the same name before. */
  define(definition: RowFunction): Promise<void>;
  /** Answers with what SQL calls it of a text, which itself is SQL and never empty. */
  defineOnText(definition: TextFunction): Promise<(text: string) => string>;
  /** Statements without a result that anybody reads. */
  run(sql: string, options?: RunOptions): Promise<void>;
  /** Adds rows to a table that has just these columns. */
  append(table: string, columns: readonly AppendedColumn[], rowCount: number): Promise<void>;
  /** All rows at once: for results that are small by what they ask. */
  rows(sql: string, options?: RunOptions): Promise<readonly DuckdbRow[]>;
  /** A result of any length, piece by piece; leaving the loop ends the statement. */
  chunks(sql: string, options?: RunOptions): AsyncGenerator<DuckdbChunk>;
}

/** What DuckDB refused; its message starts with the kind of error and ` Error: `. */
export class DuckdbError extends Error {
  constructor(message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'DuckdbError';
  }
}

export const defaultMemoryBytes = 1_000_000_000;
const usualThreads = 2;

/**
 * An in-memory DuckDB. Its library is loaded with the first one, because it is large and most services never need it.
 * It can reach neither the network nor any file but those named, and no statement can change that.
 */
export async function openDuckdb(options: DuckdbOptions): Promise<Duckdb> {
  const { DuckDBInstance: Instance } = await import('@duckdb/node-api');
  const instance = await Instance.create(':memory:', {
    threads: String(options.threads ?? usualThreads),
    memory_limit: `${options.memoryBytes ?? defaultMemoryBytes}B`,
    temp_directory: options.scratch,
    preserve_insertion_order: 'true',
    // What is freed goes back to the system, and not only by the half gigabyte.
    allocator_flush_threshold: '4MB',
    allocator_bulk_deallocation_flush_threshold: '8MB',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  try {
    await confine(instance, options);
  } catch (error) {
    instance.closeSync();
    throw error;
  }
  return new OpenDuckdb(instance);
}

/** As SQL text: with its quotes doubled, so that it is one string whatever is in it. */
export function sqlString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** As a name in SQL, whatever is in it. */
export function sqlName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

async function confine(instance: DuckDBInstance, { files, scratch }: DuckdbOptions): Promise<void> {
  const connection = await instance.connect();
  try {
    for (const statement of [
      "SET TimeZone = 'UTC'",
      `SET allowed_paths = [${files.map(sqlString).join(', ')}]`,
      `SET allowed_directories = [${sqlString(scratch)}]`,
      // Once it is off, DuckDB lets no statement turn it on again, nor change what is allowed.
      'SET enable_external_access = false',
    ]) {
      await connection.run(statement);
    }
  } finally {
    connection.closeSync();
  }
}

class OpenDuckdb implements Duckdb {
  readonly #instance: DuckDBInstance;
  readonly #open: Disposable;
  readonly #underWay = new Set<DuckDBConnection>();
  #disposed = false;
  /** By a function of ours: DuckDB keeps of it the text alone. */
  #thrown: { readonly error: unknown } | undefined;

  constructor(instance: DuckDBInstance) {
    this.#instance = instance;
    this.#open = toDisposable(() => {
      this.#disposed = true;
      for (const connection of this.#underWay) {
        connection.interrupt();
      }
      this.#instance.closeSync();
    });
  }

  async run(sql: string, options: RunOptions = {}): Promise<void> {
    for await (const _ of this.chunks(sql, options)) {
      // A result that nobody reads.
    }
  }

  async define({ name, parameters, result, compute }: RowFunction): Promise<void> {
    const duckdb = await import('@duckdb/node-api');
    await this.#register({
      name,
      parameterTypes: parameters.map((type) => duckdb[type]),
      returnType: duckdb[result],
      compute: (input) => {
        const columns = parameters.map((_, at) => input.getColumnValues(at) as FunctionValue[]);
        return compute(input.rowCount, columns);
      },
    });
  }

  async defineOnText(definition: TextFunction): Promise<(text: string) => string> {
    await this.#register(await scalarOnText(definition));
    return callOnText(definition);
  }

  async #register({ name, parameterTypes, returnType, compute }: Registered): Promise<void> {
    const { DuckDBScalarFunction } = await import('@duckdb/node-api');
    this.#refuseWhenOver(undefined);
    const connection = await this.#instance.connect();
    try {
      connection.registerScalarFunction(
        DuckDBScalarFunction.create({
          name,
          parameterTypes,
          returnType,
          specialHandling: true,
          mainFunction: (info, input, output) => {
            try {
              const values = compute(input, output);
              // Asking a chunk how many rows it has is a call into the library.
              const rowCount = values === alreadyWritten ? 0 : input.rowCount;
              for (let row = 0; row < rowCount; row += 1) {
                output.setItem(row, values[row]!);
              }
              output.flush();
            } catch (error) {
              this.#thrown ??= { error };
              info.setError(`${name} failed`);
            }
          },
        }),
      );
    } finally {
      connection.closeSync();
    }
  }

  async append(table: string, columns: readonly AppendedColumn[], rowCount: number): Promise<void> {
    const duckdb = await import('@duckdb/node-api');
    this.#refuseWhenOver(undefined);
    const connection = await this.#instance.connect();
    try {
      const appender = await connection.createAppender(table);
      const types = columns.map(({ type }) => duckdb[type]);
      for (let first = 0; first < rowCount; first += rowsOfChunk) {
        const count = Math.min(rowsOfChunk, rowCount - first);
        const chunk = duckdb.DuckDBDataChunk.create(types, count);
        for (const [at, { values }] of columns.entries()) {
          chunk.setColumnValues(at, values.slice(first, first + count));
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
    } finally {
      connection.closeSync();
    }
  }

  async rows(sql: string, options: RunOptions = {}): Promise<readonly DuckdbRow[]> {
    const rows: DuckdbRow[] = [];
    for await (const { rowCount, columns } of this.chunks(sql, options)) {
      for (let row = 0; row < rowCount; row += 1) {
        rows.push(columns.map((column) => column[row]!));
      }
    }
    return rows;
  }

  async *chunks(sql: string, { values, signal, onProgress }: RunOptions = {}): AsyncGenerator<DuckdbChunk> {
    this.#refuseWhenOver(signal);
    // One connection for each statement, so that cancelling one leaves the others alone.
    const connection = await this.#instance.connect();
    this.#underWay.add(connection);
    const stop = watch(connection, signal, onProgress);
    try {
      if (onProgress) {
        await tellProgress(connection);
      }
      const result = await connection.stream(sql, await boundValues(values));
      for (;;) {
        this.#refuseWhenOver(signal);
        const chunk = await readChunk(result);
        if (!chunk) {
          return;
        }
        yield chunk;
      }
    } catch (error) {
      this.#refuseWhenOver(signal);
      const thrown = this.#thrown;
      if (thrown) {
        this.#thrown = undefined;
        throw thrown.error;
      }
      throw error instanceof Error ? new DuckdbError(error.message, error) : error;
    } finally {
      stop();
      this.#underWay.delete(connection);
      connection.closeSync();
    }
  }

  dispose(): void {
    this.#open.dispose();
  }

  #refuseWhenOver(signal: AbortSignal | undefined): void {
    if (this.#disposed || signal?.aborted) {
      throw cancelled();
    }
  }
}

interface Registered {
  readonly name: string;
  readonly parameterTypes: DuckDBType[];
  readonly returnType: DuckDBType;
  /** Answers for each row, or writes them itself. */
  readonly compute: (
    input: DuckDBDataChunk,
    output: DuckDBVector,
  ) => ArrayLike<FunctionValue> | typeof alreadyWritten;
}

/** The most that DuckDB works on at a time. */
const rowsOfChunk = 2048;

async function boundValues(values: RunOptions['values']): Promise<DuckDBValue[] | undefined> {
  if (!values?.some((value) => value instanceof Uint8Array)) {
    return values && ([...values] as DuckDBValue[]);
  }
  const { blobValue } = await import('@duckdb/node-api');
  return values.map((value) => (value instanceof Uint8Array ? blobValue(value) : value));
}

/** DuckDB tells it of connections that are to show a progress bar; ours shows none. */
async function tellProgress(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET enable_progress_bar = true');
  await connection.run('SET enable_progress_bar_print = false');
  await connection.run('SET progress_bar_time = 1');
}

/** An interrupt that comes before the statement has begun is lost, so it is repeated until the statement is over. */
function watch(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  onProgress: ((fraction: number) => void) | undefined,
): () => void {
  const look = () => {
    if (signal?.aborted) {
      connection.interrupt();
    } else if (onProgress) {
      const { percentage } = connection.progress;
      if (percentage >= 0) {
        onProgress(Math.min(1, percentage / 100));
      }
    }
  };
  const timer = setInterval(look, 100);
  signal?.addEventListener('abort', look);
  return () => {
    clearInterval(timer);
    signal?.removeEventListener('abort', look);
  };
}

async function readChunk(result: DuckDBResult): Promise<DuckdbChunk | undefined> {
  const chunk = await result.fetchChunk();
  if (!chunk || chunk.rowCount === 0) {
    return undefined;
  }
  const columns = Array.from({ length: chunk.columnCount }, (_, at) => chunk.getColumnValues(at).map(cellOf));
  return { rowCount: chunk.rowCount, columns };
}

function cellOf(value: DuckDBValue): DuckdbCell {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint': {
      const number = Number(value);
      return Number.isSafeInteger(number) ? number : String(value);
    }
    default:
      return value === null ? null : String(value);
  }
}
