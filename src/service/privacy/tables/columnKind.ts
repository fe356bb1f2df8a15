import type { Cell, EncodedColumn } from '../../data/encodedTable.ts';
import { parseInstant } from './instants.ts';

/** How a column is compared, modelled and drawn: along a line, along time, or as names without an order. */
export type ColumnKind = 'number' | 'datetime' | 'category';

/** What the profile knows better than the values tell, by column name: a postal code is a category. */
export type ColumnKinds = Readonly<Record<string, ColumnKind>>;

/** The kind that every value of the column allows; a column without values is a category. */
export function columnKind(column: EncodedColumn, kinds: ColumnKinds = {}): ColumnKind {
  const known = Object.hasOwn(kinds, column.name) ? kinds[column.name] : undefined;
  if (known) {
    return known;
  }
  const present = column.values.filter((value) => value !== null);
  if (present.length === 0) {
    return 'category';
  }
  if (present.every(isNumber)) {
    return 'number';
  }
  return present.every((value) => typeof value === 'string' && parseInstant(value) !== undefined)
    ? 'datetime'
    : 'category';
}

/** A column on the number line. */
export interface NumericColumn {
  /** For each distinct value its place: the number, or milliseconds since 1970 for a datetime; NaN where there is none. */
  readonly places: Float64Array;
  readonly codes: Int32Array;
}

export function numericColumn(column: EncodedColumn, kind: 'number' | 'datetime'): NumericColumn {
  const place = kind === 'number' ? numberOf : instantOf;
  return { places: Float64Array.from(column.values, place), codes: column.codes };
}

/** For each row its place on the number line, NaN where it has none. */
export function rowPlaces({ places, codes }: NumericColumn): Float64Array {
  const rows = new Float64Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) {
    rows[row] = places[codes[row]!]!;
  }
  return rows;
}

/** The least and the greatest place that some row has; undefined where none has one. */
export function extentOf(codes: Int32Array, places: Float64Array): { low: number; high: number } | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let row = 0; row < codes.length; row += 1) {
    const place = places[codes[row]!]!;
    // NaN is neither below nor above anything.
    low = place < low ? place : low;
    high = place > high ? place : high;
  }
  return low > high ? undefined : { low, high };
}

/** A number, or the exact digits of one; a code with leading zeros is a name. */
function isNumber(value: Cell): boolean {
  return (
    (typeof value === 'number' && Number.isFinite(value)) ||
    (typeof value === 'string' && /^-?(0|[1-9]\d*)(\.\d+)?$/.test(value))
  );
}

function numberOf(value: Cell): number {
  return value === null || value === '' ? Number.NaN : Number(value);
}

function instantOf(value: Cell): number {
  return (typeof value === 'string' ? parseInstant(value)?.time : undefined) ?? Number.NaN;
}
