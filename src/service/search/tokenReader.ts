import type { TextRange } from '../../base/errors.ts';
import type { FieldName } from './syntax.ts';
import { type Token, type TokenKind, tokenize } from './tokens.ts';

/** The tokens of a text, read from left to right with a look ahead. */
export class TokenReader {
  readonly text: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(text: string) {
    this.text = text;
    this.#tokens = tokenize(text);
  }

  /** `end` again and again after the last one. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  find(suits: (token: Token) => boolean): Token | undefined {
    return this.#tokens.find(suits);
  }

  get previous(): Token | undefined {
    return this.#tokens[this.#at - 1];
  }

  next(): Token {
    const token = this.peek();
    this.#at = Math.min(this.#at + 1, this.#tokens.length - 1);
    return token;
  }

  is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.peek().kind);
  }

  /** Whether a bare word stands here, in whatever case. */
  isKeyword(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'name' && token.text.toUpperCase() === word;
  }

  /** All these words, one after the other; none is taken otherwise. */
  takeKeywords(...words: readonly string[]): boolean {
    const found = words.every((word, index) => this.isKeyword(word, index));
    if (found) {
      this.#at += words.length;
    }
    return found;
  }

  /** From the beginning of one part to the end of what was read last. */
  rangeFrom({ start }: TextRange): TextRange {
    return { start, end: this.previous?.end ?? start };
  }

  textOf({ start, end }: TextRange): string {
    return this.text.slice(start, end);
  }

  /** A name with its parts: what stands before the first dot is the entity. Undefined where no name stands. */
  takeField(): FieldName | undefined {
    if (!this.is('name', 'backtick', 'doubleQuoted')) {
      return undefined;
    }
    const first = this.next();
    const rest: string[] = [];
    while (this.is('dot') && this.peek().start === this.previous!.end && this.#isPartOfName()) {
      this.next();
      rest.push(this.next().value);
    }
    const range = this.rangeFrom(first);
    const text = this.textOf(range);
    return rest.length > 0
      ? { entity: first.value, key: rest.join('.'), text, ...range }
      : { key: first.value, text, ...range };
  }

  #isPartOfName(): boolean {
    const part = this.peek(1);
    const isName = part.kind === 'name' || part.kind === 'backtick' || part.kind === 'doubleQuoted';
    return isName && part.start === this.peek().end;
  }
}
