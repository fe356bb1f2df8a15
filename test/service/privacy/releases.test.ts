import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { applyRecipe, forgetKey, openRecipe, restoreData } from '../../../src/protocol/privacy.ts';
import { readRecipe } from '../../../src/service/privacy/recipe/readRecipe.ts';
import { peopleRecipe, peopleTable, refusal, rowsOf, Scene } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

const recipe = 'people.anonymise.yaml';
let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
  scene.write('people.csv', peopleTable(300));
  scene.write(recipe, peopleRecipe());
  await scene.handOver('team');
});

afterEach(() => scene.dispose());

function apply(more: object = {}) {
  return scene.connection.send(applyRecipe, { recipe, ...more });
}

function restore(input: string, output: string, more: object = {}) {
  return scene.connection.send(restoreData, { recipe, input, output, ...more });
}

describe('a release', () => {
  it('is made from one table: a changed one is refused, and gets a release of its own', async () => {
    await apply();
    const first = scene.read('people.anonymised.csv');
    scene.write('people.csv', peopleTable(300).replace('person7@', 'person7b@'));
    const before = scene.visible();
    for (const more of [{}, { replace: true }, { output: 'again.csv' }]) {
      const refused = await refusal(apply(more));
      expect(refused.code).toBe('privacy.releaseIsTaken');
      expect(refused.message).toContain(
        'The release first was made from a table of other content than people.csv',
      );
      expect(refused.message).toContain('balance, price');
      expect(refused.message).toContain('--release');
    }
    expect(scene.visible()).toEqual(before);
    expect(scene.read('people.anonymised.csv')).toBe(first);

    await apply({ release: 'second', output: 'second.csv' });
    expect((await scene.open(recipe)).release).toBe('second');
    const noisy = (text: string) => rowsOf(text).map((row) => row.at(-3));
    const second = noisy(scene.read('second.csv'));
    expect(noisy(first).filter((value, row) => value === second[row]).length).toBeLessThan(5);
    // The way back of both, each by what its report says.
    for (const [input, output] of [
      ['people.anonymised.csv', 'one.csv'],
      ['second.csv', 'two.csv'],
    ] as const) {
      await restore(input, output);
      expect(rowsOf(scene.read(output)).map((row) => row.at(-3))).toEqual(
        rowsOf(peopleTable(300)).map((row) => row.at(-3)),
      );
    }
  });

  it('of another table is refused where noise would be the same, and remembered where it is not', async () => {
    await apply();
    scene.write('more.csv', peopleTable(320));
    expect((await refusal(apply({ input: 'more.csv', output: 'more.out.csv' }))).code).toBe(
      'privacy.releaseIsTaken',
    );
    await apply({ input: 'more.csv', output: 'more.out.csv', release: 'more' });
    const state = await scene.open(recipe);
    expect(state.release).toBe('first');
    expect(state.releases).toEqual([
      { release: 'first', key: 'team' },
      { release: 'more', key: 'team' },
    ]);
    scene.write('most.csv', peopleTable(330));
    const taken = await refusal(apply({ input: 'most.csv', output: 'most.out.csv', release: 'more' }));
    expect(taken.message).toContain('The release more');
    await restore('more.out.csv', 'more.back.csv');
    expect(rowsOf(scene.read('more.back.csv')).map((row) => row.at(-3))).toEqual(
      rowsOf(peopleTable(320)).map((row) => row.at(-3)),
    );
  });

  it('joins tables by their pseudonyms, and gives no two of them the same noise', async () => {
    await apply();
    scene.write('orders.csv', peopleTable(310));
    const orders = peopleRecipe('orders.csv').replace('people.anonymised.csv', 'orders.out.csv');
    scene.write('orders.anonymise.yaml', orders);
    const refused = await refusal(scene.connection.send(applyRecipe, { recipe: 'orders.anonymise.yaml' }));
    expect(refused.code).toBe('privacy.noiseIsTaken');
    expect(refused.message).toContain('people.anonymise.yaml');
    scene.write(
      'orders.anonymise.yaml',
      orders
        .replace(/balance: .*\n/, 'balance: { method: drop }\n')
        .replace(/price: .*\n/, 'price: { method: drop }\n'),
    );
    await scene.connection.send(applyRecipe, { recipe: 'orders.anonymise.yaml' });
    const codes = (file: string) => rowsOf(scene.read(file)).map(([code]) => code);
    expect(codes('orders.out.csv').slice(0, 300)).toEqual(codes('people.anonymised.csv'));
  });

  it('that needs no noise may be made of every table', async () => {
    scene.write(
      recipe,
      peopleRecipe()
        .replace(/balance: .*\n/, 'balance: { method: drop }\n')
        .replace(/price: .*\n/, 'price: { method: drop }\n'),
    );
    await apply();
    scene.write('people.csv', peopleTable(301));
    await apply({ replace: true });
    expect(rowsOf(scene.read('people.anonymised.csv'))).toHaveLength(301);
  });

  it('does not forget the table of its noise over one that got none', async () => {
    await apply();
    const noisy = scene.read(recipe);
    scene.write('people.csv', peopleTable(301));
    scene.write(
      recipe,
      noisy
        .replace(/balance: .*\n/, 'balance: { method: drop }\n')
        .replace(/price: .*\n/, 'price: { method: drop }\n'),
    );
    await apply({ output: 'plain.csv' });
    const { releases } = readRecipe(scene.read(recipe), recipe).recipe;
    expect(releases!.first!.sha256).toBe(readRecipe(noisy, recipe).recipe.releases!.first!.sha256);
    scene.write(
      recipe,
      scene.read(recipe).replace('balance: { method: drop', 'balance: { method: noise, scale: 1000'),
    );
    expect((await refusal(apply({ output: 'again.csv' }))).code).toBe('privacy.releaseIsTaken');
  });
});

