import type { Work } from '../../statistics/work.ts';
import { type FittedMargin, type Margin, reorder } from './margin.ts';
import { codeScores } from './scores.ts';

/** Rows from which the order is learned; more do not change it. */
const maximumRows = 20_000;
const maximumRounds = 8;
/** Products of scores; with many columns fewer rows and rounds have to do. */
const maximumProducts = 4e9;
const leastRows = 500;
/** How many times as much the association with the target counts as that with another column. */
const targetWeight = 20;

/**
 * Puts the groups of each category in an order along which the other columns rise and fall with it: one latent line
 * can only carry an association that has a direction.
 *
 * Each group gets a place: the mean of the other columns' scores in its rows, each column counting as much as it is
 * associated with this one so far. Repeated, this raises the sum of the squared correlations of all pairs, as the
 * methods of optimal scaling do (A. Gifi, "Nonlinear Multivariate Analysis", 1990). With a target, the correlation
 * with it counts most.
 */
export function orderCategories(
  columns: readonly FittedMargin[],
  rowCount: number,
  target: string | undefined,
  work: Work,
): FittedMargin[] {
  const perRow = 2 * columns.length * columns.filter(({ margin }) => isFree(margin)).length;
  const wanted = Math.min(maximumRows, Math.max(leastRows, maximumProducts / (perRow * maximumRounds)));
  const rounds = Math.min(maximumRounds, Math.max(1, Math.floor(maximumProducts / (perRow * wanted))));
  const stride = Math.max(1, Math.ceil(rowCount / wanted));
  const rows = Math.floor((rowCount - 1) / stride) + 1;
  const groups = columns.map(({ codes, groupOf }) =>
    Int32Array.from({ length: rows }, (_, row) => groupOf[codes[row * stride]!]!),
  );
  const scored = columns.map((column) => {
    const scores = codeScores(column);
    return standardised(
      Float64Array.from({ length: rows }, (_, row) => scores[column.codes[row * stride]!]!),
    );
  });
  const free = columns.flatMap(({ margin }, index) => (isFree(margin) ? [index] : []));
  const places = new Map<number, Float64Array>();
  for (let round = 0; round < rounds; round += 1) {
    for (const index of free) {
      work.checkCancelled?.();
      const pull = combined(scored, index, (other) =>
        columns[other]!.margin.name === target ? targetWeight : 1,
      );
      const groupCount = columns[index]!.margin.edges.length - 1;
      const means = groupMeans(groups[index]!, pull, groupCount);
      places.set(index, means);
      scored[index] = standardised(
        Float64Array.from(groups[index]!, (group) => (group === -1 ? Number.NaN : means[group]!)),
      );
    }
  }
  return columns.map((column, index) => {
    const means = places.get(index);
    return means
      ? reorder(
          column,
          [...means.keys()].sort((a, b) => means[a]! - means[b]! || a - b),
        )
      : column;
  });
}

/** Two groups have the same association in either order. */
function isFree({ groups }: Margin): boolean {
  return groups.kind === 'category' && groups.cells.length > 2;
}

/** The other columns' scores, each times its correlation with the column's own. */
function combined(
  scored: readonly Float64Array[],
  index: number,
  weight: (other: number) => number,
): Float64Array {
  const own = scored[index]!;
  const result = new Float64Array(own.length);
  scored.forEach((other, each) => {
    if (each === index) {
      return;
    }
    let product = 0;
    for (let row = 0; row < own.length; row += 1) {
      product += own[row]! * other[row]!;
    }
    const factor = (weight(each) * product) / own.length;
    for (let row = 0; row < own.length; row += 1) {
      result[row]! += factor * other[row]!;
    }
  });
  return result;
}

function groupMeans(groups: Int32Array, values: Float64Array, groupCount: number): Float64Array {
  const sums = new Float64Array(groupCount);
  const counts = new Float64Array(groupCount);
  groups.forEach((group, row) => {
    if (group !== -1) {
      sums[group]! += values[row]!;
      counts[group]! += 1;
    }
  });
  return sums.map((sum, group) => (counts[group] === 0 ? 0 : sum / counts[group]!));
}

/** Mean 0 and variance 1; what is not there is 0. */
function standardised(values: Float64Array): Float64Array {
  const present = values.filter((value) => !Number.isNaN(value));
  const mean = present.reduce((sum, value) => sum + value, 0) / Math.max(1, present.length);
  const variance = present.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, present.length);
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0;
  return values.map((value) => (Number.isNaN(value) ? 0 : (value - mean) * scale));
}
