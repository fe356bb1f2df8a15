/** A mixture of normal distributions on the number line; the modes of a column of numbers. */
export interface Mixture {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly deviations: Float64Array;
}

export interface MixtureOptions {
  /** The most modes that are looked for. */
  readonly components: number;
  /** Modes of a smaller share are left out. */
  readonly leastWeight: number;
  readonly checkCancelled?: () => void;
}

/** Smaller than 1: few modes unless the rows ask for more. */
const concentration = 0.001;
const iterations = 100;
/** More points would not move the modes. */
const maximumPoints = 1024;
/** The share of the rows that may still change their mode in the last iteration. */
const settled = 1e-4;

/**
 * Fits a mixture by variational inference with a Dirichlet process as the prior of the weights (D. Blei, M. Jordan,
 * 2006; the updates of normal components as in C. Bishop, "Pattern Recognition and Machine Learning", section 10.2).
 * Nothing in it is random: it starts from quantiles. `values` without NaN, at least one.
 */
export function fitMixture(values: Float64Array, options: MixtureOptions): Mixture {
  const { points, scale, shift } = standardisedPoints(values);
  if (scale === 0) {
    return { weights: Float64Array.of(1), means: Float64Array.of(shift), deviations: Float64Array.of(1) };
  }
  const components = Math.min(options.components, points.length);
  let shares = quantileShares(points, components);
  let state = maximise(points, shares, components);
  for (let iteration = 0; iteration < iterations; iteration += 1) {
    options.checkCancelled?.();
    shares = responsibilities(points, state);
    const next = maximise(points, shares, components);
    const moved = next.reduce(
      (most, component, index) => Math.max(most, Math.abs(component.count - state[index]!.count)),
      0,
    );
    state = next;
    if (moved < settled * values.length) {
      break;
    }
  }
  const total = state.reduce((sum, { count }) => sum + count, 0);
  const kept = state.filter(({ count }) => count / total > options.leastWeight);
  const keptTotal = kept.reduce((sum, { count }) => sum + count, 0);
  return {
    weights: Float64Array.from(kept, ({ count }) => count / keptTotal),
    means: Float64Array.from(kept, ({ mean }) => mean * scale + shift),
    deviations: Float64Array.from(kept, ({ variance }) => Math.sqrt(variance) * scale),
  };
}

/** The probability of each mode given the value, into `into`. */
export function modeProbabilities(
  { weights, means, deviations }: Mixture,
  value: number,
  into: Float64Array,
): void {
  let greatest = Number.NEGATIVE_INFINITY;
  for (let mode = 0; mode < weights.length; mode += 1) {
    const distance = (value - means[mode]!) / deviations[mode]!;
    into[mode] = Math.log(weights[mode]! / deviations[mode]!) - (distance * distance) / 2;
    greatest = Math.max(greatest, into[mode]!);
  }
  let sum = 0;
  for (let mode = 0; mode < weights.length; mode += 1) {
    into[mode] = Math.exp(into[mode]! - greatest);
    sum += into[mode]!;
  }
  for (let mode = 0; mode < weights.length; mode += 1) {
    into[mode]! /= sum;
  }
}

/** Values that stand for many: sorted, with how many each stands for. */
interface Points {
  readonly values: Float64Array;
  readonly counts: Float64Array;
  readonly length: number;
}

interface Component {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  /** What the logarithm of a share has beside the distance from the mean. */
  readonly constant: number;
  /** What the squared distance is multiplied by. */
  readonly precision: number;
}

