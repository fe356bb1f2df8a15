/** How a text divides into rows and values. An empty quote means that there is none. */
export interface Dialect {
  readonly delimiter: string;
  readonly quote: string;
  readonly hasHeader: boolean;
  /** As the first row ends. */
  readonly lineEnd: LineEnd;
  /** The text begins with one. */
  readonly byteOrderMark: boolean;
}

type LineEnd = '\n' | '\r\n' | '\r';

export interface SniffedText extends Omit<Dialect, 'byteOrderMark'> {
  /** The rows of the sample, the header among them; the last may be one that the sample cuts. */
  readonly records: readonly (readonly (string | null)[])[];
  /** How many values most rows have. */
  readonly width: number;
}

const delimiters = [',', '\t', ';', '|'];
const mostRecords = 2000;

/**
 * The delimiter, quote and header of a delimited text, from its beginning: the delimiter with which most rows have
 * as many values as the first one. Rows that deviate do not keep it from being found; whoever reads on refuses them.
 */
export function sniffDialect(text: string, preferred = ','): SniffedText {
  const candidates = delimiters
    .map((delimiter) => divide(text, delimiter, '"'))
    .concat(usesApostrophes(text) ? delimiters.map((delimiter) => divide(text, delimiter, "'")) : []);
  const best = candidates
    .filter(({ width, agreement }) => width > 1 && agreement >= 0.5)
    .sort((a, b) => score(b, preferred) - score(a, preferred))[0];
  const { delimiter, quote, records } = best ?? divide(text, preferred, '"');
  const width = best?.width ?? Math.max(1, records[0]?.length ?? 1);
  const lineEnd = firstLineEnd(text, delimiter, quote);
  return { delimiter, quote, records, width, hasHeader: hasHeader(records), lineEnd };
}

interface Division {
  readonly delimiter: string;
  readonly quote: string;
  readonly records: readonly (readonly (string | null)[])[];
  readonly width: number;
  readonly agreement: number;
}

function divide(text: string, delimiter: string, quote: string): Division {
  const records = readRecords(text, delimiter, quote, mostRecords);
  const counts = new Map<number, number>();
  for (const { length } of records) {
    counts.set(length, (counts.get(length) ?? 0) + 1);
  }
  const [width = 1, count = 0] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? [];
  const startsAlike = records[0]?.length === width ? 1 : 0.6;
  return { delimiter, quote, records, width, agreement: (count / Math.max(1, records.length)) * startsAlike };
}

function score({ delimiter, width, agreement }: Division, preferred: string): number {
  return agreement * 10 + Math.min(width, 50) / 50 + (delimiter === preferred ? 0.5 : 0);
}

/** Quoted by apostrophes, and not by quotation marks. */
function usesApostrophes(text: string): boolean {
  const quoted = (mark: string) =>
    text.match(new RegExp(`(^|[,;|\\t])${mark}[^${mark}\\n]*${mark}(?=[,;|\\t\\r\\n]|$)`, 'gm'));
  return (quoted("'")?.length ?? 0) > 2 && quoted('"') === null;
}

/** An unquoted empty value is null, a quoted one an empty text. Empty lines are no rows. */
export function readRecords(
  text: string,
  delimiter: string,
  quote: string,
  most: number,
): readonly (readonly (string | null)[])[] {
  const records: (string | null)[][] = [];
  let record: (string | null)[] = [];
  let at = 0;
  while (at < text.length && records.length < most) {
    const value = readValue(text, at, delimiter, quote);
    record.push(value.text);
    at = value.end;
    if (text.startsWith(delimiter, at)) {
      at += delimiter.length;
      if (at === text.length) {
        record.push(null);
      }
      continue;
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    if (record.length > 1 || record[0] !== null) {
      records.push(record);
    }
    record = [];
  }
  if (record.length > 0 && records.length < most) {
    records.push(record);
  }
  return records;
}

/** Of a single row without an end it is that of Unix. */
function firstLineEnd(text: string, delimiter: string, quote: string): LineEnd {
  let { end } = readValue(text, 0, delimiter, quote);
  while (text.startsWith(delimiter, end)) {
    end = readValue(text, end + delimiter.length, delimiter, quote).end;
  }
  if (text.startsWith('\r\n', end)) {
    return '\r\n';
  }
  return text[end] === '\r' ? '\r' : '\n';
}

function readValue(
  text: string,
  start: number,
  delimiter: string,
  quote: string,
): { text: string | null; end: number } {
  if (quote !== '' && text[start] === quote) {
    let value = '';
    let at = start + 1;
    for (;;) {
      const close = text.indexOf(quote, at);
      if (close < 0) {
        return { text: value + text.slice(at), end: text.length };
      }
      value += text.slice(at, close);
      at = close + 1;
      if (text[at] !== quote) {
        return { text: value, end: at };
      }
      value += quote;
      at += 1;
    }
  }
  let end = start;
  while (end < text.length && text[end] !== '\n' && text[end] !== '\r' && !text.startsWith(delimiter, end)) {
    end += 1;
  }
  return { text: end === start ? null : text.slice(start, end), end };
}

/**
 * A first row is a header where it is text over a column of numbers or dates. Where it is itself a number over
 * numbers everywhere, it is none. A table of texts has one unless its first row appears again further down.
 */
function hasHeader(records: readonly (readonly (string | null)[])[]): boolean {
  const [first = [], ...rest] = records;
  if (rest.length === 0) {
    return !first.some((value) => value !== null && looksTyped(value));
  }
  let forHeader = 0;
  let against = 0;
  for (const [column, value] of first.entries()) {
    const below = rest
      .map((row) => row[column])
      .filter((other): other is string => other !== null && other !== undefined);
    const isTyped = below.length > 0 && below.filter(looksTyped).length > below.length * 0.8;
    if (isTyped && value !== null && value !== '') {
      if (looksTyped(value)) {
        against += 1;
      } else {
        forHeader += 1;
      }
    }
  }
  if (forHeader > 0 || against > 0) {
    return forHeader > 0;
  }
  return !rest.some((row) => row.length > 1 && row.every((value, column) => value === first[column]));
}

function looksTyped(value: string): boolean {
  return (
    /^\s*[+-]?(\d+([.,]\d+)?|\.\d+)([eE][+-]?\d+)?\s*$/.test(value) ||
    /^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}/.test(value)
  );
}
