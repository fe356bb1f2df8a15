import { hash } from 'node:crypto';

/** Block size of SHA-256, which is that of HMAC's pads. */
const blockLength = 64;

/** The two pads of HMAC (RFC 2104) for a key of at most 64 bytes: as secret as the key. */
export function hmacPads(key: Uint8Array): { readonly inner: Uint8Array; readonly outer: Uint8Array } {
  return { inner: padded(key, 0x36), outer: padded(key, 0x5c) };
}

function padded(key: Uint8Array, byte: number): Uint8Array {
  if (key.length > blockLength) {
    throw new RangeError(`A key has at most ${blockLength} bytes.`);
  }
  const block = new Uint8Array(blockLength).fill(byte);
  for (const [index, part] of key.entries()) {
    block[index]! ^= part;
  }
  return block;
}

/**
 * HMAC-SHA256 under one key for many messages: two hashes at once each, several times as fast as a new object of
 * `createHmac` for each message.
 */
export function hmacSha256(key: Uint8Array): (message: Uint8Array | string) => Buffer {
  const pads = hmacPads(key);
  const outer = Buffer.alloc(blockLength + 32);
  outer.set(pads.outer);
  let inner = withRoom(pads.inner, 1024);
  return (message) => {
    const most = typeof message === 'string' ? message.length * 3 : message.length;
    if (inner.length < blockLength + most) {
      inner = withRoom(pads.inner, most * 2);
    }
    const length = typeof message === 'string' ? inner.write(message, blockLength, 'utf8') : message.length;
    if (typeof message !== 'string') {
      inner.set(message, blockLength);
    }
    outer.set(hash('sha256', inner.subarray(0, blockLength + length), 'buffer'), blockLength);
    return hash('sha256', outer, 'buffer');
  };
}

function withRoom(pad: Uint8Array, length: number): Buffer {
  const buffer = Buffer.alloc(blockLength + length);
  buffer.set(pad);
  return buffer;
}
