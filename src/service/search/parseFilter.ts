import type { TextRange } from '../../base/errors.ts';
import {
  comparatorExpected,
  emptyList,
  identifierExpected,
  illFormedList,
  invalidClause,
  invalidComparator,
  listOfOtherThanText,
  missingClause,
  tooComplex,
  unclosedParenthesis,
  unclosedQuote,
  valueExpected,
  workbenchOnly,
} from './errors.ts';
import {
  type Comparison,
  type Dialect,
  type Expression,
  type FieldName,
  type ListValue,
  type Operator,
  operators,
  type Value,
} from './syntax.ts';
import { TokenReader } from './tokenReader.ts';
import type { Token } from './tokens.ts';

/** SQLite takes expressions of limited size; nobody writes as much by hand. */
const mostComparisons = 1_000;
const deepestNesting = 100;

/**
 * Reads a filter. Undefined when it is empty: everything matches. NOT binds closest, then AND, then OR.
 * Throws `search.invalidFilter` with the place of the mistake.
 */
export function parseFilter(text: string | null | undefined, dialect: Dialect): Expression | undefined {
  return text?.trim() ? new FilterParser(text, dialect).parse() : undefined;
}

class FilterParser {
  readonly #tokens: TokenReader;
  readonly #dialect: Dialect;
  #comparisons = 0;
  #depth = 0;

  constructor(text: string, dialect: Dialect) {
    this.#tokens = new TokenReader(text);
    this.#dialect = dialect;
  }

  parse(): Expression {
    // Wherever it is, what stands after it would be misread.
    const open = this.#tokens.find(hasOpenQuote);
    if (open) {
      throw unclosedQuote(open.text, open);
    }
    const expression = this.#alternatives();
    const rest = this.#tokens.peek();
    if (rest.kind !== 'end') {
      throw this.#unexpected(rest);
    }
    return expression;
  }

