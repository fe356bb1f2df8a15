import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '../../../src/service/data/openTable.ts';
import { createPrivacy, type Privacy, type PrivacyOptions } from '../../../src/service/privacy/privacy.ts';
import { datasetId } from '../../../src/service/privacy/propose.ts';
import { readRecipe } from '../../../src/service/privacy/recipe/readRecipe.ts';
import { type ApplyResult, applyRelease } from '../../../src/service/privacy/work/apply.ts';
import { restoreRelease } from '../../../src/service/privacy/work/restore.ts';
import { verifyClasses } from '../../../src/service/privacy/work/verifyClasses.ts';
import { refusal } from './scene.ts';

/** What stands in an output, read with fresh eyes, of inputs that are meant to break what the report says of it. */

let root: string;

beforeEach(() => {
  root = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-outputs-'));
});

afterEach(() => {
  fs.rmSync(root, { recursive: true, force: true });
});

const keys = { team: Buffer.alloc(32, 7).toString('base64') };
const context = () => ({
  scratch: path.join(root, 'scratch'),
  copyFolder: path.join(root, 'scratch', `rows-${randomUUID()}`),
  signal: new AbortController().signal,
  checkCancelled: () => undefined,
  report: () => undefined,
});

function job(body: string, input = 'in.csv', target = 'out.csv') {
  const text = `version: 1
dataset: d
release: r1
key: { id: team }
input: { path: ${input} }
output: { path: ${target} }
${body}`;
  return {
    recipe: { text, name: 'r.anonymise.yaml', folder: root },
    file: path.join(root, input),
    name: input,
    keys,
    target: path.join(root, target),
    output: target,
    overwrite: false,
    countsPaths: {},
    release: 'r1',
    siblings: [],
    sha256: undefined,
  };
}

function apply(table: string, body: string, input = 'in.csv'): Promise<ApplyResult> {
  fs.writeFileSync(path.join(root, input), table);
  return applyRelease(job(body, input), context());
}

function output(name = 'out.csv'): string[] {
  return fs.readFileSync(path.join(root, name), 'utf8').trimEnd().split('\n').slice(1);
}

async function refused(table: string, body: string): Promise<string> {
  const { code } = await refusal(apply(table, body));
  expect(fs.readdirSync(root).filter((name) => name !== 'scratch')).toEqual(['in.csv']);
  return code;
}

const numbers = (count: number, row: (index: number) => string) =>
  `${Array.from({ length: count }, (_, index) => row(index)).join('\n')}\n`;

