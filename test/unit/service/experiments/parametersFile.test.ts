import { describe, expect, test } from 'vitest';
import { withValues } from '../../../../src/service/experiments/parametersEdit.ts';
import { readParameters } from '../../../../src/service/experiments/parametersFile.ts';

function read(text: string): Record<string, string> {
  return Object.fromEntries(readParameters(text, 'params.yaml').map(({ key, value }) => [key, value]));
}

describe('reading', () => {
  test('nested keys are joined by dots, values stay as written', () => {
    expect(
      read(
        'lr: 1e-3\nbig: 0x10\nflag: yes\nnone:\nempty: {}\nlist: [1, "a", 2.50]\nmodel:\n  depth: 3\n  head: {dim: 8}\n' +
          'text: "a: b"\nlong: |\n  two\n  lines\n2024-01-01: x\n3: y\n',
      ),
    ).toEqual({
      lr: '1e-3',
      big: '0x10',
      flag: 'yes',
      none: 'null',
      empty: '{}',
      list: '[1,"a",2.5]',
      'model.depth': '3',
      'model.head.dim': '8',
      text: 'a: b',
      long: 'two\nlines\n',
      '2024-01-01': 'x',
      3: 'y',
    });
  });

  test('aliases and merged maps are followed, own keys win', () => {
    const text = 'base: &base {a: 1, b: 2}\nown:\n  a: 7\n  <<: *base\nsame: *base\n';
    expect(read(text)).toMatchObject({ 'own.a': '7', 'own.b': '2', 'same.b': '2' });
  });

  test('an empty file has no parameters', () => {
    expect([read(''), read('# nothing\n'), read('---\n')]).toEqual([{}, {}, {}]);
  });

  test.each([
    ['a: [1, 2\n', 2, 1],
    ['a: 1\na: 2\n', 2, 1],
    ['a: "x\n', 2, 1],
    ['a:\n\t- b\n', 2, 1],
    ['- a\n- b\n', 1, 1],
    ['a: 1\n---\nb: 2\n', 2, 1],
    ['a: *nowhere\n', 1, 4],
  ])('%j is refused with its place', (text, line, column) => {
    expect(() => read(text)).toThrow(`params.yaml cannot be read, line ${line}, column ${column}: `);
  });

  test('a file that refers to itself is refused', () => {
    for (const text of ['a: &a\n  b: *a\n', 'a: &a [*a]\n']) {
      expect(() => read(text)).toThrow('refers to itself');
    }
  });
});

describe('writing', () => {
  const text =
    '# head\nlr:   0.1   # rate\n\nmodel:\n    depth: 3 # layers\n    kind: "tree"\nnone:\nlist: [1, 2] # sizes\n';

  test('one value changes only its own characters', () => {
    expect(withValues(text, { lr: '1e-2' })).toBe(text.replace('0.1', '1e-2'));
    expect(withValues(text, { 'model.depth': '12' })).toBe(text.replace('3 #', '12 #'));
    expect(withValues(text, { 'model.kind': 'a: "b"' })).toBe(text.replace('"tree"', '"a: \\"b\\""'));
    expect(withValues(text, { lr: 'adam # w' })).toBe(text.replace('0.1', '"adam # w"'));
  });

  test.each([
    [{ none: '5' }, { none: '5' }],
    [{ list: '[3, 4]' }, { list: '[3,4]' }],
    [{ lr: '[1]' }, { lr: '[1]' }],
    [{ lr: '"q"' }, { lr: '"q"' }],
    [{ lr: 'a: b' }, { lr: 'a: b' }],
    [{ 'model.kind': '7' }, { 'model.kind': '7' }],
    [{ 'model.kind': 'true' }, { 'model.kind': 'true' }],
    [{ 'model.fresh': '1' }, { 'model.fresh': '1' }],
    [{ 'other.deep.key': 'x' }, { 'other.deep.key': 'x' }],
    [{ lr: 'two\nlines' }, { lr: 'two\nlines' }],
    [{ lr: '' }, { lr: '' }],
    [{ lr: '-' }, { lr: '-' }],
    [{ lr: '@x' }, { lr: '@x' }],
    [{ lr: '{unclosed' }, { lr: '{unclosed' }],
    [
      { lr: '2', list: '9', 'model.depth': '8' },
      { lr: '2', list: '9', 'model.depth': '8' },
    ],
  ])('%j is read back, with the rest and the comments', (changes, expected) => {
    const written = withValues(text, changes as unknown as Record<string, string>);
    expect(read(written)).toEqual({ ...read(text), ...expected });
    expect(written).toContain('# head');
    expect(written).toContain('# layers');
  });

  test('a text stays a text and a number a number', () => {
    expect(withValues('v: "1"\nn: 1\n', { v: '2', n: '2' })).toBe('v: "2"\nn: 2\n');
    expect(withValues("v: 'a'\n", { v: "it's" })).toBe("v: 'it''s'\n");
    expect(withValues('v: adam\n', { v: '3' })).toBe('v: "3"\n');
  });

  test('a key under an alias changes there only', () => {
    const shared = 'base: &b\n  a: 1\nown: *b\n';
    expect(read(withValues(shared, { 'own.a': '5' }))).toEqual({ 'base.a': '1', 'own.a': '5' });
  });

  test('a key that itself holds a dot is found', () => {
    expect(read(withValues('a.b: 1\n', { 'a.b': '2' }))).toEqual({ 'a.b': '2' });
  });

  test('an empty file takes values', () => {
    expect(withValues('', { lr: '0.1', 'model.depth': '2' })).toBe('lr: 0.1\nmodel:\n  depth: 2\n');
  });
});
