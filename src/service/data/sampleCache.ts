import type { ColumnSample } from './columnSample.ts';

/** Samples of the tables that were looked at last, so that another target is compared at once. In memory alone. */
export class SampleCache {
  readonly #mostBytes: number;
  /** Least recently used first. */
  readonly #samples = new Map<string, ColumnSample>();
  #bytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  /** Undefined also where it does not have the target. */
  find(key: string, target: string): ColumnSample | undefined {
    const found = this.#samples.get(key);
    if (!found?.columns.some(({ name }) => name === target)) {
      return undefined;
    }
    this.#samples.delete(key);
    this.#samples.set(key, found);
    return found;
  }

  keep(key: string, sample: ColumnSample): void {
    this.#drop(key);
    this.#samples.set(key, sample);
    this.#bytes += bytesOf(sample);
    for (const oldest of this.#samples.keys()) {
      if (this.#bytes <= this.#mostBytes) {
        break;
      }
      this.#drop(oldest);
    }
  }

  #drop(key: string): void {
    const sample = this.#samples.get(key);
    if (sample) {
      this.#samples.delete(key);
      this.#bytes -= bytesOf(sample);
    }
  }
}

/** Codes of four bytes, twice where missing values are told apart, and numbers of eight. */
function bytesOf({ columns, rows }: ColumnSample): number {
  return columns.reduce((sum, { numbers }) => sum + rows * (numbers ? 12 : 8), 0);
}
