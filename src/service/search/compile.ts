import type { Bindings } from './bindings.ts';
import { checkedComparison, type Test } from './checkComparison.ts';
import { orderedTwice, tooManyOrders } from './errors.ts';
import { type FoundField, fieldToOrder, fieldToSearch } from './findField.ts';
import type { Noun, Rows } from './noun.ts';
import type { Comparison, Expression, OrderItem } from './syntax.ts';

/**
 * A filter as an SQL condition on the noun's own row: 1 or 0, never NULL, so that NOT means what it says.
 * A missing key or value never matches a comparison, not even `!=`.
 * Throws `search.invalidFilter` for what the noun does not have.
 */
export function compileFilter(noun: Noun, expression: Expression, bindings: Bindings): string {
  switch (expression.kind) {
    case 'comparison':
      return compileComparison(noun, expression, bindings);
    case 'not':
      return `NOT ${compileFilter(noun, expression.part, bindings)}`;
    default:
      return balanced(
        expression.parts.map((part) => compileFilter(noun, part, bindings)),
        expression.kind === 'and' ? 'AND' : 'OR',
      );
  }
}

export interface CompiledOrder {
  /** To stand after the noun's table in FROM; empty when the order needs no other table. */
  readonly joins: string;
  /** To stand after ORDER BY; leaves no ties. */
  readonly terms: string;
}

/** SQLite joins 64 tables at most. */
const mostFields = 30;

/**
 * Missing values last in both directions, NaN just before them; then the noun's ties.
 * Throws `search.invalidOrder` for what the noun does not have.
 */
export function compileOrder(noun: Noun, items: readonly OrderItem[], bindings: Bindings): CompiledOrder {
  if (items.length === 0) {
    return { joins: '', terms: noun.defaultOrder };
  }
  if (items.length > mostFields) {
    throw tooManyOrders(mostFields, items[mostFields]!);
  }
  const found = items.map((item) => fieldToOrder(noun, item.field));
  refuseRepeated(items, found);
  const parts = found.map((field, index) => orderPart(field, items[index]!.descending, index, bindings));
  const columns = new Set(parts.map(({ column }) => column));
  const ties = noun.ties
    .filter(({ column }) => !columns.has(column))
    .map(({ column, descending }) => directed(column, descending ?? false));
  return {
    joins: parts.map(({ join }) => join).join(' '),
    terms: [...parts.map(({ terms }) => terms), ...ties].join(', '),
  };
}

function refuseRepeated(items: readonly OrderItem[], found: readonly FoundField[]): void {
  const seen = new Set<string>();
  for (const [index, { entity, key }] of found.entries()) {
    const name = `${entity.words[0]}.${key}`;
    if (seen.has(name)) {
      throw orderedTwice(
        items[index]!.field,
        items.map(({ field }) => field.text),
      );
    }
    seen.add(name);
  }
}

function orderPart(
  { field: { source, type }, key }: FoundField,
  descending: boolean,
  index: number,
  bindings: Bindings,
) {
  if (source.kind === 'column') {
    const column = source.sortColumn ?? source.column;
    const missingLast = source.isNullable ? `${column} IS NULL, ` : '';
    return { join: '', column, terms: missingLast + directed(column, descending) };
  }
  const { from, where, value } = source.rows(`order${index}`, bindings.add(key));
  const missingLast =
    type === 'number'
      ? `CASE WHEN ${value} IS NULL THEN 2 WHEN typeof(${value}) = 'text' THEN 1 ELSE 0 END`
      : `${value} IS NULL`;
  return {
    join: `LEFT JOIN ${from} ON ${where}`,
    column: value,
    terms: `${missingLast}, ${directed(value, descending)}`,
  };
}

function directed(column: string, descending: boolean): string {
  return descending ? `${column} DESC` : column;
}

function compileComparison(noun: Noun, comparison: Comparison, bindings: Bindings): string {
  const found = fieldToSearch(noun, comparison.field);
  const { source, type, matchesMissing } = found.field;
  const test = checkedComparison(noun, found, comparison);
  if (source.kind === 'column') {
    const condition = compileTest(source.column, test, bindings);
    return source.isNullable ? `(${source.column} IS NOT NULL AND ${condition})` : `(${condition})`;
  }
  const rows = source.rows('found', bindings.add(found.key));
  switch (test.operator) {
    case 'IS NULL':
      return `NOT ${exists(rows)}`;
    case 'IS NOT NULL':
      return exists(rows);
    default: {
      const condition = compileTest(rows.value, test, bindings);
      // A text is greater than every number to SQLite, and 'NaN' is a text.
      const isNumber = type === 'number' && test.operator !== '!=' ? ` AND ${rows.value} < ''` : '';
      const matches = exists(rows, `${condition}${isNumber}`);
      const missingToo = test.type === 'text' && matchesMissing?.(found.key, test.operator, test.value);
      return missingToo ? `(${matches} OR NOT ${exists(rows)})` : matches;
    }
  }
}

function exists({ from, where }: Rows, condition = '1'): string {
  return `EXISTS (SELECT 1 FROM ${from} WHERE ${where} AND ${condition})`;
}

function compileTest(value: string, test: Test, bindings: Bindings): string {
  switch (test.type) {
    case 'null':
      return `${value} ${test.operator}`;
    case 'list':
      return `${value} ${test.operator} (SELECT value FROM json_each(${bindings.add(JSON.stringify(test.values))}))`;
    default: {
      const bound = bindings.add(test.value);
      return test.operator === 'LIKE' || test.operator === 'ILIKE'
        ? `${test.operator.toLowerCase()}_text(${value}, ${bound})`
        : `${value} ${test.operator} ${bound}`;
    }
  }
}

/** `a AND b AND c AND d` is as deep as it is long to SQLite, which has a limit for depth. */
function balanced(parts: readonly string[], word: 'AND' | 'OR'): string {
  if (parts.length === 1) {
    return parts[0]!;
  }
  const middle = Math.ceil(parts.length / 2);
  return `(${balanced(parts.slice(0, middle), word)} ${word} ${balanced(parts.slice(middle), word)})`;
}
