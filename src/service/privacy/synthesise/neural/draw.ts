import type { EncodedTable } from '../../../data/encodedTable.ts';
import type { Random } from '../../statistics/random.ts';
import type { Work } from '../../statistics/work.ts';
import type { Reshaping } from '../constraints.ts';
import { unreachable } from '../errors.ts';
import { drawObeying } from '../obeying.ts';
import type { SampleOptions } from '../synthesiser.ts';
import { decodeRows, type EncodedRows, type Encoding } from './encoding.ts';
import {
  distancesWithin,
  normalWithin,
  probabilityWithin,
  type Restriction,
  restrictionsOf,
} from './restrictions.ts';
import { scoreCount, scoresFrom, softmax } from './spans.ts';

export interface NetworkModel {
  readonly reshaping: Reshaping;
  readonly encoding: Encoding;
  /** For each span how far numbers stray from the distance that the network says. */
  readonly deviations: Float32Array;
}

/** What the network says about so many rows that have nothing to do with one another. */
export type Outputs = (
  rows: number,
  random: Random,
  restrictions: readonly (Restriction | undefined)[],
) => Float32Array;

/** Rows that the network is asked for at a time. */
const batchSize = 500;
/** Under a condition a number may stray at least so far, or a network that says it exactly would never meet it. */
const leastStray = 0.05;
/** After so many batches in which nothing meets the conditions, nothing will. */
const mostEmptyBatches = 200;

/**
 * `count` rows that a network draws. Each column is drawn from the distribution that the network's outputs give it.
 *
 * Under conditions every candidate has a weight, the probability that its outputs give to what is asked for.
 * Candidates are chosen in proportion to their weights, as many of a batch as are chosen at most once, and what is
 * conditioned is drawn from what is allowed. So each row meets the conditions, however rare they are.
 */
export function drawTable(
  model: NetworkModel,
  count: number,
  options: SampleOptions,
  outputs: Outputs,
): EncodedTable {
  const restrictions = restrictionsOf(model.encoding, model.reshaping, options.conditions ?? []);
  return drawObeying(model.reshaping, count, options, (rows, random, work) =>
    drawRows(model, restrictions, rows, random, work, outputs),
  );
}

function drawRows(
  { encoding, deviations }: NetworkModel,
  restrictions: readonly (Restriction | undefined)[],
  count: number,
  random: Random,
  work: Work,
  outputs: Outputs,
): EncodedTable {
  const { spans, width } = encoding;
  const isFree = restrictions.every((restriction) => restriction === undefined);
  const drawn: EncodedRows = {
    rowCount: count,
    groups: spans.map(() => new Int16Array(count)),
    distances: spans.map(({ mixture }) => mixture && new Float32Array(count)),
  };
  const makeChance = spans.map((span, index) => chanceMaker(span, restrictions[index], deviations[index]!));
  let found = 0;
  let empty = 0;
  while (found < count) {
    work.checkCancelled?.();
    work.progress?.(found / count);
    const candidates = isFree ? Math.min(batchSize, count - found) : batchSize;
    const values = outputs(candidates, random, restrictions);
    const chosen = isFree
      ? Int32Array.from({ length: candidates }, (_, row) => row)
      : choose(
          Float64Array.from({ length: candidates }, (_, row) =>
            makeChance.reduce((product, { weight }) => product * (weight?.(values, row * width) ?? 1), 1),
          ),
          random,
        );
    empty = chosen.length === 0 ? empty + 1 : 0;
    if (empty > mostEmptyBatches) {
      throw unreachable(found, count);
    }
    for (const row of chosen.subarray(0, count - found)) {
      makeChance.forEach(({ draw }, index) => {
        const { group, distance } = draw(values, row * width, random);
        drawn.groups[index]![found] = group;
        if (drawn.distances[index]) {
          drawn.distances[index][found] = distance;
        }
      });
      found += 1;
    }
  }
  return decodeRows(
    encoding,
    drawn,
    restrictions.map((restriction) => restriction?.limits),
  );
}

/**
 * The numbers of rows chosen in proportion to their weights, each at most once, in random order (systematic
 * sampling; W. Madow, 1949).
 */
function choose(weights: Float64Array, random: Random): Int32Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const greatest = weights.reduce((most, weight) => Math.max(most, weight), 0);
  if (!(greatest > 0)) {
    return new Int32Array();
  }
  const size = Math.max(1, Math.floor(total / greatest));
  const chosen: number[] = [];
  let next = random.uniform();
  let reached = 0;
  weights.forEach((weight, row) => {
    reached += (weight / total) * size;
    if (reached > next) {
      chosen.push(row);
      next += 1;
    }
  });
  return random.permutation(chosen.length).map((index) => chosen[index]!);
}

interface Chance {
  /** The probability of what is allowed, given a row's outputs; undefined where everything is. */
  readonly weight: ((outputs: Float32Array, at: number) => number) | undefined;
  readonly draw: (
    outputs: Float32Array,
    at: number,
    random: Random,
  ) => { readonly group: number; readonly distance: number };
}

function chanceMaker(
  span: Parameters<typeof distancesWithin>[0],
  restriction: Restriction | undefined,
  stray: number,
): Chance {
  const offset = scoresFrom(span);
  const count = scoreCount(span);
  const chances = new Float64Array(count);
  const deviation = restriction ? Math.max(stray, leastStray) : stray;
  const within = Array.from({ length: count }, (_, mode) =>
    span.mixture && restriction ? distancesWithin(span, mode, restriction.limits) : undefined,
  );
  /** The probability of each category or mode together with what is allowed of it; returns their sum. */
  const weigh = (outputs: Float32Array, at: number) => {
    softmax(outputs, at + offset, count, chances, 0);
    if (!restriction) {
      return 1;
    }
    const middle = Math.tanh(outputs[at + span.from]!);
    let sum = 0;
    for (let group = 0; group < count; group += 1) {
      const range = within[group];
      chances[group]! *= range
        ? probabilityWithin(middle, deviation, range)
        : Number(restriction.fits[group]!);
      sum += chances[group]!;
    }
    return sum;
  };
  return {
    weight: restriction && weigh,
    draw(outputs, at, random) {
      let left = weigh(outputs, at) * random.uniform();
      let group = chances.findIndex((chance) => {
        left -= chance;
        return left < 0;
      });
      group = group === -1 ? chances.indexOf(Math.max(...chances)) : group;
      if (!span.mixture) {
        return { group, distance: 0 };
      }
      const middle = Math.tanh(outputs[at + span.from]!);
      const range = within[group];
      const distance = range
        ? normalWithin(middle, deviation, range, random)
        : middle + (deviation > 0 ? deviation * random.normal() : 0);
      return { group, distance };
    },
  };
}
