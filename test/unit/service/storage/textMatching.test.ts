import { afterAll, expect, test } from 'vitest';
import { openDatabase } from '../../../../src/service/storage/database.ts';

const opened = openDatabase(':memory:', []);
afterAll(() => opened.dispose());

test.each<[string, string, boolean, boolean]>([
  ['svm', 'svm', true, true],
  ['svm', 'SVM', false, true],
  ['svm', 's%', true, true],
  ['svm', '%M', false, true],
  ['svm', '%v%', true, true],
  ['svm', 'sv', false, false],
  ['svm', 's_m', true, true],
  ['svm', '___', true, true],
  ['svm', '__', false, false],
  ['', '%', true, true],
  ['', '', true, true],
  ['', '_', false, false],
  ['aa', 'a%a', true, true],
  ['a', 'a%a', false, false],
  ['abcbd', 'a%b_', true, true],
  ['abab', '%ab%ab%', true, true],
  ['aba', '%ab%ab%', false, false],
  ['50%', '50%', true, true],
  ['a*b?[c]', 'a*b?[c]', true, true],
  ['axb', 'a*b', false, false],
  ['a\\b', 'a\\%', true, true],
  ['Ärger', 'ä%', false, true],
  ['GRÖSSE', '%ö%', false, true],
  ['😀!', '_!', true, true],
  ['line\nbreak', 'line%break', true, true],
  ['line\nbreak', 'line_break', true, true],
])('%j LIKE %j', (text, pattern, like, ilike) => {
  const row = opened.database
    .prepare('SELECT like_text(@text, @pattern) AS "like", ilike_text(@text, @pattern) AS "ilike"')
    .get({ text, pattern });
  expect(row).toEqual({ like: Number(like), ilike: Number(ilike) });
});

test('NULL matches nothing', () => {
  const row = opened.database.prepare("SELECT like_text(NULL, '%') AS a, ilike_text('a', NULL) AS b").get();
  expect(row).toEqual({ a: 0, b: 0 });
});

test('a pattern made to take long takes none', () => {
  const text = 'a'.repeat(50_000);
  const pattern = `${'%a_'.repeat(20)}b`;
  const statement = opened.database.prepare('SELECT like_text(?, ?) AS found');
  expect(statement.get(text, pattern)).toEqual({ found: 0 });
  expect(statement.get(text, `${'%a'.repeat(1_000)}b`)).toEqual({ found: 0 });
});
