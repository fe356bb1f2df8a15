import { execFile } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const run = promisify(execFile);
const sample = path.resolve('samples', 'penguins');
let folder: string;

/** A copy, as the demo makes it: in a folder of its own, far from this repository's packages. */
beforeAll(async () => {
  folder = await fs.mkdtemp(path.join(os.tmpdir(), 'penguins ü '));
  for (const name of ['train.py', 'train.mjs', 'params.yaml']) {
    await fs.copyFile(path.join(sample, name), path.join(folder, name));
  }
  await run(process.execPath, [path.join(sample, 'prepare.mjs'), path.join(folder, 'data', 'penguins.csv')]);
});

afterAll(() => fs.rm(folder, { recursive: true, force: true }));

/** `values` replace those of params.yaml in the file that MLOPS_PARAMS names, as the Workbench does. */
async function train(program: readonly string[], values: Readonly<Record<string, string>> = {}) {
  let text = await fs.readFile(path.join(folder, 'params.yaml'), 'utf8');
  for (const [name, value] of Object.entries(values)) {
    text = text.replace(new RegExp(`^${name}: \\S+`, 'm'), `${name}: ${value}`);
  }
  const parameters = path.join(folder, `params-${Object.values(values).join('-')}.yaml`);
  await fs.writeFile(parameters, text);
  const [command, ...rest] = program;
  const { stdout } = await run(command!, rest, {
    cwd: os.tmpdir(),
    env: { PATH: process.env.PATH, MLOPS_PARAMS: parameters },
  });
  const last = stdout.split('\n').findLast((line) => line.startsWith('epoch'))!;
  const figures = Object.fromEntries(
    [...last.matchAll(/([a-z_]+) +([\d.]+)/g)].map((match) => [match[1], Number(match[2])]),
  );
  return { stdout, figures };
}

describe('the penguins', () => {
  it('are 344 rows as published, with empty cells where nothing was measured', async () => {
    const text = await fs.readFile(path.join(folder, 'data', 'penguins.csv'), 'utf8');
    const [header, ...rows] = text.trimEnd().split('\n');
    expect(header).toBe('species,island,beak_length_mm,beak_depth_mm,flipper_length_mm,body_mass_g,sex');
    expect(rows).toHaveLength(344);
    expect(rows[0]).toBe('Adelie,Torgersen,39.1,18.7,181,3750,MALE');
    expect(rows.filter((row) => row.endsWith(',,,,,'))).toEqual([
      'Adelie,Torgersen,,,,,',
      'Gentoo,Biscoe,,,,,',
    ]);
    expect(text).not.toContain('\r');
  });

  it('are made the same every time', async () => {
    const again = path.join(folder, 'again', 'penguins.csv');
    await run(process.execPath, [path.join(sample, 'prepare.mjs'), again]);
    expect(await fs.readFile(again)).toEqual(await fs.readFile(path.join(folder, 'data', 'penguins.csv')));
  });
});

const twins = [
  // -S and -E: no site-packages and no PYTHONPATH, so only the standard library is there.
  ['train.py', () => ['python3', '-S', '-E', path.join(folder, 'train.py')]],
  ['train.mjs', () => [process.execPath, path.join(folder, 'train.mjs')]],
] as const;

describe.each(twins)('%s by itself', (_, program) => {
  it('needs no package and tells nearly every species', async () => {
    const { figures } = await train(program(), { epochs: '300' });
    expect(figures.epoch).toBe(300);
    expect(figures.validation_accuracy).toBeGreaterThan(0.97);
    expect(figures.loss).toBeLessThan(0.05);
  });

  it('gives the same figures for the same seed, and others for another', async () => {
    const first = await train(program(), { epochs: '20' });
    const second = await train(program(), { epochs: '20' });
    const other = await train(program(), { epochs: '20', seed: '3' });
    expect(second.stdout).toBe(first.stdout);
    expect(other.stdout).not.toBe(first.stdout);
  });

  it('is visibly worse with a learning rate that is too low', async () => {
    const good = await train(program(), { epochs: '200' });
    const bad = await train(program(), { epochs: '200', learning_rate: '0.001' });
    expect(bad.figures.loss).toBeGreaterThan(good.figures.loss! * 5);
    expect(bad.figures.validation_accuracy).toBeLessThan(good.figures.validation_accuracy! - 0.03);
  });
});

it('says how to get the data when it is missing', async () => {
  const empty = await fs.mkdtemp(path.join(os.tmpdir(), 'penguins-empty-'));
  try {
    for (const name of ['train.py', 'params.yaml']) {
      await fs.copyFile(path.join(sample, name), path.join(empty, name));
    }
    await expect(run('python3', [path.join(empty, 'train.py')])).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('Make it with `node prepare.mjs`'),
    });
  } finally {
    await fs.rm(empty, { recursive: true, force: true });
  }
});
