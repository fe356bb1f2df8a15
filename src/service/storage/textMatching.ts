import type { Database } from 'better-sqlite3';

/**
 * SQL's LIKE as two functions, `like_text(value, pattern)` and `ilike_text(value, pattern)`, because SQLite's own
 * operator ignores the case of A to Z alone, and only there. `%` stands for any characters, `_` for exactly one;
 * nothing else is special. NULL matches nothing.
 */
export function addTextMatching(database: Database): void {
  const options = { deterministic: true, directOnly: true };
  database.function('like_text', options, (value: unknown, pattern: unknown) =>
    isText(value, pattern) && matcher(pattern as string)(value as string) ? 1 : 0,
  );
  database.function('ilike_text', options, (value: unknown, pattern: unknown) =>
    isText(value, pattern) && matcher(folded(pattern as string))(folded(value as string)) ? 1 : 0,
  );
}

function isText(value: unknown, pattern: unknown): boolean {
  return typeof value === 'string' && typeof pattern === 'string';
}

function folded(text: string): string {
  return text.toLowerCase();
}

type Matcher = (text: string) => boolean;

/** A statement asks with the same pattern for each row. */
let latest: { readonly pattern: string; readonly matches: Matcher } | undefined;

function matcher(pattern: string): Matcher {
  if (latest?.pattern !== pattern) {
    latest = { pattern, matches: likePattern(pattern) };
  }
  return latest.matches;
}

/** Takes at most the length of the text times that of the pattern, whatever stands in them. */
export function likePattern(pattern: string): Matcher {
  const parts = pattern.split('%');
  if (pattern.includes('_')) {
    const symbols = [...pattern];
    return (text) => matchSymbols([...text], symbols);
  }
  if (parts.length === 1) {
    return (text) => text === pattern;
  }
  const [first, ...middle] = parts as [string, ...string[]];
  const last = middle.pop()!;
  return (text) => {
    if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) {
      return false;
    }
    const end = text.length - last.length;
    let at = first.length;
    for (const part of middle) {
      const found = text.indexOf(part, at);
      if (found < 0 || found + part.length > end) {
        return false;
      }
      at = found + part.length;
    }
    return true;
  };
}

/** After a mismatch the last `%` takes one character more. */
function matchSymbols(text: readonly string[], pattern: readonly string[]): boolean {
  let at = 0;
  let read = 0;
  let retryPattern = -1;
  let retryText = 0;
  while (at < text.length) {
    if (pattern[read] === '%') {
      retryPattern = read;
      retryText = at;
      read += 1;
    } else if (pattern[read] === '_' || (read < pattern.length && pattern[read] === text[at])) {
      at += 1;
      read += 1;
    } else if (retryPattern >= 0) {
      retryText += 1;
      at = retryText;
      read = retryPattern + 1;
    } else {
      return false;
    }
  }
  while (pattern[read] === '%') {
    read += 1;
  }
  return read === pattern.length;
}
