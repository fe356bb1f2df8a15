import fs from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { datasetId } from '../../../src/service/privacy/propose.ts';
import { applyRelease } from '../../../src/service/privacy/work/apply.ts';
import { restoreRelease } from '../../../src/service/privacy/work/restore.ts';
import { numbers, OutputScene } from './outputScene.ts';
import { refusal } from './scene.ts';

/** What stands in an output, read with fresh eyes, of inputs that are meant to break what the report says of it. */

let scene: OutputScene;

beforeEach(() => {
  scene = new OutputScene();
});

afterEach(() => scene.dispose());

describe('noise does not cancel out', () => {
  const noisy = (rowKey: string) => `rowKey: [${rowKey}]
columns:
  sex: { method: keep }
  month: { method: keep }
  pay: { method: noise, scale: 1000 }
`;
  const table = `sex,month,pay\n${numbers(8, (index) => `${index % 2 === 0 ? 'f' : 'm'},${index >> 1},${1000 + index}`)}`;

  it('in two rows of one row key', async () => {
    expect(await scene.refused(table, noisy('sex'))).toBe('privacy.rowKeyRepeats');
    await scene.apply(table, noisy('sex, month'));
    const pays = scene.output().map((row) => Number(row.split(',')[2]));
    expect(new Set(pays.map((pay, index) => pay - 1000 - index)).size).toBe(8);
  });

  it('in two rows whose keys become one pseudonym', async () => {
    const people = `id,pay\n${numbers(6, (index) => `${['a', 'b', 'A', 'c', 'd', 'e'][index]},${index}`)}`;
    const recipe = (normalise: string) => `rowKey: [id]
columns:
  id: { method: pseudonym${normalise} }
  pay: { method: noise, scale: 1000 }
`;
    expect(await scene.refused(people, recipe(', normalise: [lowercase]'))).toBe('privacy.rowKeyRepeats');
    await scene.apply(people, recipe(''));
  });

  it('in tables of one name in two folders, as their recipes are proposed', async () => {
    const ids = ['data/2024/pay.csv', 'data/2025/pay.csv', '/elsewhere/2025/pay.csv', 'Löhne/…/pay.csv'].map(
      datasetId,
    );
    expect(ids).toEqual(['data-2024-pay', 'data-2025-pay', 'pay', 'l-hne-pay']);
    expect(datasetId(`${'long/'.repeat(40)}pay.csv`)).toMatch(/^[a-z].{0,59}-pay$/);
  });

  it('in two columns whose names only look different', async () => {
    const alike = 'caf\u00e9,cafe\u0301\n1,2\n3,4\n';
    expect(await scene.refused(alike, 'columns: {}\notherColumns: keep\n')).toBe(
      'privacy.columnsDifferByCase',
    );
  });

  it('of differential privacy, when another choice of rows is left out', async () => {
    const ages = [99, ...Array.from({ length: 11 }, (_, index) => (index < 5 ? 30 : 41)), 98];
    const table = `age,x\n${numbers(ages.length, (index) => `${ages[index]},${index % 7}`)}`;
    const recipe = `columns:
  age: { method: keep, role: quasiIdentifier }
  x: { method: differentialPrivacy, epsilon: 1, lower: 0, upper: 10, decimals: 3 }
`;
    await scene.apply(table, recipe);
    const all = scene.output();
    scene.remove('out.csv');
    for (const [k, left] of [
      [5, all.slice(1, -1)],
      [6, all.slice(6, -1)],
    ] as const) {
      await scene.apply(table, `${recipe}guarantee: { k: ${k}, suppressionLimit: 0.6 }\n`);
      // Each row has the noise that it had: none meets that of another.
      expect(scene.output()).toEqual(left);
      scene.remove('out.csv');
    }
  });

  it('in the last digits, where one draw does not reach every amount', async () => {
    const count = 400;
    const values = Array.from({ length: count }, (_, index) => BigInt(index * 7919));
    const recipe = (scale: string, distribution: string) =>
      `columns:\n  id: { method: keep }\n  x: { method: noise, type: BIGINT, distribution: ${distribution}, scale: ${scale} }\n`;
    const table = `id,x\n${values.map((value, index) => `${index},${value}`).join('\n')}\n`;
    for (const distribution of ['laplace', 'gaussian', 'integer']) {
      const text = recipe('100000000000000000', distribution);
      await scene.apply(table, text);
      const amounts = scene.output().map((row, index) => BigInt(row.split(',')[1]!) - values[index]!);
      const isDivisible = amounts.filter((amount) => amount % 8n === 0n).length;
      // One in eight, and not nearly all of them: five standard deviations of a fair draw.
      expect(Math.abs(isDivisible - count / 8), distribution).toBeLessThan(5 * Math.sqrt((count * 7) / 64));
      await restoreRelease({ ...scene.job(text, 'out.csv', 'back.csv') }, scene.context());
      expect(scene.output('back.csv').map((row) => BigInt(row.split(',')[1]!))).toEqual(values);
      scene.remove('out.csv');
      scene.remove('back.csv');
    }
    expect(await scene.refused(table, recipe('100000000000000000000', 'laplace'))).toBe(
      'privacy.invalidOption',
    );
  });
});

