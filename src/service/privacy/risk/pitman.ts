import type { SampleClasses } from './classSizes.ts';

interface Parameters {
  readonly theta: number;
  readonly alpha: number;
}

interface Derivatives {
  readonly value: number;
  readonly gradient: readonly [number, number];
  readonly hessian: readonly [thetaTheta: number, thetaAlpha: number, alphaAlpha: number];
}

/**
 * Rows of the population that are unique under Pitman's sampling formula (Hoshino 2001):
 * N₁ = Γ(θ+1)/Γ(θ+α) · N^α with θ and α of the largest likelihood. Undefined where the likelihood has no maximum inside,
 * as when all rows of the sample are unique or none is.
 */
export function pitmanUniques(sample: SampleClasses): number | undefined {
  const fitted = mostLikely(sample);
  if (fitted === undefined) {
    return undefined;
  }
  const { theta, alpha } = fitted;
  return Math.exp(logGammaRatio(theta + alpha, 1 - alpha) + alpha * Math.log(sample.populationSize));
}

/** Newton's method, each step shortened until the likelihood grows and the parameters are allowed. */
function mostLikely(sample: SampleClasses): Parameters | undefined {
  const { histogram, classCount, rowCount } = sample;
  if (histogram[0]![0] !== 1 || classCount === rowCount || classCount < 2) {
    return undefined;
  }
  let at = start(sample);
  for (let round = 0; round < 200; round += 1) {
    const here = derivatives(sample, at);
    const [theta, alpha] = newtonStep(here);
    const full = { theta: at.theta + theta, alpha: at.alpha + alpha };
    // Near the maximum the likelihood cannot tell points apart any more; the full step is the better one.
    if (Math.abs(theta) / at.theta + Math.abs(alpha) / at.alpha < 1e-6) {
      return full;
    }
    const next = shortened(sample, at, [theta, alpha], here.value);
    if (next === undefined) {
      return undefined;
    }
    at = next;
  }
  return undefined;
}

function shortened(
  sample: SampleClasses,
  at: Parameters,
  [theta, alpha]: readonly [number, number],
  value: number,
): Parameters | undefined {
  for (let length = 1; length > 1e-12; length /= 2) {
    const to = { theta: at.theta + length * theta, alpha: at.alpha + length * alpha };
    if (to.theta > 0 && to.alpha > 0 && to.alpha < 1 && derivatives(sample, to).value > value) {
      return to;
    }
  }
  return undefined;
}

/** Hoshino's moment estimate by the classes of one and two rows, where it is allowed. */
function start({ histogram, rowCount: n, classCount: u }: SampleClasses): Parameters {
  const sizes = new Map(histogram);
  const c1 = sizes.get(1) ?? 0;
  const c = (c1 * (c1 - 1)) / Math.max(1, sizes.get(2) ?? 0);
  const theta = (n * u * c - c1 * (n - 1) * (2 * u + c1)) / (2 * c1 * u + c1 * c - n * c);
  const alpha = (theta * (c1 - n) + (n - 1) * c1) / (n * u);
  return theta > 0 && alpha > 0 && alpha < 1 ? { theta, alpha } : { theta: Math.max(1, u / 10), alpha: 0.5 };
}

/** Of L = Σ_{i<u} ln(θ+iα) − Σ_{i<n} ln(θ+i) + Σ_j Σ_{i<f_j} ln(i−α), all sums from i = 1. */
function derivatives(
  { rowCount, classCount, histogram }: SampleClasses,
  { theta, alpha }: Parameters,
): Derivatives {
  const sums = { value: 0, theta: 0, alpha: 0, thetaTheta: 0, thetaAlpha: 0, alphaAlpha: 0 };
  for (let i = 1; i < classCount; i += 1) {
    const inverse = 1 / (theta + i * alpha);
    sums.value -= Math.log(inverse);
    sums.theta += inverse;
    sums.alpha += i * inverse;
    sums.thetaTheta -= inverse * inverse;
    sums.thetaAlpha -= i * inverse * inverse;
    sums.alphaAlpha -= i * i * inverse * inverse;
  }
  for (let i = 1; i < rowCount; i += 1) {
    const inverse = 1 / (theta + i);
    sums.value += Math.log(inverse);
    sums.theta -= inverse;
    sums.thetaTheta += inverse * inverse;
  }
  let larger = classCount;
  let place = 0;
  const largest = histogram.at(-1)![0];
  for (let i = 1; i < largest; i += 1) {
    if (histogram[place]![0] === i) {
      larger -= histogram[place]![1];
      place += 1;
    }
    const inverse = 1 / (i - alpha);
    sums.value -= larger * Math.log(inverse);
    sums.alpha -= larger * inverse;
    sums.alphaAlpha -= larger * inverse * inverse;
  }
  return {
    value: sums.value,
    gradient: [sums.theta, sums.alpha],
    hessian: [sums.thetaTheta, sums.thetaAlpha, sums.alphaAlpha],
  };
}

/** −H⁻¹·g where the likelihood is concave; else along the gradient. */
function newtonStep({ gradient: [a, b], hessian: [aa, ab, bb] }: Derivatives): [number, number] {
  const determinant = aa * bb - ab * ab;
  if (aa < 0 && determinant > 0) {
    return [(ab * b - bb * a) / determinant, (ab * a - aa * b) / determinant];
  }
  return [a / Math.abs(aa || 1), b / Math.abs(bb || 1)];
}

/** ln Γ(a+d) − ln Γ(a), without the digits that the difference of two large logarithms would lose. */
export function logGammaRatio(a: number, d: number): number {
  let shifted = a;
  let correction = 0;
  while (shifted < 30) {
    correction += Math.log1p(d / shifted);
    shifted += 1;
  }
  const b = shifted + d;
  const tail = (x: number) => 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5) - 1 / (1680 * x ** 7);
  return (
    (shifted - 0.5) * Math.log1p(d / shifted) + d * Math.log(b) - d + (tail(b) - tail(shifted)) - correction
  );
}
