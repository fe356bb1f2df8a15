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
  restoreData,
} from '../../../src/protocol/privacy.ts';
import { listDatasets, versionDataset } from '../../../src/protocol/versions.ts';
import { countsQuestion } from '../../../src/service/privacy/counts/questions.ts';
import { readRecipe } from '../../../src/service/privacy/recipe/readRecipe.ts';
import { waitFor } from '../../support/waitFor.ts';
import { peopleRecipe, peopleTable, refusal, rowsOf, Scene, writings } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

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

    await scene.handOver('team');
    await scene.connection.send(applyRecipe, { recipe: state.recipe });
    await scene.handOver('team', Buffer.alloc(32, 1));
    expect((await scene.open(state.recipe)).key).toEqual({ id: 'team', state: 'other', wasUsed: true });
    const wrong = await refusal(
      scene.connection.send(applyRecipe, { recipe: state.recipe, output: 'again.csv' }),
    );
    expect(wrong.code).toBe('privacy.wrongKey');
    expect(fs.existsSync(path.join(scene.root, 'again.csv'))).toBe(false);
  });

  it('forgets a key when its owner does', async () => {
    await scene.handOver('team');
    const { recipe, key, version } = await scene.open('people.anonymise.yaml');
    expect(key.state).toBe('ready');
    await scene.connection.send(forgetKey, { id: 'team' });
    expect(await scene.open(recipe)).toMatchObject({ version: version + 1, key: { state: 'missing' } });
    expect((await refusal(scene.connection.send(applyRecipe, { recipe }))).code).toBe('privacy.keyMissing');
    await scene.connection.send(forgetKey, { id: 'team' });
    expect((await scene.open(recipe)).version).toBe(version + 1);
  });

  it('gives the same bytes for the same recipe, key and input, and others for another release', async () => {
    await scene.handOver('team');
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
    await scene.handOver('team');
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
    await scene.handOver('team');
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
    await scene.handOver('team');
    await scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' });
    const text = scene.read('people.anonymise.yaml');
    expect(text).toContain('# Ours.');
    expect(text).toContain('# of the data owners');
    expect(text).toMatch(/check: [0-9a-f]{16}|check: "[0-9a-f]{16}"/);
    expect(text).toMatch(/sha256: "?[0-9a-f]{64}/);
  });

  it('writes the key and what is derived from it nowhere: not in reports, lineage, runs, errors or logs', async () => {
    await scene.handOver('team');
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
