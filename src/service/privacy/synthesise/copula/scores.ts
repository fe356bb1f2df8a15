import { standardNormal } from '../../methods/distributions.ts';
import { normalDensity } from '../../statistics/normal.ts';
import type { FittedMargin, Margin } from './margin.ts';

/**
 * For each group the mean of a standard normal variable within the group's interval: the best guess of the latent
 * normal value of a row of which only the group is known.
 */
export function groupScores({ edges }: Margin): Float64Array {
  const cuts = Float64Array.from(edges, (edge) => cutAt(edge));
  return Float64Array.from(cuts.subarray(1), (cut, group) => {
    const width = edges[group + 1]! - edges[group]!;
    return width === 0 ? 0 : (densityAt(cuts[group]!) - densityAt(cut)) / width;
  });
}

/** The score of each distinct value of the column; NaN for values that the margin leaves out. */
export function codeScores({ margin, groupOf }: FittedMargin, scores = groupScores(margin)): Float64Array {
  return Float64Array.from(groupOf, (group) => (group === -1 ? Number.NaN : scores[group]!));
}

/** How many terms of Hermite's expansion describe a margin. */
const terms = 40;

/**
 * The coefficients of the group scores, as a function of the latent normal value, in normalised Hermite polynomials
 * of degree 1 to 40. With them E[s·s'] = Σ ρⁿ cₙ c'ₙ for two columns whose latent values have correlation ρ
 * (F. Mehler, 1866).
 */
export function hermiteCoefficients(margin: Margin): Float64Array {
  const scores = groupScores(margin);
  const coefficients = new Float64Array(terms);
  // Summed by parts: at each inner cut the score steps from one group's to the next one's.
  for (let group = 1; group < scores.length; group += 1) {
    const cut = cutAt(margin.edges[group]!);
    const step = (scores[group]! - scores[group - 1]!) * densityAt(cut);
    let before = 0;
    let polynomial = 1;
    for (let degree = 1; degree <= terms; degree += 1) {
      coefficients[degree - 1]! += (step * polynomial) / Math.sqrt(degree);
      const next = (cut * polynomial - Math.sqrt(degree - 1) * before) / Math.sqrt(degree);
      before = polynomial;
      polynomial = next;
    }
  }
  return coefficients;
}

const greatestCorrelation = 0.999;

/** The correlation of the latent values under which the mean product of the scores is `product`; NaN of NaN. */
export function latentCorrelation(product: number, first: Float64Array, second: Float64Array): number {
  if (Number.isNaN(product)) {
    return Number.NaN;
  }
  const products = first.map((coefficient, index) => coefficient * second[index]!);
  let low = -greatestCorrelation;
  let high = greatestCorrelation;
  // The scores rise with the latent value, so their mean product rises with the correlation.
  for (let halved = 0; halved < 40; halved += 1) {
    const middle = (low + high) / 2;
    if (power(products, middle) < product) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}

function power(coefficients: Float64Array, base: number): number {
  let sum = 0;
  for (let index = coefficients.length - 1; index >= 0; index -= 1) {
    sum = (sum + coefficients[index]!) * base;
  }
  return sum;
}

function cutAt(edge: number): number {
  return edge <= 0 ? Number.NEGATIVE_INFINITY : edge >= 1 ? Number.POSITIVE_INFINITY : standardNormal(edge);
}

function densityAt(cut: number): number {
  return Number.isFinite(cut) ? normalDensity(cut) : 0;
}
