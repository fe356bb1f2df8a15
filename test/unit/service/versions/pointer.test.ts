import { describe, expect, it } from 'vitest';
import { parsePointer } from '../../../../src/service/versions/pointer.ts';
import { editPointer, newPointer, scalar } from '../../../../src/service/versions/pointerText.ts';

const md5 = 'e5ebd4c02cefbe7955977c67ada242b7';
const other = 'b026324c6904b2a9cb4b88d6d61c81d1';

function read(text: string) {
  const parsed = parsePointer(text);
  if ('problem' in parsed) {
    throw new Error(parsed.problem);
  }
  return parsed.pointer;
}

function problem(text: string): string | undefined {
  const parsed = parsePointer(text);
  return 'problem' in parsed ? parsed.problem : undefined;
}

describe('a new pointer', () => {
  it('of a file is what dvc add writes', () => {
    expect(newPointer('data.csv', { hash: md5, bytes: 8 })).toBe(
      `outs:\n- md5: ${md5}\n  size: 8\n  hash: md5\n  path: data.csv\n`,
    );
  });

  it('of a folder, and of an executable file', () => {
    expect(newPointer('d', { hash: `${md5}.dir`, bytes: 4, files: 2 })).toBe(
      `outs:\n- md5: ${md5}.dir\n  size: 4\n  nfiles: 2\n  hash: md5\n  path: d\n`,
    );
    expect(newPointer('run', { hash: md5, bytes: 4, executable: true })).toContain(
      '  size: 4\n  isexec: true\n  hash: md5\n',
    );
  });

  it('quotes a hash that YAML would read as a number', () => {
    for (const hash of ['12345678901234567890123456789012', '1e345678901234567890123456789012']) {
      const text = newPointer('x', { hash, bytes: 1 });
      expect(text).toContain(`md5: '${hash}'`);
      expect(read(text).outputs[0]?.hash).toBe(hash);
    }
    expect(newPointer('x', { hash: '12345678901234567890123456789012.dir', bytes: 1 })).not.toContain("'");
  });
});

describe('a name is quoted as DVC quotes it', () => {
  it.each([
    'true',
    'null',
    '~',
    '123',
    '1.5',
    '1e5',
    '0x10',
    '0o7',
    '010',
    '1_000',
    '2020-01-01',
    '+1',
    '=',
    '<<',
  ])('when it is not a string to YAML: %s', (name) => expect(scalar(name)).toBe(`'${name}'`));

  it.each([
    'yes',
    'NO',
    'on',
    'y',
    'Off',
    '12:30:45',
    'a,b',
    "it's",
    'a:b',
    ':c',
    '?q',
    'wild*?[x]',
    'back\\slash',
    'N',
    'é',
    '日本',
    '😀',
    '\u00a0',
    'data.csv',
    '-x',
    '--',
  ])('not when it need not be: %s', (name) => expect(scalar(name)).toBe(name));

  it.each([
    ' lead',
    'trail ',
    'a: b',
    'a #b',
    '#lead',
    'c:',
    '? q',
    '"dq"',
    '!x',
    '%x',
    '&x',
    '*x',
    '@x',
    '`x',
    '{x',
    '[x',
    '|x',
    '>x',
    '- x',
  ])('when its characters mean something: %s', (name) => expect(scalar(name)).toBe(`'${name}'`));

  it.each([
    ['tab\there', '"tab\\there"'],
    ['bell\x07', '"bell\\a"'],
    ['del\x7f', '"del\\x7F"'],
    ['bom\ufeffx', '"bom\\uFEFFx"'],
    ['next\u0085line', '"next\\Nline"'],
    ['sep\u2028arator', '"sep\\Larator"'],
  ])('with escapes for what cannot be seen: %j', (name, text) => expect(scalar(name)).toBe(text));

  it('so that it always reads back', () => {
    const names = [
      "it's: 'quoted'",
      "'",
      "''x",
      '"\\',
      'a\nb',
      '\u0085',
      'x'.repeat(300),
      'long '.repeat(60),
      '-',
      '?',
      '...',
      '---',
      '% y',
      ', x',
      '.inf',
      '-.INF',
      '.nan',
      '0b11',
      '1:2',
      '12e03',
      '.5',
      '5.',
    ];
    for (const name of names) {
      expect(read(newPointer(name, { hash: md5, bytes: 1 })).outputs[0]?.path).toBe(name);
    }
  });
});

