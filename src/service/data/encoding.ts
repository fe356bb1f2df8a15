import { isUtf8 } from 'node:buffer';

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type FoundEncoding =
  | { readonly encoding: Encoding; readonly byteOrderMark: boolean }
  /** Mostly UTF-8, with bytes that are not, first in this row from 1. */
  | { readonly brokenRow: number }
  | { readonly binary: true };

/** What the bytes of a text are written in. `isWhole` is false when they are only the beginning of it. */
export function findEncoding(bytes: Buffer, isWhole: boolean): FoundEncoding {
  const mark = byteOrderMark(bytes);
  if (mark) {
    return { encoding: mark, byteOrderMark: true };
  }
  const wide = sixteenBits(bytes);
  if (wide) {
    return { encoding: wide, byteOrderMark: false };
  }
  if (bytes.includes(0)) {
    return { binary: true };
  }
  const text = isWhole ? bytes : bytes.subarray(0, wholeCharacters(bytes));
  if (isUtf8(text)) {
    return { encoding: 'utf-8', byteOrderMark: false };
  }
  return brokenOrSingleByte(text);
}

/** Its first bytes and what is lost otherwise: Windows-1252 has characters where Latin-1 has controls. */
export function decode(bytes: Buffer, encoding: Encoding): string {
  if (encoding === 'windows-1252') {
    // Node's own decoder has been wrong here in several releases.
    return bytes
      .toString('latin1')
      .replace(/[\u0080-\u009f]/g, (byte) => windows1252[byte.charCodeAt(0) - 0x80]!);
  }
  return new TextDecoder(encoding).decode(bytes);
}

/** The unused five are kept as they are, as browsers do. */
const windows1252 =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function byteOrderMark(bytes: Buffer): Encoding | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return 'utf-8';
  }
  if (bytes[0] === 0xff && bytes[1] === 0xfe) {
    return 'utf-16le';
  }
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}

/** Western text in 16 bits has a zero in nearly every other byte. */
function sixteenBits(bytes: Buffer): Encoding | undefined {
  const length = Math.min(bytes.length, 4096) & ~1;
  const zeros = [0, 0];
  for (let at = 0; at < length; at += 1) {
    if (bytes[at] === 0) {
      zeros[at & 1]! += 1;
    }
  }
  const enough = length * 0.3;
  if (zeros[1]! > enough && zeros[0]! < enough / 10) {
    return 'utf-16le';
  }
  return zeros[0]! > enough && zeros[1]! < enough / 10 ? 'utf-16be' : undefined;
}

/** Without the character that the end cuts in two. */
function wholeCharacters(bytes: Buffer): number {
  let end = bytes.length;
  while (end > 0 && bytes.length - end < 3 && (bytes[end - 1]! & 0xc0) === 0x80) {
    end -= 1;
  }
  return end > 0 && bytes[end - 1]! >= 0xc0 ? end - 1 : end;
}

/** Where most of what is beyond ASCII makes sense as UTF-8, the rest is damage and not another encoding. */
function brokenOrSingleByte(bytes: Buffer): FoundEncoding {
  const text = new TextDecoder('utf-8').decode(bytes);
  const broken = text.match(/\ufffd/g)?.length ?? 0;
  const sound = text.match(/[\u0080-\ufffc]/g)?.length ?? 0;
  // Hardly ever do letters of another encoding make a character of UTF-8 by chance.
  if (sound > 0 && sound >= broken) {
    return { brokenRow: text.slice(0, text.indexOf('\ufffd')).split('\n').length };
  }
  return { encoding: 'windows-1252', byteOrderMark: false };
}
