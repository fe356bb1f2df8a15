import { expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { type Origin, withOrigin } from '../../../../src/service/versions/origin.ts';
import { parsePointer } from '../../../../src/service/versions/pointer.ts';
import { newPointer } from '../../../../src/service/versions/pointerText.ts';

const md5 = 'e5ebd4c02cefbe7955977c67ada242b7';
const other = 'b026324c6904b2a9cb4b88d6d61c81d1';
const pointerFile = '/work space/out/people.anonymised.csv.dvc';

const origin: Origin = {
  input: { file: '/work space/people.csv', md5: other },
  recipe: { file: '/work space/people.anonymise.yaml', sha256: 'ab'.repeat(32) },
  release: '2026-11-23',
  content: md5,
};

function originOf(text: string) {
  const parsed = parsePointer(text);
  return 'problem' in parsed ? parsed.problem : parsed.pointer.origin;
}

const plain = newPointer('people.anonymised.csv', { hash: md5, bytes: 8 });

it('is written behind everything that DVC writes, and read again', () => {
  const text = withOrigin(plain, pointerFile, { ...origin, budget: { epsilon: 0.5, delta: 0 } });
  expect(text).toBe(`${plain}meta:
  mlops:
    madeFrom:
      path: ../people.csv
      md5: ${other}
    recipe:
      path: ../people.anonymise.yaml
      sha256: ${'ab'.repeat(32)}
    release: '2026-11-23'
    epsilon: 0.5
    delta: 0
    content: ${md5}
`);
  expect(originOf(text)).toMatchObject({ madeFrom: { path: '../people.csv', md5: other }, epsilon: 0.5 });
});

it('tells nothing of other content, and nothing where it is damaged', () => {
  const text = withOrigin(plain, pointerFile, origin);
  expect(originOf(text.replace(`- md5: ${md5}`, `- md5: ${other}`))).toBeUndefined();
  expect(originOf(text.replace('release:', 'released:'))).toBeUndefined();
  expect(originOf(`${plain}meta: just a word\n`)).toBeUndefined();
});

it('leaves the notes of others, and goes when the content is another one', () => {
  const noted = `# ours\n${plain}meta:\n  owner: Ada # asks questions\n`;
  const text = withOrigin(noted, pointerFile, origin);
  expect(text).toContain('# ours');
  expect(text).toContain('owner: Ada # asks questions');
  expect(originOf(text)).toBeDefined();
  const gone = withOrigin(text, pointerFile, undefined);
  expect(parseDocument(gone).toJS()).toEqual(parseDocument(noted).toJS());
  expect(gone).toContain('# asks questions');
  const alone = withOrigin(withOrigin(plain, pointerFile, origin), pointerFile, undefined);
  expect(alone).not.toContain('meta');
  expect(withOrigin(noted, pointerFile, undefined)).toBe(noted);
});

it('takes the place of the former one', () => {
  const text = withOrigin(plain, pointerFile, origin);
  const next = withOrigin(text, pointerFile, { ...origin, release: 'second' });
  expect(originOf(next)).toMatchObject({ release: 'second' });
  expect(next.match(/madeFrom/g)).toHaveLength(1);
});

it.each(['\r\n', '\n'])('has the line ends of the file (%j)', (lineEnd) => {
  const text = withOrigin(plain.replaceAll('\n', lineEnd), pointerFile, origin);
  expect(text.split(lineEnd).join('')).not.toMatch(/[\r\n]/);
  expect(originOf(text)).toBeDefined();
});

it('is read from a pointer in flow style too', () => {
  const flow = `{outs: [{md5: ${md5}, hash: md5, path: people.anonymised.csv}]}\n`;
  expect(originOf(withOrigin(flow, pointerFile, origin))).toMatchObject({ release: '2026-11-23' });
});
