import { createCipheriv } from 'node:crypto';

/*
 * FF1 of NIST SP 800-38G: ten Feistel rounds over the digits of a number in some radix, so that what comes out is as
 * long as what went in and of the same alphabet.
 */

const rounds = 10;

/** The smallest number of possible values that SP 800-38G r1 allows. */
export const smallestDomain = 1_000_000;

/** `digits` are numbers below `radix`; `encrypt` and `decrypt` give as many. */
export interface Ff1 {
  encrypt(digits: readonly number[], tweak: Uint8Array): number[];
  decrypt(digits: readonly number[], tweak: Uint8Array): number[];
}

/** `key` has 16, 24 or 32 bytes. The domain is not checked here: NIST's own samples are allowed. */
export function createFf1(key: Uint8Array, radix: number): Ff1 {
  // Without padding and without chaining each update is one block, so one cipher serves for all of them.
  const cipher = createCipheriv(`aes-${key.length * 8}-ecb`, key, null).setAutoPadding(false);
  const block = (bytes: Uint8Array) => cipher.update(bytes);
  const sizes = new Map<number, Size>();
  const sizeOf = (n: number) => {
    const size = sizes.get(n) ?? new Size(radix, n);
    sizes.set(n, size);
    return size;
  };
  return {
    encrypt: (digits, tweak) => new Feistel(block, sizeOf(digits.length), tweak).encrypt(digits),
    decrypt: (digits, tweak) => new Feistel(block, sizeOf(digits.length), tweak).decrypt(digits),
  };
}

type Block = (bytes: Uint8Array) => Buffer;

/** What depends on the number of digits alone; the names are those of the standard. */
class Size {
  readonly radix: number;
  /** n = u + v digits in all. */
  readonly n: number;
  readonly u: number;
  readonly v: number;
  /** Bytes of a half. */
  readonly b: number;
  /** Bytes of a round's number. */
  readonly d: number;
  readonly moduli: readonly [bigint, bigint];

  constructor(radix: number, n: number) {
    this.radix = radix;
    this.n = n;
    this.u = Math.floor(n / 2);
    this.v = n - this.u;
    this.moduli = [BigInt(radix) ** BigInt(this.u), BigInt(radix) ** BigInt(this.v)];
    // ⌈⌈v·log₂ radix⌉ / 8⌉, from the exact number of bits of radix^v − 1.
    this.b = Math.ceil((this.moduli[1] - 1n).toString(2).length / 8);
    this.d = 4 * Math.ceil(this.b / 4) + 4;
  }
}

class Feistel {
  readonly #block: Block;
  readonly #size: Size;
  readonly #radix: bigint;
  readonly #tweak: Uint8Array;
  /** The state of the CBC-MAC after P, which is the same in every round. */
  readonly #start: Buffer;

  constructor(block: Block, size: Size, tweak: Uint8Array) {
    this.#block = block;
    this.#size = size;
    this.#radix = BigInt(size.radix);
    this.#tweak = tweak;
    const p = Buffer.from([1, 2, 1, 0, 0, 0, 10, size.u % 256, 0, 0, 0, 0, 0, 0, 0, 0]);
    p.writeUIntBE(size.radix, 3, 3);
    p.writeUInt32BE(size.n, 8);
    p.writeUInt32BE(tweak.length, 12);
    this.#start = block(p);
  }

  encrypt(digits: readonly number[]): number[] {
    let [a, b] = this.#halves(digits);
    for (let round = 0; round < rounds; round += 1) {
      const modulus = this.#size.moduli[round % 2]!;
      [a, b] = [b, (a + this.#roundNumber(round, b)) % modulus];
    }
    return this.#join(a, b);
  }

  decrypt(digits: readonly number[]): number[] {
    let [a, b] = this.#halves(digits);
    for (let round = rounds - 1; round >= 0; round -= 1) {
      const modulus = this.#size.moduli[round % 2]!;
      const difference = (b - this.#roundNumber(round, a)) % modulus;
      [a, b] = [difference < 0n ? difference + modulus : difference, a];
    }
    return this.#join(a, b);
  }

  /** y of the standard: CBC-MAC of the tweak, the round and one half, stretched to d bytes. */
  #roundNumber(round: number, half: bigint): bigint {
    const t = this.#tweak.length;
    const q = Buffer.alloc(Math.ceil((t + this.#size.b + 1) / 16) * 16);
    q.set(this.#tweak);
    q[q.length - this.#size.b - 1] = round;
    q.set(Buffer.from(half.toString(16).padStart(2 * this.#size.b, '0'), 'hex'), q.length - this.#size.b);
    let state = this.#start;
    for (let at = 0; at < q.length; at += 16) {
      state = this.#block(exclusiveOr(state, q, at));
    }
    const blocks = [state];
    for (let index = 1; blocks.length * 16 < this.#size.d; index += 1) {
      const counter = Buffer.alloc(16);
      counter.writeUInt32BE(index, 12);
      blocks.push(this.#block(exclusiveOr(state, counter, 0)));
    }
    return BigInt(`0x${Buffer.concat(blocks).toString('hex', 0, this.#size.d)}`);
  }

  #halves(digits: readonly number[]): [bigint, bigint] {
    return [this.#number(digits.slice(0, this.#size.u)), this.#number(digits.slice(this.#size.u))];
  }

  #number(digits: readonly number[]): bigint {
    return digits.reduce((sum, digit) => sum * this.#radix + BigInt(digit), 0n);
  }

  #join(a: bigint, b: bigint): number[] {
    return [...this.#digits(a, this.#size.u), ...this.#digits(b, this.#size.v)];
  }

  #digits(number: bigint, count: number): number[] {
    const digits = new Array<number>(count);
    let rest = number;
    for (let at = count - 1; at >= 0; at -= 1) {
      digits[at] = Number(rest % this.#radix);
      rest /= this.#radix;
    }
    return digits;
  }
}

function exclusiveOr(block: Uint8Array, other: Uint8Array, at: number): Uint8Array {
  const result = new Uint8Array(16);
  for (let index = 0; index < 16; index += 1) {
    result[index] = block[index]! ^ other[at + index]!;
  }
  return result;
}
