import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RestoredData } from '../../../../../src/protocol/privacy.ts';
import { changedRecipeText } from '../../../../../src/service/privacy/recipe/writeRecipe.ts';
import { applyRelease } from '../../../../../src/service/privacy/work/apply.ts';
import { restoreRelease } from '../../../../../src/service/privacy/work/restore.ts';

let folder: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-restore-'));
});
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

function context() {
  const scratch = fs.mkdtempSync(path.join(folder, 'scratch-'));
  return {
    scratch,
    copyFolder: path.join(scratch, 'rows'),
    signal: new AbortController().signal,
    checkCancelled: () => undefined,
    report: () => undefined,
  };
}

interface Returned {
  readonly released: string;
  readonly back: string;
  readonly restored: RestoredData;
}

/** Anonymised with a recipe of these columns, and brought back from the output and the recipe alone. */
async function thereAndBack(table: string, columns: string, guarantee = ''): Promise<Returned> {
  const [file, target, back] = ['in.csv', 'out.csv', 'back.csv'].map((name) => path.join(folder, name));
  fs.writeFileSync(file!, table);
  const text = `version: 1
dataset: d
release: r
key: { id: team }
input: { path: in.csv }
output: { path: out.csv }
otherColumns: keep
columns:
${columns}
${guarantee}`;
  const recipe = { text, name: 'in.anonymise.yaml', folder };
  const keys = { team: Buffer.alloc(32, 5).toString('base64') };
  const applied = await applyRelease(
    {
      ...{ recipe, file: file!, name: 'in.csv', keys, target: target!, output: 'out.csv', overwrite: false },
      ...{ countsPaths: {}, release: 'r', siblings: [] },
    },
    context(),
  );
  fs.rmSync(file!);
  const { inputSha256: sha256, written, leftOut, types } = applied;
  const remembered = changedRecipeText(text, {
    releases: { r: { sha256, written, leftOut } },
    columns: Object.fromEntries(Object.entries(types).map(([name, type]) => [name, { type }])),
  });
  const restored = await restoreRelease(
    {
      ...{ recipe: { ...recipe, text: remembered }, file: target!, name: 'out.csv', keys },
      ...{ target: back!, output: 'back.csv', release: 'r' },
    },
    context(),
  );
  return {
    released: fs.readFileSync(target!, 'utf8'),
    back: fs.readFileSync(back!, 'utf8'),
    restored,
  };
}

const noise = (...names: string[]) =>
  names.map((name) => `  ${name}: { method: noise, scale: 5, decimals: 2 }`).join('\n');

describe('the same bytes come back', () => {
  test('of decimals that are all written out, and of those without zeros at the end', async () => {
    const table = `id,price,amount
1,1.50,1.5
2,2.00,2
3,12.25,-12.25
4,0.05,0
5,-0.10,100
`;
    const { released, back, restored } = await thereAndBack(table, noise('price', 'amount'));
    expect(released).not.toBe(table);
    expect(back).toBe(table);
    expect(restored.rewritten).toBeUndefined();
  });

  test('of numbers that no double holds', async () => {
    const table = `whole,long,far
9007199254740993,1234567890123456.71,0.1234567890123456
-9007199254740995,99999999999999999999.25,12345.1234567890123456
17014118346046923173168730371588410572,-9007199254740993.99,9.9999999999999999
18446744073709551615,0.01,0.0000000000000001
`;
    const columns = `  whole: { method: noise, scale: 1000 }
${noise('long')}
  far: { method: noise, scale: 5, decimals: 16 }`;
    const { released, back } = await thereAndBack(table, columns);
    const before = table.split('\n').slice(1, -1);
    expect(released.split('\n').filter((line) => before.includes(line))).toEqual([]);
    expect(back).toBe(table);
  });

  test('of what is missing, in the words of the file, and of a decimal comma', async () => {
    const table = `id;price;balance
1;1,50;NA
2;;7
3;12,25;-3
4;0,05;NA
`;
    const { released, back } = await thereAndBack(
      table,
      `${noise('price')}\n  balance: { method: noise, scale: 9, decimals: 0 }`,
    );
    expect(released).toMatch(/^1;-?\d+,\d\d;NA$/m);
    expect(released).toMatch(/^2;;-?\d+$/m);
    expect(back).toBe(table);
  });

  test.each([
    ['days first', '31.12.1999', '01.02.2003'],
    ['months first', '12/31/1999', '02/28/2003'],
    ['ISO 8601', '1999-12-31', '1789-07-14'],
    ['points in time', '1999-12-31T23:59:59', '2003-02-01T00:00:00'],
    ['minutes', '1999-12-31 23:59', '2003-02-01 00:00'],
  ])('of dates, %s', async (_, one, other) => {
    const table = `who,at\na,${one}\na,${other}\nb,\nc,${one}\n`;
    const { released, back } = await thereAndBack(
      table,
      '  at: { method: dateShift, days: 300, subject: who }',
    );
    expect(released).not.toContain(one);
    expect(back).toBe(table);
  });

  test('of columns that are kept, whatever stands in them', async () => {
    const table = `n,zeros,plus,power,spaced,date,quoted,neg
1.50,007,+1,1e5, 1.5 ,31.12.1899,"a, ""b""",-0
2.25,010,+2,1E-7,2,01.01.0001,"two
lines",0.10
`;
    const { back } = await thereAndBack(table, noise('n'));
    expect(back).toBe(table);
  });
});

test('numbers come back where rows were left out, and theirs are not the draws of all rows', async () => {
  const table = `town,income
${'Ulm,1000.00\n'.repeat(5)}Rom,2000.00
${'Aalen,3000.00\n'.repeat(5)}`;
  const columns = `  town: { method: keep, role: quasiIdentifier }\n${noise('income')}`;
  const all = await thereAndBack(table, columns);
  expect(all.back).toBe(table);
  for (const file of ['out.csv', 'back.csv']) {
    fs.rmSync(path.join(folder, file));
  }
  const fewer = await thereAndBack(table, columns, 'guarantee: { k: 5, suppressionLimit: 0.2 }\n');
  expect(fewer.back).toBe(table.replace('Rom,2000.00\n', ''));
  const lines = (text: string) => text.trimEnd().split('\n').slice(1);
  expect(lines(fewer.released).slice(0, 5)).not.toEqual(lines(all.released).slice(0, 5));
});

test('dates that are written in two ways come back as dates, and that is said', async () => {
  const table = 'who,at\na,01.02.2003\na,31.12.1999\nb,3.4.2010\n';
  const columns = '  at: { method: dateShift, days: 300, subject: who }';
  const { back, restored } = await thereAndBack(table, columns);
  expect(back).toBe('who,at\na,2003-02-01\na,1999-12-31\nb,2010-04-03\n');
  expect(restored.rewritten).toEqual(['at']);
});

test.each([
  ['1.5 beside 1.50', ['1.5', '1.50']],
  ['a sign', ['+1.25', '1.25']],
  ['a power of ten', ['1e5', '1.25']],
  ['nought below nothing', ['-0', '1.25']],
  ['a point without digits', ['1.', '.25']],
])(
  'the numbers come back of a column with %s, and that they may be written otherwise is said',
  async (_, values) => {
    const table = `id,n\n${values.map((value, row) => `${row},${value}\n`).join('')}`;
    const { back, restored } = await thereAndBack(table, noise('n'));
    const numbers = back
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1]));
    expect(numbers.map((number) => number + 0)).toEqual(values.map((value) => Number(value) + 0));
    expect(restored).toMatchObject({ restored: ['n'], rewritten: ['n'] });
  },
);
