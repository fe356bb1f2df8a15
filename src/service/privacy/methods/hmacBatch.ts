import { hmacPads, hmacSha256 } from './hmac.ts';
import { initialState, type Sha256Lanes, sha256Lanes } from './sha256Lanes.ts';

/** Short texts as DuckDB has them: piece `p` of a text is four words, how many bytes it has and up to 12 of them. */
export interface TextPieces {
  readonly rowCount: number;
  /** As many as `piecesOfText`, each with four words a row. A text of no bytes at all is null. */
  readonly pieces: readonly Int32Array[];
  /** A text that is too long for its pieces. */
  readonly long: (row: number) => string;
}

/** So many pieces hold what fits one block of SHA-256. */
export const piecesOfText = 5;
/** Behind a message stand a bit and its length. */
export const mostBytes = 55;

const rowsAtOnce = 2048;
const blockWords = 16;
const hashWords = 8;
const lanes = 4;

/** In words: two states, the block of the outer hash, then the blocks of the messages. */
const inner = 0;
const outer = hashWords * lanes;
const outerBlock = 2 * hashWords * lanes;
const blocks = outerBlock + blockWords * lanes;

type Take = (row: number, words: Int32Array) => void;

/**
 * HMAC-SHA256 (RFC 2104) of many short texts under one key. Of each pad the state is computed once, so that a text
 * takes two compressions instead of four. `take` is called for each text that is not null with eight words, of which
 * the first is the highest.
 */
export function hmacBatch(key: Uint8Array): (texts: TextPieces, take: Take) => void {
  const sha = sha256Lanes(blocks + rowsAtOnce * blockWords);
  prepare(sha, key);
  const hashLong = hmacSha256(key);
  const lengths = new Int32Array(rowsAtOnce);
  return ({ rowCount, pieces, long }, take) => {
    for (let first = 0; first < rowCount; first += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rowCount - first);
      fillBlocks(sha.memory, pieces, first, lengths, count);
      for (let row = 0; row < count; row += lanes) {
        const block = blocks + row * blockWords;
        compress(sha, inner, block, outerBlock);
        compress(sha, outer, outerBlock, block);
      }
      takeHashes(sha.memory, lengths.subarray(0, count), {
        take: (row, words) => take(first + row, words),
        hashLong: (row) => hashLong(long(first + row)),
      });
    }
  };
}

/** The states behind the pads, and what is always the same in the block of the outer hash. */
function prepare(sha: Sha256Lanes, key: Uint8Array): void {
  const { memory } = sha;
  const pads = hmacPads(key);
  for (const [pad, state] of [
    [pads.inner, inner],
    [pads.outer, outer],
  ] as const) {
    const view = new DataView(pad.buffer, pad.byteOffset);
    for (let lane = 0; lane < lanes; lane += 1) {
      for (let index = 0; index < blockWords; index += 1) {
        memory[blocks + lanes * index + lane] = view.getInt32(4 * index);
      }
      for (let index = 0; index < hashWords; index += 1) {
        memory[state + lanes * index + lane] = initialState[index]!;
      }
    }
    compress(sha, state, blocks, state);
  }
  for (let lane = 0; lane < lanes; lane += 1) {
    memory[outerBlock + lanes * hashWords + lane] = 0x8000_0000 | 0;
    memory[outerBlock + lanes * (blockWords - 1) + lane] = 8 * (64 + 32);
  }
}

/** Places in words. */
function compress(sha: Sha256Lanes, state: number, block: number, result: number): void {
  sha.compress(state * 4, block * 4, result * 4);
}

/** Where the first word of a row's block, and later of its hash, stands. */
function placeOf(row: number): number {
  const lane = row % lanes;
  return blocks + (row - lane) * blockWords + lane;
}

function takeHashes(
  memory: Int32Array,
  lengths: Int32Array,
  { take, hashLong }: { readonly take: Take; readonly hashLong: (row: number) => Buffer },
): void {
  const hash = new Int32Array(hashWords);
  for (let row = 0; row < lengths.length; row += 1) {
    const length = lengths[row]!;
    if (length === 0) {
      continue;
    }
    const bytes = length > mostBytes ? hashLong(row) : undefined;
    const at = placeOf(row);
    for (let index = 0; index < hashWords; index += 1) {
      hash[index] = bytes ? bytes.readInt32BE(4 * index) : memory[at + lanes * index]!;
    }
    take(row, hash);
  }
}

/** Messages with their ends, each in its lane; the bytes of DuckDB's words come in the other order. */
function fillBlocks(
  memory: Int32Array,
  pieces: readonly Int32Array[],
  first: number,
  lengths: Int32Array,
  count: number,
): void {
  for (let row = 0; row < count; row += 1) {
    const from = 4 * (first + row);
    const at = placeOf(row);
    let length = 0;
    let index = 0;
    for (const piece of pieces) {
      length += piece[from]!;
      for (let part = 1; part <= 3; part += 1) {
        const bytes = piece[from + part]!;
        memory[at + lanes * index] =
          (bytes << 24) | ((bytes & 0xff00) << 8) | ((bytes >>> 8) & 0xff00) | (bytes >>> 24);
        index += 1;
      }
    }
    lengths[row] = length;
    if (length <= mostBytes) {
      memory[at + lanes * (length >> 2)]! |= 0x8000_0000 >>> (8 * (length & 3));
      memory[at + lanes * (blockWords - 1)] = 8 * (64 + length);
    }
  }
}
