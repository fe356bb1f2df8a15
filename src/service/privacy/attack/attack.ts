import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Random } from '../statistics/random.ts';
import type { Work } from '../statistics/work.ts';
import type { ColumnKinds } from '../tables/columnKind.ts';
import { type Rate, type Risk, riskOf, wilson } from './rates.ts';

/**
 * The three questions of the Article 29 Working Party's opinion on anonymisation (WP216): can a person be singled
 * out, can records of a person be linked, can something be inferred about a person? Each is tried as an attack.
 *
 * Values are compared as they are written. Where the release is generalised, `train` and `control` must be generalised
 * the same way, or attacks that would succeed look weak.
 */
export interface AttackInput extends Work {
  /** The rows that the release was made from. */
  readonly train: EncodedTable;
  /** Rows of the same population that the release was not made from: what succeeds on them is no leak. */
  readonly control: EncodedTable;
  readonly released: EncodedTable;
  readonly kinds?: ColumnKinds;
  readonly random: Random;
  /** How many times each attack is tried, at the most; 500 unless told. */
  readonly attempts?: number;
}

export interface AttackResult extends Risk {
  readonly attack:
    | 'singling out by one column'
    | 'singling out by several columns'
    | 'linkability'
    | 'inference';
  /** For inference the column that was guessed. */
  readonly secret?: string;
  readonly train: Rate;
  readonly control: Rate;
  /** The same attack by somebody who has not seen the release, or only its columns one by one. */
  readonly baseline: Rate;
}

export const usualAttempts = 500;

export interface Successes {
  readonly train: number;
  readonly trainAttempts: number;
  readonly control: number;
  readonly controlAttempts: number;
  readonly baseline: number;
  readonly baselineAttempts: number;
}

export function attackResult(
  attack: AttackResult['attack'],
  { train, trainAttempts, control, controlAttempts, baseline, baselineAttempts }: Successes,
  secret?: string,
): AttackResult {
  const rates = {
    train: wilson(train, trainAttempts),
    control: wilson(control, controlAttempts),
    baseline: wilson(baseline, baselineAttempts),
  };
  const risk = riskOf(rates.train, rates.control, rates.baseline);
  return { attack, ...(secret !== undefined && { secret }), ...rates, ...risk };
}