  #alternatives(): Expression {
    return this.#joined('or', () => this.#joined('and', () => this.#negated()));
  }

  #joined(kind: 'and' | 'or', part: () => Expression): Expression {
    const parts = [part()];
    while (this.#takeWord(kind)) {
      parts.push(part());
    }
    return parts.length === 1 ? parts[0]! : { kind, parts, start: parts[0]!.start, end: parts.at(-1)!.end };
  }

  #takeWord(kind: 'and' | 'or'): boolean {
    if (kind === 'or' && this.#dialect === 'mlflow') {
      return false;
    }
    return this.#tokens.takeKeywords(kind.toUpperCase());
  }

  #negated(): Expression {
    const first = this.#tokens.peek();
    if (this.#dialect === 'workbench' && this.#tokens.takeKeywords('NOT')) {
      const part = this.#deeper(first, () => this.#negated());
      return { kind: 'not', part, start: first.start, end: part.end };
    }
    return this.#tokens.is('open') ? this.#parenthesised() : this.#comparison();
  }

  #parenthesised(): Expression {
    const open = this.#tokens.peek();
    if (this.#dialect === 'mlflow') {
      throw this.#unexpected(open);
    }
    this.#tokens.next();
    const inner = this.#deeper(open, () => this.#alternatives());
    if (!this.#tokens.is('close')) {
      throw this.#tokens.is('end') ? unclosedParenthesis(open) : this.#unexpected(this.#tokens.peek());
    }
    this.#tokens.next();
    return inner;
  }

  #deeper(at: TextRange, read: () => Expression): Expression {
    this.#depth += 1;
    if (this.#depth > deepestNesting) {
      throw tooComplex(`${deepestNesting} levels of nesting`, at);
    }
    const expression = read();
    this.#depth -= 1;
    return expression;
  }

  #comparison(): Comparison {
    const tokens = this.#tokens;
    const first = tokens.peek();
    this.#comparisons += 1;
    if (this.#comparisons > mostComparisons) {
      throw tooComplex(`${mostComparisons} comparisons`, first);
    }
    const field = this.#isKeyword(first) ? undefined : tokens.takeField();
    if (!field) {
      throw this.#noField(first);
    }
    const operatorStart = tokens.peek();
    const operator = this.#operator(field);
    const operatorRange = tokens.rangeFrom(operatorStart);
    if (operator === 'IS NULL' || operator === 'IS NOT NULL') {
      return { kind: 'comparison', field, operator, operatorRange, ...tokens.rangeFrom(field) };
    }
    const value = this.#value(operator, tokens.textOf(tokens.rangeFrom(field)));
    return { kind: 'comparison', field, operator, operatorRange, value, ...tokens.rangeFrom(field) };
  }

  #operator(field: FieldName): Operator {
    const tokens = this.#tokens;
    const token = tokens.peek();
    if (token.kind === 'operator') {
      tokens.next();
      const known = operators.find((operator) => operator === token.text);
      if (!known) {
        throw invalidComparator(token.text, operators, token);
      }
      return known;
    }
    const known = operators.find(
      (operator) => /^[A-Z]/.test(operator) && tokens.takeKeywords(...operator.split(' ')),
    );
    if (!known) {
      throw comparatorExpected(field.text, token.text, token);
    }
    return known;
  }

  #value(operator: Operator, clause: string): Value {
    const token = this.#tokens.peek();
    const isList = operator === 'IN' || operator === 'NOT IN';
    if (token.kind === 'open') {
      return this.#list();
    }
    if (isList) {
      throw token.kind === 'end' ? valueExpected(clause, '', token) : this.#unexpected(token);
    }
    switch (token.kind) {
      case 'singleQuoted':
      case 'doubleQuoted':
        this.#tokens.next();
        return { kind: 'text', value: token.value, text: token.text, start: token.start, end: token.end };
      case 'number':
        this.#tokens.next();
        return {
          kind: 'number',
          value: Number(token.text),
          text: token.text,
          start: token.start,
          end: token.end,
        };
      case 'name':
      case 'backtick': {
        const { text, start, end } = this.#tokens.takeField()!;
        return { kind: 'word', value: text, text, start, end };
      }
      default:
        throw valueExpected(clause, token.text, token);
    }
  }

  #list(): ListValue {
    const open = this.#tokens.next();
    const items: Token[] = [];
    while (this.#tokens.is('singleQuoted', 'doubleQuoted', 'number', 'name', 'backtick')) {
      items.push(this.#tokens.next());
      if (!this.#tokens.is('comma')) {
        break;
      }
      this.#tokens.next();
    }
    if (!this.#tokens.is('close')) {
      throw illFormedList(this.#tokens.peek());
    }
    this.#tokens.next();
    const range = this.#tokens.rangeFrom(open);
    const text = this.#tokens.textOf(range);
    if (items.length === 0) {
      throw emptyList(range);
    }
    const other = items.find(({ kind }) => kind !== 'singleQuoted' && kind !== 'doubleQuoted');
    if (other) {
      throw listOfOtherThanText(text, other);
    }
    return { kind: 'list', values: items.map(({ value }) => value), text, ...range };
  }

  #isKeyword(token: Token): boolean {
    return token.kind === 'name' && /^(and|or|not)$/i.test(token.text);
  }

  #noField(token: Token): Error {
    if (token.kind === 'end' || (token.kind === 'close' && this.#dialect === 'workbench')) {
      return missingClause(this.#tokens.previous?.text ?? '', token);
    }
    return token.kind === 'number' || token.kind === 'singleQuoted'
      ? identifierExpected(token.text, token)
      : this.#unexpected(token);
  }

  #unexpected(token: Token): Error {
    const onlyOurs = token.kind === 'open' || /^(or|not)$/i.test(token.text);
    return this.#dialect === 'mlflow' && onlyOurs
      ? workbenchOnly(token.text, token)
      : invalidClause(token.text, token);
  }
}

function hasOpenQuote(token: Token): boolean {
  return token.kind === 'unknown' && /^['"`]/.test(token.text);
}
