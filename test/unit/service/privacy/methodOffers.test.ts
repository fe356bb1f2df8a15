import { expect, test } from 'vitest';
import { choiceOf, columnOfChoice, methodOffers } from '../../../../src/service/privacy/methodOffers.ts';
import { methodNames } from '../../../../src/service/privacy/methods/descriptions.ts';
import { columnSchema } from '../../../../src/service/privacy/recipe/columnSchema.ts';

test('methods that fit are offered, the proposed one first', () => {
  const ids = (type: string) => methodOffers(type, 'drop').map(({ id }) => id);
  expect(ids('DATE')).toEqual([
    'drop',
    'keep',
    'suppress',
    'pseudonym',
    'dateShift',
    'generalise',
    'mask',
    'rankSwap',
  ]);
  expect(ids('VARCHAR')).toContain('redact');
  expect(ids('VARCHAR')).not.toContain('noise');
  expect(ids('INTEGER')).toEqual(expect.arrayContaining(['noise', 'formatPreserving', 'microaggregation']));
  expect(ids('INTEGER[]')).toEqual(['drop', 'keep', 'suppress', 'mask']);
});

test('an offer says what its options are', () => {
  const [pseudonym] = methodOffers('VARCHAR', 'pseudonym');
  expect(pseudonym).toMatchObject({
    id: 'pseudonym',
    title: 'Keyed pseudonym',
    needsKey: true,
    reversible: 'candidates',
  });
  expect(pseudonym!.options).toContainEqual({
    name: 'length',
    title: 'Length',
    kind: 'integer',
    standard: 16,
    minimum: 8,
    maximum: 48,
    hint: 'Characters of the code.',
  });
  const noise = methodOffers('BIGINT', 'noise')[0]!;
  expect(noise.options.find(({ name }) => name === 'distribution')).toMatchObject({
    kind: 'choice',
    standard: 'laplace',
    choices: [
      { value: 'laplace', title: 'Laplace' },
      { value: 'gaussian', title: 'Gaussian' },
      { value: 'integer', title: 'Integer' },
    ],
  });
  expect(noise.options.find(({ name }) => name === 'scale')).toMatchObject({
    kind: 'number',
    standard: null,
    minimum: 0,
  });
});

test('lists are text with commas for a page, and lists again in the recipe', () => {
  const column = columnSchema.parse({ method: 'generalise', role: 'quasiIdentifier', bins: [18, 65.5] });
  const choice = choiceOf(column);
  expect(choice).toEqual({ id: 'generalise', options: { bins: '18, 65.5' } });
  expect(columnOfChoice(choice)).toEqual({ method: 'generalise', bins: [18, 65.5] });
  expect(columnOfChoice({ id: 'pseudonym', options: { normalise: 'trim, email', prefix: '' } })).toEqual({
    method: 'pseudonym',
    normalise: ['trim', 'email'],
  });
});

test('a choice of each method alone is one that a recipe accepts, but for bounds that data may not give', () => {
  const facts = { standardDeviation: 123.4, percentile98: 90, decimals: 2 };
  for (const id of methodNames) {
    const parsed = columnSchema.safeParse(columnOfChoice({ id, options: {} }, facts));
    const missing = parsed.error?.issues.map(({ path }) => path.join('.')) ?? [];
    expect([id, ...missing]).toEqual(id === 'differentialPrivacy' ? [id, 'lower', 'upper'] : [id]);
  }
  expect(columnOfChoice({ id: 'noise', options: {} }, facts)).toEqual({
    method: 'noise',
    scale: 12,
    decimals: 2,
  });
  expect(columnOfChoice({ id: 'noise', options: { scale: 3 } }, { standardDeviation: 0 })).toEqual({
    method: 'noise',
    scale: 3,
  });
  expect(columnOfChoice({ id: 'coding', options: {} }, facts)).toEqual({ method: 'coding', top: 90 });
});
