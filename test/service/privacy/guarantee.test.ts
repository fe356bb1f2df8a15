import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  applyRecipe,
  previewRecipe,
  type RecipeState,
  recipeChanged,
  type SensitiveCriterion,
} from '../../../src/protocol/privacy.ts';
import { getPrivacyReport } from '../../../src/protocol/privacyReport.ts';
import { waitFor } from '../../support/waitFor.ts';
import { copyAdult, peopleRecipe, peopleTable, refusal, rowsOf, Scene } from './scene.ts';

// On a busy machine the measures of a report take a while.
vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

function grouped(
  rows: readonly string[][],
  keyOf: (row: readonly string[]) => unknown,
): Map<unknown, string[][]> {
  const groups = new Map<unknown, string[][]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row)) ?? [];
    group.push(row);
    groups.set(keyOf(row), group);
  }
  return groups;
}

const preview = (state: RecipeState, searchSeconds?: number) =>
  scene.connection.send(previewRecipe, {
    recipe: state.recipe,
    rows: 5,
    ...(searchSeconds !== undefined && { searchSeconds }),
  });

/** With a comment of somebody's, which must survive. */
function addToGuarantee(state: RecipeState, text: string): void {
  scene.write(
    state.recipe,
    scene.read(state.recipe).replace(/^ {2}k: 5$/m, `  k: 5 # agreed in May\n  ${text}`),
  );
}

describe('the time of the search', () => {
  it('is said to be too short where the best is not proven, in preview, report and recipe', async () => {
    copyAdult(scene);
    const state = await scene.suggest('adult.csv');
    const proven = await preview(state, 60);
    expect(proven.search).toMatchObject({ optimal: true });
    expect(proven.search!.sentence).toMatch(
      /^Of [\d,]+ generalisations this is the one that changes least\.$/,
    );

    const hasty = await preview(state, 0.001);
    expect(hasty.search).toMatchObject({ optimal: false, seconds: 0.001 });
    expect(hasty.search!.sentence).toMatch(
      /^This is the best generalisation found in 0\.001 s, not proven to be the best: [\d,]+ of [\d,]+ were tried\. Applying the recipe searches for up to 10 minutes\.$/,
    );
    expect(hasty.suppressedRows / 30_162).toBeLessThanOrEqual(0.05);

    addToGuarantee(state, 'searchSeconds: 0.001');
    const applied = await scene.connection.send(applyRecipe, { recipe: state.recipe });
    expect(applied.search).toMatchObject({ optimal: false });
    const text = scene.read(state.recipe);
    expect(text).toContain('k: 5 # agreed in May');
    expect(text).toMatch(/found:\n {4}levels:\n( {6}\S+: \d\n)+ {4}optimal: false/);
    const report = await scene.connection.send(getPrivacyReport, { recipe: state.recipe });
    expect(report.summary.join(' ')).toContain('found in 0.001 s, not proven to be the best');
    expect(scene.read(applied.report.html)).toContain('found in 0.001 s, not proven to be the best');
  });
});

describe('levels that were found', () => {
  it('are written down, searched anew for a new table or kept, and refused where they do not do', async () => {
    const rows = copyAdult(scene);
    const lines = scene.read('adult.csv').split('\n');
    scene.write('few.csv', lines.slice(0, 301).join('\n'));
    scene.write('same.csv', scene.read('adult.csv'));
    const state = await scene.suggest('adult.csv');
    const send = (options: object) =>
      scene.connection.send(applyRecipe, { recipe: state.recipe, ...options });

    const first = await send({});
    expect(first.search).toMatchObject({ optimal: true });
    const applied = await scene.open('adult.csv');
    const levels = applied.foundLevels!;
    expect((await preview(applied)).levels).toEqual(levels);
    const searched = await send({ input: 'few.csv', output: 'few.searched.csv' });
    expect(searched.search).toMatchObject({ optimal: true });

    const kept = await scene.change(await scene.open('adult.csv'), { kind: 'levels', levels });
    expect(kept.keptLevels).toEqual(levels);
    expect(kept.columns.find(({ name }) => name === 'age')!.hierarchy!.source).toBe('recipe');
    expect((await preview(kept)).search).toBeUndefined();
    const refused = await refusal(send({ input: 'few.csv', output: 'few.kept.csv' }));
    expect(refused.code).toBe('privacy.keptLevelsBreak');
    expect(refused.message).toMatch(
      /^With the levels that are kept \(sex 0, age \d, .*\) these rows do not reach 5-anonymity: \d+ of 300 break it, and at most 15 may be left out\. Nothing was changed\./,
    );
    expect(fs.existsSync(path.join(scene.root, 'few.kept.csv'))).toBe(false);
    const again = await send({ input: 'same.csv', output: 'same.kept.csv' });
    expect(again.search).toBeUndefined();
    expect(again.rows + again.suppressedRows).toBe(rows.length);
    expect(scene.read('same.kept.csv')).toBe(scene.read(first.output));

    const free = await scene.change(await scene.open('adult.csv'), { kind: 'levels', levels: null });
    expect(free.keptLevels).toBeUndefined();
    expect((await preview(free)).search).toMatchObject({ optimal: true });

    const wrong = await scene.change(free, { kind: 'levels', levels: { age: 17 } });
    expect((await refusal(preview(wrong))).message).toMatch(
      /^guarantee\.levels keeps age on level 17, but the hierarchy has the levels 0 to \d for these values\./,
    );
  });
});

