import { type TextRange, WorkbenchError } from '../../base/errors.ts';
import { searchErrorCodes } from '../../protocol/search.ts';
import type { FieldName, Operator } from './syntax.ts';

/**
 * Where MLflow has a sentence, that sentence is kept: scripts and people search for it.
 * MLflow does not say where the mistake is; here it follows in parentheses, counted from 1.
 */
function invalidFilter(sentence: string, range: TextRange): WorkbenchError {
  return new WorkbenchError(searchErrorCodes.filter, placed(sentence, range), { range: only(range) });
}

function invalidOrder(sentence: string, range: TextRange): WorkbenchError {
  return new WorkbenchError(searchErrorCodes.order, placed(sentence, range), { range: only(range) });
}

/** What has a range is often more than one, and an error crosses processes. */
function only({ start, end }: TextRange): TextRange {
  return { start, end };
}

function placed(sentence: string, { start }: TextRange): string {
  return `${sentence} (at character ${start + 1})`;
}

const shown = 80;

function quoted(text: string): string {
  return `'${text.length > shown ? `${text.slice(0, shown)}…` : text}'`;
}

function listOf(names: readonly string[]): string {
  return `[${names.map((name) => `'${name}'`).join(', ')}]`;
}

export function invalidClause(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(`Invalid clause(s) in filter string: ${quoted(text)}`, range);
}

export function workbenchOnly(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(
    `Invalid clause(s) in filter string: ${quoted(text)}. MLflow's search joins comparisons with AND only.`,
    range,
  );
}

export function missingClause(after: string, range: TextRange): WorkbenchError {
  return invalidFilter(
    `Invalid clause(s) in filter string: a comparison is expected${after && ` after ${quoted(after)}`}`,
    range,
  );
}

export function unclosedParenthesis(range: TextRange): WorkbenchError {
  return invalidFilter("Invalid clause(s) in filter string: '(' is not closed", range);
}

export function unclosedQuote(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(`Invalid clause(s) in filter string: ${quoted(text)} has no closing quote`, range);
}

export function tooComplex(limit: string, range: TextRange): WorkbenchError {
  return invalidFilter(`Invalid filter: it has more than ${limit}. Nothing was searched.`, range);
}

export function identifierExpected(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(`Invalid comparison clause. Expected 'Identifier' found ${quoted(text)}`, range);
}

/** `clause` is what was read of the comparison so far. */
export function comparatorExpected(clause: string, found: string, range: TextRange): WorkbenchError {
  return incomplete(clause, 'comparator', found, range);
}

export function valueExpected(clause: string, found: string, range: TextRange): WorkbenchError {
  return incomplete(clause, 'value', found, range);
}

function incomplete(clause: string, wanted: string, found: string, range: TextRange): WorkbenchError {
  const there = found === '' ? 'the end' : quoted(found);
  return invalidFilter(
    `Invalid clause(s) in filter string: ${quoted(clause)}. Expected a ${wanted}, found ${there}`,
    range,
  );
}

export function emptyList(range: TextRange): WorkbenchError {
  return invalidFilter(
    'While parsing a list in the query, expected a non-empty list of string values, but got empty list',
    range,
  );
}

export function illFormedList(range: TextRange): WorkbenchError {
  return invalidFilter(
    'While parsing a list in the query, expected a non-empty list of string values, but got ill-formed list.',
    range,
  );
}

export function listOfOtherThanText(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(
    'While parsing a list in the query, expected string value, punctuation, or whitespace, ' +
      `but got different type in list: ${text}`,
    range,
  );
}

export function unknownEntity(field: FieldName, known: readonly string[]): WorkbenchError {
  return invalidFilter(`Invalid entity type '${field.entity}'. Valid values are ${listOf(known)}`, field);
}

export function unknownKey(entity: string, field: FieldName, known: readonly string[]): WorkbenchError {
  return invalidFilter(
    `Invalid ${entity} key '${field.key}' specified. Valid keys are ${listOf(known)}`,
    field,
  );
}

export function invalidComparator(
  operator: Operator | string,
  known: readonly Operator[],
  range: TextRange,
): WorkbenchError {
  return invalidFilter(`Invalid comparator '${operator}' not one of ${listOf(known)}`, range);
}

export function nullTestNotSupported(
  entity: string,
  field: FieldName,
  supported: readonly string[],
): WorkbenchError {
  return invalidFilter(
    `IS NULL / IS NOT NULL is only supported for ${supported.join(' and ') || 'no field here'}, ` +
      `not for '${entity}' '${field.key}'`,
    field,
  );
}

export function numberExpected(what: string, text: string, range: TextRange): WorkbenchError {
  return invalidFilter(`Expected numeric value type for ${what}. Found ${text}`, range);
}

export function textExpected(what: string, text: string, range: TextRange): WorkbenchError {
  return invalidFilter(
    `Expected a quoted string value for ${what} (e.g. 'my-value'). Got value ${text}`,
    range,
  );
}

export function quotesExpected(text: string, range: TextRange): WorkbenchError {
  return invalidFilter(
    'Parameter value is either not quoted or unidentified quote types used for string value ' +
      `${text}. Use either single or double quotes.`,
    range,
  );
}

export function listNotSupported(known: readonly string[], range: TextRange): WorkbenchError {
  return invalidFilter(
    `Only ${listOf(known)} attributes support comparison with a list of quoted string values.`,
    range,
  );
}

export function invalidOrderClause(clause: string, range: TextRange): WorkbenchError {
  return invalidOrder(`Invalid order_by clause '${clause}'. Could not be parsed.`, range);
}

export function invalidOrderingKey(clause: string, range: TextRange): WorkbenchError {
  return invalidOrder(`Invalid ordering key in order_by clause '${clause}'.`, range);
}

export function unknownOrderEntity(field: FieldName, known: readonly string[]): WorkbenchError {
  return invalidOrder(`Invalid entity type '${field.entity}'. Valid values are ${listOf(known)}`, field);
}

export function entityNotOrderable(field: FieldName): WorkbenchError {
  return invalidOrder(`Invalid order_by entity: ${field.entity}`, field);
}

export function unknownOrderKey(entity: string, field: FieldName, known: readonly string[]): WorkbenchError {
  return invalidOrder(
    `Invalid ${entity} key '${field.key}' specified. Valid keys are ${listOf(known)}`,
    field,
  );
}

export function orderedTwice(field: FieldName, fields: readonly string[]): WorkbenchError {
  return invalidOrder(`\`order_by\` contains duplicate fields: ${listOf(fields)}`, field);
}

export function tooManyOrders(limit: number, range: TextRange): WorkbenchError {
  return invalidOrder(`Invalid order_by: it names more than ${limit} fields. Nothing was searched.`, range);
}
