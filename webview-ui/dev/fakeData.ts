import { WorkbenchError } from '../../src/base/errors.ts';
import type {
  ColumnProfile,
  ColumnType,
  DataProfile,
  DataValue,
  ProfileData,
  ReadRows,
  TableRows,
} from '../../src/protocol/data.ts';

/** What a column of the sample table is made of. */
export interface FakeColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing?: number;
  /** The value of a row, from a number from 0 to 1. */
  value(random: number, row: number): DataValue;
}

export interface FakeTableOptions {
  readonly path: string;
  readonly rows: number;
  readonly columns: readonly FakeColumn[];
  readonly profile?: Partial<DataProfile>;
  /** With the target as its key. */
  readonly hints?: Readonly<Record<string, DataProfile['hints']>>;
}

const sampleRows = 10_000;
const describedRows = 400;

/** A table that is reckoned out row by row, so that it may be as long as one likes. */
export class FakeTable {
  readonly #options: FakeTableOptions;

  constructor(options: FakeTableOptions) {
    this.#options = options;
  }

  readRows({ offset, limit }: ReadRows): TableRows {
    const { rows, columns } = this.#options;
    const count = Math.max(0, Math.min(limit, rows - offset));
    return {
      columns: columns.map(({ name, type }) => ({ name, type })),
      offset,
      rows: Array.from({ length: count }, (_, at) => this.#row(offset + at)),
    };
  }

  sketch(asked: ProfileData): DataProfile {
    return this.#profile(asked, { kind: 'sample', rows: Math.min(sampleRows, this.#options.rows) });
  }

  profile(asked: ProfileData): DataProfile {
    return this.#profile(asked, { kind: 'whole', rows: this.#options.rows });
  }

  #row(row: number, columns = this.#options.columns): readonly DataValue[] {
    const random = randomOf(row);
    return columns.map((column) => {
      const isMissing = random() < (column.missing ?? 0);
      const own = random();
      return isMissing ? null : column.value(own, row);
    });
  }

  #profile({ target }: ProfileData, basis: DataProfile['basis']): DataProfile {
    const { path, columns, profile, hints } = this.#options;
    if (target !== undefined && !columns.some(({ name }) => name === target)) {
      throw new WorkbenchError(
        'data.noSuchColumn',
        `${path} has no column “${target}”. Nothing was changed.`,
      );
    }
    const described = columns.slice(0, 500);
    const length = Math.min(describedRows, basis.rows);
    const rows = Array.from({ length }, (_, at) => this.#row(at, described));
    return {
      path,
      kind: 'csv',
      bytes: 3_974_305,
      basis,
      columnCount: columns.length,
      duplicateRows: 0,
      columns: described.map((column, at) =>
        describe(
          column,
          rows.map((row) => row[at]!),
          basis.rows,
        ),
      ),
      ...(described.length < columns.length && {
        undescribed: columns.slice(described.length).map(({ name, type }) => ({ name, type })),
      }),
      associations: { rows: Math.min(50_000, basis.rows), columns: [], pairs: [] },
      notices: [],
      ...profile,
      hints: hints?.[target ?? ''] ?? [],
    };
  }
}

/** From 0 to 1, the same for a row each time (mulberry32). */
function randomOf(row: number): () => number {
  let state = Math.imul(row + 1, 0x9e3779b9);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Counts of a few rows, stretched to all of them: near enough for a picture. */
function describe({ name, type }: FakeColumn, values: readonly DataValue[], rows: number): ColumnProfile {
  const present = values.filter((value) => value !== null);
  const scale = rows / Math.max(1, values.length);
  const counts = new Map<DataValue, number>();
  for (const value of present) {
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const isUnique = counts.size === present.length && counts.size > 20;
  const top = isUnique
    ? []
    : [...counts]
        .map(([value, count]) => ({ value, count: Math.round(count * scale) }))
        .sort((a, b) => b.count - a.count)
        .slice(0, 10);
  const common = {
    name,
    type,
    missing: Math.round((values.length - present.length) * scale),
    distinct: isUnique ? Math.round(counts.size * scale) : counts.size,
    top,
  };
  const numbers = present.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  return numbers.length > 0
    ? { ...common, ...describeNumbers(numbers, scale) }
    : { ...common, ...ends(present.map(String).sort()), ...lengthsOf(type, present.map(String)) };
}

function ends(sorted: readonly DataValue[]): Pick<ColumnProfile, 'minimum' | 'maximum'> {
  return sorted.length === 0 ? {} : { minimum: sorted[0]!, maximum: sorted.at(-1)! };
}

function lengthsOf(type: ColumnType, texts: readonly string[]): Pick<ColumnProfile, 'lengths'> {
  const lengths = texts.map(({ length }) => length);
  return type !== 'text' || lengths.length === 0
    ? {}
    : {
        lengths: {
          minimum: Math.min(...lengths),
          mean: lengths.reduce((sum, each) => sum + each, 0) / lengths.length,
          maximum: Math.max(...lengths),
        },
      };
}

function describeNumbers(sorted: readonly number[], scale: number): Partial<ColumnProfile> {
  const [low, high] = [sorted[0]!, sorted.at(-1)!];
  const bins = 20;
  const width = (high - low) / bins || 1;
  const counts = new Array<number>(bins).fill(0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = counts[bin]! + scale;
  }
  const mean = sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
  const spread = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, sorted.length - 1);
  return {
    ...ends(sorted),
    numbers: {
      mean,
      standardDeviation: Math.sqrt(spread),
      quantiles: [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99].map((share) => ({
        share,
        value: sorted[Math.floor(share * (sorted.length - 1))]!,
      })),
    },
    histogram: {
      edges: Array.from({ length: bins + 1 }, (_, at) => low + at * width),
      counts: counts.map(Math.round),
    },
  };
}