describe('each sensitive column', () => {
  it('has demands of its own, which stand in the recipe and hold in the output', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const open = await scene.change(saved, { kind: 'role', column: 'occupation', role: 'sensitive' });
    const keep = await scene.change(open, {
      kind: 'method',
      column: 'occupation',
      method: { id: 'keep', options: {} },
    });
    const sensitive: SensitiveCriterion[] = [
      { column: 'occupation', criterion: 'distinctL', l: 3 },
      { column: 'salary-class', criterion: 'recursiveCL', l: 2, c: 9 },
      { column: 'occupation', criterion: 'tCloseness', t: 0.5, distance: 'equal' },
      { column: 'salary-class', criterion: 'tCloseness', t: 0.4, distance: 'ordered' },
    ];
    const guarantee = { k: 5, sensitive, suppressionLimit: 0.2, recoding: 'global' as const };
    const state = await scene.change(keep, { kind: 'guarantee', guarantee });
    expect(state.problems).toEqual([]);
    expect(state.guarantee).toEqual(guarantee);
    expect((await scene.open('adult.csv')).guarantee).toEqual(guarantee);
    const applied = await scene.connection.send(applyRecipe, { recipe: state.recipe });
    const classes = grouped(rowsOf(scene.read(applied.output), ';'), (row) =>
      row.filter((_, column) => column < 7).join(';'),
    );
    expect(classes.size).toBeGreaterThan(1);
    for (const rows of classes.values()) {
      expect(rows.length).toBeGreaterThanOrEqual(5);
      expect(new Set(rows.map((row) => row[7])).size).toBeGreaterThanOrEqual(3);
      const salaries = [...grouped(rows, (row) => row[8]).values()].map(({ length }) => length);
      expect(Math.max(...salaries)).toBeLessThan(9 * (rows.length - Math.max(...salaries)));
    }
    const report = await scene.connection.send(getPrivacyReport, { recipe: state.recipe });
    expect(report.summary.join(' ')).toContain(
      'the sensitive values of salary-class are diverse (recursive l-diversity, l = 2, c = 9)',
    );
    const one = { ...guarantee, sensitive: sensitive.slice(0, 1) };
    await scene.change(await scene.open('adult.csv'), { kind: 'guarantee', guarantee: one });
    expect(scene.read(state.recipe)).toMatch(/^ {2}l:\n {4}kind: distinct\n {4}l: 3\n/m);
  });
});

