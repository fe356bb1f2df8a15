import { describe, expect, it } from 'vitest';
import {
  compareCodePoints,
  directoryObject,
  parseDirectoryObject,
} from '../../../../src/service/versions/directoryObject.ts';

const one = 'b026324c6904b2a9cb4b88d6d61c81d1';
const two = '26ab0db90d72e28ad0ba1e22ee510510';

describe("DVC's reference vectors", () => {
  it('of an empty folder', () => {
    const { hash, bytes } = directoryObject([]);
    expect([hash, bytes.toString()]).toEqual(['d751713988987e9331980363e24189ce.dir', '[]']);
  });

  it('of two files, whatever order they come in', () => {
    const { hash, bytes } = directoryObject([
      { path: 'b', md5: two },
      { path: 'a', md5: one },
    ]);
    expect(bytes.toString()).toBe(`[{"md5": "${one}", "relpath": "a"}, {"md5": "${two}", "relpath": "b"}]`);
    expect(hash).toBe('c37f8bc8917fdf64a45bb6010380cdab.dir');
  });

  it('of names that JavaScript would sort the other way', () => {
    const { hash } = directoryObject([
      { path: '\u{1f600}x', md5: two },
      { path: '\ufffdx', md5: one },
    ]);
    expect(hash).toBe('48c27f1a6afe71cc8abe4d3c5fa408c8.dir');
  });
});

it('escapes as Python does', () => {
  const path = 'q"b\\t\tn\nd\x7fs\u2028é😀\x01/x';
  expect(directoryObject([{ path, md5: one }]).bytes.toString()).toContain(
    '"relpath": "q\\"b\\\\t\\tn\\nd\\u007fs\\u2028\\u00e9\\ud83d\\ude00\\u0001/x"',
  );
});

it('orders by code point, not by component and not by UTF-16 unit', () => {
  const sorted = ['Sub', 'sub-1', 'sub.txt', 'sub/b.txt', 'sub0', '\ue000', '\uffff', '\u{10000}'];
  const shuffled = [...sorted].reverse();
  expect(shuffled.sort(compareCodePoints)).toEqual(sorted);
});

describe('reading a list', () => {
  const problemOf = (text: string, windows = false) => {
    const parsed = parseDirectoryObject(text, windows);
    return 'problem' in parsed ? parsed.problem : undefined;
  };
  const entry = (path: string, md5 = one) => JSON.stringify({ md5, relpath: path });

  it('gives the entries of a good one', () => {
    const { bytes } = directoryObject([{ path: 'sub/😀', md5: one }]);
    expect(parseDirectoryObject(bytes)).toEqual({ entries: [{ path: 'sub/😀', md5: one }] });
  });

  it.each([
    ['../evil'],
    ['a/../../evil'],
    ['/etc/passwd'],
    ['a//b'],
    ['.'],
    ['a/'],
    [''],
    ['nul\0'],
    ['C:\\x'],
    ['.git/hooks/post-checkout'],
    ['sub/.GIT/config'],
  ])('refuses the path %j', (path) => {
    expect(problemOf(`[${entry(path)}]`)).toBeDefined();
  });

  it('refuses what only Windows would take for another folder', () => {
    expect(problemOf(`[${entry('a\\b')}]`, true)).toBeDefined();
    expect(problemOf(`[${entry('a\\b')}]`)).toBeUndefined();
  });

  it.each([
    ['nothing', 'not JSON', 'not JSON'],
    ['{}', '{}', 'not a list'],
    ['no hash', '[{"relpath": "a"}]', 'no md5'],
    ['null', '[null]', 'no path'],
    ['a wrong hash', `[${entry('a', 'ABC')}]`, 'no md5'],
    ['a path twice', `[${entry('a')}, ${entry('a')}]`, 'twice'],
    ['a file that is a folder too', `[${entry('a/b/c')}, ${entry('a/b')}]`, 'both a file and a folder'],
  ])('refuses %s', (_, text, word) => {
    expect(problemOf(text)).toContain(word);
  });
});
