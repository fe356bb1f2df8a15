import type { Cell, EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';

/** The rows with the given numbers, in that order. */
export function selectRows(table: EncodedTable, rows: ArrayLike<number>): EncodedTable {
  const columns = table.columns.map((column) => {
    const codes = new Int32Array(rows.length);
    for (let index = 0; index < rows.length; index += 1) {
      codes[index] = column.codes[rows[index]!]!;
    }
    return { ...column, codes };
  });
  return { rowCount: rows.length, columns };
}

export function selectColumns(table: EncodedTable, names: readonly string[]): EncodedTable {
  return { ...table, columns: names.map((name) => columnNamed(table, name)!) };
}

export function columnNamed(table: EncodedTable, name: string): EncodedColumn | undefined {
  return table.columns.find((column) => column.name === name);
}

/** At most `count` rows, chosen at random, in the order of the table. */
export function sampleRows(table: EncodedTable, count: number, random: Random): EncodedTable {
  return count >= table.rowCount
    ? table
    : selectRows(table, random.permutation(table.rowCount).slice(0, count).sort());
}

/** Two disjoint parts; the first has `share` of the rows, chosen at random. */
export function splitRows(table: EncodedTable, share: number, random: Random): [EncodedTable, EncodedTable] {
  const order = random.permutation(table.rowCount);
  const first = Math.round(table.rowCount * share);
  return [selectRows(table, order.slice(0, first).sort()), selectRows(table, order.slice(first).sort())];
}

/** Each column shuffled by itself: the same marginals, and no association left. */
export function shuffledColumns(table: EncodedTable, random: Random): EncodedTable {
  const columns = table.columns.map((column) => {
    const order = random.fork(column.name).permutation(table.rowCount);
    return { ...column, codes: order.map((row) => column.codes[row]!) };
  });
  return { rowCount: table.rowCount, columns };
}

/** One column of two tables, with the codes of both counting the same distinct values. */
export interface AlignedColumn {
  readonly name: string;
  readonly values: readonly Cell[];
  readonly left: Int32Array;
  readonly right: Int32Array;
}

/** The columns of `left` that `right` has as well. Values are the same only when their types are the same, too. */
export function alignColumns(left: EncodedTable, right: EncodedTable): AlignedColumn[] {
  return left.columns.flatMap((column) => {
    const other = columnNamed(right, column.name);
    return other ? [alignColumn(column, other)] : [];
  });
}

export function alignColumn(left: EncodedColumn, right: EncodedColumn): AlignedColumn {
  if (left.values === right.values) {
    return { name: left.name, values: left.values, left: left.codes, right: right.codes };
  }
  const values: Cell[] = [];
  const codeOf = new Map<Cell, number>();
  const recode = (column: EncodedColumn) => {
    const codes = Int32Array.from(column.values, (value) => {
      const known = codeOf.get(value);
      if (known !== undefined) {
        return known;
      }
      codeOf.set(value, values.length);
      return values.push(value) - 1;
    });
    return column.codes.map((code) => codes[code]!);
  };
  return { name: left.name, left: recode(left), right: recode(right), values };
}

/** How many rows have each code. */
export function countCodes(codes: Int32Array, valueCount: number): Float64Array {
  const counts = new Float64Array(valueCount);
  for (let row = 0; row < codes.length; row += 1) {
    counts[codes[row]!]! += 1;
  }
  return counts;
}

/** For each row a number that is the same for equal rows of the two tables and for those alone. */
export function rowNumbers(columns: readonly AlignedColumn[]): { left: Int32Array; right: Int32Array } {
  const { left, right } = columns[0]!;
  return columns.slice(1).reduce(
    (joint, column) => {
      const numberOf = new Map<number, number>();
      const join = (codes: Int32Array, next: Int32Array) =>
        codes.map((code, row) => {
          const key = code * column.values.length + next[row]!;
          const known = numberOf.get(key);
          if (known !== undefined) {
            return known;
          }
          numberOf.set(key, numberOf.size);
          return numberOf.size - 1;
        });
      return { left: join(joint.left, column.left), right: join(joint.right, column.right) };
    },
    { left, right },
  );
}
