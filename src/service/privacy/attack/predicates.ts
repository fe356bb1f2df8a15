import type { Cell, EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';
import {
  type ColumnKind,
  type ColumnKinds,
  columnKind,
  numericColumn,
  rowPlaces,
} from '../tables/columnKind.ts';
import { columnNamed, countCodes } from '../tables/rows.ts';

/** What somebody says about one person; the parts hold together. */
export type Predicate = readonly Term[];

export type Term =
  | { readonly column: string; readonly is: 'equal'; readonly value: Cell }
  | { readonly column: string; readonly is: 'atLeast' | 'atMost'; readonly place: number };

/** Tells of how many rows of a table a predicate is true, counting no further than `most`. */
export type Counter = (predicate: Predicate, most: number) => number;

export function predicateCounter(table: EncodedTable, kinds: ReadonlyMap<string, ColumnKind>): Counter {
  const places = new Map<string, Float64Array>();
  const codeOf = new Map(
    table.columns.map(({ name, values }) => [name, new Map(values.map((value, code) => [value, code]))]),
  );
  for (const column of table.columns) {
    const kind = kinds.get(column.name);
    if (kind && kind !== 'category') {
      places.set(column.name, rowPlaces(numericColumn(column, kind)));
    }
  }
  const termTest = (term: Term): ((row: number) => boolean) => {
    if (term.is === 'equal') {
      const code = codeOf.get(term.column)?.get(term.value);
      const codes = columnNamed(table, term.column)?.codes;
      return (row) => code !== undefined && codes?.[row] === code;
    }
    const values = places.get(term.column);
    const { place } = term;
    return term.is === 'atLeast'
      ? (row) => !!values && values[row]! >= place
      : (row) => !!values && values[row]! <= place;
  };
  return (predicate, most) => {
    const tests = predicate.map(termTest);
    let count = 0;
    for (let row = 0; row < table.rowCount && count < most; row += 1) {
      count += Number(tests.every((test) => test(row)));
    }
    return count;
  };
}

export function kindsOf(table: EncodedTable, kinds: ColumnKinds = {}): Map<string, ColumnKind> {
  return new Map(table.columns.map((column) => [column.name, columnKind(column, kinds)]));
}

/** Every predicate about one column that is true of exactly one row: its unique values, and its extremes. */
export function uniquePredicates(table: EncodedTable, kinds: ReadonlyMap<string, ColumnKind>): Predicate[] {
  return table.columns.flatMap((column) => {
    const counts = countCodes(column.codes, column.values.length);
    const equal = column.values.flatMap((value, code): Term[] =>
      counts[code] === 1 ? [{ column: column.name, is: 'equal', value }] : [],
    );
    const kind = kinds.get(column.name)!;
    return [...equal, ...(kind === 'category' ? [] : extremes(column, kind, counts))].map((term) => [term]);
  });
}

function extremes(column: EncodedColumn, kind: 'number' | 'datetime', counts: Float64Array): Term[] {
  const { places } = numericColumn(column, kind);
  const used = [...places.keys()].filter((code) => counts[code]! > 0 && !Number.isNaN(places[code]!));
  const sorted = used.sort((a, b) => places[a]! - places[b]!);
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (first === undefined || last === undefined || first === last) {
    return [];
  }
  return [
    ...(counts[first] === 1 ? [{ column: column.name, is: 'atMost' as const, place: places[first]! }] : []),
    ...(counts[last] === 1 ? [{ column: column.name, is: 'atLeast' as const, place: places[last]! }] : []),
  ];
}

/** Makes a predicate of the values that a row has in some columns. */
export type RowPredicate = (row: number, columns: readonly string[]) => Predicate;

/** Numbers above the median become "at least", the others "at most"; everything else is named. */
export function rowPredicates(table: EncodedTable, kinds: ReadonlyMap<string, ColumnKind>): RowPredicate {
  const numbers = new Map(
    table.columns.flatMap((column) => {
      const kind = kinds.get(column.name)!;
      if (kind === 'category') {
        return [];
      }
      const places = rowPlaces(numericColumn(column, kind));
      const sorted = places.filter((place) => !Number.isNaN(place)).sort();
      return [[column.name, { places, median: sorted[sorted.length >> 1] ?? 0 }] as const];
    }),
  );
  return (row, columns) =>
    columns.map((column): Term => {
      const number = numbers.get(column);
      const place = number?.places[row];
      if (number && place !== undefined && !Number.isNaN(place)) {
        return { column, is: place > number.median ? 'atLeast' : 'atMost', place };
      }
      const { values, codes } = columnNamed(table, column)!;
      return { column, is: 'equal', value: values[codes[row]!]! };
    });
}

/** A guess by somebody who knows only what values there are: any category, any place in the range. */
export function guessedTerms(
  table: EncodedTable,
  kinds: ReadonlyMap<string, ColumnKind>,
  random: Random,
): (column: string) => Term {
  const domains = new Map(
    table.columns.map((column) => {
      const kind = kinds.get(column.name)!;
      const places =
        kind === 'category'
          ? []
          : [...numericColumn(column, kind).places].filter((place) => !Number.isNaN(place));
      const low = places.reduce((least, place) => Math.min(least, place), Number.POSITIVE_INFINITY);
      const high = places.reduce((most, place) => Math.max(most, place), Number.NEGATIVE_INFINITY);
      return [column.name, { values: column.values, low, high }] as const;
    }),
  );
  return (column) => {
    const { values, low, high } = domains.get(column)!;
    if (low <= high) {
      const is = random.below(2) === 0 ? 'atLeast' : 'atMost';
      return { column, is, place: low + random.uniform() * (high - low) };
    }
    return { column, is: 'equal', value: values[random.below(values.length)]! };
  };
}
