import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorShape } from '../../../../../src/base/errors.ts';
import { applyRelease } from '../../../../../src/service/privacy/work/apply.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-survivors-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

/** Masks a direct identifier but for its last two characters; answers the output, or what was said against it. */
async function masked(names: readonly string[]): Promise<string> {
  const [file, target] = ['in.csv', 'out.csv'].map((name) => path.join(folder, name));
  fs.writeFileSync(file!, `name,n\n${names.map((name, at) => `${name},${at}`).join('\n')}\n`);
  const text = `version: 1
dataset: d
release: r
input: { path: in.csv }
output: { path: out.csv }
columns:
  name: { method: mask, role: directIdentifier, keepLast: 2 }
  n: { method: keep }
`;
  try {
    await applyRelease(
      {
        ...{ recipe: { text, name: 'in.anonymise.yaml', folder }, keys: {}, overwrite: false },
        ...{ file: file!, name: 'in.csv', target: target!, output: 'out.csv' },
        ...{ countsPaths: {}, release: 'r', siblings: [] },
      },
      {
        scratch: fs.mkdtempSync(path.join(folder, 'scratch-')),
        copyFolder: fs.mkdtempSync(path.join(folder, 'rows-')),
        signal: new AbortController().signal,
        checkCancelled: () => undefined,
        report: () => undefined,
      },
    );
  } catch (error) {
    expect(fs.existsSync(target!)).toBe(false);
    const { code, message } = errorShape(error);
    return `${code}: ${message}`;
  }
  return fs.readFileSync(target!, 'utf8');
}

test('codes of the length of the originals, among which there is none of them', async () => {
  expect(await masked(['Charlotte', 'Alexander', 'Elisabeth'])).toBe(
    'name,n\n*******te,0\n*******er,1\n*******th,2\n',
  );
});

test('an original value that stands in the output, be it in another row, is found', async () => {
  const said = await masked(['Charlotte', '*******te', 'Elisabeth', '*******te']);
  expect(said).toContain('privacy.originalSurvives');
  expect(said).toContain('1 value');
});

test('missing values are no survivors', async () => {
  expect(await masked(['Charlotte', '', ''])).toBe('name,n\n*******te,0\n,1\n,2\n');
});
