import { afterEach, beforeEach, expect, it } from 'vitest';
import { applyRecipe, handKey, openRecipe, previewRecipe } from '../../../src/protocol/privacy.ts';
import { peopleRecipe, peopleTable, Scene } from './scene.ts';

let scene: Scene;
const recipe = 'people.anonymise.yaml';
const reading = 'Reading the rows';

beforeEach(async () => {
  scene = new Scene();
  scene.write('people.csv', peopleTable(3000));
  scene.write(recipe, peopleRecipe());
  await scene.start();
  await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
});

afterEach(() => scene.dispose());

/** What a request says that it is doing. */
function listen() {
  const said: string[] = [];
  return { said, options: { onProgress: ({ message }: { message: string }) => said.push(message) } };
}

it('a table is read once for its recipe, its previews and its outputs, until it is written to', async () => {
  const opened = listen();
  await scene.connection.send(openRecipe, { path: recipe }, opened.options);
  expect(opened.said).toContain(reading);
  const { output } = await scene.connection.send(applyRecipe, { recipe });
  const first = scene.read(output);

  const later = listen();
  await scene.connection.send(previewRecipe, { recipe, rows: 10 }, later.options);
  scene.write(recipe, peopleRecipe().replace('scale: 1000', 'scale: 2000'));
  await scene.connection.send(previewRecipe, { recipe, rows: 10 }, later.options);
  const other = await scene.connection.send(applyRecipe, { recipe, output: 'other.csv' }, later.options);
  expect(later.said).not.toContain(reading);
  expect(scene.read(other.output)).not.toBe(first);

  scene.write(recipe, peopleRecipe());
  scene.write('people.csv', peopleTable(2999));
  const changed = listen();
  const again = await scene.connection.send(applyRecipe, { recipe, output: 'again.csv' }, changed.options);
  expect(changed.said).toContain(reading);
  expect(again.rows).toBe(2999);
  expect(first.startsWith(scene.read(again.output))).toBe(true);
});

it('what is read from the copy gives the same bytes as the file', async () => {
  const { output } = await scene.connection.send(applyRecipe, { recipe });
  const second = listen();
  await scene.connection.send(applyRecipe, { recipe, output: 'second.csv' }, second.options);
  expect(second.said).not.toContain(reading);
  expect(scene.read('second.csv')).toBe(scene.read(output));
});
