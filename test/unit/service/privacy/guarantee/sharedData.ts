import fs from 'node:fs';
import path from 'node:path';
import type { Cell, EncodedColumn } from '../../../../../src/service/data/encodedTable.ts';
import { proposeHierarchy } from '../../../../../src/service/privacy/guarantee/hierarchy/automatic.ts';
import { readHierarchyCsv } from '../../../../../src/service/privacy/guarantee/hierarchy/csv.ts';
import {
  compileHierarchy,
  type LevelTable,
} from '../../../../../src/service/privacy/guarantee/hierarchy/levelTable.ts';

import { levelsOf } from '../../../../../src/service/privacy/guarantee/hierarchy/rule.ts';

/** The real data beside the repository; a test that needs it fails where it is missing. */
const data = path.join(import.meta.dirname, '..', '..', '..', '..', '..', '..', 'shared', 'data');

export function readSharedText(...names: string[]): string {
  return fs.readFileSync(path.join(data, ...names), 'utf8');
}

/** A simple CSV file, without quotes, as columns; `parse` makes a value of a field. */
export function readSharedTable(
  names: readonly string[],
  separator: string,
  parse: (field: string, column: string) => Cell = (field) => field,
): EncodedColumn[] {
  const [header, ...rows] = readSharedText(...names)
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(separator).map((field) => field.trim()));
  return header!.map((name, column) =>
    encode(
      name,
      rows.map((row) => parse(row[column]!, name)),
    ),
  );
}

export function encode(name: string, cells: readonly Cell[]): EncodedColumn {
  const codeOf = new Map<Cell, number>();
  const codes = Int32Array.from(cells, (cell) => {
    const code = codeOf.get(cell) ?? codeOf.size;
    codeOf.set(cell, code);
    return code;
  });
  return { name, values: [...codeOf.keys()], codes };
}

/** Adult as ARX publishes it: 30,162 rows, nine columns. */
export function readAdult(): EncodedColumn[] {
  return readSharedTable(['adult', 'adult.csv'], ';');
}

export function adultLevels(column: EncodedColumn): LevelTable {
  const file = `adult_hierarchy_${column.name}.csv`;
  return compileHierarchy(column, readHierarchyCsv(column.name, readSharedText('adult', file)));
}

/** The quasi-identifiers that are proposed for Adult with all of its columns, and the hierarchies that are made for them. */
export function proposedAdultLevels(): LevelTable[] {
  const numeric = ['age', 'education-num'];
  const names =
    'age workclass education education-num marital-status occupation relationship race sex native-country';
  return readSharedTable(['adult', 'adult_15_columns.csv'], ',', (field, column) =>
    numeric.includes(column) ? Number(field) : field,
  )
    .filter(({ name }) => names.split(' ').includes(name))
    .map((column) =>
      // Two values are kept as they are.
      column.name === 'sex'
        ? compileHierarchy(column, { rows: column.values.map((value) => [String(value)]) })
        : levelsOf(proposeHierarchy(column), column),
    );
}

/** Whole numbers from 0, below `limit`, the same for the same seed (mulberry32). */
export function seededIntegers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}
