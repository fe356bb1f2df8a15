import type { Criterion } from './criteria.ts';
import { wrongSetting } from './errors.ts';

/**
 * k-map (Sweeney) where the population is known by its size alone: every class of the release shall have k rows in the
 * population. The rows of a class that has k there are in the sample by a Poisson distribution of mean k·f
 * (Pannekoek 1999; truncated at zero: El Emam and Dankar 2008), so a class of k′ rows has k in the population but for an
 * error of `significance`, k′ being the smallest number with P(X < k′) ≥ 1 − significance.
 *
 * `samplingFraction` is rows of the sample / rows of the population.
 */
export function estimatedKMap(
  k: number,
  samplingFraction: number,
  significance: number,
  estimator: 'poisson' | 'zeroTruncatedPoisson',
): Criterion {
  if (!(samplingFraction > 0 && samplingFraction <= 1)) {
    throw wrongSetting('The sampling fraction', samplingFraction, 'above 0 and at most 1');
  }
  if (!(significance > 0 && significance < 1)) {
    throw wrongSetting('The significance level', significance, 'between 0 and 1');
  }
  const mean = k * samplingFraction;
  const truncated = estimator === 'zeroTruncatedPoisson';
  let size = truncated ? 1 : 0;
  let term = truncated ? (mean * Math.exp(-mean)) / -Math.expm1(-mean) : Math.exp(-mean);
  let reached = term;
  while (reached < 1 - significance && size < k) {
    size += 1;
    term *= mean / size;
    reached += term;
  }
  return { kind: 'kAnonymity', k: Math.min(k, size + 1) };
}
