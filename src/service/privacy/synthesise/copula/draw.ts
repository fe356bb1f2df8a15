import type { EncodedColumn, EncodedTable } from '../../../data/encodedTable.ts';
import { standardNormal } from '../../methods/distributions.ts';
import { normalCdf } from '../../statistics/normal.ts';
import type { Random } from '../../statistics/random.ts';
import { cholesky } from '../../statistics/symmetricMatrix.ts';
import type { Work } from '../../statistics/work.ts';
import { ColumnBuilder } from '../../tables/encode.ts';
import type { Reshaping } from '../constraints.ts';
import { placeWriter, withMissing } from '../drawnColumns.ts';
import type { Condition } from '../synthesiser.ts';
import { type Allowed, resolveConditions, type Stretch } from './conditions.ts';
import type { Margin } from './margin.ts';

/** A model made ready to draw: conditioned margins first, so that the others follow from them. */
export interface PreparedDraw {
  readonly margins: readonly Margin[];
  readonly allowed: readonly (Allowed | undefined)[];
  /** L with L·Lᵀ = the correlations of `margins`. */
  readonly lower: Float64Array;
}

export function preparedDraw(
  { margins, correlations }: { readonly margins: readonly Margin[]; readonly correlations: Float64Array },
  reshaping: Reshaping,
  conditions: readonly Condition[],
): PreparedDraw {
  const allowed = resolveConditions(margins, reshaping, conditions);
  const size = margins.length;
  const order = [...allowed.keys(), ...[...margins.keys()].filter((index) => !allowed.has(index))];
  const sorted = new Float64Array(size * size);
  order.forEach((from, row) => {
    order.forEach((other, column) => {
      sorted[row * size + column] = correlations[from * size + other]!;
    });
  });
  return {
    margins: order.map((index) => margins[index]!),
    allowed: order.map((index) => allowed.get(index)),
    lower: cholesky(sorted, size)!,
  };
}

const rowsBetweenChecks = 2048;

/**
 * Draws rows. Latent values are L·ε with ε standard normal; where a margin is restricted, its ε is drawn from the
 * normal distribution cut to what is allowed given the ones before it. That is exact for one condition; with several
 * it is the sampler of Geweke, Hajivassiliou and Keane without its weights.
 */
export function drawRows(draw: PreparedDraw, count: number, random: Random, work: Work): EncodedTable {
  const { margins, allowed, lower } = draw;
  const size = margins.length;
  const epsilon = new Float64Array(size);
  const writers = margins.map((margin, index) => writerOf(margin, count, allowed[index]));
  for (let row = 0; row < count; row += 1) {
    if (row % rowsBetweenChecks === 0) {
      work.checkCancelled?.();
      work.progress?.(row / count);
    }
    for (let index = 0; index < size; index += 1) {
      const offset = index * size;
      let mean = 0;
      for (let before = 0; before < index; before += 1) {
        mean += lower[offset + before]! * epsilon[before]!;
      }
      const deviation = lower[offset + index]!;
      const limits = allowed[index];
      if (limits) {
        const share = drawWithin(limits.stretches, mean, deviation, random);
        epsilon[index] = (standardNormal(Math.min(Math.max(share, 1e-300), 1 - 1e-16)) - mean) / deviation;
        writers[index]!.write(row, share);
      } else {
        const value = random.normal();
        epsilon[index] = value;
        writers[index]!.write(row, normalCdf(mean + deviation * value));
      }
    }
  }
  return { rowCount: count, columns: withMissing(writers.map((writer) => writer.finish())) };
}

/** Φ of a normal value with this mean and deviation that lies in one of the stretches. */
function drawWithin(stretches: readonly Stretch[], mean: number, deviation: number, random: Random): number {
  const cuts = stretches.map(
    (stretch) => stretch.map((edge) => (quantile(edge) - mean) / deviation) as [number, number],
  );
  // Far above the mean Φ is 1 to the last digit; far below it still tells values apart.
  const mirrored = cuts.every(([from]) => from > 0);
  const ends = cuts.map(
    ([from, to]) =>
      (mirrored ? [normalCdf(-to), normalCdf(-from)] : [normalCdf(from), normalCdf(to)]) as Stretch,
  );
  const total = ends.reduce((sum, [from, to]) => sum + to - from, 0);
  let left = random.uniform() * total;
  const chosen = ends.findIndex(([from, to]) => {
    left -= to - from;
    return left < 0;
  });
  const index = chosen === -1 ? nearest(cuts) : chosen;
  const [from, to] = stretches[index]!;
  const inside = Math.min(Math.max(ends[index]![1] + (chosen === -1 ? 0 : left), 1e-300), 1 - 1e-16);
  const latent = mean + deviation * (mirrored ? -1 : 1) * standardNormal(inside);
  // Rounding must not lead out of what was asked for.
  return Math.min(Math.max(normalCdf(latent), from), to - (to - from) * 1e-9);
}

/** Where all the stretches are so unlikely that their shares vanish, the one nearest to the mean. */
function nearest(cuts: readonly (readonly [number, number])[]): number {
  const distances = cuts.map(([from, to]) => Math.min(Math.abs(from), Math.abs(to)));
  return distances.indexOf(Math.min(...distances));
}

function quantile(edge: number): number {
  return edge <= 0 ? Number.NEGATIVE_INFINITY : edge >= 1 ? Number.POSITIVE_INFINITY : standardNormal(edge);
}

interface Writer {
  readonly name: string;
  /** Writes the cell at this share of the margin, from 0 to 1. */
  write(row: number, share: number): void;
  finish(): EncodedColumn;
}

function writerOf(margin: Margin, count: number, allowed: Allowed | undefined): Writer {
  const { groups, edges, name } = margin;
  const builder = new ColumnBuilder(name, count);
  const groupAt = groupFinder(edges);
  const finish = () => builder.finish();
  if (groups.kind === 'category') {
    const codes = groups.cells.map((cell) => builder.codeOf(cell));
    return { name, finish, write: (row, share) => builder.setCode(row, codes[groupAt(share)]!) };
  }
  const { low, high } = groups;
  const writePlace = placeWriter(builder, groups.style, allowed);
  return {
    name,
    finish,
    write(row, share) {
      const group = groupAt(share);
      const width = high[group]! - low[group]!;
      const within = width === 0 ? 0 : (share - edges[group]!) / (edges[group + 1]! - edges[group]!);
      writePlace(row, low[group]! + within * width);
    },
  };
}

/** The group in which a share lies; a table of first guesses spares most of the search. */
function groupFinder(edges: Float64Array): (share: number) => number {
  const groupCount = edges.length - 1;
  const guesses = new Int32Array(Math.min(1 << 16, 4 * groupCount) + 1);
  let group = 0;
  for (let index = 0; index < guesses.length; index += 1) {
    while (group < groupCount - 1 && edges[group + 1]! <= index / (guesses.length - 1)) {
      group += 1;
    }
    guesses[index] = group;
  }
  return (share) => {
    let found = guesses[Math.floor(share * (guesses.length - 1))]!;
    while (found < groupCount - 1 && edges[found + 1]! <= share) {
      found += 1;
    }
    return found;
  };
}
