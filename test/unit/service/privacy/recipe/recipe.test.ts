import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { errorShape } from '../../../../../src/base/errors.ts';
import { makeMasterKey } from '../../../../../src/keys/masterKey.ts';
import { methodDescriptions } from '../../../../../src/service/privacy/methods/descriptions.ts';
import { readRecipe } from '../../../../../src/service/privacy/recipe/readRecipe.ts';
import { recipeJsonSchema } from '../../../../../src/service/privacy/recipe/recipeSchema.ts';
import {
  changedRecipeText,
  newRecipeText,
  recipeTextWithColumn,
} from '../../../../../src/service/privacy/recipe/writeRecipe.ts';

const repository = path.join(import.meta.dirname, '..', '..', '..', '..', '..');
const name = 'patients.anonymise.yaml';

const text = `# Agreed with the data protection officer.
version: 1
dataset: patients
release: 2026-01
key:
  id: clinic # kept by two people
input:
  path: patients.csv
output:
  path: patients.anonymised.parquet
subject: patient
columns:
  patient:
    role: directIdentifier
    method: pseudonym
    domain: patient
  age:
    role: quasiIdentifier # 90 and over stand out
    method: generalise
    hierarchy: age
  income:
    method: noise
    scale: 500
    decimals: 2
guarantee:
  k: 5
  l: { kind: entropy, l: 3 }
  suppressionLimit: 0.04
  hierarchies:
    age: { kind: intervals, edges: [0, 18, 65, 120], fanOut: [2] }
`;

/** The error of a recipe in which `from` is written as `to`. */
function refusal(from: string, to: string) {
  expect(text).toContain(from);
  try {
    readRecipe(text.replace(from, to), name);
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was not refused.');
}

test('a recipe is read with its defaults', () => {
  const { recipe } = readRecipe(text, name);
  expect(recipe).toMatchObject({ algorithm: 'anon/v1', release: '2026-01', otherColumns: 'refuse' });
  expect(recipe.columns.patient).toEqual({
    role: 'directIdentifier',
    method: 'pseudonym',
    domain: 'patient',
    length: 16,
    prefix: '',
    normalise: [],
  });
  expect(recipe.guarantee).toMatchObject({ k: 5, search: 'optimal', l: [{ kind: 'entropy', l: 3 }] });
});

test('diversity and closeness are asked of each sensitive column by itself, or once for all', () => {
  const several = text.replace(
    'l: { kind: entropy, l: 3 }',
    `l:
    - { kind: recursive, c: 3, l: 2, columns: [income] }
    - { l: 4, columns: [diagnosis] }
  t:
    - { t: 0.1, distance: ordered, columns: [income] }
    - { t: 0.2, columns: [diagnosis] }
  levels: { age: 1 }
  found: { levels: { age: 1 }, optimal: false }
  searchSeconds: 30`,
  );
  expect(readRecipe(several, name).recipe.guarantee).toMatchObject({
    l: [
      { kind: 'recursive', c: 3, l: 2, columns: ['income'] },
      { kind: 'distinct', l: 4, columns: ['diagnosis'] },
    ],
    t: [
      { t: 0.1, distance: 'ordered', columns: ['income'] },
      { t: 0.2, distance: 'equal', columns: ['diagnosis'] },
    ],
    levels: { age: 1 },
    found: { levels: { age: 1 }, optimal: false },
    searchSeconds: 30,
  });
});

describe('what is wrong is said with its line and column', () => {
  test.each([
    [
      'scale: 500',
      'scal: 500',
      'privacy.recipeUnknownOption',
      /:23:5: there is no option scal here\. Did you mean scale\?/,
    ],
    ['subject: patient', 'subjct: patient', 'privacy.recipeUnknownOption', /:11:1: .*Did you mean subject\?/],
    [
      '  k: 5',
      '  k: 5\n  supressionLimit: 1',
      'privacy.recipeUnknownOption',
      /:27:3: .*Did you mean suppressionLimit\?/,
    ],
    [
      'kind: entropy, l: 3',
      'kind: entropy, l: 3, x: 1',
      'privacy.recipeUnknownOption',
      /Known here: kind, l, c, columns\./,
    ],
    [
      'l: { kind: entropy, l: 3 }',
      'l: [{ kind: entropy, l: 3 }, { kinds: distinct, l: 2 }]',
      'privacy.recipeUnknownOption',
      /:27:34: there is no option kinds here\. Did you mean kind\?/,
    ],
    [
      'kind: entropy, l: 3',
      'kind: distnct, l: 3',
      'privacy.recipeInvalid',
      /:27:14: guarantee\.l\.kind: must be distinct or entropy or recursive/,
    ],
    ['fanOut', 'fanout', 'privacy.recipeUnknownOption', /Did you mean fanOut\?/],
    [
      'method: noise',
      'method: noize',
      'privacy.recipeUnknownMethod',
      /:22:13: there is no method noize\. Did you mean noise\?/,
    ],
    ['method: noise', 'method: encrypt', 'privacy.recipeUnknownMethod', /Known methods: keep, drop, /],
    ['    method: noise\n', '', 'privacy.recipeInvalid', /:22:5: method is missing/],
    ['dataset: patients\n', '', 'privacy.recipeInvalid', /dataset is missing/],
    ['scale: 500', 'scale: -1', 'privacy.recipeInvalid', /:23:12: columns\.income\.scale: too small/],
    ['scale: 500', 'scale: much', 'privacy.recipeInvalid', /columns\.income\.scale: must be a number\./],
    [
      'release: 2026-01',
      'release: 2026',
      'privacy.recipeInvalid',
      /:4:10: release: must be a text \(put it in quotes\)/,
    ],
    ['version: 1', 'version: 2', 'privacy.recipeInvalid', /:2:10: version: must be 1\./],
    ['  path: patients.csv', '  path: [', 'privacy.recipeInvalid', /:9:\d+: /],
    ['  age:', '  patient:', 'privacy.recipeInvalid', /:17:3: Map keys must be unique/],
  ])('%j as %j', (from, to, code, message) => {
    const error = refusal(from, to);
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^patients\.anonymise\.yaml:\d+:\d+: .*Nothing was written/);
    expect(error.code).toBe(code);
    expect(error.actions![0]).toMatchObject({ kind: 'openFile', title: 'Open Recipe' });
    expect(error.range!.start).toBeGreaterThanOrEqual(0);
  });

  test('an empty file and one that is no recipe', () => {
    expect(() => readRecipe('', name)).toThrow(/:1:1: The recipe: must be a section of names and values/);
    expect(() => readRecipe('- 1\n', name)).toThrow(/must be a section/);
  });
});

