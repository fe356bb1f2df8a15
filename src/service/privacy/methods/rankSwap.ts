import { keyedBytes, uniformBelow } from './keystream.ts';
import type { MethodDescription } from './method.ts';

export const rankSwapDescription: MethodDescription = {
  title: 'Rank swap',
  sentence:
    'Exchanges the values of rows whose values are near each other, so that the column as a whole stays exactly as it was.',
  limit:
    'A value that occurs once in the world stays in the table, in another row; links to other columns become weaker. ' +
    'The holder of the key can exchange the values back.',
  reversible: 'no',
};

export interface RankSwapOptions {
  /** How far apart in rank two rows may be that are exchanged, in percent of the rows. */
  readonly percent: number;
}

const rowsBetweenChecks = 4096;

/**
 * For each row the row whose value it gets: from the lowest rank up, each row that was not exchanged yet is exchanged
 * with one drawn among those at most `percent` of the rows above it (reference 2.9). Equal values are ranked by row.
 * NaN stands for null and stays where it is; a row without a partner keeps its value.
 */
export function rankSwap(
  key: Uint8Array,
  values: Float64Array,
  { percent }: RankSwapOptions,
  checkCancelled: () => void = () => undefined,
): Int32Array {
  const sources = Int32Array.from(values.keys());
  const ranked = sources.filter((row) => !Number.isNaN(values[row]!));
  ranked.sort((a, b) => values[a]! - values[b]! || a - b);
  const reach = Math.floor((percent * ranked.length) / 100);
  const bytes = keyedBytes(key);
  const free = new FreeRanks(ranked.length);
  for (let rank = 0; rank < ranked.length; rank += 1) {
    if (rank % rowsBetweenChecks === 0) {
      checkCancelled();
    }
    if (!free.take(rank)) {
      continue;
    }
    const below = free.countUpTo(rank);
    const partners = free.countUpTo(Math.min(rank + reach, ranked.length - 1)) - below;
    if (partners === 0) {
      continue;
    }
    const partner = free.at(below + uniformBelow(bytes, partners));
    free.take(partner);
    const [one, other] = [ranked[rank]!, ranked[partner]!];
    sources[one] = other;
    sources[other] = one;
  }
  return sources;
}

/** Which ranks are not exchanged yet: a Fenwick tree counts and finds them in logarithmic time. */
class FreeRanks {
  readonly #sums: Int32Array;
  readonly #free: Uint8Array;
  readonly #top: number;

  constructor(count: number) {
    this.#free = new Uint8Array(count).fill(1);
    // Of `count` ones, node i holds as many as its lowest bit says.
    this.#sums = Int32Array.from({ length: count + 1 }, (_, index) => index & -index);
    this.#top = 2 ** Math.floor(Math.log2(Math.max(1, count)));
  }

  /** False when it was taken before. */
  take(rank: number): boolean {
    if (this.#free[rank] === 0) {
      return false;
    }
    this.#free[rank] = 0;
    for (let index = rank + 1; index < this.#sums.length; index += index & -index) {
      this.#sums[index]! -= 1;
    }
    return true;
  }

  /** How many are free from 0 to `rank`, both included. */
  countUpTo(rank: number): number {
    let sum = 0;
    for (let index = rank + 1; index > 0; index -= index & -index) {
      sum += this.#sums[index]!;
    }
    return sum;
  }

  /** The free rank that has `count` free ones below it. */
  at(count: number): number {
    let position = 0;
    let left = count;
    for (let step = this.#top; step > 0; step >>= 1) {
      if (position + step < this.#sums.length && this.#sums[position + step]! <= left) {
        position += step;
        left -= this.#sums[position]!;
      }
    }
    return position;
  }
}