describe('rows that look alike are counted as the file shows them', () => {
  const kept = 'columns:\n  age: { method: keep, role: quasiIdentifier }\n  x: { method: drop }\n';

  it('where one number is written in several ways', async () => {
    const writings = ['30.0', '30.00', '3e1'];
    const table = `age,x\n${numbers(20, (index) => `${writings[index - 17] ?? '30'},${index}`)}`;
    expect(await refused(table, `${kept}guarantee: { k: 5 }\n`)).toBe('privacy.guaranteeUnreachable');
    await apply(table, `${kept}guarantee: { k: 5, suppressionLimit: 0.2 }\n`);
    expect(output()).toEqual(Array.from({ length: 17 }, () => '30'));
  });

  it('where what is missing is written in several ways', async () => {
    const table = `age,x\n${numbers(20, (index) => `${index < 10 ? '41' : ['NA', 'n/a', '?'][index % 3]},1`)}`;
    expect(await refused(table, `${kept}guarantee: { k: 5 }\n`)).toBe('privacy.guaranteeUnreachable');
  });

  it('where rows are grouped locally around columns that no group changes', async () => {
    const table = `age,zip,ill\n${numbers(60, (index) => `${20 + (index % 3)},${100 + ((index * 7) % 60)},a`)}`;
    const local = (age: string) => `columns:
  age: { role: quasiIdentifier, method: ${age} }
  zip: { role: quasiIdentifier, method: generalise }
  ill: { role: sensitive, method: keep }
guarantee: { k: 5, search: mondrian }
`;
    for (const method of ['keep', 'pseudonym', 'coding, top: 21']) {
      await apply(table, local(method));
      const sizes = new Map<string, number>();
      for (const row of output()) {
        sizes.set(row, (sizes.get(row) ?? 0) + 1);
      }
      expect(Math.min(...sizes.values()), method).toBeGreaterThanOrEqual(5);
      expect(sizes.size, method).toBeGreaterThan(3);
      fs.rmSync(path.join(root, 'out.csv'));
    }
    const unique = `age,zip,ill\n${numbers(60, (index) => `${index},${100 + index},a`)}`;
    expect(await refused(unique, local('keep'))).toBe('privacy.guaranteeUnreachable');
  });

  it('where rows are grouped locally around a column whose level was chosen', async () => {
    const table = `zip,age\n${numbers(60, (index) => `${10_000 + (index % 40) * 7},${20 + ((index * 7) % 50)}`)}`;
    const local = (level: number, guarantee = '') => `columns:
  zip: { role: quasiIdentifier, method: generalise, level: ${level}, hierarchy: zip }
  age: { role: quasiIdentifier, method: generalise }
guarantee:
  k: 5
  search: mondrian
${guarantee}  hierarchies:
    zip: { kind: redaction, steps: [1, 2, 3, 4, 5] }
`;
    await apply(table, local(3));
    const sizes = new Map<string, number>();
    for (const row of output()) {
      sizes.set(row, (sizes.get(row) ?? 0) + 1);
    }
    expect(new Set(output().map((row) => row.split(',')[0]))).toEqual(new Set(['10***']));
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(5);
    expect(sizes.size).toBeGreaterThan(3);
    fs.rmSync(path.join(root, 'out.csv'));
    expect(await refused(table, local(1))).toBe('privacy.guaranteeUnreachable');
    expect(await refused(table, local(3, '  levels: { zip: 0 }\n'))).toBe('privacy.guaranteeUnreachable');
  });

  it('and an output of no row is none', async () => {
    const table = `age,x\n${numbers(12, (index) => `${index},1`)}`;
    const all = `columns:
  age: { method: keep, role: quasiIdentifier }
  x: { method: keep }
guarantee: { k: 5, suppressionLimit: 1 }
`;
    expect(await refused(table, all)).toBe('privacy.nothingLeft');
  });

  it('and where the search was wrong, nothing is written', async () => {
    fs.writeFileSync(path.join(root, 'in.csv'), 'age,x\n30,1\n30,2\n30.0,3\n');
    const written = await openTable(path.join(root, 'in.csv'), 'in.csv', { scratch: root });
    const guarantee = { dimensions: ['age'] };
    const verify = (k: number) =>
      verifyClasses(
        { written, names: ['age', 'x'], guarantee, k, output: 'out.csv' },
        new AbortController().signal,
      );
    try {
      await verify(1);
      expect((await refusal(verify(2))).message).toContain('alike in age has 1 instead of 2');
    } finally {
      written.dispose();
    }
  });

  it('sensitive values that are coded to one are not diverse', async () => {
    const table = `g,income\n${numbers(40, (index) => `${index % 4},${95 + (index % 10)}`)}`;
    const columns = (top: number) => `columns:
  g: { method: keep, role: quasiIdentifier }
  income: { method: coding, top: ${top}, role: sensitive }
guarantee: { k: 5, l: { kind: distinct, l: 2 } }
`;
    expect(await refused(table, columns(90))).toBe('privacy.guaranteeUnreachable');
    await apply(table, columns(97));
    expect(output()).toHaveLength(40);
  });
});

