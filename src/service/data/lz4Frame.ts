/**
 * The content of an LZ4 frame, as Arrow files have it (LZ4 frame format 1.6.1 and block format). Node has no LZ4.
 * Checksums are passed over: the file that the frame lies in is read by sizes of its own.
 */
export function decodeLz4Frame(frame: Uint8Array): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== 0x184d2204) {
    throw new Error('this is no LZ4 frame');
  }
  const flags = frame[4]!;
  const hasBlockChecksum = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const output = new Output(hasSize ? Number(view.getBigUint64(6, true)) : frame.length * 4);
  let at = 6 + (hasSize ? 8 : 0) + ((flags & 0x01) !== 0 ? 4 : 0) + 1;
  for (;;) {
    const header = view.getUint32(at, true);
    at += 4;
    if (header === 0) {
      return output.finish();
    }
    const size = header & 0x7fffffff;
    const block = frame.subarray(at, at + size);
    if (header >>> 31 === 1) {
      output.append(block);
    } else {
      decodeBlock(block, output);
    }
    at += size + (hasBlockChecksum ? 4 : 0);
  }
}

/** Sequences of literal bytes and copies of what was written before. */
function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const longLength = (short: number) => {
    let length = short;
    if (short === 15) {
      let more = 255;
      while (more === 255) {
        more = block[at]!;
        at += 1;
        length += more;
      }
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at]!;
    at += 1;
    const literals = longLength(token >>> 4);
    output.append(block.subarray(at, at + literals));
    at += literals;
    if (at >= block.length) {
      return;
    }
    const distance = block[at]! | (block[at + 1]! << 8);
    at += 2;
    output.repeat(distance, longLength(token & 15) + 4);
  }
}

class Output {
  #bytes: Uint8Array;
  #length = 0;

  constructor(size: number) {
    this.#bytes = new Uint8Array(size);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.#length) {
      throw new Error('an LZ4 block points before its beginning');
    }
    this.#reserve(count);
    // A copy may run into what it writes, so it goes byte by byte where they overlap.
    const from = this.#length - distance;
    if (distance >= count) {
      this.#bytes.copyWithin(this.#length, from, from + count);
    } else {
      for (let at = 0; at < count; at += 1) {
        this.#bytes[this.#length + at] = this.#bytes[from + at]!;
      }
    }
    this.#length += count;
  }

  finish(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(count: number): void {
    if (this.#length + count > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + count));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
  }
}
