import { lengthPrefixed } from '../../../keys/derive.ts';
import type { Cell } from '../../data/encodedTable.ts';
import { standardLaplace, standardNormal } from './distributions.ts';
import { invalidOption, moreDecimals, notANumber } from './errors.ts';
import { formatFixed, parseFixed } from './fixedPoint.ts';
import { hmacSha256 } from './hmac.ts';
import { uniformAt } from './keyedUniform.ts';
import type { MethodDescription } from './method.ts';

export const noiseDescription: MethodDescription = {
  title: 'Keyed noise',
  sentence:
    'Adds a random amount to each number; the holder of the key can take exactly the same amount away again, nobody else can.',
  limit:
    'Pseudonymised, not anonymous, as long as the key exists. Very large values still stand out, and which rows there ' +
    'are, and in which order, stays as it was.',
  reversible: 'keyHolder',
};

export const noiseDistributions = ['laplace', 'gaussian', 'integer'] as const;
export type NoiseDistribution = (typeof noiseDistributions)[number];

export interface NoiseOptions {
  /** `integer`: each whole number of last places from −scale to scale is as likely. */
  readonly distribution: NoiseDistribution;
  /** b of Laplace, σ of Gauss, the greatest amount of `integer`; in the unit of the column, more than 0. */
  readonly scale: number;
  /** Of the output, and of the input unless `round`. */
  readonly decimals: number;
  /** Rounds what has more decimals; then only the rounded value comes back. */
  readonly round: boolean;
}

/** Half of the width in which 95 of 100 amounts lie, in the unit of the column. */
export function noiseHalfWidth({ distribution, scale }: NoiseOptions): number {
  const factors = { laplace: Math.log(20), gaussian: 1.959963984540054, integer: 0.95 };
  return factors[distribution] * scale;
}

/**
 * A draw has 52 bits. A scale of as many units would leave amounts that are all multiples of some power of two, so that
 * the last digits of a value could be read in the output; of this many, 255 of 256 draws reach every whole number.
 */
const mostUnits = 2 ** 44;

/**
 * The amounts of noise, counted in the last decimal place: whole numbers, so that adding and taking away is exact
 * (reference 2.2). `column` is for the error alone.
 */
export function noiseUnits(options: NoiseOptions, column: string): (uniform: number) => number {
  const scale = options.scale * Number(`1e${options.decimals}`);
  // Below one unit nothing but rounding would be added.
  if (scale < 1) {
    throw invalidOption(
      column,
      'scale',
      `with ${options.decimals} decimals it must be at least one last place.`,
    );
  }
  if (scale > mostUnits) {
    throw invalidOption(
      column,
      'scale',
      `it is so large beside ${options.decimals} decimals that the last digits would stay as they are. ` +
        'Make `decimals` or the scale smaller.',
    );
  }
  switch (options.distribution) {
    case 'laplace':
      return (uniform) => Math.round(scale * standardLaplace(uniform)) + 0;
    case 'gaussian':
      return (uniform) => Math.round(scale * standardNormal(uniform)) + 0;
    case 'integer': {
      const range = Math.floor(scale);
      return (uniform) => Math.floor(uniform * (2 * range + 1)) - range;
    }
  }
}

/** 1 adds the noise, −1 takes it away. */
export type NoiseDirection = 1 | -1;

/**
 * A cell with its row's noise added or taken away, as exact text with `decimals` decimals (a number where it is whole
 * and below 2^53). Null stays null. Throws `notANumber` and `moreDecimals` with the row.
 */
export function noiseOnCell(
  options: NoiseOptions,
  column: string,
  direction: NoiseDirection,
): (value: Cell, uniform: number, row: number) => Cell {
  const unitsOf = noiseUnits(options, column);
  // What comes back must have the decimals that it was written with.
  const round = options.round && direction === 1;
  return (value, uniform, row) => {
    if (value === null) {
      return null;
    }
    const units = parseFixed(value, options.decimals, round);
    if (units === 'notANumber') {
      throw notANumber(column, row + 1);
    }
    if (units === 'moreDecimals') {
      throw moreDecimals(column, row + 1, options.decimals);
    }
    return cellOfUnits(units + BigInt(direction) * BigInt(unitsOf(uniform)), options.decimals);
  };
}

function cellOfUnits(units: bigint, decimals: number): Cell {
  if (decimals === 0 && units >= Number.MIN_SAFE_INTEGER && units <= Number.MAX_SAFE_INTEGER) {
    return Number(units);
  }
  return formatFixed(units, decimals);
}

/** The uniform number of a row from its encoded key columns: the same in whatever order the rows come. */
export function rowKeyUniform(key: Uint8Array): (encodedRowKey: readonly string[]) => number {
  const hmac = hmacSha256(key);
  return (encodedRowKey) => uniformAt(hmac(lengthPrefixed(encodedRowKey)), 0);
}
