import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { deriveSubkey } from '../../../src/keys/derive.ts';
import { startRun } from '../../../src/protocol/experiments.ts';
import {
  applyRecipe,
  forgetKey,
  handKey,
  previewRecipe,
  recipeChanged,
  restoreData,
} from '../../../src/protocol/privacy.ts';
import { getPrivacyReport } from '../../../src/protocol/privacyReport.ts';
import { listDatasets, versionDataset } from '../../../src/protocol/versions.ts';
import { countsQuestion } from '../../../src/service/privacy/counts/questions.ts';
import { readRecipe } from '../../../src/service/privacy/recipe/readRecipe.ts';
import { waitFor } from '../../support/waitFor.ts';
import { copyAdult, peopleRecipe, peopleTable, refusal, rowsOf, Scene, writings } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

const quasi = [0, 1, 2, 3, 4, 5, 6, 7];

function classSizes(rows: readonly string[][], columns: readonly number[]): number[] {
  const sizes = new Map<string, number>();
  for (const row of rows) {
    const key = columns.map((column) => row[column]).join('\u0000');
    sizes.set(key, (sizes.get(key) ?? 0) + 1);
  }
  return [...sizes.values()];
}

function handOver(key = scene.key): Promise<unknown> {
  return scene.connection.send(handKey, { id: 'team', key: key.toString('base64') });
}

