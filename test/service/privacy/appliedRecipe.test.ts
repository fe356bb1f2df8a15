import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPrivacy, type Privacy, type PrivacyOptions } from '../../../src/service/privacy/privacy.ts';
import { readRecipe } from '../../../src/service/privacy/recipe/readRecipe.ts';
import { numbers, OutputScene } from './outputScene.ts';
import { refusal } from './scene.ts';

let scene: OutputScene;

beforeEach(() => {
  scene = new OutputScene();
});

afterEach(() => scene.dispose());

describe('a recipe that is applied', () => {
  let privacy: Privacy;
  const recipe = 'people.anonymise.yaml';
  const text = `version: 1
dataset: people
release: first
key: { id: team }
input: { path: people.csv }
output: { path: out.csv }
columns:
  id: { method: keep }
  pay: { method: noise, scale: 1000 }
`;
  const work = { signal: new AbortController().signal, report: () => undefined };

  beforeEach(() => {
    // Applying writes to the log, and starts no run.
    const others = { log: { write: () => undefined }, runs: {} } as unknown as PrivacyOptions;
    privacy = createPrivacy({ ...others, workspace: scene.root, scratch: scene.path('scratch') });
    privacy.handKey({ id: 'team', key: scene.keys.team });
    scene.write('people.csv', `id,pay\n${numbers(6, (index) => `${index},${index * 1000}`)}`);
    scene.write(recipe, text);
  });

  afterEach(() => privacy.dispose());

  it('keeps what somebody writes into it meanwhile, and its report names what was applied', async () => {
    const changed = `${text}# A thought of the meantime.\notherColumns: drop\n`;
    await privacy.applyRecipe({ recipe }, { ...work, report: () => scene.write(recipe, changed) });
    const after = scene.read(recipe);
    expect(after).toContain('# A thought of the meantime.\notherColumns: drop\n');
    expect(after).toContain('releases:');
    const { recipeHash } = await privacy.getReport(recipe);
    const withoutThought = after.replace(/# A thought.*\notherColumns: drop\n/, '');
    expect(recipeHash).toBe(readRecipe(withoutThought, recipe).hash);
  });

  it('leaves a recipe that is just being typed as it is', async () => {
    const half = `${text}other`;
    await privacy.applyRecipe({ recipe }, { ...work, report: () => scene.write(recipe, half) });
    expect(scene.read(recipe)).toBe(half);
    expect(fs.existsSync(scene.path('out.privacy.html'))).toBe(true);
  });

  it('stays a link to where it lies, and its owner’s alone', async () => {
    fs.mkdirSync(scene.path('shared'));
    fs.renameSync(scene.path(recipe), path.join(scene.root, 'shared', recipe));
    fs.chmodSync(path.join(scene.root, 'shared', recipe), 0o600);
    fs.symlinkSync(path.join('shared', recipe), scene.path(recipe));
    await privacy.applyRecipe({ recipe }, work);
    expect(fs.lstatSync(scene.path(recipe)).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path.join(scene.root, 'shared', recipe), 'utf8')).toContain('releases:');
    expect(fs.statSync(scene.path(recipe)).mode & 0o777).toBe(0o600);
  });

  it('replaces its own output alone, not a file beside the same report', async () => {
    await privacy.applyRecipe({ recipe }, work);
    scene.write('out.tsv', 'mine\n');
    const other = { recipe, output: scene.path('out.tsv'), replace: true };
    expect((await refusal(privacy.applyRecipe(other, work))).code).toBe('privacy.outputExists');
    expect(scene.read('out.tsv')).toBe('mine\n');
    await privacy.applyRecipe({ recipe, replace: true }, work);
  });

  it('restores no wrong values from rows in another order', async () => {
    await privacy.applyRecipe({ recipe }, work);
    const lines = scene.read('out.csv').trimEnd().split('\n');
    scene.write('out.csv', `${[lines[0], ...lines.slice(1).reverse()].join('\n')}\n`);
    const back = { recipe, input: 'out.csv', output: 'back.csv' };
    expect((await refusal(privacy.restoreData(back, work))).code).toBe('privacy.rowsMayHaveMoved');
    expect(fs.existsSync(scene.path('back.csv'))).toBe(false);
    scene.write('out.csv', `${lines.join('\n')}\n`);
    await privacy.restoreData(back, work);
    expect(scene.output('back.csv')).toEqual(
      Array.from({ length: 6 }, (_, index) => `${index},${index * 1000}`),
    );
  });
});
