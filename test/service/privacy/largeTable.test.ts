import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { recipeChanged } from '../../../src/protocol/privacy.ts';
import { writeRows } from '../data/tables.ts';
import { refusal, Scene } from './scene.ts';

vi.setConfig({ testTimeout: 120_000 });

let scene: Scene;

beforeEach(async () => {
  scene = new Scene();
  await scene.start();
});

afterEach(() => scene.dispose());

const rows = 700_000;

/** A row that no piece has. */
const far = 405_150;

function writePeople(farRow: (age: number) => string | number): void {
  writeRows(path.join(scene.root, 'people.csv'), 'mail,age,note', rows, (at) => {
    const age = 18 + (at % 70);
    const note = `visit ${at} of many, many more than these`.replaceAll(',', ' and');
    return [`person.${at}@example.org`, at === far ? farRow(age) : age, note].join(',');
  });
}

/** The next time that somebody is told to ask again. */
function news(): Promise<void> {
  return new Promise((resolve) => {
    scene.connection.on(recipeChanged, () => resolve());
  });
}

it('is proposed from pieces of it, and told again when all of it was read', async () => {
  writePeople((age) => age);
  const told = news();
  const first = await scene.open('people.csv');
  expect(first.columns.map(({ role }) => role)).toEqual(['direct', 'quasi', 'sensitive']);
  expect(first.input.estimated).toBe(true);
  expect(first.input.sampledRows).toBe(20_000);
  expect(Math.abs(first.input.rows / rows - 1)).toBeLessThan(0.05);
  await told;
  const second = await scene.open('people.csv');
  expect(second.input).toMatchObject({ rows, estimated: false });
  expect(second.version).toBeGreaterThan(first.version);
  // What was chosen of the first answer is of the same text.
  const changed = await scene.change(first, { kind: 'role', column: 'note', role: 'other' });
  expect(changed.columns[2]).toMatchObject({ role: 'other', confirmed: true });
  expect(scene.read('people.anonymise.yaml')).toMatch(/correctedFrom: sensitive/);
});

it('what a single row far behind says changes the types', async () => {
  writePeople(() => 'unknown');
  const told = news();
  const first = await scene.open('people.csv');
  expect(first.columns[1]).toMatchObject({ type: 'integer' });
  await told;
  expect((await scene.open('people.csv')).columns[1]).toMatchObject({ type: 'text' });
});

it('what is wrong far behind its beginning is told with its row', async () => {
  writePeople((age) => `${age},more`);
  const told = news();
  await scene.open('people.csv');
  await told;
  const refused = await refusal(scene.open('people.csv'));
  expect(refused.code).toMatch(/^data\./);
  expect(refused.message).toContain('Row 405,152 of people.csv');
});
