import type { EncodedTable } from '../../../data/encodedTable.ts';
import { partOf } from '../../statistics/work.ts';
import { columnKind } from '../../tables/columnKind.ts';
import type { Reshaping } from '../constraints.ts';
import { tooManyColumns } from '../errors.ts';
import { drawObeying } from '../obeying.ts';
import { prepare } from '../preparation.ts';
import type { Estimate, FitOptions, SampleOptions, Synthesiser, TableSize } from '../synthesiser.ts';
import { latentCorrelations } from './correlation.ts';
import { drawRows, preparedDraw } from './draw.ts';
import { fitMargins, type Margin } from './margin.ts';
import { orderCategories } from './order.ts';

/** What a Gaussian copula has learned of a table. */
export interface CopulaModel {
  readonly reshaping: Reshaping;
  /** One for each column, and one more for each whose numbers can be missing. */
  readonly margins: readonly Margin[];
  /** Of the margins' latent normal values, row by row. */
  readonly correlations: Float64Array;
}

/**
 * Mixed types by a Gaussian copula: each column as its own distribution, and all pairs by the correlation of latent
 * normal values (A. Sklar, 1959; R. Nelsen, "An Introduction to Copulas", 2006).
 *
 * Throws `privacy.tooFewRows`, `privacy.tooManyColumns` and the errors of constraints and conditions.
 */
export const copula = { method: 'copula', estimate, fit, sample } satisfies Synthesiser<CopulaModel>;

/** The correlations of more would take gigabytes, and minutes to be put right. */
const maximumMargins = 1500;

function fit(table: EncodedTable, options: FitOptions): CopulaModel {
  const { reshaping, reshaped, rareBelow, rareLabel } = prepare(table, options);
  const fitted = reshaped.columns.flatMap((column) => {
    options.checkCancelled?.();
    return fitMargins(column, columnKind(column, reshaping.kinds), {
      rareBelow,
      rareLabel,
      dropRare: reshaping.joints.some(({ name }) => name === column.name),
    });
  });
  if (fitted.length > maximumMargins) {
    throw tooManyColumns(table.columns.length, maximumMargins);
  }
  const ordered = orderCategories(fitted, table.rowCount, options.target, partOf(options, 0, 0.3));
  const correlations = latentCorrelations(ordered, table.rowCount, partOf(options, 0.3, 1));
  options.progress?.(1);
  return { reshaping, margins: ordered.map(({ margin }) => margin), correlations };
}

function sample(model: CopulaModel, count: number, options: SampleOptions): EncodedTable {
  const { reshaping, margins, correlations } = model;
  const draw = preparedDraw({ margins, correlations }, reshaping, options.conditions ?? []);
  return drawObeying(reshaping, count, options, (rows, random, work) => drawRows(draw, rows, random, work));
}

/** From measurements on two cores; what a column of numbers costs is mostly making its distinct values. */
function estimate({ rowCount, distinctCounts, sampleCount }: TableSize): Estimate {
  const columns = distinctCounts.length;
  const products = Math.min((rowCount * columns * columns) / 2, 5e9);
  const distinct = distinctCounts.reduce((sum, count) => sum + count, 0);
  const made = distinctCounts.reduce((sum, count) => sum + Math.min(count, sampleCount), 0);
  const ordering = Math.min(rowCount, 20_000) * columns ** 2 * 16e-9;
  const fitting =
    Math.min(ordering, 6) +
    products * 1.5e-9 +
    rowCount * columns * 2e-8 +
    distinct * 1e-6 +
    columns ** 2 * 2e-6 +
    columns ** 3 * 4e-9;
  const sampling = sampleCount * columns * 4e-7 + sampleCount * columns ** 2 * 1e-9 + made * 8e-7;
  return {
    seconds: 0.1 + fitting + sampling,
    bytes: distinct * 40 + sampleCount * columns * 4 + made * 160 + columns ** 2 * 24,
  };
}
