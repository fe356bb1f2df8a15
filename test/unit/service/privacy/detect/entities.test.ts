import { expect, it } from 'vitest';
import { type EntityId, entities } from '../../../../../src/service/privacy/detect/entities.ts';

it('each of the eighteen items of Safe Harbor has a kind of value that is looked for', () => {
  const letters = Object.values(entities).flatMap((entity) =>
    'safeHarbor' in entity ? [entity.safeHarbor?.letter] : [],
  );
  expect([...new Set(letters)].sort().join('')).toBe('ABCDEFGHIJKLMNOPQR');
});

/** The chooser of the reference, by the order of risk. */
it.each<[EntityId, string]>([
  ['personName', 'pseudonym'],
  ['nationalId', 'pseudonym'],
  ['email', 'pseudonym'],
  ['phone', 'pseudonym'],
  ['iban', 'pseudonym'],
  ['paymentCard', 'pseudonym'],
  ['freeText', 'redact'],
  ['dateOfBirth', 'generalise'],
  ['postcode', 'generalise'],
  ['occupation', 'generalise'],
  ['income', 'noise'],
  ['balance', 'topCode'],
  ['eventDate', 'dateShift'],
])('%s: %s', (entity, method) => {
  expect(entities[entity].method).toBe(method);
});
