import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Work } from '../statistics/work.ts';
import {
  type ColumnKind,
  type ColumnKinds,
  columnKind,
  numericColumn,
  rowPlaces,
} from '../tables/columnKind.ts';
import { type AlignedColumn, alignColumns, columnNamed } from '../tables/rows.ts';
import { type BinEdges, type Levels, levelsOfCategories, levelsOfNumbers } from './bins.ts';
import { nothingToCompare } from './errors.ts';
import { categoryCoverage, ksComplement, rangeCoverage, tvComplement } from './marginals.ts';
import { contingency, correlation, correlationSimilarity } from './pairs.ts';

/** How well a released table keeps what the real one shows; all scores are between 0 and 1, and 1 is perfect. */
export interface Quality {
  readonly columns: readonly ColumnQuality[];
  readonly pairs: readonly PairQuality[];
  /** Mean over the columns. */
  readonly shapes: number;
  /** Mean over all pairs of columns; undefined with a single column. */
  readonly pairTrends: number | undefined;
  /**
   * Mean over the pairs that are associated in the real table; undefined where none is. This is the figure to show:
   * over all pairs, columns shuffled by themselves score nearly as well as the real table.
   */
  readonly associatedPairTrends: number | undefined;
  /** SDMetrics' overall score, the mean of `shapes` and `pairTrends`. It misleads by itself. */
  readonly score: number;
}

export interface ColumnQuality {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly metric: 'KSComplement' | 'TVComplement';
  readonly score: number;
  /** The share of the real categories, or of the real range, that the release still has. */
  readonly coverage: number;
  /** The share of released values that are real categories, or within the real range. */
  readonly adherence: number;
  /** Shares of rows without a value. */
  readonly missing: { readonly real: number; readonly released: number };
}

export interface PairQuality {
  readonly names: readonly [string, string];
  readonly metric: 'CorrelationSimilarity' | 'ContingencySimilarity';
  readonly score: number;
  /** |ρ| or bias-corrected Cramér's V in the real table. */
  readonly association: number;
}

export interface QualityOptions extends Work {
  readonly kinds?: ColumnKinds;
  /** `separate` gives the figures of SDMetrics' report, for comparison. */
  readonly edges?: BinEdges;
}

/** From here on a pair counts as associated: a medium effect after J. Cohen (1988). */
export const associationThreshold = 0.3;

/** Compares the columns that both tables have. Throws `privacy.nothingToCompare` where there is none, or no row. */
export function measureQuality(
  real: EncodedTable,
  released: EncodedTable,
  options: QualityOptions = {},
): Quality {
  const aligned = alignColumns(real, released);
  if (aligned.length === 0 || real.rowCount === 0 || released.rowCount === 0) {
    throw nothingToCompare();
  }
  const compared = aligned.map((column) =>
    prepare(column, commonKind(column.name, real, released, options.kinds), options.edges ?? 'real'),
  );
  const columns = compared.map(columnQuality);
  const pairs = comparePairs(compared, options);
  const shapes = mean(columns.map(({ score }) => score))!;
  const pairTrends = mean(pairs.map(({ score }) => score));
  const associated = pairs.filter(({ association }) => association >= associationThreshold);
  return {
    columns,
    pairs,
    shapes,
    pairTrends,
    associatedPairTrends: mean(associated.map(({ score }) => score)),
    score: pairTrends === undefined ? shapes : (shapes + pairTrends) / 2,
  };
}

interface Compared {
  readonly column: AlignedColumn;
  readonly kind: ColumnKind;
  /** On the number line, by code and by row; undefined for categories. */
  readonly places: Float64Array | undefined;
  readonly rows: { readonly left: Float64Array; readonly right: Float64Array } | undefined;
  readonly levels: Levels;
}

/** Numbers that were generalised to intervals are no longer numbers. */
function commonKind(
  name: string,
  real: EncodedTable,
  released: EncodedTable,
  kinds?: ColumnKinds,
): ColumnKind {
  const kind = columnKind(columnNamed(real, name)!, kinds);
  const other = columnNamed(released, name)!;
  const empty = other.values.every((value) => value === null);
  return empty || columnKind(other, kinds) === kind ? kind : 'category';
}

function prepare(column: AlignedColumn, kind: ColumnKind, edges: BinEdges): Compared {
  if (kind === 'category') {
    return { column, kind, places: undefined, rows: undefined, levels: levelsOfCategories(column) };
  }
  const { places } = numericColumn({ ...column, codes: column.left }, kind);
  return {
    column,
    kind,
    places,
    rows: {
      left: rowPlaces({ places, codes: column.left }),
      right: rowPlaces({ places, codes: column.right }),
    },
    levels: levelsOfNumbers(column, places, edges),
  };
}

function columnQuality({ column, kind, places }: Compared): ColumnQuality {
  const empty = column.values.indexOf(null);
  const missingIn = (codes: Int32Array) =>
    codes.reduce((count, code) => count + Number(code === empty), 0) / codes.length;
  const missing = { real: missingIn(column.left), released: missingIn(column.right) };
  if (!places) {
    return {
      name: column.name,
      kind,
      metric: 'TVComplement',
      score: tvComplement(column),
      ...categoryCoverage(column),
      missing,
    };
  }
  return {
    name: column.name,
    kind,
    metric: 'KSComplement',
    score: ksComplement(column, places) ?? 0,
    ...(rangeCoverage(column, places) ?? { coverage: 0, adherence: 1 }),
    missing,
  };
}

function comparePairs(compared: readonly Compared[], { checkCancelled, progress }: Work): PairQuality[] {
  const pairs: PairQuality[] = [];
  const total = (compared.length * (compared.length - 1)) / 2;
  compared.forEach((first, index) => {
    for (const second of compared.slice(index + 1)) {
      checkCancelled?.();
      pairs.push(comparePair(first, second));
      progress?.(pairs.length / total);
    }
  });
  return pairs;
}

function comparePair(first: Compared, second: Compared): PairQuality {
  const names = [first.column.name, second.column.name] as const;
  if (first.rows && second.rows) {
    const real = correlation(first.rows.left, second.rows.left);
    const released = correlation(first.rows.right, second.rows.right);
    // A column that does not vary is associated with nothing; one that stopped varying has lost what it showed.
    const score = correlationSimilarity(real ?? 0, released ?? 0);
    return { names, metric: 'CorrelationSimilarity', score, association: Math.abs(real ?? 0) };
  }
  const { similarity, association } = contingency(first.levels, second.levels);
  return { names, metric: 'ContingencySimilarity', score: similarity, association };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}
