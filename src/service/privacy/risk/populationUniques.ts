import { noRows, wrongSetting } from '../guarantee/errors.ts';
import { type SampleClasses, sizeHistogram } from './classSizes.ts';
import { pitmanUniques } from './pitman.ts';
import { slideNegativeBinomialUniques } from './slideNegativeBinomial.ts';

/** Estimated shares of the population's rows that are alone in their class, 0 to 1; undefined where a model does not fit. */
export interface PopulationUniques {
  readonly pitman: number | undefined;
  readonly zayatz: number | undefined;
  readonly slideNegativeBinomial: number | undefined;
  /** The one that Dankar et al. (2012) choose by the sampling fraction, and which it is. */
  readonly chosen: number | undefined;
  readonly model: 'pitman' | 'zayatz' | 'slideNegativeBinomial' | undefined;
  readonly populationSize: number;
}

/** `samplingFraction` is above 0 and at most 1: the share of the population that the rows are. */
export function populationUniques(sizes: Int32Array, samplingFraction: number): PopulationUniques {
  if (sizes.length === 0) {
    throw noRows('Estimating how many rows are unique in the population');
  }
  if (!(samplingFraction > 0 && samplingFraction <= 1)) {
    throw wrongSetting('The sampling fraction', samplingFraction, 'above 0 and at most 1');
  }
  const rowCount = sizes.reduce((sum, size) => sum + size, 0);
  const sample: SampleClasses = {
    rowCount,
    classCount: sizes.length,
    histogram: sizeHistogram(sizes),
    populationSize: rowCount / samplingFraction,
  };
  const estimates = {
    pitman: shareOf(pitmanUniques(sample), sample),
    zayatz: shareOf(zayatzUniques(sample), sample),
    slideNegativeBinomial: shareOf(slideNegativeBinomialUniques(sample), sample),
  };
  const model = dankarChoice(estimates, samplingFraction);
  return {
    ...estimates,
    chosen: model && estimates[model],
    model: model && estimates[model] === undefined ? undefined : model,
    populationSize: sample.populationSize,
  };
}

function shareOf(uniques: number | undefined, { populationSize }: SampleClasses): number | undefined {
  return uniques === undefined || !Number.isFinite(uniques)
    ? undefined
    : Math.min(1, Math.max(0, uniques / populationSize));
}

/** Pitman up to a tenth of the population, else the lower of the two others. */
function dankarChoice(
  { zayatz, slideNegativeBinomial }: Pick<PopulationUniques, 'zayatz' | 'slideNegativeBinomial'>,
  samplingFraction: number,
): NonNullable<PopulationUniques['model']> {
  if (samplingFraction <= 0.1) {
    return 'pitman';
  }
  return slideNegativeBinomial === undefined || (zayatz ?? 0) <= slideNegativeBinomial
    ? 'zayatz'
    : 'slideNegativeBinomial';
}

/**
 * Zayatz 1991: a class of which one row was drawn is a population unique with probability
 * P = c₁·h(1) / Σ_s c_s·h(s), where the sizes in the population are taken to be distributed as in the sample and
 * h(s) is the hypergeometric probability to draw exactly one of s; N₁ = c₁·P/f.
 */
function zayatzUniques({ rowCount, histogram, populationSize }: SampleClasses): number {
  const uniques = histogram[0]![0] === 1 ? histogram[0]![1] : 0;
  const population = Math.round(populationSize);
  const largest = histogram.at(-1)![0];
  const classesOfSize = new Map(histogram);
  // h(s) = s · n · Π_{i<s−1} (N − n − i) / Π_{i<s} (N − i), step by step.
  let product = rowCount / population;
  let sum = 0;
  for (let size = 1; size <= largest; size += 1) {
    sum += (classesOfSize.get(size) ?? 0) * size * product;
    product *= Math.max(0, population - rowCount - size + 1) / Math.max(1, population - size);
  }
  const chance = (uniques * rowCount) / population / sum;
  return sum === 0 ? 0 : (uniques * chance * populationSize) / rowCount;
}
