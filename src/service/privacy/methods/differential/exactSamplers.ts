import type { RandomBytes } from '../keystream.ts';

/*
 * Discrete Laplace and Gauss exactly, after Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential
 * Privacy" (2020), algorithms 1 to 3: whole numbers and fractions of whole numbers alone. A sampler that takes
 * logarithms of doubles lets the last bits of a result tell what went in (Mironov 2012).
 */

/** numerator/denominator, the denominator above 0. */
export interface Fraction {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A whole number from 0 to `bound` − 1, each as likely. */
export function uniformBigInt(bytes: RandomBytes, bound: bigint): bigint {
  const bits = (bound - 1n).toString(2).length;
  const count = Math.ceil(bits / 8);
  const mask = (1n << BigInt(bits)) - 1n;
  for (;;) {
    let drawn = 0n;
    for (let index = 0; index < count; index += 1) {
      drawn = (drawn << 8n) | BigInt(bytes.next());
    }
    drawn &= mask;
    if (drawn < bound) {
      return drawn;
    }
  }
}

/** True with probability p, 0 ≤ p ≤ 1. */
export function bernoulli(bytes: RandomBytes, { numerator, denominator }: Fraction): boolean {
  return uniformBigInt(bytes, denominator) < numerator;
}

/** True with probability e^(−x), x ≥ 0. */
export function bernoulliOfExponential(bytes: RandomBytes, { numerator, denominator }: Fraction): boolean {
  let rest = numerator;
  while (rest > denominator) {
    if (!belowOne(bytes, { numerator: 1n, denominator: 1n })) {
      return false;
    }
    rest -= denominator;
  }
  return belowOne(bytes, { numerator: rest, denominator });
}

/** For x ≤ 1: draws of probability x, x/2, x/3, … until one fails; e^(−x) is that an odd one fails first. */
function belowOne(bytes: RandomBytes, { numerator, denominator }: Fraction): boolean {
  let k = 1n;
  while (bernoulli(bytes, { numerator, denominator: denominator * k })) {
    k += 1n;
  }
  return k % 2n === 1n;
}

/** A whole number z with probability proportional to e^(−|z|/scale), scale > 0. */
export function discreteLaplace(bytes: RandomBytes, scale: Fraction): bigint {
  const { numerator: t, denominator: s } = scale;
  for (;;) {
    const magnitude = geometric(bytes, s, t);
    const negative = bernoulli(bytes, { numerator: 1n, denominator: 2n });
    // 0 and −0 would make zero twice as likely.
    if (!(negative && magnitude === 0n)) {
      return negative ? -magnitude : magnitude;
    }
  }
}

/** n = 0, 1, 2, … with probability (1 − e^(−s/t))·e^(−n·s/t). */
function geometric(bytes: RandomBytes, s: bigint, t: bigint): bigint {
  let u: bigint;
  do {
    u = uniformBigInt(bytes, t);
  } while (!bernoulliOfExponential(bytes, { numerator: u, denominator: t }));
  let v = 0n;
  while (belowOne(bytes, { numerator: 1n, denominator: 1n })) {
    v += 1n;
  }
  return (u + t * v) / s;
}

/** A whole number z with probability proportional to e^(−z²/(2σ²)); `variance` is σ² > 0. */
export function discreteGaussian(bytes: RandomBytes, variance: Fraction): bigint {
  const { numerator, denominator } = variance;
  const t = squareRoot(numerator / denominator) + 1n;
  for (;;) {
    const z = discreteLaplace(bytes, { numerator: t, denominator: 1n });
    // (|z| − σ²/t)² / (2σ²), over the one denominator 2·σ²·t²·denominator.
    const difference = (z < 0n ? -z : z) * t * denominator - numerator;
    const chance = {
      numerator: difference * difference,
      denominator: 2n * numerator * denominator * t * t,
    };
    if (bernoulliOfExponential(bytes, chance)) {
      return z;
    }
  }
}

/** ⌊√n⌋ by Newton's method. */
function squareRoot(n: bigint): bigint {
  if (n < 2n) {
    return n;
  }
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) {
      return root;
    }
    root = next;
  }
}

/** A decimal such as 0.1 or 1e-7 as the fraction that a person means by it, not the double nearest to it. */
export function fractionOfDecimal(value: number): Fraction {
  const [digits = '0', exponent = '0'] = String(value).split('e');
  const [whole = '0', part = ''] = digits.split('.');
  const shift = Number(exponent) - part.length;
  const numerator = BigInt(whole + part);
  return shift >= 0
    ? { numerator: numerator * 10n ** BigInt(shift), denominator: 1n }
    : { numerator, denominator: 10n ** BigInt(-shift) };
}

export function dividedBy(a: Fraction, b: Fraction): Fraction {
  return { numerator: a.numerator * b.denominator, denominator: a.denominator * b.numerator };
}
