/*
 * Numbers between 0 and 1 that come from a key. 52 bits and a half: with 53, as one often reads, the greatest
 * would round to 1, whose logarithm is minus infinity.
 */

const twoTo52 = 2 ** 52;

/** `(top 52 bits + ½) / 2^52` of the 8 bytes at `at`, most significant first: never 0, never 1, exact. */
export function uniformAt(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
  const low = (bytes[at + 4]! << 12) | (bytes[at + 5]! << 4) | (bytes[at + 6]! >>> 4);
  return (high * 0x100000 + low + 0.5) / twoTo52;
}

/** The same of the first 8 bytes of a hash of 64 hex digits, which SQL names `hash`. */
export function uniformSql(hash: string): string {
  return `((('0x' || substr(${hash}, 1, 13))::BIGINT::DOUBLE + 0.5) / 4503599627370496.0)`;
}