describe('the report claims no more than was measured', () => {
  it('an attacker masks what he knows, as he would put it into groups', async () => {
    const zip = (index: number) => 10_000 + ((index * 7919) % 90_000);
    const table = `zip,age,ill\n${numbers(800, (index) => `${zip(index)},${18 + (index % 61)},${'abc'[index % 3]}`)}`;
    const { report } = await apply(
      table,
      `columns:
  zip: { method: mask, keepFirst: 4, role: quasiIdentifier }
  age: { method: keep, role: quasiIdentifier }
  ill: { method: keep, role: sensitive }
`,
    );
    const after = report.attacks.map(({ id, after: share }) => [id, share! > 0.9]);
    expect(after).toContainEqual(['singling-out-by-one-column', true]);
    expect(after).toContainEqual(['linkability', true]);
  });

  it('of diversity and of groups only where there was something to count', async () => {
    const table = `g,ill\n${numbers(40, (index) => `${index % 4},a`)}`;
    const recipe = (g: string, ill: string, l = ', l: { kind: distinct, l: 2 }') => `columns:
  g: { ${g} }
  ill: { ${ill} }
guarantee: { k: 5${l} }
`;
    const quasi = 'role: quasiIdentifier, method: keep';
    expect(await refused(table, recipe(quasi, 'role: other, method: keep'))).toBe('privacy.nothingSensitive');
    expect(await refused(table, recipe(quasi, 'role: sensitive, method: generalise'))).toBe(
      'privacy.sensitiveIsGrouped',
    );
    const { report } = await apply(table, recipe('method: keep', 'role: sensitive, method: keep', ''));
    expect(report.notGuaranteed.join(' ')).toContain('k-anonymity was asked for, and there is no quasi');
  });

  it('names that are left in part are not said to be gone, and what a key undoes is told', async () => {
    const { report } = await apply(
      `name,pay\n${numbers(60, (index) => `person ${index},${index}`)}`,
      `columns:
  name: { method: suppress, values: [person 1], role: directIdentifier }
  pay: { method: rankSwap, percent: 20 }
`,
    );
    expect(report.summary.join(' ')).not.toContain('was replaced or left out');
    const open = report.notGuaranteed.join(' ');
    expect(open).toContain('name still name people, wholly or in part');
    expect(open).toContain('whoever holds the key team can undo or test pay');
  });
});

describe('noise does not cancel out', () => {
  const noisy = (rowKey: string) => `rowKey: [${rowKey}]
columns:
  sex: { method: keep }
  month: { method: keep }
  pay: { method: noise, scale: 1000 }
`;
  const table = `sex,month,pay\n${numbers(8, (index) => `${index % 2 === 0 ? 'f' : 'm'},${index >> 1},${1000 + index}`)}`;

  it('in two rows of one row key', async () => {
    expect(await refused(table, noisy('sex'))).toBe('privacy.rowKeyRepeats');
    await apply(table, noisy('sex, month'));
    const pays = output().map((row) => Number(row.split(',')[2]));
    expect(new Set(pays.map((pay, index) => pay - 1000 - index)).size).toBe(8);
  });

  it('in two rows whose keys become one pseudonym', async () => {
    const people = `id,pay\n${numbers(6, (index) => `${['a', 'b', 'A', 'c', 'd', 'e'][index]},${index}`)}`;
    const recipe = (normalise: string) => `rowKey: [id]
columns:
  id: { method: pseudonym${normalise} }
  pay: { method: noise, scale: 1000 }
`;
    expect(await refused(people, recipe(', normalise: [lowercase]'))).toBe('privacy.rowKeyRepeats');
    await apply(people, recipe(''));
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
    expect(await refused(alike, 'columns: {}\notherColumns: keep\n')).toBe('privacy.columnsDifferByCase');
  });

  it('in the last digits, where one draw does not reach every amount', async () => {
    const count = 400;
    const values = Array.from({ length: count }, (_, index) => BigInt(index * 7919));
    const recipe = (scale: string, distribution: string) =>
      `columns:\n  id: { method: keep }\n  x: { method: noise, type: BIGINT, distribution: ${distribution}, scale: ${scale} }\n`;
    const table = `id,x\n${values.map((value, index) => `${index},${value}`).join('\n')}\n`;
    for (const distribution of ['laplace', 'gaussian', 'integer']) {
      const text = recipe('100000000000000000', distribution);
      await apply(table, text);
      const amounts = output().map((row, index) => BigInt(row.split(',')[1]!) - values[index]!);
      const isDivisible = amounts.filter((amount) => amount % 8n === 0n).length;
      // One in eight, and not nearly all of them: five standard deviations of a fair draw.
      expect(Math.abs(isDivisible - count / 8), distribution).toBeLessThan(5 * Math.sqrt((count * 7) / 64));
      await restoreRelease({ ...job(text, 'out.csv', 'back.csv') }, context());
      expect(output('back.csv').map((row) => BigInt(row.split(',')[1]!))).toEqual(values);
      fs.rmSync(path.join(root, 'out.csv'));
      fs.rmSync(path.join(root, 'back.csv'));
    }
    expect(await refused(table, recipe('100000000000000000000', 'laplace'))).toBe('privacy.invalidOption');
  });
});

