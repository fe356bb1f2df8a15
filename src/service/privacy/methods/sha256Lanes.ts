/**
 * SHA-256's compression (FIPS 180-4, 6.2.2) of four messages at once, in the 128-bit words that every processor has:
 * some five times as fast as one hash after another by OpenSSL, where the messages are short.
 *
 * Numbers are interleaved by message: word `i` of message `m` is at index `4 * i + m`.
 */
export interface Sha256Lanes {
  readonly memory: Int32Array;
  /** Offsets in bytes: of the state before, of the block, and of where the state after it goes. */
  compress(state: number, block: number, result: number): void;
}

/** What is used of it here: its types belong to those of browsers. */
interface WebAssemblyOfUs {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
  ) => {
    readonly exports: {
      readonly memory: { readonly buffer: ArrayBuffer };
      readonly compress: Sha256Lanes['compress'];
    };
  };
}

/** `words` is how many the memory has. */
export function sha256Lanes(words: number): Sha256Lanes {
  const pages = Math.ceil((words * 4) / 65_536);
  const { Instance, Module } = (globalThis as unknown as { readonly WebAssembly: WebAssemblyOfUs })
    .WebAssembly;
  const { memory, compress } = new Instance(new Module(moduleBytes(pages))).exports;
  return { memory: new Int32Array(memory.buffer), compress };
}

/** The state before the first block: of the square roots of the first eight primes what follows the point. */
export const initialState = primes(8).map((prime) => fraction(Math.sqrt(prime)));
const roundConstants = primes(64).map((prime) => fraction(Math.cbrt(prime)));

function fraction(root: number): number {
  return Math.floor((root % 1) * 2 ** 32) | 0;
}

function primes(count: number): number[] {
  const found: number[] = [];
  for (let candidate = 2; found.length < count; candidate += 1) {
    if (found.every((prime) => candidate % prime !== 0)) {
      found.push(candidate);
    }
  }
  return found;
}

type Code = readonly number[];

/*
 * WebAssembly, as there is no compiler in the build for anything else: parameters are locals 0 to 2, the eight
 * variables of the state 3 to 10, the sixteen words of the schedule 11 to 26, and one more for a sum.
 */
const [state, block, result] = [0, 1, 2] as const;
const variable = (index: number) => 3 + (index & 7);
const word = (index: number) => 11 + (index & 15);
const sum = 27;

const get = (local: number): Code => [0x20, local];
const set = (local: number): Code => [0x21, local];
const vector = (operation: number): Code => [0xfd, ...unsigned(operation)];
const load = (from: number, at: number): Code => [...get(from), ...vector(0), 4, ...unsigned(16 * at)];
const store = (to: number, at: number, value: Code): Code => [
  ...get(to),
  ...value,
  ...vector(11),
  4,
  ...unsigned(16 * at),
];
const splat = (value: number): Code => [0x41, ...signed(value), ...vector(17)];
const or = (a: Code, b: Code): Code => [...a, ...b, ...vector(80)];
const xor = (a: Code, b: Code): Code => [...a, ...b, ...vector(81)];
/** The bits of `a` where `mask` is 1, else those of `b`. */
const select = (a: Code, b: Code, mask: Code): Code => [...a, ...b, ...mask, ...vector(82)];
const left = (value: Code, bits: number): Code => [...value, 0x41, bits, ...vector(171)];
const right = (value: Code, bits: number): Code => [...value, 0x41, bits, ...vector(173)];
const add = (...terms: readonly Code[]): Code =>
  terms.flatMap((term, index) => (index === 0 ? term : [...term, ...vector(174)]));
const rotate = (value: Code, bits: number): Code => or(right(value, bits), left(value, 32 - bits));
const rotations = (local: number, bits: readonly [number, number, number]): Code =>
  xor(xor(rotate(get(local), bits[0]), rotate(get(local), bits[1])), rotate(get(local), bits[2]));
const mixed = (local: number, bits: readonly [number, number], shift: number): Code =>
  xor(xor(rotate(get(local), bits[0]), rotate(get(local), bits[1])), right(get(local), shift));

function compressCode(): Code {
  const code: number[] = [];
  const emit = (...parts: readonly Code[]) => code.push(...parts.flat());
  for (let index = 0; index < 8; index += 1) {
    emit(load(state, index), set(variable(index)));
  }
  for (let index = 0; index < 16; index += 1) {
    emit(load(block, index), set(word(index)));
  }
  for (let round = 0; round < 64; round += 1) {
    if (round >= 16) {
      const next = add(
        get(word(round)),
        mixed(word(round + 1), [7, 18], 3),
        get(word(round + 9)),
        mixed(word(round + 14), [17, 19], 10),
      );
      emit(next, set(word(round)));
    }
    // The variables change their names from round to round instead of being moved.
    const [a, b, c, d, e, f, g, h] = Array.from({ length: 8 }, (_, index) => variable(index - round)) as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const first = add(
      get(h),
      rotations(e, [6, 11, 25]),
      select(get(f), get(g), get(e)),
      splat(roundConstants[round]!),
      get(word(round)),
    );
    emit(first, set(sum), add(get(d), get(sum)), set(d));
    const majority = select(get(c), get(b), xor(get(a), get(b)));
    emit(add(get(sum), rotations(a, [2, 13, 22]), majority), set(h));
  }
  for (let index = 0; index < 8; index += 1) {
    emit(store(result, index, add(load(state, index), get(variable(index)))));
  }
  return code;
}

function moduleBytes(pages: number): Uint8Array<ArrayBuffer> {
  const body = [...[1, 25, 0x7b], ...compressCode(), 0x0b];
  const text = (name: string) => [name.length, ...Buffer.from(name, 'latin1')];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    // One type: three offsets and no result; one function of that type; one memory.
    ...section(1, [1, 0x60, 3, 0x7f, 0x7f, 0x7f, 0]),
    ...section(3, [1, 0]),
    ...section(5, [1, 0, ...unsigned(pages)]),
    ...section(7, [2, ...text('memory'), 2, 0, ...text('compress'), 0, 0]),
    ...section(10, [1, ...unsigned(body.length), ...body]),
  ]);
}

function section(id: number, content: Code): Code {
  return [id, ...unsigned(content.length), ...content];
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 127;
  const rest = value >> 7;
  const isLast = (rest === 0 && low < 64) || (rest === -1 && low >= 64);
  return isLast ? [low] : [low | 128, ...signed(rest)];
}
