import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyRecipe, recipeChanged } from '../../../src/protocol/privacy.ts';
import { waitFor } from '../../support/waitFor.ts';
import { peopleRecipe, peopleTable, refusal, Scene } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

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
    await scene.handOver('team');
    const before = scene.visible();
    const table = scene.read('people.csv');
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' }));
    expect(refused.code).toBe(code);
    expect(scene.visible()).toEqual(before);
    expect(scene.read('people.csv')).toBe(table);
  });

  it('refuse an output that would be the input by its other name', async () => {
    scene.write('people.anonymise.yaml', peopleRecipe());
    await scene.handOver('team');
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
    await scene.handOver('team');
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: 'people.anonymise.yaml' }));
    expect(refused.code).toMatch(/^privacy\./);
    expect(refused.message).toContain('5-anonymity');
    expect(fs.existsSync(path.join(scene.root, 'people.anonymised.csv'))).toBe(false);
  });
});
