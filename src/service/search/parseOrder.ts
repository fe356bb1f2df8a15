import { invalidOrderClause, invalidOrderingKey } from './errors.ts';
import type { OrderItem } from './syntax.ts';
import { TokenReader } from './tokenReader.ts';

/**
 * MLflow's `order_by`: one field in each text, with ASC or DESC after it.
 * Throws `search.invalidOrder` with the place of the mistake.
 */
export function parseOrderBy(clauses: readonly string[]): readonly OrderItem[] {
  return clauses.map((clause) => {
    const items = parseOrder(clause);
    if (items.length !== 1) {
      throw invalidOrderClause(clause, items[1] ?? { start: 0, end: clause.length });
    }
    return items[0]!;
  });
}

/** Several fields in one text, with commas between them; none when it is empty. */
export function parseOrder(text: string | null | undefined): readonly OrderItem[] {
  if (!text?.trim()) {
    return [];
  }
  const tokens = new TokenReader(text);
  const items: OrderItem[] = [];
  for (;;) {
    items.push(takeItem(tokens));
    const token = tokens.next();
    if (token.kind === 'end') {
      return items;
    }
    if (token.kind !== 'comma') {
      throw token.kind === 'name' ? invalidOrderingKey(text, token) : invalidOrderClause(text, token);
    }
  }
}

function takeItem(tokens: TokenReader): OrderItem {
  const field = tokens.takeField();
  if (!field) {
    throw invalidOrderClause(tokens.text, tokens.peek());
  }
  const descending = tokens.takeKeywords('DESC');
  if (!descending) {
    tokens.takeKeywords('ASC');
  }
  return { field, descending, ...tokens.rangeFrom(field) };
}
