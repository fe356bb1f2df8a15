import { type BinnedFeatures, growTree } from './tree.ts';

export interface BoostOptions {
  readonly classCount: number;
  readonly rounds: number;
  readonly checkCancelled?: () => void;
}

/** For each row the class that all stumps together find most likely. */
export type Classifier<F> = (features: F) => Int32Array;

/** Boosted stumps: SAMME.R of J. Zhu, S. Rosset, H. Zou, T. Hastie, "Multi-class AdaBoost" (2009). */
export function fitAdaBoost(
  features: BinnedFeatures,
  classes: Int32Array,
  { classCount, rounds, checkCancelled }: BoostOptions,
): Classifier<BinnedFeatures> {
  const weights = new Float64Array(classes.length).fill(1 / classes.length);
  const stumps = Array.from({ length: rounds }, () => {
    const stump = growTree(features, classes, {
      classCount,
      maximumDepth: 1,
      weights,
      ...(checkCancelled && { checkCancelled }),
    });
    const votes = votesOf(stump.predict(features), classCount);
    let total = 0;
    for (let row = 0; row < classes.length; row += 1) {
      weights[row]! *= Math.exp(-votes[row * classCount + classes[row]!]! / classCount);
      total += weights[row]!;
    }
    weights.forEach((weight, row) => {
      weights[row] = weight / total;
    });
    return stump;
  });
  return (asked) => {
    const sum = new Float64Array(asked.rowCount * classCount);
    for (const stump of stumps) {
      votesOf(stump.predict(asked), classCount).forEach((vote, index) => {
        sum[index]! += vote;
      });
    }
    return mostLikely(sum, classCount);
  };
}

/** For each row the class with the greatest of its values; the first of equals. */
export function mostLikely(values: Float64Array, classCount: number): Int32Array {
  return Int32Array.from({ length: values.length / classCount }, (_, row) => {
    let best = 0;
    for (let each = 1; each < classCount; each += 1) {
      if (values[row * classCount + each]! > values[row * classCount + best]!) {
        best = each;
      }
    }
    return best;
  });
}

/** (K − 1)(ln p − mean ln p), with shares kept from zero. */
function votesOf(shares: Float64Array, classCount: number): Float64Array {
  const votes = shares.map((share) => Math.log(Math.max(share, Number.EPSILON)));
  for (let first = 0; first < votes.length; first += classCount) {
    let sum = 0;
    for (let each = 0; each < classCount; each += 1) {
      sum += votes[first + each]!;
    }
    for (let each = 0; each < classCount; each += 1) {
      votes[first + each] = (classCount - 1) * (votes[first + each]! - sum / classCount);
    }
  }
  return votes;
}
