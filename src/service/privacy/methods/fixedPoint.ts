import type { Cell } from '../../data/encodedTable.ts';

/*
 * Decimal numbers as whole counts of their last place, in BigInt: adding and taking away again is exact at every
 * magnitude. In doubles (x + z) − z ≠ x for one row in two hundred (reference 2.2).
 */

/** No table holds more; an exponent beyond it would ask for gigabytes of digits. */
const mostDigits = 10_000;

/** Why a value has no exact count at a scale. */
export type NotFixed = 'notANumber' | 'moreDecimals';

/**
 * `value · 10^scale`, exactly. With `round` further decimals are rounded, halves away from zero; without it they are
 * refused. Reads `-12.50`, `1e-7`, and numbers as JavaScript writes them.
 */
export function parseFixed(value: Cell, scale: number, round = false): bigint | NotFixed {
  if (typeof value === 'number' && Number.isSafeInteger(value)) {
    return BigInt(value) * powerOfTen(scale);
  }
  const found = /^\s*([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?\s*$/.exec(String(value));
  if (typeof value === 'boolean' || value === null || !found || !(found[2] || found[3])) {
    return 'notANumber';
  }
  const [, sign, whole = '', fraction = '', exponent = '0'] = found;
  const shift = scale - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (Math.abs(shift) > mostDigits) {
    return digits === 0n ? 0n : 'notANumber';
  }
  const magnitude = shift >= 0 ? digits * powerOfTen(shift) : withoutLast(digits, -shift, round);
  return typeof magnitude === 'string' || sign !== '-' ? magnitude : -magnitude;
}

function withoutLast(digits: bigint, count: number, round: boolean): bigint | 'moreDecimals' {
  const unit = powerOfTen(count);
  const rest = digits % unit;
  if (rest !== 0n && !round) {
    return 'moreDecimals';
  }
  return digits / unit + (2n * rest >= unit ? 1n : 0n);
}

/** With exactly `scale` decimals: 12.50 for 1250 at scale 2. */
export function formatFixed(units: bigint, scale: number): string {
  if (scale === 0) {
    return units.toString();
  }
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const at = digits.length - scale;
  return `${units < 0n ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`;
}

const powers: bigint[] = [];

export function powerOfTen(exponent: number): bigint {
  powers[exponent] ??= 10n ** BigInt(exponent);
  return powers[exponent];
}
