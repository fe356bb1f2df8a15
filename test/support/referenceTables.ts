import fs from 'node:fs';
import path from 'node:path';
import type { Cell, EncodedTable } from '../../src/service/data/encodedTable.ts';

/** Published data sets, kept beside the repository; where they are missing a test that needs them fails. */
const dataFolder = path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data');

export function readReferenceTable(
  file: string,
  options: { separator?: string; empty?: string } = {},
): EncodedTable {
  const { separator = ',', empty = '' } = options;
  const [header, ...lines] = fs.readFileSync(path.join(dataFolder, file), 'utf8').trim().split(/\r?\n/);
  const rows = lines.map((line) => line.split(separator).map((cell) => cell.trim()));
  const columns = header!
    .split(separator)
    .map((name, index) => [name, rows.map((row) => (row[index] === empty ? null : row[index]!))] as const);
  return tableOf(Object.fromEntries(columns.map(([name, cells]) => [name, typed(cells)])));
}

/** A table from columns of cells. */
export function tableOf(columns: Readonly<Record<string, readonly Cell[]>>): EncodedTable {
  const encoded = Object.entries(columns).map(([name, cells]) => {
    const values = [...new Set(cells)];
    const codeOf = new Map(values.map((value, code) => [value, code]));
    return { name, values, codes: Int32Array.from(cells, (cell) => codeOf.get(cell)!) };
  });
  return { rowCount: encoded[0]?.codes.length ?? 0, columns: encoded };
}

/** The cells of one row, by column name. */
export function rowOf(table: EncodedTable, row: number): Record<string, Cell> {
  return Object.fromEntries(table.columns.map(({ name, values, codes }) => [name, values[codes[row]!]!]));
}

/** Adult without the rows that miss something: 30,162 rows, 15 columns. */
export function readAdult(): EncodedTable {
  const table = readReferenceTable('adult/adult_15_columns.csv', { empty: '?' });
  const whole = [...Array(table.rowCount).keys()].filter((row) =>
    table.columns.every(({ values, codes }) => values[codes[row]!] !== null),
  );
  const columns = table.columns.map(({ name, values, codes }) => [
    name,
    whole.map((row) => values[codes[row]!]!),
  ]);
  return tableOf(Object.fromEntries(columns) as Record<string, Cell[]>);
}

function typed(cells: readonly (string | null)[]): Cell[] {
  const present = cells.filter((cell) => cell !== null);
  if (present.length > 0 && present.every((cell) => /^-?\d+(\.\d+)?$/.test(cell))) {
    return cells.map((cell) => (cell === null ? null : Number(cell)));
  }
  return present.every((cell) => /^(true|false)$/i.test(cell))
    ? cells.map((cell) => (cell === null ? null : cell.toLowerCase() === 'true'))
    : [...cells];
}
