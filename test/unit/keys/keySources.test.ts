import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errorShape } from '../../../src/base/errors.ts';
import { keyCheckValue } from '../../../src/keys/derive.ts';
import { noSuchKey } from '../../../src/keys/errors.ts';
import { environmentKeyRing, makeKeyInFile } from '../../../src/keys/keySources.ts';

const hex = '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f';
const checkValue = keyCheckValue(Buffer.from(hex, 'hex'));

let folder: string;
let workspace: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-keys-'));
  workspace = path.join(folder, 'workspace');
  fs.mkdirSync(workspace);
});
afterEach(() => {
  fs.rmSync(folder, { recursive: true, force: true });
});

function keyFile(at: string, mode: number, text = `# ours\n\nteam.2026 = ${hex}\n`): string {
  fs.writeFileSync(at, text, { mode });
  fs.chmodSync(at, mode);
  return at;
}

function refusal(file: string): { readonly code: string; readonly message: string } {
  return errorShape(
    thrown(() => environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace).get('team.2026')),
  );
}

function thrown(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('It was not refused.');
}

test('a variable of the environment holds a key', () => {
  const base64 = Buffer.from(hex, 'hex').toString('base64');
  for (const text of [hex, base64, `team-2026 = ${base64}`, `team-2026=${hex}\n`]) {
    const ring = environmentKeyRing({ MLOPS_ANONYMISE_KEY_TEAM_2026: text }, workspace);
    expect(ring.get('team-2026')!.checkValue).toBe(checkValue);
    expect(ring.get('other')).toBeUndefined();
  }
});

test('a key is never taken for another whose variable is the same', () => {
  const ring = (text: string, file?: string) =>
    environmentKeyRing(
      { MLOPS_ANONYMISE_KEY_TEAM_2026: text, ...(file && { MLOPS_ANONYMISE_KEY_FILE: file }) },
      workspace,
    );
  for (const name of ['team.2026', 'team_2026', 'Team-2026', 'équipe']) {
    const variable = `MLOPS_ANONYMISE_KEY_${name.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`;
    const of = (text: string) => environmentKeyRing({ [variable]: text }, workspace);
    const refused = errorShape(thrown(() => of(hex).get(name)));
    expect(refused.code).toBe('privacy.keyNotNamedInVariable');
    expect(refused.message).toContain(`Set it to \`${name} = KEY\``);
    expect(refused.message).not.toContain(hex);
    expect(of(`${name} = ${hex}`).get(name)!.checkValue).toBe(checkValue);
  }
  // What names another is that one's, and so is what names nobody.
  expect(ring(`team.2026 = ${hex}`).get('team-2026')).toBeUndefined();
  expect(ring(`team-2026 = ${hex}`).get('team.2026')).toBeUndefined();
  const file = keyFile(path.join(folder, 'keys'), 0o600, `team.2026 = ${'ab'.repeat(32)}\n`);
  expect(ring(hex, file).get('team-2026')!.checkValue).toBe(checkValue);
  expect(ring(hex, file).get('team.2026')!.checkValue).toBe(keyCheckValue(Buffer.alloc(32, 0xab)));
});

test('the variable that names the file of keys is no key', () => {
  const file = keyFile(path.join(folder, 'keys'), 0o600, `file = ${hex}\n`);
  expect(environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace).get('file')!.checkValue).toBe(
    checkValue,
  );
  expect(noSuchKey('file').message).toMatch(/or set MLOPS_ANONYMISE_KEY_FILE for the command line\.$/);
  expect(noSuchKey('team-a').message).toContain('set MLOPS_ANONYMISE_KEY_TEAM_A or MLOPS_ANONYMISE_KEY_FILE');
  expect(noSuchKey('team.a').message).toContain('set MLOPS_ANONYMISE_KEY_TEAM_A (to `team.a = KEY`) or');
});

test('a file that its owner alone may read holds keys', () => {
  const file = keyFile(path.join(folder, 'keys'), 0o600);
  const ring = environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace);
  expect(ring.get('team.2026')!.checkValue).toBe(checkValue);
  expect(ring.get('other')).toBeUndefined();
});

