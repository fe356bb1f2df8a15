import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { errorShape } from '../../../../src/base/errors.ts';
import { putInPlace } from '../../../../src/service/data/putInPlace.ts';

let folder: string;
let target: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-place-'));
  target = path.join(folder, 'out.csv');
});

afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function draft(text: string, where = folder): string {
  const file = path.join(where, `${text} draft`);
  fs.writeFileSync(file, text);
  return file;
}

function codeOf(work: () => void): string {
  try {
    work();
    return 'it succeeded';
  } catch (error) {
    return errorShape(error).code;
  }
}

it('of two who write the same target the second is refused', () => {
  // Both have looked before, when there was none.
  const [first, second] = [draft('first'), draft('second')];
  putInPlace(first, target, {});
  expect(codeOf(() => putInPlace(second, target, {}))).toBe('data.targetExists');
  expect(fs.readFileSync(target, 'utf8')).toBe('first');
  putInPlace(second, target, { overwrite: true });
  expect(fs.readFileSync(target, 'utf8')).toBe('second');
});

it('a link that leads nowhere is not written through', () => {
  fs.symlinkSync(path.join(folder, 'nowhere'), target);
  expect(codeOf(() => putInPlace(draft('first'), target, {}))).toBe('data.targetExists');
  expect(fs.existsSync(path.join(folder, 'nowhere'))).toBe(false);
});

it('a folder that is not there is told', () => {
  const place = { targetName: 'gone/out.csv' };
  expect(() => putInPlace(draft('first'), path.join(folder, 'gone', 'out.csv'), place)).toThrow(
    'gone/out.csv could not be written: its folder is not there.',
  );
});

it.skipIf(process.platform !== 'linux')(
  'from another file system the same holds, and no copy is left',
  () => {
    const elsewhere = fs.mkdtempSync('/dev/shm/mlops-place-');
    try {
      expect(fs.statSync(elsewhere).dev).not.toBe(fs.statSync(folder).dev);
      putInPlace(draft('first', elsewhere), target, {});
      expect(codeOf(() => putInPlace(draft('second', elsewhere), target, {}))).toBe('data.targetExists');
      expect(fs.readFileSync(target, 'utf8')).toBe('first');
      putInPlace(draft('third', elsewhere), target, { overwrite: true });
      expect(fs.readFileSync(target, 'utf8')).toBe('third');
      expect(fs.readdirSync(folder)).toEqual(['out.csv']);
    } finally {
      fs.rmSync(elsewhere, { recursive: true, force: true });
    }
  },
);