function standardisedPoints(values: Float64Array): { points: Points; scale: number; shift: number } {
  const sorted = values.slice().sort();
  const shift = sorted.reduce((sum, value) => sum + value / sorted.length, 0);
  const scale = Math.sqrt(sorted.reduce((sum, value) => sum + (value - shift) ** 2 / sorted.length, 0));
  const least = sorted.length / maximumPoints;
  const means: number[] = [];
  const counts: number[] = [];
  let from = 0;
  while (from < sorted.length) {
    let to = from;
    let sum = 0;
    // Equal values stay together, and neighbours join until they are enough.
    while (to < sorted.length && (to - from < least || sorted[to] === sorted[to - 1])) {
      sum += sorted[to]!;
      to += 1;
    }
    means.push((sum / (to - from) - shift) / (scale || 1));
    counts.push(to - from);
    from = to;
  }
  const points = {
    values: Float64Array.from(means),
    counts: Float64Array.from(counts),
    length: means.length,
  };
  return { points, scale, shift };
}

/** Point by point the share of each component; at first each has its stretch of the sorted points. */
function quantileShares({ counts, length }: Points, components: number): Float64Array {
  const shares = new Float64Array(length * components);
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let point = 0; point < length; point += 1) {
    const middle = (below + counts[point]! / 2) / total;
    shares[point * components + Math.min(components - 1, Math.floor(middle * components))] = 1;
    below += counts[point]!;
  }
  return shares;
}

/** The components' posterior distributions given the shares, with priors for standardised values, largest first. */
function maximise({ values, counts, length }: Points, shares: Float64Array, components: number): Component[] {
  const moments = Array.from({ length: components }, (_, component) => {
    let count = 1e-10;
    let sum = 0;
    for (let point = 0; point < length; point += 1) {
      const weight = shares[point * components + component]! * counts[point]!;
      count += weight;
      sum += weight * values[point]!;
    }
    const mean = sum / count;
    let squares = 0;
    for (let point = 0; point < length; point += 1) {
      squares += shares[point * components + component]! * counts[point]! * (values[point]! - mean) ** 2;
    }
    return { count, mean, squares };
  }).sort((a, b) => b.count - a.count);
  let rest = moments.reduce((sum, { count }) => sum + count, 0);
  let lengthLeft = 0;
  return moments.map(({ count, mean, squares }) => {
    rest -= count;
    const taken = 1 + count;
    const left = concentration + Math.max(0, rest);
    const logWeight = lengthLeft + digamma(taken) - digamma(taken + left);
    lengthLeft += digamma(left) - digamma(taken + left);
    const strength = 1 + count;
    const degrees = 1 + count;
    const spread = 1 + squares + (count / strength) * mean * mean;
    const logPrecision = digamma(degrees / 2) + Math.log(2) - Math.log(spread);
    return {
      count,
      mean: (count * mean) / strength,
      variance: spread / degrees,
      constant: logWeight + logPrecision / 2 - 1 / (2 * strength),
      precision: degrees / spread,
    };
  });
}

function responsibilities({ values, length }: Points, state: readonly Component[]): Float64Array {
  const shares = new Float64Array(length * state.length);
  for (let point = 0; point < length; point += 1) {
    const offset = point * state.length;
    let greatest = Number.NEGATIVE_INFINITY;
    state.forEach(({ mean, constant, precision }, component) => {
      const logShare = constant - (precision * (values[point]! - mean) ** 2) / 2;
      shares[offset + component] = logShare;
      greatest = Math.max(greatest, logShare);
    });
    let sum = 0;
    for (let component = 0; component < state.length; component += 1) {
      shares[offset + component] = Math.exp(shares[offset + component]! - greatest);
      sum += shares[offset + component]!;
    }
    for (let component = 0; component < state.length; component += 1) {
      shares[offset + component]! /= sum;
    }
  }
  return shares;
}

/** ψ(x) for x > 0: its recurrence up to 6, then the asymptotic series (Abramowitz and Stegun, 6.3.5 and 6.3.18). */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  while (shifted < 6) {
    sum -= 1 / shifted;
    shifted += 1;
  }
  const inverse = 1 / (shifted * shifted);
  const series =
    inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))));
  return sum + Math.log(shifted) - 1 / (2 * shifted) - series;
}
