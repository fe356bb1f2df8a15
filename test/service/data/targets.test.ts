import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Attached } from '../../../src/attach/attach.ts';
import { errorShape } from '../../../src/base/errors.ts';
import { profileData, readRows, sketchData } from '../../../src/protocol/data.ts';
import { versionDataset } from '../../../src/protocol/versions.ts';
import { kill, ServedFolder } from '../../support/service.ts';
import { profileOf, sharedData, writeRows } from './tables.ts';

/* What is kept of a profile: another target, and another version, cost no more than what is new about them. */

let folder: ServedFolder;
let service: Attached;

beforeEach(async () => {
  folder = new ServedFolder();
  service = await folder.attach({ idleSeconds: 60 });
});

afterEach(() => folder.dispose());

function timesProfiled(): number {
  const log = fs.readFileSync(path.join(folder.root, '.mlops', 'service.log'), 'utf8');
  return log.match(/Profiled /g)?.length ?? 0;
}

/** Of a file that is older than its reading, so that what is known of it is believed. */
function copyAdult(): void {
  const file = path.join(folder.root, 'adult.csv');
  fs.copyFileSync(path.join(sharedData, 'adult', 'adult_15_columns.csv'), file);
  fs.utimesSync(file, 1e9, 1e9);
}

it('another target is compared without the columns being described again', async () => {
  copyAdult();
  const plain = await profileOf(service.connection, 'adult.csv');
  // A text and a number that say the same are one thing twice.
  expect(plain.hints).toMatchObject([{ kind: 'redundant', column: 'education-num', other: 'education' }]);
  const education = await profileOf(service.connection, 'adult.csv', 'education');
  expect(education.columns).toEqual(plain.columns);
  expect(education.hints).toMatchObject([
    { kind: 'nearlyTarget', column: 'education-num', other: 'education' },
  ]);
  // Even the first picture is the whole one.
  const sex = await service.connection.send(sketchData, { path: 'adult.csv', target: 'sex' });
  expect(sex.basis).toEqual(plain.basis);
  expect(sex.hints).toEqual([]);
  expect(timesProfiled()).toBe(1);

  // A service that comes later has the profile, and reads a sample of the rows for what nobody has asked yet.
  kill(service.welcome.processId, 'SIGKILL');
  const next = await folder.attach({ idleSeconds: 60 });
  expect(await next.connection.send(sketchData, { path: 'adult.csv', target: 'education' })).toEqual(
    education,
  );
  const number = await profileOf(next.connection, 'adult.csv', 'education-num');
  expect(number.columns).toEqual(plain.columns);
  expect(number.hints).toMatchObject([{ kind: 'nearlyTarget', column: 'education', other: 'education-num' }]);
  expect(timesProfiled()).toBe(1);
});

it('a sample that is read later has the types of the whole table', async () => {
  // What looks like numbers for long is text in the end, and the text is what tells.
  const rows = 40_000;
  writeRows(path.join(folder.root, 'late.csv'), 'code,label', rows, (at) =>
    at < rows - 9000
      ? `${at % 7},${at % 7 > 3 ? 'high' : 'low'}`
      : `n/k ${at % 2},${at % 2 ? 'odd' : 'even'}`,
  );
  fs.utimesSync(path.join(folder.root, 'late.csv'), 1e9, 1e9);
  const { columns } = await profileOf(service.connection, 'late.csv');
  expect(columns.map(({ type }) => type)).toEqual(['text', 'text']);
  kill(service.welcome.processId, 'SIGKILL');
  const next = await folder.attach({ idleSeconds: 60 });
  const { hints, associations } = await profileOf(next.connection, 'late.csv', 'label');
  expect(associations.columns).toEqual(['code', 'label']);
  expect(hints).toMatchObject([{ kind: 'determinesTarget', column: 'code', strength: 1 }]);
  expect(timesProfiled()).toBe(1);
});

it('a target that no column is called is refused with the names that there are', async () => {
  folder.write('small.csv', 'a,b\n1,2\n2,3\n');
  await profileOf(service.connection, 'small.csv');
  const refused = await profileOf(service.connection, 'small.csv', 'c').then(() => undefined, errorShape);
  expect(refused).toMatchObject({ code: 'data.noSuchColumn' });
});

it('rows far behind the beginning of a large table are those that the file has there', async () => {
  const row = (at: number) => `${at},"value, ${at}",${'x'.repeat(30 + (at % 40))}`;
  const rows = 600_000;
  writeRows(path.join(folder.root, 'long.csv'), 'id,note,rest', rows, row);
  fs.utimesSync(path.join(folder.root, 'long.csv'), 1e9, 1e9);
  const read = (offset: number) => service.connection.send(readRows, { path: 'long.csv', offset, limit: 3 });
  const before = await read(rows - 2);
  await profileOf(service.connection, 'long.csv');
  expect(await read(rows - 2)).toEqual(before);
  expect(before.rows.map(([id, note]) => [id, note])).toEqual([
    ['599998', 'value, 599998'],
    ['599999', 'value, 599999'],
  ]);
  const { rows: found } = await read(345_678);
  expect(found.map(([id]) => id)).toEqual(['345678', '345679', '345680']);
});

it('a version of a dataset is profiled and read as it was, whatever the data is now', async () => {
  const git = (...words: string[]) => execFileSync('git', ['-C', folder.root, ...words]);
  git('init', '--quiet');
  git('config', 'user.name', 'Ada');
  git('config', 'user.email', 'ada@example.org');
  const { connection } = service;
  folder.write('birds.tsv', 'mass\tspecies\n1\tAdelie\n2\tGentoo\n');
  await connection.send(versionDataset, { path: 'birds.tsv', message: 'Two birds' });
  folder.write('birds.tsv', 'mass\tspecies\tsex\n1\tAdelie\tf\n2\tGentoo\tm\n3\tGentoo\tf\n');
  await connection.send(versionDataset, { path: 'birds.tsv', message: 'Three birds' });
  folder.write('birds.tsv', 'mass\n7\n');

  const first = await connection.send(profileData, { path: 'birds.tsv', version: 1, target: 'species' });
  expect(first).toMatchObject({
    path: 'birds.tsv',
    version: 1,
    kind: 'tsv',
    basis: { kind: 'whole', rows: 2 },
  });
  expect(first.columns.map(({ name }) => name)).toEqual(['mass', 'species']);
  const second = await connection.send(profileData, { path: 'birds.tsv', version: 2 });
  expect(second).toMatchObject({ version: 2, columnCount: 3, basis: { rows: 3 } });
  expect(await profileOf(connection, 'birds.tsv')).toMatchObject({ columnCount: 1, basis: { rows: 1 } });
  const { rows } = await connection.send(readRows, { path: 'birds.tsv', version: 2, offset: 2, limit: 10 });
  expect(rows).toEqual([['3', 'Gentoo', 'f']]);
  // Kept by content: whoever asks again waits for nothing.
  expect(await connection.send(sketchData, { path: 'birds.tsv', version: 2 })).toEqual(second);
  expect(timesProfiled()).toBe(3);

  const refused = (version: number) =>
    connection.send(profileData, { path: 'birds.tsv', version }).then(() => undefined, errorShape);
  expect(await refused(3)).toMatchObject({
    code: 'versions.noSuchVersion',
    message: expect.stringContaining('It has versions 1 to 2.'),
  });
  fs.rmSync(path.join(folder.root, '.dvc', 'cache'), { recursive: true });
  expect(await refused(2)).toMatchObject({
    code: 'versions.contentMissing',
    message: expect.stringMatching(/^Version 2 of birds\.tsv cannot be read: .* dvc pull$/),
  });
});
