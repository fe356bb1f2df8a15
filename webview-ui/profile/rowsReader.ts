import { cancelledErrorCode, type ErrorShape, errorShape } from '../../src/base/errors.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';
import type { DataValue, TableRows } from '../../src/protocol/data.ts';

export type ReadBlock = (offset: number, limit: number, signal: AbortSignal) => Promise<TableRows>;

/** Values that are asked for at a time: of wide tables few rows, of narrow ones many. */
const valuesPerBlock = 40_000;
const fewestRows = 20;
const mostRows = 500;
const mostBlocks = 40;

export function rowsPerBlock(columns: number): number {
  return Math.min(mostRows, Math.max(fewestRows, Math.floor(valuesPerBlock / Math.max(1, columns))));
}

/**
 * The rows around those in view, in blocks. One block is asked for at a time, always one that is in view then:
 * whoever scrolls through a million rows leaves no million questions behind.
 */
export class RowsReader implements Disposable {
  readonly #read: ReadBlock;
  readonly #changed: () => void;
  readonly #size: number;
  /** Least recently seen first. */
  readonly #blocks = new Map<number, TableRows>();
  #wanted: readonly number[] = [];
  #underWay: { readonly block: number; readonly abort: AbortController } | undefined;
  #error: ErrorShape | undefined;
  #columns: TableRows['columns'] | undefined;
  #firstRows: TableRows['rows'] = [];
  #seenRows = 0;
  #end: number | undefined;

  constructor(read: ReadBlock, columns: number, changed: () => void) {
    this.#read = read;
    this.#size = rowsPerBlock(columns);
    this.#changed = changed;
  }

  /** Absent until the first rows are there. */
  get columns(): TableRows['columns'] | undefined {
    return this.#columns;
  }

  /** Of the block that came first, wherever in the table that is. */
  get firstRows(): TableRows['rows'] {
    return this.#firstRows;
  }

  /** The table has at least so many rows. */
  get seenRows(): number {
    return this.#seenRows;
  }

  /** How many rows there are, once the last one was read. */
  get end(): number | undefined {
    return this.#end;
  }

  get error(): ErrorShape | undefined {
    return this.#error;
  }

  get isReading(): boolean {
    return this.#underWay !== undefined;
  }

  row(index: number): readonly DataValue[] | undefined {
    const block = this.#blocks.get(Math.floor(index / this.#size));
    return block?.rows[index % this.#size];
  }

  /** These rows are in view, `last` not included. */
  show(first: number, last: number): void {
    const wanted: number[] = [];
    for (let block = Math.floor(first / this.#size); block * this.#size < Math.max(last, 1); block += 1) {
      wanted.push(block);
      const known = this.#blocks.get(block);
      if (known) {
        this.#blocks.delete(block);
        this.#blocks.set(block, known);
      }
    }
    this.#wanted = wanted;
    if (this.#underWay && !wanted.includes(this.#underWay.block)) {
      this.#underWay.abort.abort();
    }
    this.#next();
  }

  retry(): void {
    this.#error = undefined;
    this.#next();
  }

  dispose(): void {
    this.#wanted = [];
    this.#underWay?.abort.abort();
  }

  #next(): void {
    const block = this.#wanted.find((each) => !this.#blocks.has(each) && !this.#isBeyondEnd(each));
    if (block === undefined || this.#underWay || this.#error) {
      return;
    }
    const abort = new AbortController();
    this.#underWay = { block, abort };
    void this.#fetch(block, abort.signal);
  }

  async #fetch(block: number, signal: AbortSignal): Promise<void> {
    const offset = block * this.#size;
    try {
      this.#keep(block, await this.#read(offset, this.#size, signal));
    } catch (error) {
      const shape = errorShape(error);
      this.#error = shape.code === cancelledErrorCode ? undefined : shape;
    }
    this.#underWay = undefined;
    this.#changed();
    this.#next();
  }

  #keep(block: number, rows: TableRows): void {
    if (!this.#columns) {
      this.#columns = rows.columns;
      this.#firstRows = rows.rows;
    }
    this.#blocks.set(block, rows);
    const end = block * this.#size + rows.rows.length;
    if (rows.rows.length > 0 || block === 0) {
      this.#seenRows = Math.max(this.#seenRows, end);
    }
    if (rows.rows.length < this.#size) {
      this.#end = Math.min(this.#end ?? end, end);
    }
    for (const old of this.#blocks.keys()) {
      if (this.#blocks.size <= mostBlocks) {
        break;
      }
      if (!this.#wanted.includes(old)) {
        this.#blocks.delete(old);
      }
    }
  }

  #isBeyondEnd(block: number): boolean {
    return this.#end !== undefined && block > 0 && block * this.#size >= this.#end;
  }
}
