import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { applyRecipe, handKey, openRecipe } from '../../../src/protocol/privacy.ts';
import { getStatus } from '../../../src/protocol/service.ts';
import { isAlive, kill } from '../../support/service.ts';
import { waitFor } from '../../support/waitFor.ts';
import { peopleRecipe, peopleTable, refusal, Scene } from './scene.ts';

// A busy machine needs a minute for what is to be interrupted.
vi.setConfig({ testTimeout: 180_000 });

let scene: Scene;
let before: string[];
const recipe = 'people.anonymise.yaml';
/** Long enough to be interrupted anywhere. */
const guarantee = 'guarantee: { k: 2, suppressionLimit: 0.5 }\n';

beforeEach(async () => {
  scene = new Scene();
  const rows = peopleTable(50_000);
  const header = rows.indexOf('\n') + 1;
  scene.write('people.csv', rows.slice(0, header) + rows.slice(header).repeat(6));
  scene.write(recipe, peopleRecipe('people.csv', guarantee));
  before = scene.visible();
  await scene.start();
  await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
});

afterEach(() => scene.dispose());

function leftovers(): string[] {
  const scratch = path.join(scene.root, '.mlops', 'scratch-privacy');
  return fs.existsSync(scratch) ? fs.readdirSync(scratch) : [];
}

it.each([
  'Reading the rows',
  'Counting the combinations of quasi-identifiers',
  'Writing the output',
  'Verifying the output',
  'Measuring risk and use',
  'Attacking the output',
])(
  'cancelled while %s, it stops within a second, leaves nothing, and others are answered meanwhile',
  async (stage) => {
    const abort = new AbortController();
    let reached = false;
    let slowest = 0;
    const work = refusal(
      scene.connection.send(
        applyRecipe,
        { recipe },
        {
          signal: abort.signal,
          onProgress: ({ message }) => {
            reached ||= message === stage;
          },
        },
      ),
    );
    await waitFor(stage, () => reached, 60_000);
    const asked = performance.now();
    await scene.connection.send(getStatus, null);
    slowest = performance.now() - asked;
    const begin = performance.now();
    abort.abort();
    expect((await work).code).toBe('cancelled');
    const stopped = performance.now() - begin;
    await waitFor('an empty scratch folder', () => leftovers().length === 0);
    expect(stopped).toBeLessThan(1000);
    expect(slowest).toBeLessThan(1000);
    expect(scene.visible()).toEqual(before);
    // And it can be done after all.
    expect((await scene.connection.send(openRecipe, { path: recipe })).problems).toEqual([]);
  },
);

/** What is to be seen, with what is in it. */
function contents(): Record<string, string> {
  return Object.fromEntries(scene.visible().map((name) => [name, scene.read(name)]));
}

it('killed in the middle of writing, it leaves input, former output and reports as they are, and the next service cleans up', async () => {
  const first = await scene.connection.send(applyRecipe, { recipe });
  const former = contents();
  expect(Object.keys(former)).toContain(first.output);
  let writing = false;
  const work = scene.connection
    .send(
      applyRecipe,
      { recipe, replace: true },
      { onProgress: ({ message }) => (writing ||= message === 'Writing the output') },
    )
    .catch(() => undefined);
  await waitFor('writing', () => writing, 60_000);
  const { processId } = scene;
  kill(processId, 'SIGKILL');
  await waitFor('its end', () => !isAlive(processId));
  await work;
  expect(leftovers()).not.toEqual([]);
  expect(contents()).toEqual(former);
  await scene.start();
  await waitFor('an empty scratch folder', () => leftovers().length === 0);
  await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
  const { rows, output } = await scene.connection.send(applyRecipe, { recipe, replace: true });
  expect(rows).toBe(300_000);
  expect(scene.read(output)).toBe(former[output]);
});
