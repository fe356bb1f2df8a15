import {
  entityNotOrderable,
  unknownEntity,
  unknownKey,
  unknownOrderEntity,
  unknownOrderKey,
} from './errors.ts';
import type { Entity, Field, Noun } from './noun.ts';
import type { FieldName } from './syntax.ts';

export interface FoundField {
  readonly field: Field;
  readonly entity: Entity;
  /** The main name, whichever was written. */
  readonly key: string;
}

/** Which field of the noun is meant; throws when there is none that can be searched. */
export function fieldToSearch(noun: Noun, name: FieldName): FoundField {
  const entity = entityOf(noun, name);
  if (!entity) {
    throw unknownEntity(name, wordsOf(noun));
  }
  const canSearch = (field: Field) => field.operators.length > 0;
  const found = fieldOf(entity, name.key);
  if (!found || !canSearch(found.field)) {
    throw unknownKey(entity.words[0], name, keysOf(entity, canSearch));
  }
  return found;
}

/** Which field of the noun is meant; throws when there is none that results can be ordered by. */
export function fieldToOrder(noun: Noun, name: FieldName): FoundField {
  const entity = entityOf(noun, name);
  if (!entity) {
    throw unknownOrderEntity(name, wordsOf(noun));
  }
  const canOrder = (field: Field) => field.orderable !== false;
  const keys = keysOf(entity, canOrder);
  if ('anyKey' in entity ? !canOrder(entity.anyKey) : keys.length === 0) {
    throw entityNotOrderable(name);
  }
  const found = fieldOf(entity, name.key);
  if (!found || !canOrder(found.field)) {
    throw unknownOrderKey(entity.words[0], name, keys);
  }
  return found;
}

function entityOf({ entities }: Noun, { entity: word }: FieldName): Entity | undefined {
  return entities.find((entity) =>
    word === undefined ? 'keys' in entity && entity.mayBeLeftOut : entity.words.includes(word),
  );
}

function fieldOf(entity: Entity, key: string): FoundField | undefined {
  if ('anyKey' in entity) {
    return { entity, key, field: entity.anyKey };
  }
  const found = Object.entries(entity.keys).find(
    ([name, field]) => name === key || field.aliases?.includes(key),
  );
  return found && { entity, key: found[0], field: found[1] };
}

function wordsOf({ entities }: Noun): string[] {
  return entities.map(({ words }) => words[0]);
}

function keysOf(entity: Entity, isPossible: (field: Field) => boolean): string[] {
  return 'anyKey' in entity ? [] : Object.keys(entity.keys).filter((key) => isPossible(entity.keys[key]!));
}
