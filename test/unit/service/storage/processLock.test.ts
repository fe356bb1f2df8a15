import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireProcessLock } from '../../../../src/service/storage/processLock.ts';

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-lock-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

test('one holder at a time, until it lets go', () => {
  const file = path.join(folder, 'lock');
  const first = acquireProcessLock(file);
  expect(first).toBeDefined();
  expect(acquireProcessLock(file)).toBeUndefined();
  first!.dispose();
  const second = acquireProcessLock(file);
  expect(second).toBeDefined();
  second!.dispose();
});

test('a process that keeps no reference to it still holds it after garbage collection', () => {
  const holder = path.join(import.meta.dirname, 'lockHolder.ts');
  const words = ['--expose-gc', holder, path.join(folder, 'lock')];
  expect(execFileSync(process.execPath, words, { encoding: 'utf8' })).toBe('held');
});
