import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { RecipeState } from '../../../src/protocol/privacy.ts';
import type { PrivacyReport } from '../../../src/protocol/privacyReport.ts';
import { peopleTable } from '../privacy/scene.ts';
import { TypedFolder } from './commandLine.ts';

// Each command starts a program, and one of them measures.
vi.setConfig({ testTimeout: 180_000 });

let folder: TypedFolder;
let secrets: string;
let keys: string;

beforeEach(() => {
  folder = new TypedFolder();
  folder.write('people.csv', peopleTable(2000));
  secrets = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-secrets-'));
  keys = path.join(secrets, 'keys');
});

afterEach(async () => {
  await folder.dispose();
  fs.rmSync(secrets, { recursive: true, force: true });
});

function mlops(...words: string[]) {
  return folder.start(['anonymise', ...words], { environment: { MLOPS_ANONYMISE_KEY_FILE: keys } }).ended;
}

it('suggests a recipe, makes its key, applies it, reports, and brings back what can be', async () => {
  const suggested = await mlops('suggest', 'people.csv');
  expect(suggested.exitCode).toBe(0);
  expect(suggested.stdout).toMatch(/^email +direct identifier +e-mail addresses .* pseudonym/m);
  expect(suggested.stderr).toContain('Wrote people.anonymise.yaml. It needs the key people');
  expect(folder.read('people.anonymise.yaml')).toMatch(/^# How a table is anonymised/);

  const without = await folder.mlops('anonymise', 'apply', 'people.csv');
  expect(without.exitCode).toBe(1);
  expect(without.stderr).toContain('The key people has not been handed over');

  const made = await mlops('key', 'people');
  expect(made.exitCode).toBe(0);
  const key = fs
    .readFileSync(keys, 'utf8')
    .replace(/^people = /, '')
    .trim();
  expect(key).toHaveLength(44);
  expect(made.stdout).not.toContain(key);

  const risk = await mlops('risk', 'people.csv');
  expect(risk.stdout).toMatch(/^Risk +\d/m);
  const applied = await mlops('apply', 'people.csv');
  expect(applied.exitCode).toBe(0);
  expect(applied.stdout).toMatch(/^Wrote people\.anonymised\.csv: [\d,]+ rows/);
  expect(folder.read('people.anonymised.csv')).not.toContain('@example.org');

  const again = await mlops('apply', 'people.anonymise.yaml');
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('--overwrite');
  const report = JSON.parse((await mlops('report', 'people.csv', '--json')).stdout) as PrivacyReport;
  expect(report.notGuaranteed.join(' ')).toContain('pseudonymised, not anonymous');
  expect(folder.read('people.anonymised.privacy.html')).toContain('pseudonymised, not anonymous');
  for (const name of ['people.anonymise.yaml', 'people.anonymised.privacy.json', '.mlops/service.log']) {
    expect(folder.read(name)).not.toContain(key);
  }
});

it('says how well the search is proven, and keeps its levels', async () => {
  folder.write('people.anonymise.yaml', levelRecipe);
  expect((await mlops('levels', 'people.anonymise.yaml', '--keep')).stderr).toContain(
    'does not say what was found when it was last applied',
  );
  const hasty = await mlops('risk', 'people.anonymise.yaml', '--seconds', '0.0001');
  expect(hasty.stdout).toContain('found in 0.0001 s, not proven to be the best');
  expect((await mlops('risk', 'people.anonymise.yaml', '--seconds', 'long')).exitCode).toBe(2);
  const shown = await mlops('suggest', 'people.csv');
  expect(shown.stdout).toContain('balance: at least 2 different values in each group.');
  expect(shown.stdout).toContain('price: recursive (9, 2)-diversity in each group.');
  expect((await mlops('apply', 'people.anonymise.yaml')).exitCode).toBe(0);
  expect(folder.read('people.anonymise.yaml')).toMatch(/optimal: true/);
  const kept = await mlops('levels', 'people.anonymise.yaml', '--keep');
  expect(kept.stdout).toMatch(
    /keeps the levels age \d, city \d\. A table for which they do not do is refused\./,
  );
  folder.write('few.csv', peopleTable(12));
  const refused = await mlops(
    'apply',
    'people.anonymise.yaml',
    '--input',
    'few.csv',
    '--output',
    'few.out.csv',
  );
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(/With the levels that are kept \(age \d, city \d\) these rows do not reach/);
  const searched = await mlops('levels', 'people.anonymise.yaml', '--search');
  expect(searched.stdout).toMatch(/searches the levels anew for each table\. Last found: age \d, city \d\./);
});

const levelRecipe = `version: 1
dataset: people
release: first
input:
  path: people.csv
output:
  path: people.anonymised.csv
otherColumns: drop
columns:
  age: { method: generalise, role: quasiIdentifier }
  city: { method: generalise, role: quasiIdentifier }
  balance: { method: keep, role: sensitive }
  price: { method: keep, role: sensitive }
guarantee:
  k: 20
  l:
    - { l: 2, columns: [balance] }
    - { kind: recursive, c: 9, l: 2, columns: [price] }
`;

it('says what is wrong in a sentence', async () => {
  expect((await mlops('suggest', 'nobody.csv')).stderr).toContain('nobody.csv');
  expect((await mlops('apply', 'nobody.anonymise.yaml')).stderr).toContain('There is no recipe');
  const state = JSON.parse((await mlops('suggest', 'people.csv', '--json')).stdout) as RecipeState;
  expect(state.saved).toBe(true);
  folder.write(state.recipe, folder.read(state.recipe).replace('method: pseudonym', 'method: pseudonim'));
  const refused = await mlops('apply', state.recipe);
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toMatch(
    /people\.anonymise\.yaml:\d+:\d+: there is no method pseudonim\. Did you mean pseudonym\?/,
  );
});

it('says how long made-up rows take, shows some, writes them as a run, and asks before it replaces', async () => {
  const made = await mlops('key', 'people');
  expect(made.exitCode).toBe(0);
  const estimate = await mlops('synthesise', 'people.csv', '--estimate', '--rows', '300');
  expect(estimate.exitCode).toBe(0);
  expect(estimate.stdout).toMatch(/^email +made anew +It names people/m);
  expect(estimate.stdout).toMatch(/About [\d.]+ s and at most .* 300 rows to draw/);
  const preview = await mlops('synthesise', 'people.csv', '--preview', '3');
  expect(preview.stdout).not.toContain('@example.org');
  expect(fs.existsSync(path.join(folder.root, 'people.anonymise.yaml'))).toBe(false);

  const wrong = await mlops('synthesise', 'people.csv', '--method', 'gan');
  expect(wrong.exitCode).toBe(2);
  expect(wrong.stderr).toContain('--method takes one of copula, tvae, ctgan');

  const words = ['people.csv', '--rows', '300', '--condition', 'city=Bern', '--condition', 'age>=30'];
  const done = await mlops('synthesise', ...words);
  expect(done.stderr).toContain('About');
  expect(done.exitCode).toBe(0);
  expect(done.stdout).toMatch(/^Wrote people\.synthetic\.csv: 300 synthetic rows .* as the run /);
  expect(done.stdout).toContain('Synthetic is not anonymous by itself');
  const [header, ...rows] = folder.read('people.synthetic.csv').trimEnd().split('\n');
  const at = (name: string) => header!.split(',').indexOf(name);
  expect(new Set(rows.map((row) => row.split(',')[at('city')]))).toEqual(new Set(['Bern']));
  expect(rows.every((row) => Number(row.split(',')[at('age')]) >= 30)).toBe(true);
  expect(folder.read('people.anonymise.yaml')).toMatch(/synthesise:\n {2}method: copula\n {2}rows: 300/);

  const again = await mlops('synthesise', 'people.csv');
  expect(again.exitCode).toBe(1);
  expect(again.stderr).toContain('exists already');
  expect((await mlops('synthesise', 'people.csv', '--overwrite')).exitCode).toBe(0);
  const runs = await folder.mlops('runs', 'list');
  expect(runs.stdout.match(/Synthesise people\.csv/g)).toHaveLength(2);
});

it('counts with noise, refuses a changed table under the same release, and restores each release', async () => {
  folder.write(
    'people.anonymise.yaml',
    `version: 1
dataset: people
release: first
key: { id: people }
input: { path: people.csv }
output: { path: people.out.csv }
otherColumns: drop
columns:
  id: { method: keep }
  price: { method: noise, scale: 5, decimals: 2 }
counts:
  cities: { by: { city: { categories: [Berlin, Wien] } }, epsilon: 0.5 }
`,
  );
  await mlops('key', 'people');
  const applied = await mlops('apply', 'people.anonymise.yaml');
  expect(applied.stdout).toMatch(
    /^Wrote people\.out\.cities\.csv: 3 noisy counts \(ε = 0\.5\), 95 of 100 off by at most 6\.$/m,
  );
  expect(folder.read('people.out.cities.csv')).toMatch(
    /^city,noisy_count\nBerlin,-?\d+\nWien,-?\d+\n\(other or missing\),-?\d+\n$/,
  );
  folder.write('people.csv', peopleTable(1999));
  const refused = await mlops('apply', 'people.anonymise.yaml', '--overwrite');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('The release first was made from a table of other content');
  const again = await mlops(
    'apply',
    'people.anonymise.yaml',
    '--release',
    'second',
    '--output',
    'second.csv',
  );
  expect(again.exitCode).toBe(0);
  const price = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(',').at(-1));
  for (const [input, rows] of [
    ['people.out.csv', 2000],
    ['second.csv', 1999],
  ] as const) {
    const restored = await mlops('restore', 'people.anonymise.yaml', input, `${input}.back.csv`);
    expect(restored.stdout).toContain('with price as before');
    expect(price(folder.read(`${input}.back.csv`))).toEqual(price(peopleTable(rows)));
  }
  const recipe = folder.read('people.anonymise.yaml');
  expect((await mlops('suggest', 'people.csv')).stdout).toContain('spends ε = 0.5 in all.\n');
  folder.write('people.anonymise.yaml', recipe.replace('epsilon: 0.5 }', 'epsilon: 1 }'));
  expect((await mlops('suggest', 'people.csv')).stdout).toContain(
    'With what was asked under its name before, the release second comes to ε = 1.5.',
  );
});
