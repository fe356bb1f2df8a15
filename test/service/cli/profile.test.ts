import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DataProfile } from '../../../src/protocol/data.ts';
import { TypedFolder } from './commandLine.ts';

let folder: TypedFolder;

beforeEach(() => {
  folder = new TypedFolder();
  folder.git('init', '--quiet');
  const rows = Array.from({ length: 40 }, (_, at) => `${at % 8},${at % 2 ? 'Gentoo' : 'Adelie'},${at % 2},`);
  folder.write('data/birds.csv', `mass,species,code,note\n${rows.join('\n')}\n`);
});

afterEach(() => folder.dispose());

it('describes a table, from where it is typed, by its pointer too', async () => {
  const { exitCode, stdout } = await folder.start(['profile', 'birds.csv.dvc'], { in: 'data' }).ended;
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^data\/birds\.csv: 40 rows, 4 columns, \d+ bytes, 32 duplicate rows$/m);
  expect(stdout).toMatch(/^mass +integer +– +8 +█{8} +0 … 7, median 3\.5, mean 3\.5$/m);
  expect(stdout).toMatch(/^species +text +– +2 +Adelie 50 %, Gentoo 50 %$/m);
  expect(stdout).toMatch(/^note +text +100 % +0$/m);
  expect(stdout).toContain('Column “note” has no value in any row.');
});

it('tells what gives a target away', async () => {
  const { stdout } = await folder.mlops('profile', 'data/birds.csv', '--target', 'species');
  expect(stdout).toContain('“code” is nearly the target “species” itself: leave it out of training.');
  const { hints } = await folder.json<DataProfile>('profile', 'data/birds.csv', '--target', 'species');
  expect(hints.map(({ column }) => column)).toContain('code');
});

it('says what is wrong with a file', async () => {
  folder.write('ragged.csv', 'a,b\n1,2\n3\n');
  const { exitCode, stderr } = await folder.mlops('profile', 'ragged.csv');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('Row 3 of ragged.csv ends before column 2');
  expect((await folder.mlops('profile', 'nothing.csv')).stderr).toContain('There is no file nothing.csv.');
});

it('describes a version of a dataset as it was', async () => {
  folder.git('config', 'user.name', 'Ada');
  folder.git('config', 'user.email', 'ada@example.org');
  await folder.mlops('version', 'data/birds.csv', '-m', 'Forty birds');
  folder.write('data/birds.csv', 'mass\n1\n');
  const { stdout } = await folder.mlops('profile', 'data/birds.csv', 'v1');
  expect(stdout).toMatch(/^data\/birds\.csv v1: 40 rows, 4 columns, /m);
  const { exitCode, stderr } = await folder.mlops('profile', 'data/birds.csv', '2');
  expect(exitCode).toBe(1);
  expect(stderr).toContain('data/birds.csv has no version 2. It has version 1.');
});
