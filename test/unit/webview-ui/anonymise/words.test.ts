import { expect, it } from 'vitest';
import type { RecipeKey } from '../../../../src/protocol/privacy.ts';
import {
  confidenceWords,
  driverWords,
  findingWords,
  keyHelp,
  notYet,
} from '../../../../webview-ui/anonymise/words.ts';
import { patients } from '../../../../webview-ui/dev/sampleRecipes.ts';

it('a confidence has a word', () => {
  expect([1, 0.95, 0.949, 0.8, 0.5, 0.2].map(confidenceWords)).toEqual([
    'certain',
    'certain',
    'very likely',
    'very likely',
    'likely',
    'possible',
  ]);
});

it('a special category is part of what is found', () => {
  const finding = { title: 'health', confidence: 1, evidence: [], maskedSamples: [] };
  expect(findingWords({ ...finding, specialCategory: true })).toBe(
    'health, certain, special category of personal data',
  );
});

it('what drives the risk is a sentence', () => {
  expect(driverWords({ columns: ['age'], uniqueRows: 1 })).toBe('age makes 1 row unique');
  expect(driverWords({ columns: ['age', 'zip', 'sex'], uniqueRows: 1203 })).toBe(
    'age, zip and sex make 1,203 rows unique',
  );
});

it('one thing helps with a key: to make it before the first release, to choose it after', () => {
  const help = (id: string | null, state: RecipeKey['state'], wasUsed: boolean) =>
    keyHelp({ id, state, wasUsed });
  expect(help(null, 'notNeeded', false)).toBeUndefined();
  expect(help('a', 'ready', true)!.action).toBeUndefined();
  expect(help(null, 'missing', false)!.action).toMatchObject({ kind: 'make' });
  expect(help('a', 'missing', false)!.action).toMatchObject({ kind: 'make' });
  expect(help('a', 'missing', true)!.action).toMatchObject({ kind: 'choose' });
  expect(help('a', 'other', true)!.action).toMatchObject({ kind: 'choose' });
});

it('says why a recipe cannot be applied', () => {
  expect(notYet(patients().state)).toBeUndefined();
  expect(notYet(patients({ key: { id: 'a', state: 'other', wasUsed: true } }).state)).toContain('key');
  expect(notYet(patients({ problems: [{ message: 'x' }] }).state)).toContain('problems');
});
