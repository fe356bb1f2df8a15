import type { Asked, ConditionSpace } from './conditionalVector.ts';
import type { Encoding, Span } from './encoding.ts';

/**
 * What a network's last layer says, span by span: of a number first the distance from its mode, before tanh, and
 * then for each mode, or each category, a score whose softmax is its probability.
 */

/** Where the scores of a span begin in a row. */
export function scoresFrom({ from, mixture }: Span): number {
  return mixture ? from + 1 : from;
}

export function scoreCount({ width, mixture }: Span): number {
  return mixture ? width - 1 : width;
}

/** The probabilities of `count` scores, into `into`; returns the logarithm of the sum of their exponentials. */
export function softmax(
  scores: Float32Array,
  from: number,
  count: number,
  into: Float32Array | Float64Array,
  at: number,
): number {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < count; index += 1) {
    greatest = Math.max(greatest, scores[from + index]!);
  }
  let sum = 0;
  for (let index = 0; index < count; index += 1) {
    const power = Math.exp(scores[from + index]! - greatest);
    into[at + index] = power;
    sum += power;
  }
  for (let index = 0; index < count; index += 1) {
    into[at + index]! /= sum;
  }
  return greatest + Math.log(sum);
}

/**
 * What the critic sees of a made row: distances after tanh, and categories and modes by the Gumbel softmax
 * (E. Jang et al., "Categorical Reparameterization with Gumbel-Softmax", 2017), in place.
 */
export function activate(
  { spans, width }: Encoding,
  outputs: Float32Array,
  temperature: number,
  uniform: () => number,
): void {
  for (let at = 0; at < outputs.length; at += width) {
    for (const span of spans) {
      if (span.mixture) {
        outputs[at + span.from] = Math.tanh(outputs[at + span.from]!);
      }
      const from = at + scoresFrom(span);
      const count = scoreCount(span);
      for (let place = from; place < from + count; place += 1) {
        outputs[place] = (outputs[place]! - Math.log(-Math.log(uniform()))) / temperature;
      }
      softmax(outputs, from, count, outputs, from);
    }
  }
}

/** How something changes with the outputs, given how it changes with what `activate` made of them, in place. */
export function activationGradients(
  { spans, width }: Encoding,
  activated: Float32Array,
  temperature: number,
  change: Float32Array,
): void {
  for (let at = 0; at < change.length; at += width) {
    for (const span of spans) {
      if (span.mixture) {
        change[at + span.from]! *= 1 - activated[at + span.from]! ** 2;
      }
      const from = at + scoresFrom(span);
      const to = from + scoreCount(span);
      let mean = 0;
      for (let place = from; place < to; place += 1) {
        mean += activated[place]! * change[place]!;
      }
      for (let place = from; place < to; place += 1) {
        change[place] = (activated[place]! * (change[place]! - mean)) / temperature;
      }
    }
  }
}

/**
 * How unlike made rows are what was asked for: the cross entropy of the asked column, its mean over the rows
 * (L. Xu et al., 2019, section 4.3). How it changes with the scores is added to `change`.
 */
export function askedLoss(
  { spans, width }: Encoding,
  { columns }: ConditionSpace,
  asked: readonly Asked[],
  scores: Float32Array,
  change: Float32Array,
): number {
  const probabilities = new Float64Array(width);
  let loss = 0;
  asked.forEach(({ column, group }, row) => {
    const { from, width: count } = spans[columns[column]!.span]!;
    const at = row * width + from;
    const logSum = softmax(scores, at, count, probabilities, 0);
    loss += (logSum - scores[at + group]!) / asked.length;
    for (let index = 0; index < count; index += 1) {
      change[at + index]! += (probabilities[index]! - Number(index === group)) / asked.length;
    }
  });
  return loss;
}
