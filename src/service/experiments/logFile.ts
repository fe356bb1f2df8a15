import fs from 'node:fs';
import type { LogPart } from '../../protocol/experiments.ts';

/** More than this is given in several parts. */
const longestPart = 1_000_000;
const empty: LogPart = { text: '', from: 0, to: 0, size: 0 };

/**
 * A range of bytes of a log as text. Its ends move so that no character is cut: the next part is asked for
 * from `to`. Negative `from` counts from the end. Bytes that are not UTF-8 become U+FFFD.
 *
 * While the log `grows`, a character whose last bytes are not written yet waits for the next part.
 */
export function readLogPart(file: string, from: number, length: number, grows: boolean): LogPart {
  let log: number;
  try {
    log = fs.openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return empty;
    }
    throw error;
  }
  try {
    const size = fs.fstatSync(log).size;
    const start = Math.min(size, Math.max(0, from < 0 ? size + from : from));
    const wanted = Math.max(0, Math.min(length, longestPart, size - start));
    // A character has at most four bytes: with three more on each side both ends can be judged.
    const before = Math.min(3, start);
    const bytes = Buffer.alloc(Math.min(size, start + wanted + 3) - (start - before));
    const read = fs.readSync(log, bytes, 0, bytes.length, start - before);
    const range = wholeCharacters(bytes.subarray(0, read), before, before + wanted, grows);
    const shift = start - before;
    return {
      text: new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes.subarray(range.from, range.to)),
      from: range.from + shift,
      to: range.to + shift,
      size,
    };
  } finally {
    fs.closeSync(log);
  }
}

function wholeCharacters(
  bytes: Uint8Array,
  from: number,
  to: number,
  grows: boolean,
): { from: number; to: number } {
  const limit = Math.min(to, bytes.length);
  const cutAtStart = characterAround(bytes, from);
  const start = cutAtStart ? Math.min(cutAtStart.end, bytes.length) : from;
  const cutAtEnd = characterAround(bytes, limit);
  if (!cutAtEnd) {
    return { from: start, to: Math.max(start, limit) };
  }
  if (cutAtEnd.end > bytes.length) {
    return { from: start, to: grows ? Math.max(start, cutAtEnd.start) : bytes.length };
  }
  // A range shorter than its only character grows, so that a reader always comes forward.
  return { from: start, to: cutAtEnd.start > start ? cutAtEnd.start : Math.max(start, cutAtEnd.end) };
}

/** The character that lies on both sides of `position`, if there is one. It may end beyond the bytes at hand. */
function characterAround(bytes: Uint8Array, position: number): { start: number; end: number } | undefined {
  for (let back = 1; back <= 3 && position - back >= 0; back += 1) {
    const byte = bytes[position - back]!;
    const length = sequenceLength(byte);
    if (length > 0) {
      const start = position - back;
      const inside = length > back && allContinue(bytes, start + 1, start + length);
      return inside ? { start, end: start + length } : undefined;
    }
    if (!isContinuation(byte)) {
      return undefined;
    }
  }
  return undefined;
}

function allContinue(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < Math.min(to, bytes.length); at += 1) {
    if (!isContinuation(bytes[at]!)) {
      return false;
    }
  }
  return true;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

/** How many bytes the character that starts with this one has, or 0. */
function sequenceLength(first: number): number {
  if (first >= 0xc2 && first <= 0xdf) {
    return 2;
  }
  if (first >= 0xe0 && first <= 0xef) {
    return 3;
  }
  return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}
