import {
  invalidComparator,
  listNotSupported,
  nullTestNotSupported,
  numberExpected,
  quotesExpected,
  textExpected,
} from './errors.ts';
import type { FoundField } from './findField.ts';
import type { ListedEntity, Noun } from './noun.ts';
import type { Comparison, Operator, Value } from './syntax.ts';

/** A comparison that the field has, with a value of the field's type. */
export type Test =
  | { readonly type: 'null'; readonly operator: Operator }
  | { readonly type: 'list'; readonly operator: Operator; readonly values: readonly string[] }
  | { readonly type: 'text'; readonly operator: Operator; readonly value: string }
  | { readonly type: 'number'; readonly operator: Operator; readonly value: number };

/** Looks at the value before the operator, as MLflow does; throws `search.invalidFilter`. */
export function checkedComparison(noun: Noun, found: FoundField, comparison: Comparison): Test {
  const { field, entity } = found;
  const { operator, operatorRange, value } = comparison;
  const isKnown = field.operators.includes(operator);
  if (!value) {
    if (!isKnown) {
      throw nullTestNotSupported(entity.words[0], comparison.field, wordsWith(noun, operator));
    }
    return { type: 'null', operator };
  }
  const test =
    field.type === 'number' ? numberTest(found, operator, value) : textTest(noun, found, operator, value);
  if (!isKnown) {
    throw invalidComparator(operator, field.operators, operatorRange);
  }
  return test;
}

function numberTest({ entity, key }: FoundField, operator: Operator, value: Value): Test {
  if (value.kind !== 'number') {
    const word = entity.words[0];
    throw numberExpected('anyKey' in entity ? word : `numeric ${word}: ${key}`, value.text, value);
  }
  return { type: 'number', operator, value: value.value };
}

function textTest(noun: Noun, { entity, field }: FoundField, operator: Operator, value: Value): Test {
  const what = 'anyKey' in entity ? entity.words[0] : `${entity.words[0]}s`;
  if (value.kind === 'text') {
    return { type: 'text', operator, value: value.value };
  }
  if (value.kind !== 'list') {
    if (noun.unquotedText) {
      return { type: 'text', operator, value: value.text };
    }
    throw value.kind === 'word' ? quotesExpected(value.text, value) : textExpected(what, value.text, value);
  }
  if ('keys' in entity && !field.operators.includes('IN')) {
    throw listNotSupported(keysWithLists(entity), value);
  }
  if (!field.operators.includes('IN') || (operator !== 'IN' && operator !== 'NOT IN')) {
    throw textExpected(what, value.text, value);
  }
  return { type: 'list', operator, values: value.values };
}

function wordsWith({ entities }: Noun, operator: Operator): string[] {
  return entities
    .filter((entity) => 'anyKey' in entity && entity.anyKey.operators.includes(operator))
    .map(({ words }) => words[1] ?? words[0])
    .reverse();
}

function keysWithLists({ keys }: ListedEntity): string[] {
  return Object.keys(keys).filter((key) => keys[key]!.operators.includes('IN'));
}
