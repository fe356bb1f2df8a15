import { withoutAccents } from '../header.ts';

/** A dictionary written as one text: entries by spaces, words of one entry joined by `_`. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(
    text
      .trim()
      .split(/\s+/)
      .map((word) => withoutAccents(word.replaceAll('_', ' '))),
  );
}