describe('values are never silently others', () => {
  it('microaggregation gives groups of a text file their means', async () => {
    const grouped =
      'columns:\n  id: { method: keep }\n  x: { method: microaggregation, k: 3, decimals: 1 }\n';
    await scene.apply(`id,x\n${numbers(6, (index) => `${index},${index}`)}`, grouped);
    expect(scene.output()).toEqual(['0,1.0', '1,1.0', '2,1.0', '3,4.0', '4,4.0', '5,4.0']);
    scene.remove('out.csv');
    expect(await scene.refused('id,x\n1,1\n2,2\n', grouped)).toBe('privacy.invalidOption');
  });

  it('suppressed numbers are found however they are written', async () => {
    const suppressed = 'columns:\n  id: { method: keep }\n  x: { method: suppress, values: [5, 1.50] }\n';
    await scene.apply('id,x\n1,5.0\n2,6.5\n3,1.5\n4,5\n5,50\n', suppressed);
    expect(scene.output()).toEqual(['1,', '2,6.5', '3,', '4,', '5,50.0']);
  });

  it('what is too large is refused without being quoted', async () => {
    const table = 'id,x\n1,1.5e300\n2,5\n3,6\n';
    for (const method of ['noise, scale: 100, decimals: 2', 'microaggregation, k: 3']) {
      const body = `columns:\n  id: { method: keep }\n  x: { method: ${method} }\n`;
      const error = await refusal(scene.apply(table, body));
      expect([error.code, /\d{4}/.test(error.message)]).toEqual(['data.valueDoesNotFit', false]);
    }
  });

  it('a table that no longer has the types that the recipe remembers is refused with its row', async () => {
    const recipe = `columns:
  id: { method: pseudonym, type: BIGINT }
  x: { method: noise, scale: 5, type: BIGINT }
  y: { method: drop, type: BIGINT }
`;
    await scene.apply('id,x,y\n1,5,1\n2,6,2\n', recipe);
    scene.remove('out.csv');
    const cases = ['1,5\n007,6', '1,5\n2,6.2', '1,5\nx,6', '1,5\n99999999999999999999,6'];
    for (const rows of cases) {
      const error = await refusal(scene.apply(`id,x,y\n${rows.replaceAll('\n', ',\n')},\n`, recipe));
      expect([error.code, /in row 3\./.test(error.message)], rows).toEqual([
        'privacy.columnHasOtherType',
        true,
      ]);
    }
    // What is dropped may be anything.
    await scene.apply('id,x,y\n1,5,\n2,6,words\n', recipe);
  });

  it('two people never get one pseudonym', async () => {
    // These two clash in 40 bits under this key.
    const ids = [1220366, 1490947, ...Array.from({ length: 60 }, (_, index) => index)];
    const table = `id,x\n${ids.map((id) => `${id},1`).join('\n')}\n`;
    const recipe = (length: number) =>
      `columns:\n  id: { method: pseudonym, length: ${length} }\n  x: { method: keep }\n`;
    expect(await scene.refused(table, recipe(8))).toBe('privacy.pseudonymsClash');
    await scene.apply(table, recipe(9));
    expect(new Set(scene.output()).size).toBe(ids.length);
    scene.remove('out.csv');
    // What a normaliser makes equal is one person.
    const names = Array.from({ length: 60 }, (_, index) => `p${index >> 1}`);
    const people = names.map((name, index) => `${index % 2 === 0 ? name : ` ${name.toUpperCase()}`},1`);
    await scene.apply(
      `id,x\n${people.join('\n')}\n`,
      'columns:\n  id: { method: pseudonym, length: 8, normalise: [trim, lowercase] }\n  x: { method: keep }\n',
    );
    expect(new Set(scene.output()).size).toBe(30);
  });

  it('a file that changes between the search and the writing is not mixed', async () => {
    scene.write('in.csv', 'id,x\n1,5\n2,6\n');
    const changing = { ...scene.context(), report: () => fs.utimesSync(scene.path('in.csv'), 1, 1) };
    const body = 'columns:\n  id: { method: keep }\n  x: { method: noise, scale: 5 }\n';
    expect((await refusal(applyRelease(scene.job(body), changing))).code).toBe('data.changedWhileReading');
    expect(fs.existsSync(scene.path('out.csv'))).toBe(false);
  });

  it('copies of rows are out of sight of other people while they last', async () => {
    const seen: string[] = [];
    const looking = {
      ...scene.context(),
      report: () => {
        const scratch = scene.path('scratch');
        seen.push(
          ...fs.readdirSync(scratch).map((name) => fs.statSync(path.join(scratch, name)).mode.toString(8)),
        );
      },
    };
    scene.write('in.csv', 'id,x\n1,5\n');
    await applyRelease(
      scene.job('columns:\n  id: { method: keep }\n  x: { method: noise, scale: 5 }\n'),
      looking,
    );
    expect(new Set(seen)).toEqual(new Set(['40700']));
  });

  it('columns may be named like what DuckDB and we need, or are refused', async () => {
    const recipe = (name: string) =>
      `columns:\n  "${name}": { method: keep }\n  x: { method: noise, scale: 50 }\n`;
    await scene.apply('file_row_number,x\n7,5\n8,6\n', recipe('file_row_number'));
    expect(scene.output().map((row) => row.split(',')[0])).toEqual(['7', '8']);
    scene.remove('out.csv');
    expect(await scene.refused('mlops:row,x\n7,5\n8,6\n', recipe('mlops:row'))).toBe(
      'privacy.columnNameTaken',
    );
    expect(
      await scene.refused('id,x\n7,5\n', 'columns:\n  id: { method: drop }\n  x: { method: drop }\n'),
    ).toBe('privacy.nothingKept');
  });
});

it('a day that means “never” does not tell by how much a person’s dates moved', async () => {
  const recipe = `subject: who
columns:
  who: { method: pseudonym }
  day: { method: dateShift, days: 400, type: DATE }
`;
  const days = ['9999-12-31', '2020-01-01', '2020-05-05', '0001-01-01'];
  await scene.apply(`who,day\n${days.map((day) => `ann,${day}`).join('\n')}\n`, recipe);
  const moved = scene.output().map((row) => row.split(',')[1]!);
  expect([moved[0], moved[3]]).toEqual(['9999-12-31', '0001-01-01']);
  expect(moved.slice(1, 3)).not.toEqual(days.slice(1, 3));
  await restoreRelease({ ...scene.job(recipe, 'out.csv', 'back.csv') }, scene.context());
  expect(scene.output('back.csv').map((row) => row.split(',')[1])).toEqual(days);
});