describe('a key', () => {
  it('that was rotated still restores what was made with it, and says its name where it is forgotten', async () => {
    await apply();
    scene.write(
      recipe,
      scene
        .read(recipe)
        .replace('id: team # of', 'id: team-2 # of')
        .replace(/ {2}check: .*\n/, ''),
    );
    await scene.handOver('team-2', Buffer.alloc(32, 3));
    await apply({ release: 'second', output: 'second.csv' });
    await scene.connection.send(forgetKey, { id: 'team' });
    const refused = await refusal(restore('people.anonymised.csv', 'back.csv'));
    expect(refused.code).toBe('privacy.keyMissing');
    expect(refused.message).toContain('The key team, with which the release first was made, is not here');
    expect(refused.message).toContain('MLOPS_ANONYMISE_KEY_TEAM');
    expect(fs.existsSync(path.join(scene.root, 'back.csv'))).toBe(false);
    await scene.handOver('team', Buffer.alloc(32, 4));
    expect((await refusal(restore('people.anonymised.csv', 'back.csv'))).code).toBe('privacy.wrongKey');
    await scene.handOver('team');
    await restore('people.anonymised.csv', 'back.csv');
    await restore('second.csv', 'back2.csv');
    for (const file of ['back.csv', 'back2.csv']) {
      expect(rowsOf(scene.read(file)).map((row) => row.at(-3))).toEqual(
        rowsOf(peopleTable(300)).map((row) => row.at(-3)),
      );
    }
  });
});

