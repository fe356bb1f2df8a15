import { createHash } from 'node:crypto';
import fs from 'node:fs';

const blockBytes = 1 << 20;

/**
 * DVC 2's hash: md5 after CRLF became LF in blocks of 1 MiB that look like text.
 * A pair that is split over two blocks stays as it is, as in DVC.
 */
export function legacyHash(descriptor: number, beforeBlock: () => void = () => undefined): string {
  const hash = createHash('md5');
  const buffer = Buffer.allocUnsafe(blockBytes);
  for (let position = 0; ; ) {
    beforeBlock();
    const length = fill(descriptor, buffer, position);
    if (length === 0) {
      return hash.digest('hex');
    }
    position += length;
    const block = buffer.subarray(0, length);
    hash.update(looksLikeText(block) ? withoutCarriageReturns(block) : block);
  }
}

function fill(descriptor: number, buffer: Buffer, position: number): number {
  let length = 0;
  while (length < buffer.length) {
    const bytes = fs.readSync(descriptor, buffer, length, buffer.length - length, position + length);
    if (bytes === 0) {
      break;
    }
    length += bytes;
  }
  return length;
}

/** By the first 512 bytes: no NUL, and at most 30 % that are neither printable ASCII nor white space. */
export function looksLikeText(block: Buffer): boolean {
  const head = block.subarray(0, 512);
  let odd = 0;
  for (const byte of head) {
    if (byte === 0) {
      return false;
    }
    const plain = (byte >= 0x20 && byte <= 0x7e) || (byte >= 0x08 && byte <= 0x0d && byte !== 0x0b);
    odd += plain ? 0 : 1;
  }
  return odd <= head.length * 0.3;
}

function withoutCarriageReturns(block: Buffer): Buffer {
  return block.includes('\r\n')
    ? Buffer.from(block.toString('latin1').replaceAll('\r\n', '\n'), 'latin1')
    : block;
}