test.each([0o640, 0o604, 0o660])('a file of mode %o is refused', (mode) => {
  const { code, message } = refusal(keyFile(path.join(folder, 'keys'), mode));
  expect(code).toBe('privacy.keyFileOpenToOthers');
  expect(message).toContain('chmod 600');
  expect(message).not.toContain(hex);
});

test('a file inside the workspace is refused, through a link as well', () => {
  const inside = keyFile(path.join(workspace, 'keys'), 0o600);
  const link = path.join(folder, 'link');
  fs.symlinkSync(inside, link);
  const outside = keyFile(path.join(folder, 'keys'), 0o600);
  const linkInside = path.join(workspace, 'link');
  fs.symlinkSync(outside, linkInside);
  for (const file of [inside, link, linkInside]) {
    expect(refusal(file).code).toBe('privacy.keyFileInWorkspace');
  }
});

test('a key is made in a file of its owner alone, beside those that are there', () => {
  const file = path.join(folder, 'keys');
  const first = makeKeyInFile(file, workspace, 'team.2026');
  const second = makeKeyInFile(file, workspace, 'clinic');
  expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  expect(fs.readdirSync(folder).sort()).toEqual(['keys', 'workspace']);
  const ring = environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace);
  expect(ring.get('team.2026')!.checkValue).toBe(first.checkValue);
  expect(ring.get('clinic')!.checkValue).toBe(second.checkValue);
  expect(() => makeKeyInFile(file, workspace, 'clinic')).toThrow(/There is a key named clinic already/);
  expect(() => makeKeyInFile(path.join(workspace, 'keys'), workspace, 'a')).toThrow(
    /lies inside the workspace/,
  );
  expect(fs.readdirSync(workspace)).toEqual([]);
});

test('terminals that make keys at the same moment lose none, and the first of one name counts', async () => {
  const file = path.join(folder, 'keys');
  const first = makeKeyInFile(file, workspace, 'team');
  // The last line was cut off.
  fs.writeFileSync(file, fs.readFileSync(file, 'utf8').trimEnd());
  const module = new URL('../../../src/keys/keySources.ts', import.meta.url).href;
  const names = ['a', 'b', 'c', 'd', 'e'];
  await Promise.all(
    names.map((name) =>
      promisify(execFile)(process.execPath, [
        '--input-type=module',
        '-e',
        `(await import(${JSON.stringify(module)})).makeKeyInFile(...${JSON.stringify([file, workspace, name])})`,
      ]),
    ),
  );
  const ring = environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace);
  expect(names.filter((name) => ring.get(name) === undefined)).toEqual([]);
  fs.appendFileSync(file, `team = ${hex}\n`);
  const again = environmentKeyRing({ MLOPS_ANONYMISE_KEY_FILE: file }, workspace);
  expect(again.get('team')!.checkValue).toBe(first.checkValue);
  expect(fs.readdirSync(folder).sort()).toEqual(['keys', 'workspace']);
});

test('a link to nowhere is no place for a key', () => {
  fs.symlinkSync(path.join(folder, 'elsewhere'), path.join(folder, 'link'));
  expect(() => makeKeyInFile(path.join(folder, 'link'), workspace, 'a')).toThrow(/is a link to nowhere/);
  expect(fs.existsSync(path.join(folder, 'elsewhere'))).toBe(false);
});

test('what is no key is refused without being quoted', () => {
  const wrong = `${hex.slice(2)}zz`;
  const refused = [
    refusal(keyFile(path.join(folder, 'keys'), 0o600, `team.2026 = ${wrong}`)),
    refusal(keyFile(path.join(folder, 'keys'), 0o600, `team.2026 ${hex}`)),
    refusal(path.join(folder, 'absent')),
  ];
  expect(refused.map(({ code }) => code)).toEqual([
    'privacy.notAKey',
    'privacy.keyFileNotText',
    'privacy.keyFileMissing',
  ]);
  expect(refused[1]!.message).toContain('Line 1');
  expect(JSON.stringify(refused)).not.toContain(hex.slice(2, 20));
});