describe('noisy counts', () => {
  const counts = `counts:
  cities:
    by: { city: { categories: [Berlin, Hamburg, Wien, Zürich, Bern] }, age: { bins: [30, 50] } }
    epsilon: 2
    subject: email
`;

  it('are written with the output, near the truth, and add up in report and recipe', async () => {
    scene.write(
      recipe,
      `${peopleRecipe().replace(/age: .*\n/, 'age: { method: differentialPrivacy, epsilon: 0.5, lower: 0, upper: 120 }\n')}${counts}`,
    );
    const state = await scene.open(recipe);
    expect(state.problems).toEqual([]);
    expect(state.budget).toMatchObject({ epsilon: 2.5, delta: 0 });
    expect(state.counts).toMatchObject([{ name: 'cities', epsilon: 2, subject: 'email', rowsPerPerson: 1 }]);
    const applied = await apply();
    expect(applied.counts).toMatchObject([{ path: 'people.anonymised.cities.csv', cells: 24 }]);
    const lines = scene.read('people.anonymised.cities.csv').trimEnd().split('\n');
    expect(lines[0]).toBe('city,age,noisy_count');
    expect(lines).toHaveLength(25);
    const truth = (city: string, isYoung: boolean) =>
      rowsOf(peopleTable(300)).filter((row) => row[3] === city && Number(row[2]) < 30 === isYoung).length;
    for (const city of ['Berlin', 'Wien', 'Zürich']) {
      const found = lines.find((line) => line.startsWith(`${city},< 30,`))!;
      // The chance of a draw beyond 12 is e^−24.
      expect(Math.abs(Number(found.split(',').at(-1)) - truth(city, true))).toBeLessThanOrEqual(12);
    }
    expect(lines.at(-1)).toMatch(/^\(other or missing\),\(other or missing\),-?\d+$/);
    const html = scene.read(applied.report.html);
    expect(html).toContain('ε = 2.5 in all (0.5 on the column age, 2 on the counts cities)');
    expect(html).toContain('95 of 100 counts are off by at most');
    expect(html).toContain('does not hold against whoever has it');
    expect(JSON.parse(scene.read(applied.report.json))).toMatchObject({
      release: 'first',
      budget: { epsilon: 2.5, delta: 0 },
      counts: [{ name: 'cities', path: 'people.anonymised.cities.csv' }],
    });
    // The same again, to the byte; and another table is refused.
    const before = scene.read('people.anonymised.cities.csv');
    await apply({ replace: true });
    expect(scene.read('people.anonymised.cities.csv')).toBe(before);
    scene.write('people.csv', peopleTable(299));
    expect((await refusal(apply({ replace: true }))).message).toContain('the counts cities');
  });

  it('count what was asked under the name of the release before, in recipe, report and panel', async () => {
    const noisyAge = (epsilon: number) =>
      peopleRecipe().replace(
        /age: .*\n/,
        `age: { method: differentialPrivacy, epsilon: ${epsilon}, lower: 0, upper: 120 }\n`,
      );
    scene.write(recipe, `${noisyAge(0.5)}${counts}`);
    await apply();
    const { budget: once } = await scene.open(recipe);
    expect(once).toMatchObject({ epsilon: 2.5 });
    expect(once).not.toHaveProperty('ofRelease');
    scene.write(recipe, scene.read(recipe).replace('epsilon: 0.5, lower', 'epsilon: 0.25, lower'));
    // Before it is applied, and after it.
    const whole = { epsilon: 2.25, ofRelease: { epsilon: 2.75, delta: 0 } };
    expect((await scene.open(recipe)).budget).toMatchObject(whole);
    const applied = await apply({ replace: true });
    expect((await scene.open(recipe)).budget).toMatchObject(whole);
    expect(JSON.parse(scene.read(applied.report.json)).budget).toMatchObject(whole);
    const sentence = 'With what was asked under its name before, the release first comes to ε = 2.75.';
    expect(scene.read(applied.report.html)).toContain(sentence);
    const remembered = () => readRecipe(scene.read(recipe), recipe).recipe.releases!.first!;
    expect(remembered()).toMatchObject({ epsilon: 2.75, delta: 0 });
    expect(remembered().answers).toHaveLength(3);
    // The same noise again is the same answer.
    await apply({ replace: true });
    expect(remembered()).toMatchObject({ epsilon: 2.75 });
    // Another release has noise of its own, and both are about the same people.
    await apply({ release: 'second', output: 'second.csv' });
    expect(readRecipe(scene.read(recipe), recipe).recipe.releases).toMatchObject({
      first: { epsilon: 2.75 },
      second: { epsilon: 2.25 },
    });
    expect(scene.read('second.privacy.html')).toContain('With first it is ε = 5 so far.');
  });

  it('count what is asked of another table with fresh noise', async () => {
    const plain = peopleRecipe()
      .replace(/balance: .*\n/, 'balance: { method: drop }\n')
      .replace(/price: .*\n/, 'price: { method: drop }\n');
    scene.write(recipe, `${plain}${counts}    random: fresh\n`);
    await apply();
    scene.write('more.csv', peopleTable(310));
    await apply({ input: 'more.csv', output: 'more.out.csv' });
    expect((await scene.open(recipe)).budget).toMatchObject({ epsilon: 2, ofRelease: { epsilon: 6 } });
    const { releases } = readRecipe(scene.read(recipe), recipe).recipe;
    expect(releases!.first).toMatchObject({ epsilon: 4 });
  });

  it('are never written over anything else, and nothing is then written at all', async () => {
    for (const [place, code] of [
      ['people.csv', 'privacy.countsPathTaken'],
      ['./sub/../people.csv', 'privacy.countsPathTaken'],
      ['link.csv', 'privacy.countsPathTaken'],
      ['people.anonymised.csv', 'privacy.countsPathTaken'],
      [recipe, 'privacy.countsPathTaken'],
      ['mine.csv', 'privacy.outputExists'],
      ['nowhere/counts.csv', 'privacy.countsFolderMissing'],
    ] as const) {
      scene.write('mine.csv', 'mine\n');
      scene.write(recipe, `${peopleRecipe()}${counts}    path: ${place}\n`);
      if (!fs.existsSync(path.join(scene.root, 'link.csv'))) {
        fs.symlinkSync('people.csv', path.join(scene.root, 'link.csv'));
      }
      const before = scene.visible();
      const refused = await refusal(apply());
      expect(refused.code, place).toBe(code);
      expect(refused.message).not.toContain(scene.root);
      expect(scene.visible()).toEqual(before);
      expect(scene.read('people.csv')).toBe(peopleTable(300));
      expect(scene.read('mine.csv')).toBe('mine\n');
    }
  });

  it('are chosen, changed and taken out by requests, comments kept', async () => {
    const state = await scene.open(recipe);
    const asked = {
      name: 'ages',
      by: [{ column: 'age', bins: [30, 50] }],
      epsilon: 0.5,
      delta: 0,
      rowsPerPerson: 1,
      subject: 'email',
    };
    const added = await scene.change(state, { kind: 'counts', name: 'ages', counts: asked });
    expect(added.counts).toEqual([asked]);
    expect(added.budget?.epsilon).toBe(0.5);
    const changed = await scene.change(added, {
      kind: 'counts',
      name: 'ages',
      counts: { ...asked, epsilon: 1, delta: 1e-6 },
    });
    expect(changed.counts).toMatchObject([{ epsilon: 1, delta: 1e-6 }]);
    expect(scene.read(recipe)).toContain('# Ours.');
    const gone = await scene.change(changed, { kind: 'counts', name: 'ages', counts: null });
    expect(gone.counts).toEqual([]);
    expect(scene.read(recipe)).not.toContain('counts');
    expect(await scene.connection.send(openRecipe, { path: recipe })).toMatchObject({ budget: null });
  });
});
