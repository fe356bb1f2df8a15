import { createCipheriv, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import { uniformAt } from './keyedUniform.ts';

/** Bytes of the keystream for each row. */
const bytesPerRow = 16;

/**
 * One uniform number for each of `count` rows from `firstRow` on: AES-256-CTR under `key` with the row's number as
 * the counter, 16 bytes a row: 8 for draw 0 and 8 for draw 1. Any batch can be computed alone, in any order.
 */
export function rowUniforms(key: Uint8Array, firstRow: number, count: number, draw: 0 | 1 = 0): Float64Array {
  const bytes = keystream(key, BigInt(firstRow), count * bytesPerRow);
  const uniforms = new Float64Array(count);
  for (let row = 0; row < count; row += 1) {
    uniforms[row] = uniformAt(bytes, row * bytesPerRow + 8 * draw);
  }
  return uniforms;
}

function keystream(key: Uint8Array, block: bigint, length: number): Buffer {
  const counter = Buffer.alloc(16);
  counter.writeBigUInt64BE(block >> 64n, 0);
  counter.writeBigUInt64BE(block & 0xffff_ffff_ffff_ffffn, 8);
  return createCipheriv('aes-256-ctr', keyObjectOf(key), counter).update(Buffer.alloc(length));
}

const keyObjects = new WeakMap<Uint8Array, KeyObject>();

/** Bytes are made into such an object with every cipher, which takes Node several times as long as the cipher. */
function keyObjectOf(key: Uint8Array): KeyObject {
  const known = keyObjects.get(key);
  if (known) {
    return known;
  }
  const made = createSecretKey(key);
  keyObjects.set(key, made);
  return made;
}

/** Random bytes, one after another. */
export interface RandomBytes {
  /** The next byte, 0 to 255. */
  next(): number;
}

const bufferLength = 8192;

/** The same bytes for the same key, for ever. */
export function keyedBytes(key: Uint8Array): RandomBytes {
  return streamFrom(key, 0n, bufferLength);
}

/** The same bytes for the same key and row, whatever the batch: each row has 2^32 blocks of its own. */
export function keyedRowBytes(key: Uint8Array, row: number): RandomBytes {
  return streamFrom(key, BigInt(row) << 32n, 256);
}

function streamFrom(key: Uint8Array, first: bigint, length: number): RandomBytes {
  let block = first;
  return buffered(() => {
    const bytes = keystream(key, block, length);
    block += BigInt(length / 16);
    return bytes;
  });
}

/** Bytes of the operating system, other ones each time. */
export function freshBytes(): RandomBytes {
  return buffered(() => randomBytes(bufferLength));
}

function buffered(fill: () => Uint8Array): RandomBytes {
  let bytes: Uint8Array = new Uint8Array(0);
  let at = 0;
  return {
    next() {
      if (at === bytes.length) {
        bytes = fill();
        at = 0;
      }
      const byte = bytes[at]!;
      at += 1;
      return byte;
    },
  };
}

/** A whole number from 0 to `bound` − 1, each as likely: draws that would favour some are thrown away. */
export function uniformBelow(bytes: RandomBytes, bound: number): number {
  const limit = 2 ** 48 - (2 ** 48 % bound);
  for (;;) {
    let drawn = 0;
    for (let index = 0; index < 6; index += 1) {
      drawn = drawn * 256 + bytes.next();
    }
    if (drawn < limit) {
      return drawn % bound;
    }
  }
}