describe('reading', () => {
  it('takes what DVC folds, flow style, CRLF, a byte order mark and unknown keys', () => {
    const folded = `outs:\n- md5: ${md5}\n  size: 8\n  hash: md5\n  path: \n    ${'x'.repeat(150)}\n`;
    expect(read(folded).outputs[0]?.path).toBe('x'.repeat(150));
    expect(read(`{outs: [{path: x, hash: md5, md5: "${md5}"}]}`).outputs[0]).toMatchObject({
      path: 'x',
      hash: md5,
    });
    expect(
      read(`\ufeffouts:\r\n- md5: ${md5}\r\n  hash: md5\r\n  path: x\r\n  surprise: 1\r\n`).outputs,
    ).toHaveLength(1);
  });

  it('knows DVC 2 by the missing hash, imports by their dependencies, and the working folder', () => {
    expect(read(`outs:\n- md5: ${md5}\n  path: x\n`).outputs[0]?.legacy).toBe(true);
    expect(read(`outs:\n- md5: ${md5}\n  hash: md5\n  path: x\n`).outputs[0]?.legacy).toBe(false);
    const imported = read(`md5: ${other}\nfrozen: true\nwdir: sub\ndeps:\n- path: y\nouts:\n- path: x\n`);
    expect(imported).toMatchObject({ imported: true, workingFolder: 'sub' });
    expect(imported.outputs[0]).toEqual({ path: 'x', executable: false, legacy: false });
  });

  it.each([
    ['cache: false', 'out of the cache'],
    ['hash: sha256', 'sha256'],
    ['files: []', 'cloud storage'],
    ['cloud: {}', 'cloud storage'],
  ])('says that it cannot work with %s', (line, word) => {
    const hash = line.startsWith('hash') ? '' : '  hash: md5\n';
    expect(read(`outs:\n- md5: ${md5}\n${hash}  path: x\n  ${line}\n`).outputs[0]?.unsupported).toContain(
      word,
    );
  });

  it.each([
    ['nothing', '', 'is empty'],
    ['white space', ' \n\n', 'is empty'],
    ['no outputs', 'outs:\n', 'names no data'],
    ['another document', 'hello: world\n', 'names no data'],
    ['a scalar', 'hello', 'not a valid pointer'],
    ['conflict markers', '<<<<<<< HEAD\nouts:\n=======\nouts:\n>>>>>>> side\n', 'merge conflict markers'],
    [
      'conflict markers with CRLF',
      '<<<<<<< HEAD\r\nouts:\r\n=======\r\nouts:\r\n>>>>>>> side\r\n',
      'merge conflict markers',
    ],
    ['broken YAML', `outs:\n- md5: ${md5}\n  path: "x\n`, 'line'],
    ['a key twice', `outs:\n- path: x\n  path: y\n`, 'not valid YAML (line 3'],
    ['an upper-case hash', `outs:\n- md5: ${md5.toUpperCase()}\n  path: x\n`, 'lower case'],
    ['a hash that is a number', 'outs:\n- md5: 12345678901234567890123456789012\n  path: x\n', 'outs.0.md5'],
    ['a size in quotes', `outs:\n- md5: ${md5}\n  size: '8'\n  path: x\n`, 'outs.0.size'],
    ['no path', `outs:\n- md5: ${md5}\n`, 'outs.0.path'],
  ])('calls %s damaged, in a sentence', (_, text, word) => {
    expect(problem(text)).toContain(word);
  });
});

describe('editing', () => {
  const content = { hash: other, bytes: 99 };

  it('changes values and nothing else', () => {
    const text =
      `# top\ndesc: "all of it"\nouts:\n- path: x # the data\n  md5: ${md5} # its hash\n  # between\n  hash: md5\n` +
      `  size: 8\n  remote: store\n  meta: {a: [1, 2], 'b': "c"}\nmeta:\n  own: true\n`;
    expect(editPointer(text, 'x', content)).toBe(text.replace(md5, other).replace('size: 8', 'size: 99'));
  });

  it('keeps CRLF, flow style and quotes around what stays', () => {
    const crlf = `outs:\r\n- md5: '${md5}'\r\n  size: 8\r\n  hash: md5\r\n  path: 'x'\r\n`;
    expect(editPointer(crlf, 'x', content)).toBe(
      `outs:\r\n- md5: ${other}\r\n  size: 99\r\n  hash: md5\r\n  path: 'x'\r\n`,
    );
    expect(editPointer(`{outs: [{path: x, hash: md5, md5: "${md5}"}]}`, 'x', content)).toBe(
      `{outs: [{path: x, hash: md5, md5: ${other}, size: 99}]}`,
    );
  });

  it('adds what is missing at the end of the entry, as DVC does with an old pointer', () => {
    expect(editPointer(`outs:\n- md5: ${md5}\n  size: 8\n  path: x # end\nmeta: 1\n`, 'x', content)).toBe(
      `outs:\n- md5: ${other}\n  size: 99\n  path: x # end\n  hash: md5\nmeta: 1\n`,
    );
    expect(editPointer('outs:\n  - path: x', 'x', content)).toBe(
      `outs:\n  - path: x\n    md5: ${other}\n    size: 99\n    hash: md5\n`,
    );
    expect(editPointer('outs:\n- path: x\n  md5:\n', 'x', content)).toContain(`md5: ${other}\n`);
  });

  it('changes only the output that is meant', () => {
    const text = newPointer('a', { hash: md5, bytes: 1 }) + newPointer('b', { hash: md5, bytes: 1 }).slice(6);
    const edited = read(editPointer(text, 'b', content));
    expect(edited.outputs.map(({ path, hash }) => [path, hash])).toEqual([
      ['a', md5],
      ['b', other],
    ]);
  });

  it('from a folder to a file and back, with its comments', () => {
    const folder = `# mine\n${newPointer('x', { hash: `${md5}.dir`, bytes: 4, files: 2 })}`;
    const file = editPointer(folder, 'x', content);
    expect(file).toContain('# mine');
    expect(file).not.toContain('nfiles');
    expect(read(editPointer(file, 'x', { hash: `${md5}.dir`, bytes: 4, files: 2 })).outputs[0]).toMatchObject(
      {
        hash: `${md5}.dir`,
        files: 2,
      },
    );
  });
});
