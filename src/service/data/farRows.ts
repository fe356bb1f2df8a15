import type { TableRows } from '../../protocol/data.ts';
import type { Dialect } from './dialect.ts';
import type { Content } from './profiling.ts';
import { indexRows, type RowIndex, readIndexedRows, rowsPerMark } from './rowIndex.ts';
import { sniffFile } from './sniffFile.ts';
import type { Table } from './table.ts';

export interface FarRowsOptions {
  /** Ends what is under way for nobody in particular. */
  readonly signal: AbortSignal;
  /** Of the whole content, exactly; undefined where it is not known. */
  rowCount(content: Content, hash: string): number | undefined;
  open(content: Content): Promise<Table>;
}

interface Known {
  readonly index: RowIndex;
  readonly dialect: Dialect;
  readonly columns: TableRows['columns'];
}

/** Smaller files are read to any row in moments. */
const leastBytes = 32_000_000;
const mostIndexes = 8;

/**
 * Rows far behind the beginning of a large text: where rows begin is found out in one reading of it, because DuckDB
 * would read all that is before them each time.
 */
export class FarRows {
  readonly #options: FarRowsOptions;
  /** By content; undefined for one whose rows are told apart otherwise. The least recently used first. */
  readonly #known = new Map<string, Promise<Known | undefined>>();

  constructor(options: FarRowsOptions) {
    this.#options = options;
  }

  /** Undefined where they have to be read otherwise. */
  async read(
    content: Content,
    { offset, limit }: { readonly offset: number; readonly limit: number },
  ): Promise<TableRows | undefined> {
    const hash = content.knownHash();
    const rowCount = hash === undefined ? undefined : this.#options.rowCount(content, hash);
    if (hash === undefined || rowCount === undefined || offset < rowsPerMark) {
      return undefined;
    }
    const key = `${hash}${content.extension}`;
    const known = this.#known.get(key) ?? this.#find(content, rowCount);
    this.#known.delete(key);
    this.#known.set(key, known);
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostIndexes) {
        break;
      }
      this.#known.delete(oldest);
    }
    const found = await known;
    if (!found) {
      return undefined;
    }
    const rows = await readIndexedRows(content.file, found.index, found.dialect, { offset, limit });
    return { columns: found.columns, offset, rows };
  }

  async #find(content: Content, rowCount: number): Promise<Known | undefined> {
    try {
      const { encoding, bytes } = await sniffFile(content.file, content.name);
      if (encoding !== 'utf-8' || bytes < leastBytes) {
        return undefined;
      }
      const table = await this.#options.open(content);
      const columns = table.columns.map(({ name, type }) => ({ name, type }));
      const { dialect } = table;
      table.dispose();
      if (!dialect) {
        return undefined;
      }
      const index = await indexRows(content.file, dialect, this.#options.signal);
      // Where DuckDB counts others, it alone knows what a row is.
      return index.rows === rowCount ? { index, dialect, columns } : undefined;
    } catch {
      // What is wrong with the file is told by whoever reads it otherwise.
      return undefined;
    }
  }
}
