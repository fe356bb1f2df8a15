import type { ColumnProfile, ColumnType, Histogram, NumberSummary } from '../../protocol/data.ts';
import { type Cell, sayableCell } from './encodedTable.ts';
import { type Bins, binsFor, edgesOf } from './histogramBins.ts';

/** A column of few rows, in memory. */
export interface ColumnValues {
  readonly name: string;
  readonly type: ColumnType;
  /** In their types; null is missing. */
  readonly cells: readonly Cell[];
  /** Their places on a line: numbers, days or seconds since 1970. Null where there is none. */
  readonly places: readonly (number | null)[] | undefined;
}

/** The quantiles that are told of numbers. */
export const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
export const topValues = 10;
/** The square of anything larger is beyond a double. */
export const largest = 1e150;

/**
 * What a column is made of: the same as the statements of `columnProfiles.ts` tell of a longer one. Of few rows it is
 * told in a fraction of the time that DuckDB takes to plan them.
 */
export function describeValues({ name, type, cells, places }: ColumnValues): ColumnProfile {
  const counts = new Map<Cell, number>();
  for (const cell of cells) {
    if (cell !== null) {
      counts.set(cell, (counts.get(cell) ?? 0) + 1);
    }
  }
  let present = 0;
  for (const count of counts.values()) {
    present += count;
  }
  const line = Float64Array.from(places?.filter((place) => place !== null) ?? []).sort();
  const [low, high] = [line[0], line.at(-1)];
  const compare = comparison(type);
  // The ends are those of the line, where infinity and what is no number have no place.
  const ends =
    type === 'nested' || type === 'binary'
      ? []
      : [...counts.keys()].filter((value) => type !== 'number' || Number.isFinite(value));
  const numbers = isNumeric(type) ? summarise(line) : undefined;
  const histogram = low === undefined ? undefined : histogramOf(type, line, low, high!);
  return {
    name,
    type,
    missing: cells.length - present,
    distinct: counts.size,
    ...(ends.length > 0 && {
      minimum: shortened(ends.reduce((least, value) => (compare(value, least) < 0 ? value : least))),
      maximum: shortened(ends.reduce((most, value) => (compare(value, most) > 0 ? value : most))),
    }),
    ...(numbers && { numbers }),
    ...(type === 'text' && present > 0 && { lengths: lengthsOf(counts, present) }),
    ...(histogram && { histogram }),
    top: topOf(counts, compare),
  };
}

function topOf(
  counts: ReadonlyMap<Cell, number>,
  compare: (a: Cell, b: Cell) => number,
): ColumnProfile['top'] {
  const repeated = [...counts].filter(([, count]) => count > 1).length > 0;
  // Where no value comes twice none is more frequent than another.
  return repeated
    ? [...counts]
        .sort(([a, countA], [b, countB]) => countB - countA || compare(a, b))
        .slice(0, topValues)
        .map(([value, count]) => ({ value: shortened(value), count }))
    : [];
}

/** `line` in rising order. */
function summarise(line: Float64Array): NumberSummary | undefined {
  const count = line.length;
  if (count === 0) {
    return undefined;
  }
  const mean = line.reduce((sum, value) => sum + value / count, 0);
  // Twice through: large values with small differences lose nothing.
  const squares = line.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const isSquarable = Math.max(Math.abs(line[0]!), Math.abs(line.at(-1)!)) < largest;
  return {
    mean,
    ...(count > 1 && isSquarable && { standardDeviation: Math.sqrt(squares / (count - 1)) }),
    quantiles: shares.map((share) => ({ share, value: quantile(line, share) })),
  };
}

function quantile(line: Float64Array, share: number): number {
  const place = share * (line.length - 1);
  const [low, high] = [line[Math.floor(place)]!, line[Math.ceil(place)]!];
  return low + (high - low) * (place - Math.floor(place));
}

function lengthsOf(counts: ReadonlyMap<Cell, number>, present: number): ColumnProfile['lengths'] {
  let [minimum, sum, maximum] = [Number.POSITIVE_INFINITY, 0, 0];
  for (const [value, count] of counts) {
    const length = characters(String(value));
    minimum = Math.min(minimum, length);
    maximum = Math.max(maximum, length);
    sum += length * count;
  }
  return { minimum, mean: sum / present, maximum };
}

/** Of a pair of surrogates both halves are one. */
function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    count -= unit >= 0xd800 && unit < 0xdc00 ? 1 : 0;
  }
  return count;
}

function histogramOf(type: ColumnType, line: Float64Array, low: number, high: number): Histogram | undefined {
  const bins = binsFor(low, high, type === 'integer' || type === 'date');
  if (!bins) {
    return undefined;
  }
  const counts = Array.from({ length: bins.count }, () => 0);
  for (const value of line) {
    counts[Math.min(bins.count - 1, Math.floor((value - bins.low) / bins.width))]! += 1;
  }
  return { edges: readableEdges(type, bins), counts };
}

export function readableEdges(type: ColumnType, bins: Bins): readonly (number | string)[] {
  if (type !== 'date' && type !== 'timestamp') {
    return edgesOf(bins);
  }
  const unit = type === 'date' ? 86_400_000 : 1000;
  return edgesOf(bins).map((edge) => {
    const text = new Date(edge * unit).toISOString();
    return type === 'date' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  });
}

/** As DuckDB orders values of a type. */
export function comparison(type: ColumnType): (a: Cell, b: Cell) => number {
  switch (type) {
    case 'integer':
      return (a, b) => Number(a) - Number(b) || compareBig(BigInt(String(a)), BigInt(String(b)));
    case 'decimal':
      return (a, b) => Number(a) - Number(b) || compareBig(unscaled(a), unscaled(b));
    case 'number':
    case 'boolean':
      return (a, b) => compareNumbers(Number(a), Number(b));
    case 'date':
    case 'timestamp':
      return (a, b) => yearOf(String(a)) - yearOf(String(b)) || compareText(String(a), String(b));
    default:
      return (a, b) => compareText(String(a), String(b));
  }
}

function compareBig(a: bigint, b: bigint): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Not always of four digits. */
function yearOf(moment: string): number {
  const year = Number.parseInt(moment, 10);
  return moment.endsWith('(BC)') ? -year : year;
}

/** All values of a decimal column have as many decimals. */
function unscaled(value: Cell): bigint {
  return BigInt(String(value).replace('.', ''));
}

/** What is not a number comes last. */
function compareNumbers(a: number, b: number): number {
  if (Number.isNaN(a) || Number.isNaN(b)) {
    return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  }
  return a === b ? 0 : a - b;
}

/** By code points, as the bytes of UTF-8 are ordered. */
function compareText(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at += 1) {
    const [one, other] = [a.charCodeAt(at), b.charCodeAt(at)];
    if (one !== other) {
      return one >= 0xd800 && other >= 0xd800 ? aboveSurrogates(one) - aboveSurrogates(other) : one - other;
    }
  }
  return a.length - b.length;
}

/** Halves of characters beyond 0xFFFF come after all others. */
function aboveSurrogates(unit: number): number {
  return unit >= 0xe000 ? unit - 0x800 : unit + 0x2000;
}

export function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'number' || type === 'decimal';
}

/** A profile is looked at: nobody reads a whole document in it. */
export function shortened(value: Cell): Cell {
  return typeof value === 'string' && value.length > 200 ? `${value.slice(0, 199)}…` : sayableCell(value);
}
