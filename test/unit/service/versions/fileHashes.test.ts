import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type OpenedDatabase, openDatabase } from '../../../../src/service/storage/database.ts';
import { migrations } from '../../../../src/service/storage/migrations/all.ts';
import { FileHashes, isSettled } from '../../../../src/service/versions/fileHashes.ts';

let opened: OpenedDatabase;
let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-hashes-'));
  opened = openDatabase(path.join(folder, 'x.db'), migrations);
});

afterEach(() => {
  opened.dispose();
  fs.rmSync(folder, { recursive: true });
});

const identity = {
  inode: '7',
  size: 10,
  modifiedNs: '1700000000123456789',
  changedNs: '1700000000123456789',
};
const later = 1_700_000_010_000;

it('gives a hash back for the very same file', () => {
  const hashes = new FileHashes(opened.database);
  hashes.remember([{ file: '/x', md5: 'abc', identity, readAt: later }]);
  expect(hashes.find('/x', identity)).toBe('abc');
  expect(hashes.find('/y', identity)).toBeUndefined();
});

it.each([
  ['inode', { inode: '8' }],
  ['size', { size: 11 }],
  ['time of writing, by a nanosecond', { modifiedNs: '1700000000123456790' }],
  ['time of change', { changedNs: '1700000001123456789' }],
])('forgets when the %s differs', (_, difference) => {
  const hashes = new FileHashes(opened.database);
  hashes.remember([{ file: '/x', md5: 'abc', identity, readAt: later }]);
  expect(hashes.find('/x', { ...identity, ...difference })).toBeUndefined();
});

it('keeps the hashes of DVC 2 apart', () => {
  const hashes = new FileHashes(opened.database);
  hashes.remember([{ file: '/x', md5: 'legacy', identity, readAt: later }], true);
  expect([hashes.find('/x', identity), hashes.find('/x', identity, true)]).toEqual([undefined, 'legacy']);
});

describe('a file that was written in the same moment as it was hashed', () => {
  const written = (modifiedNs: string, changedNs = modifiedNs) => ({ ...identity, modifiedNs, changedNs });

  it('is not believed: a tenth of a second where times are fine', () => {
    expect(isSettled(written('1700000000123456789'), 1_700_000_000_124)).toBe(false);
    expect(isSettled(written('1700000000123456789'), 1_700_000_000_220)).toBe(false);
    expect(isSettled(written('1700000000123456789'), 1_700_000_000_230)).toBe(true);
  });

  it('is not believed: two seconds where they are coarse', () => {
    expect(isSettled(written('1700000000000000000'), 1_700_000_001_999)).toBe(false);
    expect(isSettled(written('1700000000000000000'), 1_700_000_002_001)).toBe(true);
  });

  it('is believed by its time of change when its time of writing was set to the future, and the other way', () => {
    expect(isSettled(written('1800000000123456789', '1700000000123456789'), 1_700_000_001_000)).toBe(true);
    expect(isSettled(written('1700000000123456789', '1700000000999456789'), 1_700_000_001_000)).toBe(true);
    expect(isSettled(written('1800000000123456789'), 1_700_000_001_000)).toBe(false);
  });
});