describe('values are never silently others', () => {
  it('microaggregation gives groups of a text file their means', async () => {
    const grouped =
      'columns:\n  id: { method: keep }\n  x: { method: microaggregation, k: 3, decimals: 1 }\n';
    await apply(`id,x\n${numbers(6, (index) => `${index},${index}`)}`, grouped);
    expect(output()).toEqual(['0,1.0', '1,1.0', '2,1.0', '3,4.0', '4,4.0', '5,4.0']);
    fs.rmSync(path.join(root, 'out.csv'));
    expect(await refused('id,x\n1,1\n2,2\n', grouped)).toBe('privacy.invalidOption');
  });

  it('suppressed numbers are found however they are written', async () => {
    const suppressed = 'columns:\n  id: { method: keep }\n  x: { method: suppress, values: [5, 1.50] }\n';
    await apply('id,x\n1,5.0\n2,6.5\n3,1.5\n4,5\n5,50\n', suppressed);
    expect(output()).toEqual(['1,', '2,6.5', '3,', '4,', '5,50.0']);
  });

  it('what is too large is refused without being quoted', async () => {
    const table = 'id,x\n1,1.5e300\n2,5\n3,6\n';
    for (const method of ['noise, scale: 100, decimals: 2', 'microaggregation, k: 3']) {
      const body = `columns:\n  id: { method: keep }\n  x: { method: ${method} }\n`;
      const error = await refusal(apply(table, body));
      expect([error.code, /\d{4}/.test(error.message)]).toEqual(['data.valueDoesNotFit', false]);
    }
  });

  it('a table that no longer has the types that the recipe remembers is refused with its row', async () => {
    const recipe = `columns:
  id: { method: pseudonym, type: BIGINT }
  x: { method: noise, scale: 5, type: BIGINT }
  y: { method: drop, type: BIGINT }
`;
    await apply('id,x,y\n1,5,1\n2,6,2\n', recipe);
    fs.rmSync(path.join(root, 'out.csv'));
    const cases = ['1,5\n007,6', '1,5\n2,6.2', '1,5\nx,6', '1,5\n99999999999999999999,6'];
    for (const rows of cases) {
      const error = await refusal(apply(`id,x,y\n${rows.replaceAll('\n', ',\n')},\n`, recipe));
      expect([error.code, /in row 3\./.test(error.message)], rows).toEqual([
        'privacy.columnHasOtherType',
        true,
      ]);
    }
    // What is dropped may be anything.
    await apply('id,x,y\n1,5,\n2,6,words\n', recipe);
  });

  it('two people never get one pseudonym', async () => {
    // These two clash in 40 bits under this key.
    const ids = [1220366, 1490947, ...Array.from({ length: 60 }, (_, index) => index)];
    const table = `id,x\n${ids.map((id) => `${id},1`).join('\n')}\n`;
    const recipe = (length: number) =>
      `columns:\n  id: { method: pseudonym, length: ${length} }\n  x: { method: keep }\n`;
    expect(await refused(table, recipe(8))).toBe('privacy.pseudonymsClash');
    await apply(table, recipe(9));
    expect(new Set(output()).size).toBe(ids.length);
    fs.rmSync(path.join(root, 'out.csv'));
    // What a normaliser makes equal is one person.
    const names = Array.from({ length: 60 }, (_, index) => `p${index >> 1}`);
    const people = names.map((name, index) => `${index % 2 === 0 ? name : ` ${name.toUpperCase()}`},1`);
    await apply(
      `id,x\n${people.join('\n')}\n`,
      'columns:\n  id: { method: pseudonym, length: 8, normalise: [trim, lowercase] }\n  x: { method: keep }\n',
    );
    expect(new Set(output()).size).toBe(30);
  });

  it('a file that changes between the search and the writing is not mixed', async () => {
    fs.writeFileSync(path.join(root, 'in.csv'), 'id,x\n1,5\n2,6\n');
    const changing = { ...context(), report: () => fs.utimesSync(path.join(root, 'in.csv'), 1, 1) };
    const body = 'columns:\n  id: { method: keep }\n  x: { method: noise, scale: 5 }\n';
    expect((await refusal(applyRelease(job(body), changing))).code).toBe('data.changedWhileReading');
    expect(fs.existsSync(path.join(root, 'out.csv'))).toBe(false);
  });

  it('copies of rows are out of sight of other people while they last', async () => {
    const seen: string[] = [];
    const looking = {
      ...context(),
      report: () => {
        const scratch = path.join(root, 'scratch');
        seen.push(
          ...fs.readdirSync(scratch).map((name) => fs.statSync(path.join(scratch, name)).mode.toString(8)),
        );
      },
    };
    fs.writeFileSync(path.join(root, 'in.csv'), 'id,x\n1,5\n');
    await applyRelease(job('columns:\n  id: { method: keep }\n  x: { method: noise, scale: 5 }\n'), looking);
    expect(new Set(seen)).toEqual(new Set(['40700']));
  });

  it('columns may be named like what DuckDB and we need, or are refused', async () => {
    const recipe = (name: string) =>
      `columns:\n  "${name}": { method: keep }\n  x: { method: noise, scale: 50 }\n`;
    await apply('file_row_number,x\n7,5\n8,6\n', recipe('file_row_number'));
    expect(output().map((row) => row.split(',')[0])).toEqual(['7', '8']);
    fs.rmSync(path.join(root, 'out.csv'));
    expect(await refused('mlops:row,x\n7,5\n8,6\n', recipe('mlops:row'))).toBe('privacy.columnNameTaken');
    expect(await refused('id,x\n7,5\n', 'columns:\n  id: { method: drop }\n  x: { method: drop }\n')).toBe(
      'privacy.nothingKept',
    );
  });
});

