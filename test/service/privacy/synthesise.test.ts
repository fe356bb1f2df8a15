import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { getRuns, listArtifacts, searchRuns, stopRun } from '../../../src/protocol/experiments.ts';
import { forgetKey, handKey } from '../../../src/protocol/privacy.ts';
import { getPrivacyReport } from '../../../src/protocol/privacyReport.ts';
import {
  changeSynthesis,
  estimateSynthesis,
  followSynthesis,
  openSynthesis,
  previewSynthesis,
  type SynthesisChoices,
  type SynthesisedTable,
  type SynthesisState,
  startSynthesis,
} from '../../../src/protocol/synthesis.ts';
import { isAlive, kill } from '../../support/service.ts';
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

function open(file: string): Promise<SynthesisState> {
  return scene.connection.send(openSynthesis, { path: file });
}

function choose(state: SynthesisState, choices: Partial<SynthesisChoices>): Promise<SynthesisState> {
  const { recipe, version } = state;
  return scene.connection.send(changeSynthesis, {
    recipe,
    version,
    choices: { ...state.choices, ...choices },
  });
}

async function synthesise(recipe: string, replace = false): Promise<SynthesisedTable> {
  const { run } = await scene.connection.send(startSynthesis, { recipe, replace });
  return scene.connection.send(followSynthesis, { run });
}

async function runOf(id: string) {
  const [run] = await scene.connection.send(getRuns, { runs: [id] });
  return run!;
}

const cellsOf = (rows: readonly string[][], column: number) => rows.map((row) => row[column]!);

