import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { applyRecipe, handKey, restoreData } from '../../../src/protocol/privacy.ts';
import { rowsOf, Scene } from './scene.ts';

vi.setConfig({ testTimeout: 180_000 });

let scene: Scene;

beforeAll(async () => {
  scene = new Scene();
  await scene.start();
});

afterAll(() => scene.dispose());

/** Numbers of every size. */
const columns: Readonly<Record<string, { noise: string; value: (row: number) => string }>> = {
  zero: { noise: 'scale: 5', value: () => '0' },
  small: { noise: 'scale: 1', value: (row) => String((row % 7) - 3) },
  beyondDoubles: { noise: 'scale: 1000', value: (row) => String(9_007_199_254_740_993n + BigInt(row)) },
  nearTheEnd: { noise: 'scale: 1000000', value: (row) => String(-(2n ** 62n) - BigInt(row) * 7919n) },
  cents: { noise: 'scale: 2.5, decimals: 2', value: (row) => (((row * 7919) % 5_000_000) / 100).toFixed(2) },
  long: {
    noise: 'scale: 2.5, decimals: 7',
    value: (row) => `${10n ** 12n + BigInt(row)}.${String(row * 1237).padStart(7, '0')}`,
  },
  tiny: {
    noise: 'scale: 0.0001, decimals: 10, distribution: gaussian',
    value: (row) => `-0.000${String((row * 31) % 10_000_000).padStart(7, '0')}`,
  },
  mixed: {
    noise: 'scale: 12, decimals: 3, distribution: integer',
    value: (row) => `${row % 2 ? '-' : ''}${10 ** (row % 13)}.${String(row % 1000).padStart(3, '0')}`,
  },
};
const rows = 4_000;

/** What a number says, as a whole count of 10^−20: a double is written with an exponent. */
function unitsOf(text: string): bigint {
  const [, sign, whole, fraction = '', exponent = '0'] = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(
    text,
  )!;
  return BigInt(`${sign}${whole}${fraction}`) * 10n ** BigInt(20 + Number(exponent) - fraction.length);
}

it('takes the noise away exactly, from the file it wrote, at every magnitude', async () => {
  const names = Object.keys(columns);
  const lines = Array.from({ length: rows }, (_, row) =>
    names.map((name) => columns[name]!.value(row)).join(','),
  );
  scene.write('numbers.csv', `${names.join(',')}\n${lines.join('\n')}\n`);
  scene.write(
    'numbers.anonymise.yaml',
    [
      'version: 1',
      'dataset: numbers',
      'release: first',
      'key: { id: team }',
      'input: { path: numbers.csv }',
      'output: { path: out.csv }',
      'columns:',
      ...names.map((name) => `  ${name}: { method: noise, ${columns[name]!.noise} }`),
      '',
    ].join('\n'),
  );
  await scene.connection.send(handKey, { id: 'team', key: scene.key.toString('base64') });
  const recipe = 'numbers.anonymise.yaml';
  await scene.connection.send(applyRecipe, { recipe });
  const original = rowsOf(scene.read('numbers.csv'));
  const released = rowsOf(scene.read('out.csv'));
  for (const [at, name] of names.entries()) {
    const same = released.filter((row, index) => row[at] === original[index]![at]).length;
    expect(same / rows, name).toBeLessThan(0.5);
  }
  await scene.connection.send(restoreData, { recipe, input: 'out.csv', output: 'back.csv' });
  const back = rowsOf(scene.read('back.csv'));
  expect(back).toHaveLength(rows);
  const wrong = back.filter((row, index) =>
    row.some((cell, at) => unitsOf(cell) !== unitsOf(original[index]![at]!)),
  );
  expect(wrong.slice(0, 3)).toEqual([]);
});