it('a day that means “never” does not tell by how much a person’s dates moved', async () => {
  const recipe = `subject: who
columns:
  who: { method: pseudonym }
  day: { method: dateShift, days: 400, type: DATE }
`;
  const days = ['9999-12-31', '2020-01-01', '2020-05-05', '0001-01-01'];
  await apply(`who,day\n${days.map((day) => `ann,${day}`).join('\n')}\n`, recipe);
  const moved = output().map((row) => row.split(',')[1]!);
  expect([moved[0], moved[3]]).toEqual(['9999-12-31', '0001-01-01']);
  expect(moved.slice(1, 3)).not.toEqual(days.slice(1, 3));
  await restoreRelease({ ...job(recipe, 'out.csv', 'back.csv') }, context());
  expect(output('back.csv').map((row) => row.split(',')[1])).toEqual(days);
});

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
  const write = (name: string, content: string) => fs.writeFileSync(path.join(root, name), content);

  beforeEach(() => {
    // Applying writes to the log, and starts no run.
    const others = { log: { write: () => undefined }, runs: {} } as unknown as PrivacyOptions;
    privacy = createPrivacy({ ...others, workspace: root, scratch: path.join(root, 'scratch') });
    privacy.handKey({ id: 'team', key: keys.team });
    write('people.csv', `id,pay\n${numbers(6, (index) => `${index},${index * 1000}`)}`);
    write(recipe, text);
  });

  afterEach(() => privacy.dispose());

  it('keeps what somebody writes into it meanwhile, and its report names what was applied', async () => {
    const changed = `${text}# A thought of the meantime.\notherColumns: drop\n`;
    await privacy.applyRecipe({ recipe }, { ...work, report: () => write(recipe, changed) });
    const after = fs.readFileSync(path.join(root, recipe), 'utf8');
    expect(after).toContain('# A thought of the meantime.\notherColumns: drop\n');
    expect(after).toContain('releases:');
    const { recipeHash } = await privacy.getReport(recipe);
    const withoutThought = after.replace(/# A thought.*\notherColumns: drop\n/, '');
    expect(recipeHash).toBe(readRecipe(withoutThought, recipe).hash);
  });

  it('leaves a recipe that is just being typed as it is', async () => {
    const half = `${text}other`;
    await privacy.applyRecipe({ recipe }, { ...work, report: () => write(recipe, half) });
    expect(fs.readFileSync(path.join(root, recipe), 'utf8')).toBe(half);
    expect(fs.existsSync(path.join(root, 'out.privacy.html'))).toBe(true);
  });

  it('stays a link to where it lies, and its owner’s alone', async () => {
    fs.mkdirSync(path.join(root, 'shared'));
    fs.renameSync(path.join(root, recipe), path.join(root, 'shared', recipe));
    fs.chmodSync(path.join(root, 'shared', recipe), 0o600);
    fs.symlinkSync(path.join('shared', recipe), path.join(root, recipe));
    await privacy.applyRecipe({ recipe }, work);
    expect(fs.lstatSync(path.join(root, recipe)).isSymbolicLink()).toBe(true);
    expect(fs.readFileSync(path.join(root, 'shared', recipe), 'utf8')).toContain('releases:');
    expect(fs.statSync(path.join(root, recipe)).mode & 0o777).toBe(0o600);
  });

  it('replaces its own output alone, not a file beside the same report', async () => {
    await privacy.applyRecipe({ recipe }, work);
    write('out.tsv', 'mine\n');
    const other = { recipe, output: path.join(root, 'out.tsv'), replace: true };
    expect((await refusal(privacy.applyRecipe(other, work))).code).toBe('privacy.outputExists');
    expect(fs.readFileSync(path.join(root, 'out.tsv'), 'utf8')).toBe('mine\n');
    await privacy.applyRecipe({ recipe, replace: true }, work);
  });

  it('restores no wrong values from rows in another order', async () => {
    await privacy.applyRecipe({ recipe }, work);
    const lines = fs.readFileSync(path.join(root, 'out.csv'), 'utf8').trimEnd().split('\n');
    write('out.csv', `${[lines[0], ...lines.slice(1).reverse()].join('\n')}\n`);
    const back = { recipe, input: 'out.csv', output: 'back.csv' };
    expect((await refusal(privacy.restoreData(back, work))).code).toBe('privacy.rowsMayHaveMoved');
    expect(fs.existsSync(path.join(root, 'back.csv'))).toBe(false);
    write('out.csv', `${lines.join('\n')}\n`);
    await privacy.restoreData(back, work);
    expect(output('back.csv')).toEqual(Array.from({ length: 6 }, (_, index) => `${index},${index * 1000}`));
  });
});
