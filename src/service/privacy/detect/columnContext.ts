import type { SampledColumn } from './findings.ts';
import { type Header, readHeader } from './header.ts';

export type ColumnKind = 'text' | 'integer' | 'decimal' | 'boolean' | 'date' | 'other';

/** A column made ready for the detectors. */
export interface ColumnContext {
  readonly column: SampledColumn;
  readonly kind: ColumnKind;
  readonly header: Header;
  /** Trimmed and cut, without what stands for nothing ("n/a", "?"), spread so that any beginning is a fair sample. */
  readonly values: readonly string[];
  /** The same with more of long texts. */
  readonly texts: readonly string[];
  /** As numbers, where all of them are; made when first asked for. */
  readonly numbers: () => readonly number[] | undefined;
  /** Distinct values by rows that have one: 1 for a key. */
  readonly distinctRatio: number;
  readonly distinctCount: number;
  /** Each row has a value of its own, and there are enough rows for that to mean something. */
  readonly isKey: boolean;
  /** Consecutive whole numbers: numbers of rows, which say nothing of anybody. */
  readonly isSequence: () => boolean;
  readonly meanLength: number;
  /** Headers of all columns of the table. */
  readonly siblings: readonly Header[];
  /** Two-letter codes of countries whose telephone numbers to expect, the likeliest first. */
  readonly regions: readonly string[];
  readonly today: Date;
}

export interface TableContext {
  readonly siblings: readonly Header[];
  readonly regions: readonly string[];
  readonly today: Date;
}

const mostValues = 1_000;
/** No value that identifies is longer; patterns never meet a whole novel. */
const longestValue = 300;
const longestText = 2_000;
const fewestKeyRows = 20;

export function readColumn(column: SampledColumn, table: TableContext): ColumnContext {
  const present = column.values
    .slice(0, mostValues)
    .map((value) => value.slice(0, longestText).trim())
    .filter((value) => !isPlaceholder(value));
  const texts = spread(present);
  const values = texts.map((text) => text.slice(0, longestValue));
  const rows = column.rowCount - column.nullCount;
  const distinctRatio = rows > 0 ? column.distinctCount / rows : 0;
  const numbers = once(() => readNumbers(values));
  return {
    column,
    kind: columnKind(column.type),
    header: readHeader(column.name),
    values,
    texts,
    numbers,
    distinctRatio,
    distinctCount: column.distinctCount,
    isKey: rows >= fewestKeyRows && distinctRatio > 0.98,
    isSequence: once(() => isSequence(numbers(), column.distinctCount)),
    meanLength: texts.reduce((sum, text) => sum + text.length, 0) / Math.max(1, texts.length),
    ...table,
  };
}

export function columnKind(type: string): ColumnKind {
  const name = type.toUpperCase();
  if (/^(VARCHAR|TEXT|STRING|CHAR|BPCHAR|ENUM|UUID)/.test(name) && !name.endsWith('[]')) {
    return 'text';
  }
  if (/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|INT\d?|INT)$/.test(name) || /^DECIMAL\(\d+, ?0\)$/.test(name)) {
    return 'integer';
  }
  if (/^(DECIMAL|NUMERIC|DOUBLE|FLOAT|REAL)/.test(name)) {
    return 'decimal';
  }
  if (/^(DATE|TIMESTAMP|DATETIME)/.test(name)) {
    return 'date';
  }
  return name === 'BOOLEAN' ? 'boolean' : 'other';
}

function isPlaceholder(value: string): boolean {
  return value === '' || /^(n\/?a|null|nan|none|nil|unknown|missing|undefined|[-?.*_]+)$/i.test(value);
}

/** Samples often come sorted: 389 is prime to every length up to 1,000 but its multiples, so it visits all. */
function spread(values: readonly string[]): string[] {
  const step = values.length % 389 === 0 ? 1 : 389;
  return values.map((_, index) => values[(index * step) % values.length]!);
}

function readNumbers(values: readonly string[]): number[] | undefined {
  const numbers = values.map((value) => (/^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) : Number.NaN));
  return numbers.length === 0 || numbers.some(Number.isNaN) ? undefined : numbers;
}

/** A sample of a longer sequence has gaps, so all that is asked for is that the whole has room for no more. */
function isSequence(numbers: readonly number[] | undefined, distinctCount: number): boolean {
  if (numbers === undefined || numbers.length < 5 || !numbers.every(Number.isInteger)) {
    return false;
  }
  const low = numbers.reduce((a, b) => Math.min(a, b));
  const high = numbers.reduce((a, b) => Math.max(a, b));
  return high - low < distinctCount * 1.2 && low >= 0;
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
