import type { SampleClasses } from './classSizes.ts';

/**
 * Rows of the population that are unique when its class sizes are 1 + a negative binomial (Chen and Keller-McNulty 1998)
 * and each row is in the sample with probability π. With q = 1 − p, m = αq/p the mean of the negative binomial and
 * r = p/(1 − q(1−π)), a class is absent from the sample with probability (1−π)·r^α and alone there with probability
 * π·r^α·(1 + (1−π)·αq/(1 − q(1−π))); K = N/(1+m) classes, K·p^α uniques. α and m are such that the numbers of
 * the sample's classes and uniques are those expected. Undefined where no α gives them.
 */
export function slideNegativeBinomialUniques(sample: SampleClasses): number | undefined {
  const { rowCount, classCount, histogram, populationSize } = sample;
  const uniques = histogram[0]![0] === 1 ? histogram[0]![1] : 0;
  const fraction = rowCount / populationSize;
  if (uniques === 0 || classCount === rowCount || fraction >= 1) {
    return fraction >= 1 ? uniques : undefined;
  }
  const surplus = (logAlpha: number) => {
    const model = modelFor(Math.exp(logAlpha), fraction, classCount / populationSize);
    return model.classes * model.alone * populationSize - uniques;
  };
  const root = firstRoot(surplus, -12, 12, 96);
  if (root === undefined) {
    return undefined;
  }
  const alpha = Math.exp(root);
  const { classes, p } = modelFor(alpha, fraction, classCount / populationSize);
  return classes * populationSize * p ** alpha;
}

interface Model {
  readonly p: number;
  /** Classes of the population per row of it. */
  readonly classes: number;
  /** Probability that a class has one row in the sample. */
  readonly alone: number;
}

/** The model with this α whose sample has as many classes as there are, per row of the population. */
function modelFor(alpha: number, fraction: number, sampleClasses: number): Model {
  const at = (logMean: number) => {
    const mean = Math.exp(logMean);
    const p = alpha / (alpha + mean);
    const rest = 1 - (1 - p) * (1 - fraction);
    const power = Math.exp(alpha * Math.log(p / rest));
    const classes = 1 / (1 + mean);
    const alone = fraction * power * (1 + ((1 - fraction) * alpha * (1 - p)) / rest);
    return { p, classes, alone, found: classes * (1 - (1 - fraction) * power) };
  };
  let low = -40;
  let high = 40;
  for (let round = 0; round < 100; round += 1) {
    const middle = (low + high) / 2;
    if (at(middle).found > sampleClasses) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return at((low + high) / 2);
}

function firstRoot(
  surplus: (at: number) => number,
  from: number,
  to: number,
  parts: number,
): number | undefined {
  let low = from;
  let before = surplus(from);
  for (let part = 1; part <= parts; part += 1) {
    const here = from + ((to - from) * part) / parts;
    const value = surplus(here);
    if (Number.isFinite(before) && before * value <= 0) {
      return bisect(surplus, low, here, before);
    }
    low = here;
    before = value;
  }
  return undefined;
}

function bisect(surplus: (at: number) => number, from: number, to: number, atStart: number): number {
  let low = from;
  let high = to;
  for (let round = 0; round < 100; round += 1) {
    const middle = (low + high) / 2;
    if (surplus(middle) * atStart > 0) {
      low = middle;
    } else {
      high = middle;
    }
  }
  return (low + high) / 2;
}
