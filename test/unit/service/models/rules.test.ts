import { describe, expect, test } from 'vitest';
import {
  checkAlias,
  checkFreeAlias,
  checkLoggedModelName,
  checkModelName,
  stageOf,
} from '../../../../src/service/models/rules.ts';
import { withRegistration } from '../../../../src/service/models/versionsTag.ts';

describe('names of registered models', () => {
  test.each(['Penguins', 'a b', 'größe', 'a.b', 'v1', '%', 'a\\b'])('%j', (name) => {
    expect(() => checkModelName(name)).not.toThrow();
  });

  test.each(['', ' ', '/', 'a/b', 'a:b', '.', '..', '..a'])('not %j', (name) => {
    expect(() => checkModelName(name)).toThrow(/name/);
  });

  test('a missing new name is called so', () => {
    expect(() => checkModelName(' ', 'new_name')).toThrow("Missing value for required parameter 'new_name'.");
  });
});

test('names of logged models end in no path and in no filter', () => {
  expect(() => checkLoggedModelName('a b-c_d')).not.toThrow();
  for (const name of ['', 'a/b', 'a:b', 'a.b', '50%', '"a"', "it's"]) {
    expect(() => checkLoggedModelName(name)).toThrow('Invalid model name');
  }
});

test('aliases are words, and some are reserved', () => {
  for (const alias of ['champion', 'a-b_c', 'größe', 'V', 'v1a', 'x'.repeat(255)]) {
    expect(() => checkFreeAlias(alias)).not.toThrow();
  }
  for (const alias of ['LATEST', 'V12', 'a b', '', 'a.b', 'x'.repeat(256)]) {
    expect(() => checkFreeAlias(alias)).toThrow();
  }
  expect(() => checkAlias('latest')).not.toThrow();
});

test('stages in any case', () => {
  expect(['none', 'STAGING', 'Production', 'archived'].map(stageOf)).toEqual([
    'None',
    'Staging',
    'Production',
    'Archived',
  ]);
  expect(() => stageOf('Deleted_Internal')).toThrow('Invalid Model Version stage: Deleted_Internal.');
});

test('the tag of registrations gets each one once, whatever it held before', () => {
  const one = withRegistration(undefined, { name: 'm', version: 1 });
  expect(one).toBe('[{"name": "m", "version": 1}]');
  const two = withRegistration(one, { name: 'm', version: 2 });
  expect(two).toBe('[{"name": "m", "version": 1}, {"name": "m", "version": 2}]');
  expect(withRegistration(two, { name: 'm', version: 1 })).toBe(two);
  expect(withRegistration('[{"name": "m", "version": "1"}]', { name: 'm', version: 1 })).toBe(
    '[{"name": "m", "version": "1"}]',
  );
  for (const broken of ['', '{', '"text"', '[1, null]']) {
    expect(withRegistration(broken, { name: 'm', version: 1 })).toBe(one);
  }
});
