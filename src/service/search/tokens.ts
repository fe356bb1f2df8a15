import type { TextRange } from '../../base/errors.ts';

export type TokenKind =
  | 'name'
  | 'backtick'
  | 'doubleQuoted'
  | 'singleQuoted'
  | 'number'
  | 'operator'
  | 'dot'
  | 'comma'
  | 'open'
  | 'close'
  | 'unknown'
  | 'end';

export interface Token extends TextRange {
  readonly kind: TokenKind;
  /** As it was written. */
  readonly text: string;
  /** Without quotes; a doubled quote within them stands for one. */
  readonly value: string;
}

/** Tried in this order at each place. A dot after a name belongs to the name, elsewhere it begins a number. */
const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['singleQuoted', /'(?:''|[^'])*'/y],
  ['doubleQuoted', /"(?:""|[^"])*"/y],
  ['backtick', /`(?:``|[^`])*`/y],
  ['number', /[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\p{L}\p{N}_])/uy],
  ['name', /[\p{L}_][\p{L}\p{N}_$#@]*/uy],
  ['operator', /[<>=!~]+/y],
  ['dot', /\./y],
  ['comma', /,/y],
  ['open', /\(/y],
  ['close', /\)/y],
  ['unknown', /\S[\p{L}\p{N}_.]*/uy],
];

/** After a dot the rest of a key: `metrics.1st` is one too. */
const afterDot: readonly (readonly [TokenKind, RegExp])[] = [
  ['name', /[\p{L}\p{N}_][\p{L}\p{N}_$#@]*/uy],
  ...patterns,
];

const afterName: readonly (readonly [TokenKind, RegExp])[] = [['dot', /\./y], ...patterns];

const space = /\s*/y;

/** Never fails: what no rule knows becomes `unknown`, for the parser to name. The last token is `end`. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  for (;;) {
    const start = at + matchAt(space, text, at).length;
    if (start >= text.length) {
      tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
      return tokens;
    }
    const token = readToken(text, start, start === at ? tokens.at(-1)?.kind : undefined);
    tokens.push(token);
    at = token.end;
  }
}

function readToken(text: string, start: number, touching: TokenKind | undefined): Token {
  const rules =
    touching === 'dot'
      ? afterDot
      : touching === 'name' || touching === 'backtick' || touching === 'doubleQuoted'
        ? afterName
        : patterns;
  for (const [kind, pattern] of rules) {
    const found = matchAt(pattern, text, start);
    if (found !== '') {
      return { kind, text: found, value: unquoted(kind, found), start, end: start + found.length };
    }
  }
  return { kind: 'unknown', text: text.slice(start), value: '', start, end: text.length };
}

function matchAt(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

function unquoted(kind: TokenKind, text: string): string {
  if (kind !== 'singleQuoted' && kind !== 'doubleQuoted' && kind !== 'backtick') {
    return text;
  }
  const quote = text[0]!;
  return text.slice(1, -1).replaceAll(quote + quote, quote);
}
