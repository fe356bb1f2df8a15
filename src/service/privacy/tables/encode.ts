import type { Cell, EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';

/** Writes a column's cells down one after another, each distinct one once. */
export class ColumnBuilder {
  readonly #name: string;
  readonly #values: Cell[] = [];
  readonly #codeOf = new Map<Cell, number>();
  readonly #codes: Int32Array;

  constructor(name: string, rowCount: number) {
    this.#name = name;
    this.#codes = new Int32Array(rowCount);
  }

  set(row: number, cell: Cell): void {
    this.#codes[row] = this.codeOf(cell);
  }

  setCode(row: number, code: number): void {
    this.#codes[row] = code;
  }

  codeOf(cell: Cell): number {
    const known = this.#codeOf.get(cell);
    if (known !== undefined) {
      return known;
    }
    const code = this.#values.push(cell) - 1;
    this.#codeOf.set(cell, code);
    return code;
  }

  finish(): EncodedColumn {
    return { name: this.#name, values: this.#values, codes: this.#codes };
  }
}

/** The rows of tables with the same columns, one table after another. */
export function concatenate(tables: readonly EncodedTable[]): EncodedTable {
  const rowCount = tables.reduce((sum, table) => sum + table.rowCount, 0);
  if (tables.length === 1) {
    return tables[0]!;
  }
  const columns = (tables[0]?.columns ?? []).map(({ name }, index) => {
    const builder = new ColumnBuilder(name, rowCount);
    let from = 0;
    for (const table of tables) {
      const { values, codes } = table.columns[index]!;
      const used = new Set(codes);
      const newCodes = values.map((value, code) => (used.has(code) ? builder.codeOf(value) : -1));
      for (let row = 0; row < codes.length; row += 1) {
        builder.setCode(from + row, newCodes[codes[row]!]!);
      }
      from += table.rowCount;
    }
    return builder.finish();
  });
  return { rowCount, columns };
}
