/** A share of successes with its 95 % interval. */
export interface Rate {
  readonly successes: number;
  readonly attempts: number;
  /** The centre of Wilson's interval, which is never quite 0 or 1. */
  readonly rate: number;
  /** Half the width of the interval. */
  readonly error: number;
}

/** What an attack tells about the rows that a release was made from. */
export interface Risk {
  /** How much more often the attack succeeds on them than on rows that the release knows nothing of, from 0 to 1. */
  readonly risk: number;
  /** Its 95 % interval. */
  readonly low: number;
  readonly high: number;
  /**
   * Whether the attack does better than guessing without the release. If not it was too weak, and a small risk says
   * nothing about what a better attack would find.
   */
  readonly trustworthy: boolean;
}

const z = 1.959963984540054;

/** E. Wilson's interval (1927). */
export function wilson(successes: number, attempts: number): Rate {
  const total = attempts + z * z;
  const spread = attempts === 0 ? 0 : (successes * (attempts - successes)) / attempts;
  return {
    successes,
    attempts,
    rate: (successes + (z * z) / 2) / total,
    error: (z / total) * Math.sqrt(spread + (z * z) / 4),
  };
}

/** risk = (r_t − r_c) / (1 − r_c), cut to [0, 1], with the error of both rates carried through. */
export function riskOf(train: Rate, control: Rate, baseline: Rate): Risk {
  const left = 1 - control.rate;
  const value = (train.rate - control.rate) / left;
  const error = Math.hypot(train.error / left, (control.error * (1 - train.rate)) / (left * left));
  return {
    risk: clip(value),
    low: clip(value - error),
    high: clip(value + error),
    trustworthy: train.rate > baseline.rate + Math.hypot(train.error, baseline.error),
  };
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