describe('Adult', () => {
  it('is previewed and synthesised as a run, with its figures, its report and nothing of the input changed', async () => {
    const real = copyAdult(scene);
    const before = scene.read('adult.csv');
    const opened = await open('adult.csv');
    expect(opened).toMatchObject({
      saved: false,
      output: 'adult.synthetic.csv',
      problems: [],
      running: null,
    });
    const estimate = await scene.connection.send(estimateSynthesis, { recipe: opened.recipe });
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.sentence).toContain('9 columns, 30,162 rows to learn and 30,162 rows to draw');
    const preview = await scene.connection.send(previewSynthesis, { recipe: opened.recipe, rows: 5 });
    expect(preview.columns).toHaveLength(9);
    expect(preview.rows).toHaveLength(5);
    expect(scene.visible()).toEqual(['adult.csv']);

    const chosen = await choose(opened, { seed: 'first', target: 'salary-class' });
    const done = await synthesise(chosen.recipe);
    expect(scene.read('adult.csv')).toBe(before);
    const rows = rowsOf(scene.read(done.output), ';');
    expect(rows).toHaveLength(real.length);
    // Each category is one of the real ones, or what the rare ones were merged to.
    const countries = new Set([...cellsOf(real, 5), 'Other']);
    expect(cellsOf(rows, 5).every((country) => countries.has(country))).toBe(true);

    const report = await scene.connection.send(getPrivacyReport, { recipe: done.report.json });
    expect(report.notGuaranteed[0]).toMatch(/^Synthetic is not anonymous by itself/);
    const figure = (id: string) =>
      [...report.synthetic!.memorisation, ...report.synthetic!.quality].find((each) => each.id === id)!;
    const copies = new Set(real.map((row) => row.join(';')));
    const equal = rows.filter((row) => copies.has(row.join(';'))).length;
    const told = Number(/^([\d,]+) of/.exec(done.findings[0]!)![1]!.replace(/,/g, ''));
    // Of the rows that were learned, four in five.
    expect(told).toBeGreaterThan(equal * 0.7);
    expect(told).toBeLessThanOrEqual(equal);
    expect(figure('nearer').after!).toBeCloseTo(0.8, 1);
    expect(figure('shapes').after!).toBeGreaterThan(0.97);
    const [synthetic, shuffled] = [figure('trainOnSynthetic'), figure('trainOnShuffled')];
    expect(synthetic.after!).toBeGreaterThan(shuffled.after! + 0.2);
    expect(synthetic.after!).toBeLessThan(synthetic.before! + 0.05);
    const page = scene.read(done.report.html);
    expect(page).toContain('Synthetic is not anonymous by itself');
    expect(page).toContain('What it remembers of real rows');
    expect(page).not.toMatch(/<(script|link|img)/);

    const run = await runOf(done.run);
    expect(run).toMatchObject({ state: 'finished', experimentName: 'Synthesise adult.csv' });
    const parameters = Object.fromEntries(run.parameters.map(({ key, value }) => [key, value]));
    expect(parameters).toMatchObject({ method: 'copula', rows: '30162', columns: '9', input: 'adult.csv' });
    expect(parameters.recipe_hash).toBe(report.recipeHash);
    expect(run.metrics.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['memorisation/exact_copies', 'quality/shapes', 'quality/f1_synthetic']),
    );
    const artifacts = await scene.connection.send(listArtifacts, { run: done.run, path: '' });
    expect(artifacts.map((each) => each.path)).toContain('privacy-report.html');

    expect((await open('adult.csv')).last).toEqual(done);

    // The same recipe and table: the same bytes.
    const text = scene.read(done.output);
    expect(await refusal(synthesise(chosen.recipe))).toMatchObject({ code: 'data.targetExists' });
    await synthesise(chosen.recipe, true);
    expect(scene.read(done.output)).toBe(text);
  });

  it('gives only rows that meet the conditions and obey the constraints', async () => {
    copyAdult(scene);
    const state = await choose(await open('adult.csv'), {
      rows: 500,
      conditions: [
        { column: 'sex', value: 'Female' },
        { column: 'age', minimum: 30, maximum: 40 },
      ],
      constraints: [{ kind: 'fixedCombinations', columns: ['marital-status', 'workclass'] }],
    });
    const real = new Set(rowsOf(scene.read('adult.csv'), ';').map((row) => `${row[3]} ${row[6]}`));
    const rows = rowsOf(scene.read((await synthesise(state.recipe)).output), ';');
    expect(rows).toHaveLength(500);
    expect(new Set(cellsOf(rows, 0))).toEqual(new Set(['Female']));
    expect(cellsOf(rows, 1).every((age) => Number(age) >= 30 && Number(age) <= 40)).toBe(true);
    expect(rows.every((row) => real.has(`${row[3]} ${row[6]}`))).toBe(true);
  });

  it('is stopped within a second from its run, and leaves nothing', async () => {
    copyAdult(scene);
    const state = await choose(await open('adult.csv'), { rows: 2_000_000 });
    // It is inspected again, and meanwhile the second comes.
    scene.write('adult.csv', scene.read('adult.csv'));
    const start = () => scene.connection.send(startSynthesis, { recipe: state.recipe });
    const [{ run }, again] = await Promise.all([start(), start()]);
    expect(again.run).toBe(run);
    const under = await waitFor('the run to be at work', async () => {
      const { running } = await open('adult.csv');
      return running?.run === run ? running : undefined;
    });
    expect(under.output).toBe('adult.synthetic.csv');
    const ended = refusal(scene.connection.send(followSynthesis, { run }));
    const begun = performance.now();
    await scene.connection.send(stopRun, { run });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(await ended).toMatchObject({ code: 'cancelled' });
    expect(await runOf(run)).toMatchObject({ state: 'killed' });
    expect(scene.visible()).toEqual(['adult.anonymise.yaml', 'adult.csv']);
    // What stays is a copy of the input's rows, for the next job on it.
    expect(scene.files('.mlops').filter((name) => /scratch.*anonymise-/.test(name))).toEqual([]);
  });

  it('goes on when the one who asked has gone; killed, it leaves nothing, and the next service says so', async () => {
    copyAdult(scene);
    const state = await choose(await open('adult.csv'), { rows: 2_000_000 });
    const { run } = await scene.connection.send(startSynthesis, { recipe: state.recipe });
    const gone = new AbortController();
    const followed = refusal(
      scene.connection.send(
        followSynthesis,
        { run },
        { signal: gone.signal, onProgress: () => gone.abort() },
      ),
    );
    expect(await followed).toMatchObject({ code: 'cancelled' });
    expect(await runOf(run)).toMatchObject({ state: 'running' });

    const former = scene.processId;
    kill(former, 'SIGKILL');
    await waitFor('the service to be gone', () => !isAlive(former));
    await scene.start();
    expect(await runOf(run)).toMatchObject({ state: 'killed' });
    expect(scene.visible()).toEqual(['adult.anonymise.yaml', 'adult.csv']);
    expect(await open('adult.csv')).toMatchObject({ running: null });
  });

  it('is learned by a network, whose losses are charted as it learns; stopped, it ends within a second', async () => {
    copyAdult(scene);
    const state = await choose(await open('adult.csv'), { method: 'tvae', epochs: 300, seed: 1 });
    const estimate = await scene.connection.send(estimateSynthesis, { recipe: state.recipe });
    expect(estimate.seconds).toBeGreaterThan(10);
    const { run } = await scene.connection.send(startSynthesis, { recipe: state.recipe });
    const losses = await waitFor('two epochs', async () => {
      const { metrics } = await runOf(run);
      const loss = metrics.find(({ key }) => key === 'loss');
      return loss && loss.count >= 2 ? metrics.map(({ key }) => key) : undefined;
    });
    expect(losses).toEqual(['divergence', 'loss', 'reconstruction']);
    const begun = performance.now();
    await scene.connection.send(stopRun, { run });
    expect(performance.now() - begun).toBeLessThan(1000);
    expect(await runOf(run)).toMatchObject({ state: 'killed' });
    expect(scene.visible()).toEqual(['adult.anonymise.yaml', 'adult.csv']);
  });
});

