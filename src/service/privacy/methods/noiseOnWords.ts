import { type NoiseDirection, type NoiseOptions, noiseUnits } from './noise.ts';

const twoTo32 = 2 ** 32;

/** On machines that put the low half first, which are all that Node is built for but one. */
const low = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 0 : 1;
const high = 1 - low;

/**
 * A column of 64-bit counts of the last place with its noise added or taken away: BIGINT, or DECIMAL of up to 18
 * digits as DuckDB holds it. Half words are added with their carry, without making a BigInt of any.
 *
 * Gives the index of the first row that would leave 64 bits instead; such a column goes the way of `noiseOnCell`,
 * which gives the same numbers.
 */
export function addNoiseToWords(
  units: BigInt64Array,
  uniforms: Float64Array,
  options: NoiseOptions,
  column: string,
  direction: NoiseDirection,
): BigInt64Array | number {
  const unitsOf = noiseUnits(options, column);
  const noisy = units.slice();
  const words = new Int32Array(noisy.buffer);
  for (let row = 0; row < units.length; row += 1) {
    const amount = direction * unitsOf(uniforms[row]!);
    if (Math.abs(amount) >= 2 ** 62) {
      return row;
    }
    const amountHigh = Math.floor(amount / twoTo32);
    const lowSum = (words[2 * row + low]! >>> 0) + (amount - amountHigh * twoTo32);
    const highSum = words[2 * row + high]! + amountHigh + (lowSum >= twoTo32 ? 1 : 0);
    if (highSum !== (highSum | 0)) {
      return row;
    }
    words[2 * row + low] = lowSum;
    words[2 * row + high] = highSum;
  }
  return noisy;
}