describe('a key in a recipe', () => {
  const secret = makeMasterKey('x').exportText();
  const hex = Buffer.from(secret, 'base64').toString('hex');

  test.each([
    ['as the name of the key', 'id: clinic', `id: "${secret}"`],
    ['in hexadecimal', 'id: clinic', `id: ${hex}`],
    ['in a comment', '# kept by two people', `# ${secret}`],
    ['as an unknown option', 'id: clinic', `id: clinic\n  secret: ${hex.toUpperCase()}`],
  ])('%s is refused and not quoted', (_, from, to) => {
    const error = refusal(from, to);
    expect(error.code).toBe('privacy.keyInRecipe');
    expect(JSON.stringify(error).toLowerCase()).not.toContain(secret.slice(0, 10).toLowerCase());
    expect(JSON.stringify(error).toLowerCase()).not.toContain(hex.slice(0, 10));
  });

  test('the hash of the input is none, nor is a long name', () => {
    const long = 'a_column_that_has_a_name_of_forty_three_sig';
    const changed = text
      .replace('path: patients.csv', `path: patients.csv\n  sha256: ${hex}`)
      .replace('income:', `${long}:`);
    expect(long).toHaveLength(43);
    expect(readRecipe(changed, name).recipe.input.sha256).toBe(hex);
  });
});

describe('the hash of a recipe', () => {
  test('does not see comments, spacing and order, and sees each value', () => {
    const { hash } = readRecipe(text, name);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const moved = text
      .replace('subject: patient\n', '')
      .replace('version: 1', 'subject:   "patient"\nversion: 1 # of the form');
    expect(readRecipe(moved, name).hash).toBe(hash);
    expect(readRecipe(text.replace('500', '501'), name).hash).not.toBe(hash);
    expect(readRecipe(text.replace('  age:\n', '  Age:\n'), name).hash).not.toBe(hash);
  });
});

describe('writing', () => {
  test('a change leaves comments and everything else as they were', () => {
    const changed = changedRecipeText(text, {
      key: { check: '0011223344556677' },
      guarantee: { levels: { age: 1 } },
      columns: { age: { role: 'sensitive', correctedFrom: 'quasiIdentifier' } },
    });
    const expected = text
      .replace('# kept by two people\n', '# kept by two people\n  check: "0011223344556677"\n')
      .replace('role: quasiIdentifier # 90', 'role: sensitive # 90')
      .replace('    hierarchy: age\n', '    hierarchy: age\n    correctedFrom: quasiIdentifier\n')
      .replace('fanOut: [2] }\n', 'fanOut: [2] }\n  levels:\n    age: 1\n')
      .replace(/\[0, 18, 65, 120\]/, '[ 0, 18, 65, 120 ]')
      .replace('[2]', '[ 2 ]');
    expect(changed).toBe(expected);
    expect(readRecipe(changed, name).recipe.key).toEqual({ id: 'clinic', check: '0011223344556677' });
  });

  test('another method takes the options of the old one with it, and keeps the comment', () => {
    const changed = recipeTextWithColumn(text, 'age', { role: 'quasiIdentifier', method: 'coding', top: 90 });
    expect(changed).toContain(
      'role: quasiIdentifier # 90 and over stand out\n    method: coding\n    top: 90\n',
    );
    expect(readRecipe(changed, name).recipe.columns.age).not.toHaveProperty('hierarchy');
    const added = recipeTextWithColumn(text, 'name', { method: 'drop' });
    expect(readRecipe(added, name).recipe.columns.name).toEqual({ method: 'drop' });
  });

  test('a new recipe is read as it was meant', () => {
    const { recipe } = readRecipe(text, name);
    const written = newRecipeText({ ...recipe, rowKey: undefined });
    expect(readRecipe(written, name).recipe).toEqual(recipe);
    expect(written).toMatch(/^# How a table is anonymised/);
  });
});

describe('completion and hover in the editor', () => {
  test('the schema in media is the one that recipes are checked with (vitest -u writes it)', async () => {
    await expect(recipeJsonSchema()).toMatchFileSnapshot(
      path.join(repository, 'media', 'anonymise.schema.json'),
    );
  });

  test('is contributed for recipes', () => {
    const manifest = JSON.parse(fs.readFileSync(path.join(repository, 'package.json'), 'utf8'));
    const [validation] = manifest.contributes.yamlValidation;
    expect(validation.fileMatch).toContain('*.anonymise.yaml');
    expect(fs.existsSync(path.join(repository, validation.url))).toBe(true);
  });

  test('each method has a sentence', () => {
    const schema = recipeJsonSchema();
    for (const { sentence, limit } of Object.values(methodDescriptions)) {
      expect(schema).toContain(JSON.stringify(sentence));
      expect(sentence).toMatch(/^[A-Z].*\.$/);
      expect(limit).toMatch(/^[A-Z].*\.$/);
    }
  });
});