describe('people', () => {
  it('are never learned by what names them: left out or made anew, and the key is written nowhere', async () => {
    scene.write('people.csv', peopleTable(400));
    scene.write('people.anonymise.yaml', peopleRecipe());
    // Nothing was made with the key so far: without it, rows come by chance.
    expect(await open('people.csv')).toMatchObject({ seed: 'chance', key: { state: 'notNeeded' } });
    await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
    const state = await open('people.csv');
    expect(state).toMatchObject({ seed: 'key', key: { state: 'ready' } });
    expect(state.columns.map(({ fate }) => fate)).toEqual([
      'dropped',
      'new',
      ...Array<string>(5).fill('learned'),
    ]);
    const done = await synthesise(state.recipe);
    const text = scene.read(done.output);
    expect(text.split('\n')[0]).toBe('email,age,city,balance,joined,price');
    const mails = cellsOf(rowsOf(text), 0);
    expect(mails.every((mail) => /^p_[0-9a-v]{16}$/.test(mail))).toBe(true);
    expect(new Set(mails).size).toBe(400);
    expect(scene.read('people.anonymise.yaml')).toMatch(/check: [0-9a-f]{16}/);
    await scene.connection.send(forgetKey, { id: 'team' });
    expect(await refusal(synthesise('people.anonymise.yaml', true))).toMatchObject({
      code: 'privacy.keyMissing',
    });
    const report = await scene.connection.send(getPrivacyReport, { recipe: done.report.json });
    expect(report.summary.join(' ')).toContain('Never learned, and left out: id.');
    for (const name of scene.files()) {
      const bytes = fs.readFileSync(path.join(scene.root, name));
      expect(writings(scene.key).some((written) => bytes.includes(written))).toBe(false);
    }
  });

  it('are written as the file writes its dates, times and numbers', async () => {
    const two = (number: number) => String(number).padStart(2, '0');
    const lines = Array.from({ length: 300 }, (_, at) => {
      const day = `${two(1 + (at % 28))}.${two(1 + (at % 12))}.${1950 + (at % 50)}`;
      const time = `2021-${two(1 + (at % 12))}-${two(1 + (at % 28))} ${two(at % 24)}:${two(at % 60)}`;
      const [pay, weight] = [(((at * 37) % 900) / 10).toFixed(2), `${at % 17},${at % 10}5`];
      return [day, time, pay, weight, at % 3 === 0 ? 'Yes' : 'No'].join(';');
    });
    scene.write('forms.csv', `born;seen;pay;weight;member\n${lines.join('\n')}\n`);
    const done = await synthesise((await choose(await open('forms.csv'), { seed: 1 })).recipe);
    for (const [born, seen, pay, weight, member] of rowsOf(scene.read(done.output), ';')) {
      expect(born).toMatch(/^\d\d\.\d\d\.19\d\d$/);
      expect(seen).toMatch(/^2021-\d\d-\d\d \d\d:\d\d$/);
      expect(pay).toMatch(/^\d+\.\d\d$/);
      expect(weight).toMatch(/^\d+,\d\d$/);
      expect(member).toMatch(/^(Yes|No)$/);
    }
  });

  it('are written in the kind of the input', async () => {
    const people = peopleTable(300).trimEnd().split('\n').slice(1);
    const records = people.map((line) => {
      const [id, mail, age, city] = line.split(',');
      return { id: Number(id), mail, age: Number(age), city, member: Number(age) % 2 === 0 };
    });
    scene.write('people.json', JSON.stringify(records));
    const state = await choose(await open('people.json'), { rows: 50, seed: 7 });
    const done = await synthesise(state.recipe);
    const made = JSON.parse(scene.read(done.output)) as typeof records;
    expect(done.output).toBe('people.synthetic.json');
    expect(made).toHaveLength(50);
    expect(typeof made[0]!.age).toBe('number');
    expect(typeof made[0]!.member).toBe('boolean');
    expect(['Berlin', 'Hamburg', 'Wien', 'Zürich', 'Bern']).toContain(made[0]!.city);
  });
});

