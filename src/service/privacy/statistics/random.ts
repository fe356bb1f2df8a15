import { createCipheriv, createHmac } from 'node:crypto';
import { standardNormal } from '../methods/distributions.ts';

/**
 * Random numbers that depend on 32 bytes alone: AES-256 in counter mode, with the seed as its key.
 *
 * Who does not know the seed cannot tell them from chance, and the same seed gives the same numbers on every
 * machine. The seed is derived by the caller (one for each purpose, table and release).
 */
export class Random {
  readonly #seed: Uint8Array;
  readonly #cipher: ReturnType<typeof createCipheriv>;
  readonly #words = new Uint32Array(blockBytes / 4);
  #next: number;

  constructor(seed: Uint8Array) {
    if (seed.length !== 32) {
      throw new RangeError('A seed has 32 bytes.');
    }
    this.#seed = seed;
    this.#cipher = createCipheriv('aes-256-ctr', seed, new Uint8Array(16));
    this.#next = this.#words.length;
  }

  /** Independent numbers for one part of the work, so that parts may run in any order or be left out. */
  fork(purpose: string): Random {
    return new Random(createHmac('sha256', this.#seed).update(purpose).digest());
  }

  /** Uniform on the open interval (0, 1), in steps of 2⁻⁵². */
  uniform(): number {
    const high = this.#word() >>> 6;
    const low = this.#word() >>> 6;
    return (high * 0x4000000 + low + 0.5) / 0x10000000000000;
  }

  /** A whole number from 0 to `count` − 1. */
  below(count: number): number {
    return Math.floor(this.uniform() * count);
  }

  /** From the standard normal distribution. */
  normal(): number {
    return standardNormal(this.uniform());
  }

  /** The numbers 0 … `count` − 1 in random order (Fisher and Yates). */
  permutation(count: number): Int32Array {
    const order = Int32Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = this.below(last + 1);
      const kept = order[last]!;
      order[last] = order[other]!;
      order[other] = kept;
    }
    return order;
  }

  #word(): number {
    if (this.#next === this.#words.length) {
      const bytes = this.#cipher.update(zeros);
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      for (let index = 0; index < this.#words.length; index += 1) {
        this.#words[index] = view.getUint32(index * 4, true);
      }
      this.#next = 0;
    }
    const word = this.#words[this.#next]!;
    this.#next += 1;
    return word;
  }
}

const blockBytes = 1 << 16;
const zeros = new Uint8Array(blockBytes);
