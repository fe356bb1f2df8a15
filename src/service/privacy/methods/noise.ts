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
 * A draw has 52 bits. Of more units than these it leaves amounts out, at the end between all that it gives: the last
 * digits of a value could be read in the output. A second draw then fills the gaps (`fineUnits`).
 */
const mostCoarseUnits = 2 ** 32;
/** Beyond this a second draw does not fill them either. */
const mostUnits = 2 ** 64;
/** The second draw reaches this share of the scale to either side: the gaps of all draws but one in 2^32. */
const fineShare = 2 ** -20;

function unitsOfScale({ scale, decimals }: NoiseOptions): number {
  return scale * Number(`1e${decimals}`);
}

/** Whether a draw of its own is needed for the last digits. */
export function needsFineNoise(options: NoiseOptions): boolean {
  return unitsOfScale(options) > mostCoarseUnits;
}

/**
 * The amounts of noise, counted in the last decimal place: whole numbers, so that adding and taking away is exact
 * (reference 2.2). `column` is for the error alone.
 */
export function noiseUnits(options: NoiseOptions, column: string): (uniform: number) => number {
  const scale = unitsOfScale(options);
  // Below one unit nothing but rounding would be added.
  if (!(scale >= 1)) {
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
      `beside it the last of ${options.decimals} decimals would stay readable. Make decimals or the scale smaller.`,
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

/** The same of any scale from two draws; of a scale that needs one alone it is what `noiseUnits` gives. */
function exactUnits(options: NoiseOptions, column: string): (uniform: number, fine: number) => bigint {
  const coarse = noiseUnits(options, column);
  if (!needsFineNoise(options)) {
    return (uniform) => BigInt(coarse(uniform));
  }
  const scale = unitsOfScale(options);
  if (options.distribution === 'integer') {
    const range = BigInt(Math.floor(scale));
    const twoTo53 = 2 ** 53;
    // Both draws as one number of 106 bits, a share of the whole range.
    return (uniform, fine) => {
      const drawn = (BigInt(uniform * twoTo53) << 53n) | BigInt(fine * twoTo53);
      return ((drawn * (2n * range + 1n)) >> 106n) - range;
    };
  }
  const reach = Math.ceil(scale * fineShare);
  return (uniform, fine) => BigInt(coarse(uniform)) + BigInt(Math.floor(fine * (2 * reach + 1)) - reach);
}

/** 1 adds the noise, −1 takes it away. */
export type NoiseDirection = 1 | -1;

/**
 * A cell with its row's noise added or taken away, as exact text with `decimals` decimals (a number where it is whole
 * and below 2^53). `fine` is the second draw, where `needsFineNoise`. Null stays null. Throws `notANumber` and `moreDecimals` with the row.
 */
export function noiseOnCell(
  options: NoiseOptions,
  column: string,
  direction: NoiseDirection,
): (value: Cell, uniform: number, row: number, fine?: number) => Cell {
  const unitsOf = exactUnits(options, column);
  // What comes back must have the decimals that it was written with.
  const round = options.round && direction === 1;
  return (value, uniform, row, fine = 0.5) => {
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
    return cellOfUnits(units + BigInt(direction) * unitsOf(uniform, fine), options.decimals);
  };
}

function cellOfUnits(units: bigint, decimals: number): Cell {
  if (decimals === 0 && units >= Number.MIN_SAFE_INTEGER && units <= Number.MAX_SAFE_INTEGER) {
    return Number(units);
  }
  return formatFixed(units, decimals);
}

/**
 * The uniform number of a row from its encoded key columns: the same in whatever order the rows come. Draw 1 is another
 * one than draw 0.
 */
export function rowKeyUniform(key: Uint8Array): (encodedRowKey: readonly string[], draw?: 0 | 1) => number {
  const hmac = hmacSha256(key);
  return (encodedRowKey, draw = 0) => uniformAt(hmac(lengthPrefixed(encodedRowKey)), 8 * draw);
}
