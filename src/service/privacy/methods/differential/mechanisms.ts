import type { Cell } from '../../../data/encodedTable.ts';
import { cellNumber } from '../cellNumber.ts';
import type { RandomBytes } from '../keystream.ts';
import type { CellTransform, MethodDescription } from '../method.ts';
import {
  discreteGaussian,
  discreteLaplace,
  dividedBy,
  type Fraction,
  fractionOfDecimal,
} from './exactSamplers.ts';
import { discreteGaussianScale, gaussianScale } from './gaussianScale.ts';

export const differentialDescription: MethodDescription = {
  title: 'Differentially private noise',
  sentence:
    'Limits each number to bounds that you state and adds so much noise that hardly anything can be told about one person, with ε saying how little.',
  limit:
    'Each column spends ε of its own, and they add up over columns and releases. With noise that comes from a key it ' +
    'holds against everybody but the holder of the key.',
  reversible: 'no',
};

/** How much may be told about one person: the smaller, the less. `delta` above 0 makes the noise Gaussian. */
export interface PrivacyBudget {
  readonly epsilon: number;
  readonly delta?: number | undefined;
}

/** Noise on a grid, so that the last bits of a sum tell nothing. */
export interface GranularNoise {
  /** The step of the grid, a power of two; the output is a multiple of it. */
  readonly granularity: number;
  /** How many steps. */
  readonly draw: (bytes: RandomBytes) => bigint;
}

/**
 * Noise for a result that one person changes by at most `sensitivity`: on the grid of the least power of two at or
 * above scale/2⁴⁰ (Google's differential privacy library). Rounding to it adds at most one step to the sensitivity,
 * which the scale makes up for. The number of steps is drawn exactly.
 */
export function granularNoise({ epsilon, delta = 0 }: PrivacyBudget, sensitivity: number): GranularNoise {
  const scale = delta > 0 ? gaussianScale(epsilon, delta, sensitivity) : sensitivity / epsilon;
  const granularity = powerOfTwoAtLeast(scale / 2 ** 40);
  if (delta > 0) {
    // Rounded up to a whole number of steps: wider is safe.
    const deviation = gaussianScale(epsilon, delta, sensitivity + granularity);
    const steps = BigInt(Math.ceil(deviation / granularity));
    const variance = { numerator: steps * steps, denominator: 1n };
    return { granularity, draw: (bytes) => discreteGaussian(bytes, variance) };
  }
  const { numerator, denominator } = exactFraction(sensitivity / granularity);
  const widened = { numerator: numerator + denominator, denominator };
  const scaleInSteps = dividedBy(widened, fractionOfDecimal(epsilon));
  return { granularity, draw: (bytes) => discreteLaplace(bytes, scaleInSteps) };
}

/** A result with its noise, which was made for its sensitivity; its size must be that of the sensitivity or less. */
export function withNoise(bytes: RandomBytes, result: number, { granularity, draw }: GranularNoise): number {
  // Both are whole numbers of steps, fewer than 2^53, so the sum is exact.
  return (Math.round(result / granularity) + Number(draw(bytes))) * granularity;
}

/** Whole noise for counts which one person changes by at most `sensitivity` in all, itself a whole number. */
export function countNoise(
  { epsilon, delta = 0 }: PrivacyBudget,
  sensitivity: number,
): (bytes: RandomBytes) => bigint {
  if (delta > 0) {
    const sigma = BigInt(discreteGaussianScale(epsilon, delta, sensitivity, 1024));
    const variance = { numerator: sigma * sigma, denominator: 1024n * 1024n };
    return (bytes) => discreteGaussian(bytes, variance);
  }
  const scale = dividedBy({ numerator: BigInt(sensitivity), denominator: 1n }, fractionOfDecimal(epsilon));
  return (bytes) => discreteLaplace(bytes, scale);
}

/** A whole number with two-sided geometric noise, for instance how many rows there are; `sensitivity` is whole. */
export function privateCount(
  bytes: RandomBytes,
  count: number,
  budget: PrivacyBudget,
  sensitivity = 1,
): number {
  return count + Number(countNoise(budget, sensitivity)(bytes));
}

/**
 * How many rows each category has, with noise. The categories are those that everybody knows, not those that occur:
 * that one occurs at all may tell who is there. A person has at most `rowsPerPerson` rows.
 */
export function privateHistogram<Category>(
  bytes: RandomBytes,
  counts: ReadonlyMap<Category, number>,
  categories: Iterable<Category>,
  budget: PrivacyBudget,
  rowsPerPerson = 1,
): ReadonlyMap<Category, number> {
  const noise = countNoise(budget, rowsPerPerson);
  const noisy = new Map<Category, number>();
  for (const category of categories) {
    noisy.set(category, (counts.get(category) ?? 0) + Number(noise(bytes)));
  }
  return noisy;
}

export interface PrivateCellOptions extends PrivacyBudget {
  /** Bounds that were chosen without looking at the data. */
  readonly lower: number;
  readonly upper: number;
  /** Of the output. */
  readonly decimals: number;
}

/**
 * Each number of a column limited to the bounds, with noise for its whole width: ε-local differential privacy for each
 * value. A missing value stays missing, and that it is missing is told.
 */
export function privateCell(
  bytesOfRow: (row: number) => RandomBytes,
  options: PrivateCellOptions,
  column: string,
): CellTransform {
  const { lower, upper, decimals } = options;
  const noise = granularNoise(options, upper - lower);
  return (value: Cell, row: number) => {
    if (value === null) {
      return null;
    }
    const number = cellNumber(value, column, row);
    // From the lower bound on, so that far bounds do not take the grid's last bits; what follows tells nothing more.
    const limited = Math.min(upper, Math.max(lower, number)) - lower;
    return Number((lower + withNoise(bytesOfRow(row), limited, noise)).toFixed(decimals));
  };
}

/** The mean of at most one value per person: half of ε for the sum around the middle, half for how many there are. */
export function privateMean(
  bytes: RandomBytes,
  values: readonly number[],
  { epsilon, lower, upper }: { readonly epsilon: number; readonly lower: number; readonly upper: number },
): number {
  const middle = (lower + upper) / 2;
  const noise = granularNoise({ epsilon: epsilon / 2 }, (upper - lower) / 2);
  // Summed in steps of the grid, in whole numbers: the order of the rows must not show in the last bits.
  const steps = values.reduce((sum, value) => {
    const limited = Math.min(upper, Math.max(lower, value));
    return sum + BigInt(Math.round((limited - middle) / noise.granularity));
  }, 0n);
  const sum = Number(steps + noise.draw(bytes)) * noise.granularity;
  const count = Math.max(1, privateCount(bytes, values.length, { epsilon: epsilon / 2 }));
  return Math.min(upper, Math.max(lower, middle + sum / count));
}

function powerOfTwoAtLeast(value: number): number {
  let power = 1;
  while (power < value) {
    power *= 2;
  }
  while (power / 2 >= value) {
    power /= 2;
  }
  return power;
}

/** A double is a fraction whose denominator is a power of two. */
function exactFraction(value: number): Fraction {
  let numerator = value;
  let denominator = 1n;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    denominator *= 2n;
  }
  return { numerator: BigInt(numerator), denominator };
}
