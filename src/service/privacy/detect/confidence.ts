/**
 * From counted values to a confidence, as the reference has it (Anonymise, section 3): the lower bound of Wilson's
 * interval for the share of values that pass, against the share that would pass by chance.
 */

/** 95 % two-sided: values that speak alone. */
const strict = 1.96;
/** 84 % one-sided: with a header that says the same, fewer values must speak. */
const withHeader = 1;

/**
 * 0 when no more values pass than chance allows, 1 when as many pass as `coverage` says of a true column.
 * @param passed of `total` values
 * @param chance the share of random values that pass
 */
export function valueScore(
  passed: number,
  total: number,
  { chance, coverage = 1 }: { readonly chance: number; readonly coverage?: number },
  headerAgrees: boolean,
): number {
  if (total === 0) {
    return 0;
  }
  const bound = wilsonInterval(passed, total, headerAgrees ? withHeader : strict).low;
  return clamp((bound - chance) / (coverage - chance));
}

/** Whether a column can still score a quarter after `passed` of its first `total` values. */
export function isHopeless(
  passed: number,
  total: number,
  { chance, coverage = 1 }: { readonly chance: number; readonly coverage?: number },
): boolean {
  return wilsonInterval(passed, total, strict).high < chance + (coverage - chance) / 4;
}

/** Wilson's score interval (1927) for a share of `passed` out of `total` > 0, at `z` standard deviations. */
export function wilsonInterval(
  passed: number,
  total: number,
  z: number,
): { readonly low: number; readonly high: number } {
  const share = passed / total;
  const squared = (z * z) / total;
  const middle = (share + squared / 2) / (1 + squared);
  const half = (z / (1 + squared)) * Math.sqrt((share * (1 - share)) / total + squared / (4 * total));
  return { low: clamp(middle - half), high: clamp(middle + half) };
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}