describe('a hierarchy', () => {
  it('that was made from the values is written down as a rule, and what is edited there counts', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const state = await scene.change(saved, { kind: 'hierarchy', column: 'age', as: 'rule' });
    const age = state.columns.find(({ name }) => name === 'age')!.hierarchy!;
    const text = scene.read(state.recipe);
    expect(age).toMatchObject({ source: 'recipe', place: { path: state.recipe } });
    expect(text.split('\n')[age.place!.line - 1]!.trim()).toBe('age:');
    const before = await preview(saved);
    expect((await preview(state)).levels).toEqual(before.levels);
    const edited = text.replace(/edges:[\s\S]*?fanOut:(\n {8}- \d+)+/, 'edges: [30, 60]\n      fanOut: []');
    scene.write(state.recipe, edited);
    const after = await scene.open('adult.csv');
    const levels = after.columns.find(({ name }) => name === 'age')!.hierarchy!.levels;
    expect(levels.map(({ count }) => count).slice(1)).toEqual([3, 1]);
    expect(levels[1]!.labels).toEqual(expect.arrayContaining(['< 30', '[30, 60)', '≥ 60']));
  });

  it('that was written down as a table is followed when the table is edited, and its mistakes are named', async () => {
    copyAdult(scene);
    const saved = await scene.suggest('adult.csv');
    const state = await scene.change(saved, { kind: 'hierarchy', column: 'race', as: 'table' });
    const file = 'adult.race.hierarchy.csv';
    expect(state.columns.find(({ name }) => name === 'race')!.hierarchy).toMatchObject({
      source: 'file',
      place: { path: file, line: 1 },
    });
    const lines = scene.read(file).trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines).toContainEqual(expect.stringMatching(/^White;.*;\*$/));
    await preview(state);

    let heard = 0;
    scene.connection.onNotification((method, news) => {
      if (method === recipeChanged.method) {
        heard = (news as { version: number }).version;
      }
    });
    const values = lines.map((line) => line.split(';')[0]!);
    scene.write(
      file,
      values.map((value) => `${value};${value === 'White' ? 'white' : 'not white'};*\n`).join(''),
    );
    await waitFor('news of the table', () => heard > state.version);
    const groups = await preview(state);
    expect(groups.levels!.race).toBeLessThanOrEqual(2);

    const mistakes: [string, string, RegExp][] = [
      [
        values
          .slice(1)
          .map((value) => `${value};*\n`)
          .join(''),
        'privacy.hierarchyValuesMissing',
        /does not know "[\w-]+"\. Nothing was changed/,
      ],
      [
        values.map((value, row) => `${value};group;${row < 2 ? 'a' : 'b'};*\n`).join(''),
        'privacy.hierarchyNotAFunction',
        /"group" on level 1 becomes "a" for the value .* but "b"/,
      ],
      [
        values.map((value, row) => `${value};${row === 2 ? 'more;' : ''}*\n`).join(''),
        'privacy.hierarchyRagged',
        /has 3 levels in row 3 .* but 2 in row 1/,
      ],
      ['', 'privacy.hierarchyEmpty', /has no rows/],
    ];
    for (const [text, code, words] of mistakes) {
      scene.write(file, text);
      const refused = await refusal(preview(state));
      expect(refused).toMatchObject({ code });
      expect(refused.message).toMatch(words);
    }
    fs.rmSync(path.join(scene.root, file));
    expect((await refusal(preview(state))).code).toBe('privacy.hierarchyFileMissing');
    const again = await scene.change(await scene.open('adult.csv'), {
      kind: 'method',
      column: 'race',
      method: { id: 'keep', options: {} },
    });
    expect((await preview(again)).levels!.race).toBe(0);
  });

  it('is never written over a file that is there', async () => {
    copyAdult(scene);
    scene.write('adult.race.hierarchy.csv', 'mine');
    const saved = await scene.suggest('adult.csv');
    const text = scene.read(saved.recipe);
    const refused = await refusal(scene.change(saved, { kind: 'hierarchy', column: 'race', as: 'table' }));
    expect(refused).toMatchObject({ code: 'privacy.hierarchyFileTaken' });
    expect(scene.read('adult.race.hierarchy.csv')).toBe('mine');
    expect(scene.read(saved.recipe)).toBe(text);
  });
});

describe('a guarantee that cannot be reached', () => {
  const own = (guarantee: string) =>
    peopleRecipe('people.csv', guarantee)
      .replace(/ {2}(balance|joined|price): .*\n/g, '')
      .replace('otherColumns', 'otherColumns')
      .replace('subject: email\n', 'otherColumns: drop\n')
      .replace('email: { method: pseudonym, role: directIdentifier, prefix: p_ }', 'email: { method: drop }')
      .replace(/key:\n.*\n/, '');

  it.each([
    [
      'k is larger than the table',
      4,
      'guarantee: { k: 5 }',
      '4 of 4 rows still break it, and at most 0 may be suppressed',
    ],
    [
      'more rows stand alone than may be left out',
      200,
      'guarantee: { k: 40, suppressionLimit: 0.01 }',
      'of 200 rows still break it, and at most 2 may be suppressed',
    ],
  ])('because %s is refused, and nothing is written', async (_, rows, guarantee, words) => {
    scene.write('people.csv', peopleTable(rows));
    scene.write('people.anonymise.yaml', own(guarantee));
    const state = await scene.open('people.anonymise.yaml');
    expect(state.problems).toEqual([]);
    const refused = await refusal(preview(state));
    expect(refused.code).toBe('privacy.guaranteeUnreachable');
    expect(refused.message).toContain(words);
    const files = scene.visible();
    expect((await refusal(scene.connection.send(applyRecipe, { recipe: state.recipe }))).code).toBe(
      refused.code,
    );
    expect(scene.visible()).toEqual(files);
  });

  it('is reached where every value of a quasi-identifier is another one', async () => {
    scene.write('people.csv', peopleTable(300));
    const text = own('guarantee: { k: 5 }').replace(
      'id: { method: drop, role: directIdentifier }',
      'id: { method: generalise, role: quasiIdentifier }',
    );
    scene.write('people.anonymise.yaml', text);
    const applied = await scene.connection.send(applyRecipe, {
      recipe: (await scene.open('people.anonymise.yaml')).recipe,
    });
    const classes = grouped(rowsOf(scene.read(applied.output)), (row) => row.join(';'));
    expect(Math.min(...[...classes.values()].map(({ length }) => length))).toBeGreaterThanOrEqual(5);
  });
});