describe('what cannot be done is refused by name, and nothing is touched', () => {
  const cases: readonly (readonly [string, string, Partial<SynthesisChoices>, string, RegExp])[] = [
    [
      'a constraint on a missing column',
      'adult',
      { constraints: [{ kind: 'range', column: 'agee', minimum: 1 }] },
      'privacy.noSuchColumn',
      /"agee"/,
    ],
    [
      'a condition on a missing column',
      'adult',
      { conditions: [{ column: 'height', value: 3 }] },
      'privacy.noSuchColumn',
      /"height"/,
    ],
    ['a target that is not there', 'adult', { target: 'wage' }, 'privacy.noSuchColumn', /"wage"/],
    [
      'a value that nobody has',
      'adult',
      { conditions: [{ column: 'sex', value: 'Robot' }] },
      'privacy.conditionUnknown',
      /sex = Robot/,
    ],
    [
      'limits outside of the column',
      'adult',
      { conditions: [{ column: 'age', minimum: 200 }] },
      'privacy.conditionUnknown',
      /age/,
    ],
    [
      'a constraint that real rows break',
      'adult',
      { constraints: [{ kind: 'range', column: 'age', maximum: 50 }] },
      'privacy.constraintBroken',
      /row \d+/,
    ],
    [
      'uniqueness that real rows break',
      'adult',
      { constraints: [{ kind: 'unique', columns: ['sex'] }] },
      'privacy.constraintBroken',
      /row 2/,
    ],
    ['no row', 'a,b\n', {}, 'privacy.tooFewRows', /0 rows/],
    ['one row', 'a,b\n1,2\n', {}, 'privacy.tooFewRows', /one row/],
    [
      'nothing but missing values',
      `a,b\n${',\n'.repeat(60)}`,
      {},
      'privacy.nothingToLearn',
      /nothing that can be learned/,
    ],
    [
      'nothing but different texts',
      `a,b\n${Array.from({ length: 60 }, (_, at) => `x${at}y,z${at * 7}q\n`).join('')}`,
      {},
      'privacy.nothingToLearn',
      /nothing that can be learned/,
    ],
  ];

  it.each(cases)('%s', async (_, table, choices, code, message) => {
    if (table === 'adult') {
      copyAdult(scene);
    } else {
      scene.write('table.csv', table);
    }
    const name = table === 'adult' ? 'adult' : 'table';
    const before = scene.read(`${name}.csv`);
    const refused = await refusal(
      open(`${name}.csv`)
        .then((state) => choose(state, choices))
        .then(({ recipe }) => synthesise(recipe)),
    );
    expect(refused.code).toBe(code);
    expect(refused.message).toMatch(message);
    expect(scene.read(`${name}.csv`)).toBe(before);
    expect(scene.visible().filter((file) => file.includes('synthetic'))).toEqual([]);
    const { items } = await scene.connection.send(searchRuns, {});
    expect(items.every(({ state }) => state === 'failed')).toBe(true);
  });

  it('writing over the input, or over what no synthesis wrote', async () => {
    copyAdult(scene);
    const state = await choose(await open('adult.csv'), { output: 'adult.csv', rows: 20 });
    expect(await refusal(synthesise(state.recipe, true))).toMatchObject({ code: 'privacy.outputIsInput' });
    scene.write('mine.csv', 'precious');
    const next = await choose(state, { output: 'mine.csv' });
    expect(await refusal(synthesise(next.recipe))).toMatchObject({ code: 'data.targetExists' });
    expect(await refusal(synthesise(next.recipe, true))).toMatchObject({ code: 'privacy.outputExists' });
    expect(scene.read('mine.csv')).toBe('precious');
  });

  it('one column is a table as well', async () => {
    scene.write('one.csv', `colour\n${'red\nblue\nblue\n'.repeat(30)}`);
    const state = await open('one.csv');
    const done = await synthesise(state.recipe);
    expect(new Set(rowsOf(scene.read(done.output)).flat())).toEqual(new Set(['red', 'blue']));
  });
});
