import { expect, test } from 'vitest';
import type { ImportResult } from '../../../src/protocol/import.ts';
import {
  checkedOutSentence,
  importedSentence,
  leakageSentence,
  remoteProblemSentence,
  remoteWaitingSentence,
  versionedSentence,
} from '../../../src/protocol/sentences.ts';
import type { DatasetSummary, VersionResult } from '../../../src/protocol/versions.ts';

test('a new version says its number, its size and its commit; nothing new says so', () => {
  const result: VersionResult = {
    path: 'x.csv',
    pointer: 'x.csv.dvc',
    hash: 'a',
    bytes: 15_200,
    files: 1,
    version: 3,
    commit: 'a1b2c3d4',
    unchanged: false,
    warnings: [],
  };
  expect(versionedSentence(result)).toBe('x.csv is now v3 (15.2 KB), commit a1b2c3d.');
  expect(versionedSentence({ ...result, files: 12 })).toBe(
    'x.csv is now v3 (12 files, 15.2 KB), commit a1b2c3d.',
  );
  expect(versionedSentence({ ...result, files: 0, bytes: 0 })).toBe(
    'x.csv is now v3 (0 files, 0 bytes), commit a1b2c3d.',
  );
  expect(versionedSentence({ ...result, unchanged: true })).toBe(
    'x.csv is unchanged since v3. Nothing was written.',
  );
});

test('a checkout says which version is there now', () => {
  const dataset: DatasetSummary = {
    path: 'x.csv',
    pointer: 'x.csv.dvc',
    kind: 'file',
    state: 'unchanged',
    hash: 'a',
    currentVersion: 2,
    versionCount: 3,
    uncommitted: false,
  };
  expect(checkedOutSentence(dataset)).toBe('x.csv is v2 again.');
  expect(checkedOutSentence({ ...dataset, currentVersion: undefined })).toBe(
    'x.csv is as its pointer says again.',
  );
});

test('a remote server that is away says since when, and how much waits for it', () => {
  const since = new Date(2026, 10, 23, 14, 2).getTime();
  const away = { state: 'unreachable', problem: 'long', since, waiting: 0, refused: 0 } as const;
  expect(remoteProblemSentence(away)).toBe(
    'Tracking server not reachable since 14:02. Shown is what was known then.',
  );
  expect(remoteProblemSentence({ ...away, waiting: 12 })).toMatch(
    / 12 changes wait for the tracking server\.$/,
  );
  expect(remoteProblemSentence({ ...away, state: 'signIn', problem: 'Sign in.', waiting: 1 })).toBe(
    'Sign in. 1 change waits for the tracking server.',
  );
  const well = { state: 'connected', waiting: 0, refused: 0 } as const;
  expect([remoteProblemSentence(well), remoteWaitingSentence(well)]).toEqual([undefined, undefined]);
});

const none = { count: 0, some: [] };
const whole: ImportResult = {
  imported: 214,
  present: 12,
  total: 226,
  experiments: 3,
  loggedModels: 0,
  modelVersions: 0,
  missingArtifacts: { count: 2, some: ['a/x', 'a/y'] },
  unreadable: none,
  cancelled: false,
};

test('what was imported is said with what was here and what is missing', () => {
  expect(importedSentence(whole)).toBe(
    'Imported 214 runs in 3 experiments (12 were here already); 2 artifacts could not be found.',
  );
  expect(
    importedSentence({ ...whole, present: 0, missingArtifacts: none, unreadable: { count: 1, some: ['b'] } }),
  ).toBe('Imported 214 runs in 3 experiments; 1 could not be read (b).');
  expect(importedSentence({ ...whole, missingArtifacts: none, loggedModels: 1, modelVersions: 2 })).toBe(
    'Imported 214 runs in 3 experiments (12 were here already), with 1 logged model and 2 model versions.',
  );
  expect(importedSentence({ ...whole, imported: 0, present: 1, missingArtifacts: none })).toBe(
    'Imported 0 runs (1 was here already).',
  );
  expect(
    importedSentence({ ...whole, imported: 40, present: 0, missingArtifacts: none, cancelled: true }),
  ).toBe('Cancelled after 40 of 226 runs in 3 experiments. Import again to take the rest.');
});

test('what a column tells about another is said with what to do about it', () => {
  const hint = { column: 'a', other: 'b', strength: 0.9876 };
  expect(leakageSentence({ ...hint, kind: 'redundant' })).toBe('“a” says the same as “b”.');
  expect(leakageSentence({ ...hint, kind: 'nearlyTarget' })).toBe(
    '“a” is nearly the target “b” itself: leave it out of training.',
  );
  expect(leakageSentence({ ...hint, kind: 'determinesTarget' })).toBe(
    '“a” gives the target “b” away (98 % of the doubt): is it known when a prediction is made?',
  );
});
