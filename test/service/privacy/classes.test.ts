import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTable } from '../../../src/service/data/openTable.ts';
import { verifyClasses } from '../../../src/service/privacy/work/verifyClasses.ts';
import { numbers, OutputScene } from './outputScene.ts';
import { refusal } from './scene.ts';

/** Classes as they stand in an output, read with fresh eyes, and what its report says of them. */

let scene: OutputScene;

beforeEach(() => {
  scene = new OutputScene();
});

afterEach(() => scene.dispose());

describe('rows that look alike are counted as the file shows them', () => {
  const kept = 'columns:\n  age: { method: keep, role: quasiIdentifier }\n  x: { method: drop }\n';

  it('where one number is written in several ways', async () => {
    const writings = ['30.0', '30.00', '3e1'];
    const table = `age,x\n${numbers(20, (index) => `${writings[index - 17] ?? '30'},${index}`)}`;
    expect(await scene.refused(table, `${kept}guarantee: { k: 5 }\n`)).toBe('privacy.guaranteeUnreachable');
    await scene.apply(table, `${kept}guarantee: { k: 5, suppressionLimit: 0.2 }\n`);
    expect(scene.output()).toEqual(Array.from({ length: 17 }, () => '30'));
  });

  it('where what is missing is written in several ways', async () => {
    const table = `age,x\n${numbers(20, (index) => `${index < 10 ? '41' : ['NA', 'n/a', '?'][index % 3]},1`)}`;
    expect(await scene.refused(table, `${kept}guarantee: { k: 5 }\n`)).toBe('privacy.guaranteeUnreachable');
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
      await scene.apply(table, local(method));
      const sizes = new Map<string, number>();
      for (const row of scene.output()) {
        sizes.set(row, (sizes.get(row) ?? 0) + 1);
      }
      expect(Math.min(...sizes.values()), method).toBeGreaterThanOrEqual(5);
      expect(sizes.size, method).toBeGreaterThan(3);
      scene.remove('out.csv');
    }
    const unique = `age,zip,ill\n${numbers(60, (index) => `${index},${100 + index},a`)}`;
    expect(await scene.refused(unique, local('keep'))).toBe('privacy.guaranteeUnreachable');
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
    await scene.apply(table, local(3));
    const sizes = new Map<string, number>();
    for (const row of scene.output()) {
      sizes.set(row, (sizes.get(row) ?? 0) + 1);
    }
    expect(new Set(scene.output().map((row) => row.split(',')[0]))).toEqual(new Set(['10***']));
    expect(Math.min(...sizes.values())).toBeGreaterThanOrEqual(5);
    expect(sizes.size).toBeGreaterThan(3);
    scene.remove('out.csv');
    expect(await scene.refused(table, local(1))).toBe('privacy.guaranteeUnreachable');
    expect(await scene.refused(table, local(3, '  levels: { zip: 0 }\n'))).toBe(
      'privacy.guaranteeUnreachable',
    );
  });

  it('and an output of no row is none', async () => {
    const table = `age,x\n${numbers(12, (index) => `${index},1`)}`;
    const all = `columns:
  age: { method: keep, role: quasiIdentifier }
  x: { method: keep }
guarantee: { k: 5, suppressionLimit: 1 }
`;
    expect(await scene.refused(table, all)).toBe('privacy.nothingLeft');
  });

  it('and where the search was wrong, nothing is written', async () => {
    scene.write('in.csv', 'age,x\n30,1\n30,2\n30.0,3\n');
    const written = await openTable(scene.path('in.csv'), 'in.csv', { scratch: scene.root });
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
    expect(await scene.refused(table, columns(90))).toBe('privacy.guaranteeUnreachable');
    await scene.apply(table, columns(97));
    expect(scene.output()).toHaveLength(40);
  });
});

describe('the report claims no more than was measured', () => {
  it('an attacker masks what he knows, as he would put it into groups', async () => {
    const zip = (index: number) => 10_000 + ((index * 7919) % 90_000);
    const table = `zip,age,ill\n${numbers(800, (index) => `${zip(index)},${18 + (index % 61)},${'abc'[index % 3]}`)}`;
    const { report } = await scene.apply(
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
    expect(await scene.refused(table, recipe(quasi, 'role: other, method: keep'))).toBe(
      'privacy.nothingSensitive',
    );
    expect(await scene.refused(table, recipe(quasi, 'role: sensitive, method: generalise'))).toBe(
      'privacy.sensitiveIsGrouped',
    );
    const { report } = await scene.apply(table, recipe('method: keep', 'role: sensitive, method: keep', ''));
    expect(report.notGuaranteed.join(' ')).toContain('k-anonymity was asked for, and there is no quasi');
  });

  it('names that are left in part are not said to be gone, and what a key undoes is told', async () => {
    const { report } = await scene.apply(
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
