import type { TextRange } from '../../../base/errors.ts';

/*
 * 32 bytes in hexadecimal or base64, comments included. In base64 only what has capitals, small letters and digits
 * counts: a long name of a column has not, and of random keys one in ten thousand lacks one.
 */
const patterns = [
  /(?<![0-9A-Fa-f])[0-9A-Fa-f]{64}(?![0-9A-Fa-f])/g,
  /(?<![\w+/-])(?=[\w+/-]*[A-Z])(?=[\w+/-]*[a-z])(?=[\w+/-]*\d)[\w+/-]{43}(?:=|(?![\w+/=-]))/g,
];

/** Something that looks like a key outside `allowed`; undefined when there is none. */
export function findKeyText(text: string, allowed: readonly TextRange[]): TextRange | undefined {
  for (const pattern of patterns) {
    for (const { 0: found, index } of text.matchAll(pattern)) {
      if (!allowed.some(({ start, end }) => index >= start && index + found.length <= end)) {
        return { start: index, end: index + found.length };
      }
    }
  }
  return undefined;
}
