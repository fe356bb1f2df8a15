import type { Cell, EncodedColumn, EncodedTable } from './encodedTable.ts';

interface Chunk {
  readonly rowCount: number;
  readonly columns: readonly (readonly Cell[])[];
}

/** Tuples with their counts, the count in the last column, into a table in which each value is written once. */
export async function encodeTuples(
  names: readonly string[],
  chunks: AsyncIterable<Chunk>,
): Promise<{ readonly table: EncodedTable; readonly counts: Int32Array }> {
  const encoders = names.map(() => new ColumnEncoder());
  const counts = new GrowingInts();
  for await (const { columns } of chunks) {
    for (const [at, encoder] of encoders.entries()) {
      encoder.add(columns[at]!);
    }
    for (const count of columns.at(-1)!) {
      counts.push(Number(count));
    }
  }
  const columns = encoders.map((encoder, at) => encoder.finish(names[at]!));
  return { table: { rowCount: counts.length, columns }, counts: counts.finish() };
}

export class ColumnEncoder {
  readonly #codeOf = new Map<Cell, number>();
  readonly #codes = new GrowingInts();

  add(values: readonly Cell[]): void {
    for (const value of values) {
      let code = this.#codeOf.get(value);
      if (code === undefined) {
        code = this.#codeOf.size;
        this.#codeOf.set(value, code);
      }
      this.#codes.push(code);
    }
  }

  finish(name: string): EncodedColumn {
    return { name, values: [...this.#codeOf.keys()], codes: this.#codes.finish() };
  }
}

class GrowingInts {
  #values = new Int32Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Int32Array(this.length * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length] = value;
    this.length += 1;
  }

  finish(): Int32Array {
    return this.#values.slice(0, this.length);
  }
}