describe('Adult', () => {
  it('is proposed, previewed, anonymised with k = 5 as counted afresh, and reported', async () => {
    const rows = copyAdult(scene);
    const draft = await scene.open('adult.csv');
    expect(draft).toMatchObject({ recipe: 'adult.anonymise.yaml', saved: false, problems: [] });
    expect(fs.existsSync(path.join(scene.root, 'adult.anonymise.yaml'))).toBe(false);
    expect(draft.columns.map(({ role }) => role)).toEqual([...Array(8).fill('quasi'), 'sensitive']);
    expect(draft.guarantee).toMatchObject({ k: 5, recoding: 'global' });
    const saved = await scene.change(draft, { kind: 'save' });
    expect(saved.saved).toBe(true);

    const preview = await scene.connection.send(previewRecipe, { recipe: saved.recipe, rows: 20 });
    expect(preview.rows.map(({ before }) => before.map(String))).toEqual(rows.slice(0, 20));
    expect(preview.risk.before).toBeCloseTo(classSizes(rows, quasi).length / rows.length, 12);
    expect(preview.drivers[0]!.uniqueRows).toBeGreaterThan(0);

    const applied = await scene.connection.send(applyRecipe, { recipe: saved.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    expect(output).toHaveLength(applied.rows);
    expect(applied.rows + applied.suppressedRows).toBe(rows.length);
    expect(applied.suppressedRows).toBe(preview.suppressedRows);
    expect(applied.suppressedRows).toBeLessThanOrEqual(rows.length * 0.05);
    expect(Math.min(...classSizes(output, quasi))).toBeGreaterThanOrEqual(5);
    expect(preview.risk.after).toBeCloseTo(classSizes(output, quasi).length / output.length, 12);
    // What the preview showed is what was written.
    const shown = preview.rows.filter(({ after }) => after !== null).map(({ after }) => after!.map(String));
    expect(output.slice(0, shown.length)).toEqual(shown);

    const report = await scene.connection.send(getPrivacyReport, { recipe: saved.recipe });
    expect(scene.read(report.files.html)).toContain('<html');
    expect(JSON.parse(scene.read(report.files.json))).toMatchObject({ recipeHash: report.recipeHash });
    const figure = (id: string) => report.risk.find((each) => each.id === id)!;
    expect(figure('smallestClass')).toMatchObject({
      before: 1,
      after: Math.min(...classSizes(output, quasi)),
    });
    expect(figure('sampleUniqueness').before).toBeCloseTo(
      classSizes(rows, quasi).filter((size) => size === 1).length / rows.length,
      12,
    );
    expect(figure('sampleUniqueness').after).toBe(0);
    for (const before of report.attacks) {
      expect(before.after!).toBeLessThan(before.before!);
    }
    const html = scene.read(applied.report.html);
    expect(html).toContain('What is not guaranteed');
    expect(html).not.toMatch(/https?:|<script|<link|src=/);
  });

  it('is grouped by Mondrian when asked to, and k holds again', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const local = await scene.change(saved, {
      kind: 'guarantee',
      guarantee: { k: 10, sensitive: [], suppressionLimit: 0, recoding: 'local' },
    });
    const applied = await scene.connection.send(applyRecipe, { recipe: local.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    expect(output).toHaveLength(30_162);
    expect(Math.min(...classSizes(output, quasi))).toBeGreaterThanOrEqual(10);
  });

  it('gets diverse groups when asked to', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const diverse = await scene.change(saved, {
      kind: 'guarantee',
      guarantee: {
        k: 5,
        sensitive: [{ column: 'salary-class', criterion: 'distinctL', l: 2 }],
        suppressionLimit: 0.05,
        recoding: 'global',
      },
    });
    expect(diverse.guarantee?.sensitive).toMatchObject([{ column: 'salary-class', l: 2 }]);
    const applied = await scene.connection.send(applyRecipe, { recipe: diverse.recipe });
    const output = rowsOf(scene.read(applied.output), ';');
    const salaries = new Map<string, Set<string>>();
    for (const row of output) {
      const key = quasi.map((column) => row[column]).join('\u0000');
      salaries.set(key, (salaries.get(key) ?? new Set()).add(row[8]!));
    }
    expect(Math.min(...[...salaries.values()].map(({ size }) => size))).toBe(2);
  });
});

describe('with a key', () => {
  beforeEach(() => {
    scene.write('people.csv', peopleTable(5000));
    scene.write('people.anonymise.yaml', peopleRecipe());
  });

  it('refuses without one, and with another than the first', async () => {
    const state = await scene.open('people.anonymise.yaml');
    expect(state.key).toEqual({ id: 'team', state: 'missing', wasUsed: false });
    const before = scene.visible();
    const missing = await refusal(scene.connection.send(applyRecipe, { recipe: state.recipe }));
    expect(missing.code).toBe('privacy.keyMissing');
    expect(missing.message).toContain('team');
    expect(
      (await refusal(scene.connection.send(previewRecipe, { recipe: state.recipe, rows: 5 }))).code,
    ).toBe('privacy.keyMissing');
    expect(scene.visible()).toEqual(before);

    await handOver();
    await scene.connection.send(applyRecipe, { recipe: state.recipe });
    await handOver(Buffer.alloc(32, 1));
    expect((await scene.open(state.recipe)).key).toEqual({ id: 'team', state: 'other', wasUsed: true });
    const wrong = await refusal(
      scene.connection.send(applyRecipe, { recipe: state.recipe, output: 'again.csv' }),
    );
    expect(wrong.code).toBe('privacy.wrongKey');
    expect(fs.existsSync(path.join(scene.root, 'again.csv'))).toBe(false);
  });

  it('forgets a key when its owner does', async () => {
    await handOver();
    const { recipe, key, version } = await scene.open('people.anonymise.yaml');
    expect(key.state).toBe('ready');
    await scene.connection.send(forgetKey, { id: 'team' });
    expect(await scene.open(recipe)).toMatchObject({ version: version + 1, key: { state: 'missing' } });
    expect((await refusal(scene.connection.send(applyRecipe, { recipe }))).code).toBe('privacy.keyMissing');
    await scene.connection.send(forgetKey, { id: 'team' });
    expect((await scene.open(recipe)).version).toBe(version + 1);
  });

  it('gives the same bytes for the same recipe, key and input, and others for another release', async () => {
    await handOver();
    const recipe = 'people.anonymise.yaml';
    const first = await scene.connection.send(applyRecipe, { recipe });
    const again = await scene.connection.send(applyRecipe, { recipe, output: 'again.csv' });
    expect(scene.read(again.output)).toBe(scene.read(first.output));
    scene.write(recipe, scene.read(recipe).replace('release: first', 'release: second'));
    const other = await scene.connection.send(applyRecipe, { recipe, output: 'other.csv' });
    const column = (file: string, at: number) => rowsOf(scene.read(file)).map((row) => row[at]);
    expect(column(other.output, 0).filter((code, row) => code === column(first.output, 0)[row])).toEqual([]);
  });

  it('brings noise and dates back exactly, and tells why pseudonyms do not come back', async () => {
    await handOver();
    const recipe = 'people.anonymise.yaml';
    const { output } = await scene.connection.send(applyRecipe, { recipe });
    const released = rowsOf(scene.read(output));
    const original = rowsOf(scene.read('people.csv'));
    expect(released.every(([email]) => /^p_[0-9a-v]{16}$/.test(email!))).toBe(true);
    // Groups of ages have a comma in their names: what is compared stands at the end of the rows.
    expect(released.filter((row, at) => row.at(-3) === original[at]!.at(-3)).length).toBeLessThan(20);
    const restored = await scene.connection.send(restoreData, { recipe, input: output, output: 'back.csv' });
    expect(restored.restored).toEqual(['balance', 'joined', 'price']);
    expect(restored.notRestored.map(({ column }) => column)).toEqual(['id', 'email', 'age']);
    const back = rowsOf(scene.read('back.csv'));
    expect(back.map((row) => row.slice(-3, -1))).toEqual(original.map((row) => row.slice(-3, -1)));
    expect(back.map((row) => row.at(-1))).toEqual(original.map((row) => row.at(-1)));
  });

  it('does the same to JSON, whose values keep their kinds', async () => {
    const people = rowsOf(scene.read('people.csv')).map(([id, email, age, city, balance, joined, price]) => ({
      id: Number(id),
      email,
      age: Number(age),
      city,
      balance: Number(balance),
      joined,
      price: Number(price),
    }));
    scene.write('people.json', JSON.stringify(people));
    scene.write(
      'json.anonymise.yaml',
      peopleRecipe('people.json').replace('anonymised.csv', 'anonymised.json'),
    );
    await handOver();
    const recipe = 'json.anonymise.yaml';
    const { output } = await scene.connection.send(applyRecipe, { recipe });
    const released = JSON.parse(scene.read(output)) as typeof people;
    expect(released.map(({ city }) => city)).toEqual(people.map(({ city }) => city));
    expect(typeof released[0]!.balance).toBe('number');
    expect(released.filter(({ balance }, at) => balance === people[at]!.balance).length).toBeLessThan(20);
    await scene.connection.send(restoreData, { recipe, input: output, output: 'back.json' });
    const back = JSON.parse(scene.read('back.json')) as typeof people;
    const numbers = ({ balance, joined, price }: (typeof people)[number]) => [balance, joined, price];
    expect(back.map(numbers)).toEqual(people.map(numbers));
  });

  it('keeps the comments of the recipe, and writes down what tells a wrong key and another input', async () => {
    await handOver();
    await scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' });
    const text = scene.read('people.anonymise.yaml');
    expect(text).toContain('# Ours.');
    expect(text).toContain('# of the data owners');
    expect(text).toMatch(/check: [0-9a-f]{16}|check: "[0-9a-f]{16}"/);
    expect(text).toMatch(/sha256: "?[0-9a-f]{64}/);
  });

  it('writes the key and what is derived from it nowhere: not in reports, lineage, runs, errors or logs', async () => {
    await handOver();
    const recipe = 'people.anonymise.yaml';
    const counts = 'counts:\n  cities: { by: { city: { categories: [Bern, Wien] } }, epsilon: 1 }\n';
    scene.write(recipe, `${peopleRecipe()}${counts}`);
    const asked = readRecipe(scene.read(recipe), recipe).recipe;
    const table = [
      { name: 'city', type: 'VARCHAR' },
      { name: 'email', type: 'VARCHAR' },
    ];
    const { output } = await scene.connection.send(applyRecipe, { recipe });
    execFileSync('git', ['init', '--quiet', '.'], { cwd: scene.root });
    for (const [name, value] of [
      ['user.name', 'Ada'],
      ['user.email', 'ada@example.org'],
    ]) {
      execFileSync('git', ['config', name!, value!], { cwd: scene.root });
    }
    await scene.connection.send(versionDataset, { path: 'people.csv' });
    await scene.connection.send(versionDataset, { path: output });
    expect(scene.read(`${output}.dvc`)).toContain('madeFrom');
    const { datasets } = await scene.connection.send(listDatasets, null);
    expect(datasets.find((dataset) => dataset.path === output)?.origin).toMatchObject({
      path: 'people.csv',
      version: 1,
      recipe,
      release: 'first',
      epsilon: 1,
    });
    scene.write(
      'train.cjs',
      "require('node:fs').writeFileSync('done', process.env.MLOPS_ANONYMISE_KEY_TEAM ? 'yes' : 'no');\n",
    );
    const environment = { PATH: process.env.PATH!, MLOPS_ANONYMISE_KEY_TEAM: scene.key.toString('base64') };
    await scene.connection.send(startRun, { script: 'train.cjs', environment });
    await waitFor('the end of the run', () => fs.existsSync(path.join(scene.root, 'done')));
    await scene.connection.send(previewRecipe, { recipe, rows: 5 });
    await scene.connection.send(restoreData, { recipe, input: output, output: 'back.csv' });
    const refused = await refusal(
      scene.connection.send(handKey, { id: 'team', key: `${scene.key.toString('base64')}x` }),
    );
    const scope = { dataset: 'people', release: 'first' };
    const derived = [
      scene.key,
      deriveSubkey(scene.key, { ...scope, purpose: 'pseud', subject: 'email' }),
      deriveSubkey(scene.key, { ...scope, purpose: 'noise', subject: 'balance' }),
      deriveSubkey(scene.key, { ...scope, purpose: 'shift', subject: 'email' }),
      deriveSubkey(scene.key, {
        ...scope,
        purpose: 'dp',
        subject: `counts:cities:${countsQuestion('cities', asked.counts!.cities!, asked, table)}`,
      }),
    ];
    const places = scene.files().map((name) => [name, fs.readFileSync(path.join(scene.root, name))] as const);
    expect(places.length).toBeGreaterThan(6);
    for (const secret of derived.flatMap(writings)) {
      for (const [name, bytes] of places) {
        expect(bytes.includes(secret), name).toBe(false);
      }
      expect(refused.message).not.toContain(secret.toString('latin1'));
    }
  });
});

describe('recipes', () => {
  beforeEach(() => {
    scene.write('people.csv', peopleTable(200));
  });

  it('are changed by people and commands, and whoever was too late is told', async () => {
    scene.write('people.anonymise.yaml', peopleRecipe());
    const state = await scene.open('people.csv');
    const news: unknown[] = [];
    scene.connection.onNotification((method, parameters) => {
      if (method === recipeChanged.method) {
        news.push(parameters);
      }
    });
    const changed = await scene.change(state, {
      kind: 'method',
      column: 'city',
      method: { id: 'drop', options: {} },
    });
    expect(scene.read('people.anonymise.yaml')).toContain('# of the data owners');
    expect(changed.columns.find(({ name }) => name === 'city')!.method.id).toBe('drop');
    expect((await refusal(scene.change(state, { kind: 'save' }))).code).toBe('privacy.recipeChanged');
    await waitFor('news of the change', () => news.length > 0);
    const heard = news.length;
    scene.write('people.anonymise.yaml', `${scene.read('people.anonymise.yaml')}# by hand\n`);
    await waitFor('news of the change by hand', () => news.length > heard);
    expect((await refusal(scene.change(changed, { kind: 'save' }))).code).toBe('privacy.recipeChanged');
  });

  it('remember roles that a person corrected', async () => {
    const draft = await scene.open('people.csv');
    const state = await scene.change(draft, { kind: 'role', column: 'price', role: 'quasi' });
    expect(state.columns.find(({ name }) => name === 'price')).toMatchObject({
      role: 'quasi',
      confirmed: true,
      method: { id: 'generalise' },
    });
    expect(scene.read(state.recipe)).toContain('correctedFrom');
    // What is found in other data, or by another service, changes nothing about it.
    scene.write('people.csv', `${scene.read('people.csv').trimEnd()}\n`);
    const again = await scene.open('people.csv');
    expect(again.columns.find(({ name }) => name === 'price')).toMatchObject({
      role: 'quasi',
      confirmed: true,
    });
    // Not personal: it stays as it is.
    const taken = await scene.change(again, { kind: 'role', column: 'price', role: 'other' });
    expect(taken.columns.find(({ name }) => name === 'price')).toMatchObject({
      role: 'other',
      confirmed: false,
      method: { id: 'keep', options: {} },
    });
    expect(taken.problems).toEqual([]);
  });

  it('leave a column as it is that was found to be personal and is not', async () => {
    const draft = await scene.open('people.csv');
    const found = draft.columns.find(({ role }) => role === 'quasi')!;
    const state = await scene.change(draft, { kind: 'role', column: found.name, role: 'other' });
    expect(state.columns.find(({ name }) => name === found.name)).toMatchObject({
      role: 'other',
      confirmed: true,
      method: { id: 'keep', options: {} },
      finding: found.finding,
    });
    expect(state.problems).toEqual([]);
    expect(scene.read(state.recipe)).toContain('correctedFrom: quasiIdentifier');
  });

  it('tell line and column of a mistake, and keep what could be read', async () => {
    scene.write('people.anonymise.yaml', peopleRecipe());
    await scene.open('people.csv');
    scene.write('people.anonymise.yaml', peopleRecipe().replace('bins: [30, 50]', 'bin: [30, 50]'));
    const state = await scene.open('people.csv');
    expect(state.problems).toMatchObject([{ line: 15, column: 53 }]);
    expect(state.problems[0]!.message).toContain('bins');
    expect(state.columns).toHaveLength(7);
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: state.recipe }));
    expect(refused.message).toContain('people.anonymise.yaml:15:');
  });

  it.each([
    ['a missing column', /city: \{/, 'town: {', 'privacy.missingColumn'],
    ['an output that is the input', /people\.anonymised\.csv/, './people.csv', 'privacy.outputIsInput'],
  ])('are refused with %s, and nothing is written', async (_, pattern, by, code) => {
    scene.write('people.anonymise.yaml', peopleRecipe().replace(pattern, by));
    await handOver();
    const before = scene.visible();
    const table = scene.read('people.csv');
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' }));
    expect(refused.code).toBe(code);
    expect(scene.visible()).toEqual(before);
    expect(scene.read('people.csv')).toBe(table);
  });

  it('refuse an output that would be the input by its other name', async () => {
    scene.write('people.anonymise.yaml', peopleRecipe());
    await handOver();
    const work = {
      recipe: 'people.anonymise.yaml',
      output: path.join(scene.root, 'people.csv'),
      replace: true,
    };
    const refused = await refusal(scene.connection.send(applyRecipe, work));
    expect(refused.message).toContain('people.csv');
    expect(scene.read('people.csv')).toBe(peopleTable(200));
  });

  it('say so when a quasi-identifier is different in every row and nothing may be left out', async () => {
    scene.write(
      'people.anonymise.yaml',
      peopleRecipe('people.csv', 'guarantee: { k: 5 }\n').replace(
        'email: { method: pseudonym, role: directIdentifier, prefix: p_ }',
        'email: { method: keep, role: quasiIdentifier }',
      ),
    );
    await handOver();
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' }));
    expect(refused.code).toMatch(/^privacy\./);
    expect(refused.message).toContain('5-anonymity');
    expect(fs.existsSync(path.join(scene.root, 'people.anonymised.csv'))).toBe(false);
  });
});
