import { expect, test } from 'vitest';
import { pythonJson, pythonQuoted } from '../../../src/base/pythonJson.ts';

test.each([
  [[], '[]'],
  [{}, '{}'],
  [[{ a: 1, b: [1, 2] }, {}], '[{"a": 1, "b": [1, 2]}, {}]'],
  [{ text: 'one\n two, "three"\t[ x ]' }, '{"text": "one\\n two, \\"three\\"\\t[ x ]"}'],
  [['größe', '😀', '\u007f'], '["gr\\u00f6\\u00dfe", "\\ud83d\\ude00", "\\u007f"]'],
  [null, 'null'],
])('%j as json.dumps writes it', (value, text) => {
  expect(pythonJson(value)).toBe(text);
  expect(JSON.parse(pythonJson(value))).toEqual(value);
});

test.each([
  ['a', "'a'"],
  ["it's", `"it's"`],
  [`"it's"`, `'"it\\'s"'`],
  ['a\\b', "'a\\\\b'"],
])('%j is shown as %s', (text, shown) => {
  expect(pythonQuoted(text)).toBe(shown);
});
