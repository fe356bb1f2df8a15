import { beforeAll, describe, expect, test } from 'vitest';
import { errorShape } from '../../../../src/base/errors.ts';
import { keyRingOf, MasterKey } from '../../../../src/keys/masterKey.ts';
import type { Cell } from '../../../../src/service/data/encodedTable.ts';
import { planTransform } from '../../../../src/service/privacy/plan.ts';
import { planRestore } from '../../../../src/service/privacy/planRestore.ts';
import type { Batch, PlannedColumn, TableColumn } from '../../../../src/service/privacy/planTypes.ts';
import { readRecipe } from '../../../../src/service/privacy/recipe/readRecipe.ts';
import { codeTexts, evaluate, openDuckDb, textPieces } from './duckdb.ts';

const key = new MasterKey('clinic', Buffer.from('thirty-two bytes that are secret'));
const keys = keyRingOf([key]);
const secrets = [key.exportText(), Buffer.from(key.exportText(), 'base64').toString('hex')];

const columns: readonly TableColumn[] = [
  { name: 'patient', type: 'VARCHAR' },
  { name: 'card', type: 'VARCHAR' },
  { name: 'seen', type: 'DATE' },
  { name: 'left', type: 'TIMESTAMP' },
  { name: 'age', type: 'INTEGER' },
  { name: 'income', type: 'DECIMAL(18,2)' },
  { name: 'weight', type: 'DOUBLE' },
  { name: 'visits', type: 'BIGINT' },
];

const rows: readonly (readonly Cell[])[] = Array.from({ length: 200 }, (_, row) => [
  `P-${Math.floor(row / 3)}`,
  `4000 0000 0000 ${String(1000 + row)}`,
  `20${String(10 + (row % 15)).padStart(2, '0')}-02-${String(1 + (row % 28)).padStart(2, '0')}`,
  row % 7 === 0 ? null : `1999-12-31 23:59:${String(row % 60).padStart(2, '0')}`,
  18 + (row % 80),
  row % 11 === 0 ? null : `${row * 1234}.50`,
  row / 8,
  row % 2 === 0 ? String(2n ** 60n + BigInt(row)) : -row,
]);

const recipeText = `version: 1
dataset: patients
release: r1
key: { id: clinic, check: "${key.checkValue}" }
input: { path: patients.csv }
output: { path: out.parquet }
subject: patient
columns:
  patient: { method: pseudonym, domain: patient }
  card: { method: formatPreserving, keep: 6 }
  seen: { method: dateShift, days: 100 }
  left: { method: dateShift, days: 100 }
  age: { method: coding, top: 90 }
  income: { method: noise, scale: 1000 }
  weight: { method: noise, scale: 2, decimals: 3, distribution: gaussian }
  visits: { method: noise, scale: 50, distribution: integer }
`;

const plan = (text = recipeText, table = columns, ring = keys) =>
  planTransform({ recipe: readRecipe(text, 'r').recipe, columns: table, keys: ring });

let connection: Awaited<ReturnType<typeof openDuckDb>>;
beforeAll(async () => {
  connection = await openDuckDb();
  await connection.run(
    `CREATE TABLE t (row_number INTEGER, ${columns.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`,
  );
  for (const [row, values] of rows.entries()) {
    const literals = values.map((value) => (value === null ? 'NULL' : `'${value}'`)).join(', ');
    await connection.run(`INSERT INTO t VALUES (${row}, ${literals})`);
  }
});

/** Runs batch columns in batches of `size`, others in DuckDB over the original rows. */
async function output(
  planned: readonly PlannedColumn[],
  table: ReadonlyMap<string, readonly Cell[]>,
  size: number,
) {
  const result = new Map<string, Cell[]>();
  for (const column of planned) {
    if (column.stage === 'sql') {
      result.set(column.name, await evaluate(connection, column.expression, '(FROM t ORDER BY row_number)'));
    } else if (column.stage === 'text') {
      const texts = await evaluate(connection, column.text, '(FROM t ORDER BY row_number)');
      result.set(column.name, codeTexts(column.transform(textPieces(texts)), column.prefix));
    } else if (column.stage === 'batch') {
      const cells: Cell[] = [];
      for (let firstRow = 0; firstRow < rows.length; firstRow += size) {
        const rowCount = Math.min(size, rows.length - firstRow);
        const batch: Batch = {
          firstRow,
          rowCount,
          column: (name) => {
            expect(column.inputs).toContain(name);
            return table.get(name)!.slice(firstRow, firstRow + rowCount);
          },
        };
        cells.push(...column.transform(batch));
      }
      result.set(column.name, cells);
    }
  }
  return result;
}

const original = new Map(columns.map(({ name }, at) => [name, rows.map((row) => row[at]!)]));

describe('a plan', () => {
  test('does in SQL what can be done there, in the order of the table', () => {
    expect(plan().columns.map(({ name, stage, outputType }) => `${name} ${stage} ${outputType}`)).toEqual([
      'patient text VARCHAR',
      'card batch VARCHAR',
      'seen sql DATE',
      'left sql TIMESTAMP',
      'age sql INTEGER',
      'income batch DECIMAL(38,2)',
      'weight batch DECIMAL(38,3)',
      'visits batch BIGINT',
    ]);
    expect(plan()).toMatchObject({ dropped: [], checkValue: key.checkValue, needsRowOrder: true });
  });

  test('the same recipe, key and input give the same output, in batches of any size', async () => {
    const first = await output(plan().columns, original, 200);
    expect(await output(plan().columns, original, 7)).toEqual(first);
    const otherRelease = await output(plan(recipeText.replace('r1', 'r2')).columns, original, 200);
    for (const name of ['patient', 'card', 'seen', 'income', 'weight', 'visits']) {
      expect(otherRelease.get(name)).not.toEqual(first.get(name));
      expect(first.get(name)).not.toEqual(original.get(name));
    }
  });

  test('the holder of the key restores from the output alone, exactly', async () => {
    const released = await output(plan().columns, original, 50);
    const types = plan().columns.map(({ name, outputType }) => ({ name, type: outputType }));
    const remembered = recipeText
      .replace('weight: { ', 'weight: { type: DOUBLE, ')
      .replace('income: { ', 'income: { type: "DECIMAL(18,2)", ');
    const back = planRestore({ recipe: readRecipe(remembered, 'r').recipe, columns: types, keys });
    expect(back.columns.map(({ name, outputType }) => `${name} ${outputType}`)).toEqual([
      'card VARCHAR',
      'seen DATE',
      'left TIMESTAMP',
      'income DECIMAL(18,2)',
      'weight DOUBLE',
      'visits BIGINT',
    ]);
    expect(back.notRestored.map(({ name }) => name)).toEqual(['patient', 'age']);
    const restored = await output(back.columns, released, 33);
    for (const name of ['card', 'seen', 'left', 'income', 'visits']) {
      expect(restored.get(name)!.map(text)).toEqual(original.get(name)!.map(text));
    }
    expect(restored.get('weight')!.map(Number)).toEqual(original.get('weight'));
  });

  test('the noise is another one at another scale, and where other rows are left out', async () => {
    const noiseOf = async (text: string, leftOut?: string) => {
      const { recipe } = readRecipe(text, 'r');
      const planned = planTransform({ recipe, columns, keys, leftOut });
      const income = planned.columns.filter(({ name }) => name === 'income');
      const cells = (await output(income, original, 200)).get('income')!;
      return cells.map((cell, row) =>
        cell === null ? 0 : Number(cell) - Number(original.get('income')![row]),
      );
    };
    const noise = await noiseOf(recipeText);
    const twice = await noiseOf(recipeText.replace('scale: 1000', 'scale: 2000'));
    const others = await noiseOf(recipeText, '00000000000000ff');
    const added = noise.flatMap((amount, row) => (amount === 0 ? [] : [row]));
    expect(added.length).toBeGreaterThan(170);
    // With the same draws all would be 2.
    expect(added.filter((row) => Math.abs(twice[row]! / noise[row]! - 2) < 0.01).length).toBeLessThan(10);
    expect(added.filter((row) => others[row] === noise[row])).toEqual([]);
  });

  test('noise from a row key is the same in whatever order the rows come', async () => {
    const byKey = plan(recipeText.replace('subject:', 'rowKey: [card, seen]\nsubject:'));
    expect(byKey.needsRowOrder).toBe(false);
    const forwards = await output(byKey.columns, original, 200);
    const reversed = new Map([...original].map(([name, cells]) => [name, cells.toReversed()]));
    const backwards = await output(
      byKey.columns.filter(({ stage }) => stage === 'batch'),
      reversed,
      200,
    );
    expect(backwards.get('income')!.toReversed()).toEqual(forwards.get('income'));
  });

  test('noise on whole columns of 64 bits is the noise of their cells', async () => {
    const income = plan().columns.find(({ name }) => name === 'visits')!;
    expect(income).toHaveProperty('onWords');
    const cells = (await output([income], original, 200)).get('visits')!;
    const units = BigInt64Array.from(original.get('visits')!, (cell) => BigInt(cell as string));
    const words = income.stage === 'batch' ? income.onWords!(units, 0) : 0;
    expect(Array.from(words as BigInt64Array, String)).toEqual(cells.map(String));
  });

  test('generalising without more leaves the hierarchy to the data and the level to the search', () => {
    const generalised = plan(recipeText.replace('{ method: coding, top: 90 }', '{ method: generalise }'));
    expect(generalised.columns.find(({ name }) => name === 'age')).toEqual({
      name: 'age',
      method: 'generalise',
      outputType: 'VARCHAR',
      stage: 'hierarchy',
      hierarchy: 'age',
      level: undefined,
    });
  });

  test('columns that are grouped together get the means of the same groups', () => {
    const grouped = recipeText
      .replace('{ method: coding, top: 90 }', '{ method: microaggregation, k: 4 }')
      .replace(/weight: .*/, 'weight: { method: microaggregation, k: 3 }');
    const steps = plan(grouped).columns.flatMap((column) => (column.stage === 'whole' ? [column.step] : []));
    expect(steps).toHaveLength(2);
    expect(steps[0]).toBe(steps[1]);
    const step = steps[0]!;
    const values = [Float64Array.of(1, 2, 3, 4, 90, 91, 92, 93), Float64Array.of(5, 5, 5, 5, 0, 0, 0, 0)];
    const means = step.kind === 'means' ? step.means(values, () => undefined) : [];
    expect(means.map((column) => [...column])).toEqual([
      [2.5, 2.5, 2.5, 2.5, 91.5, 91.5, 91.5, 91.5],
      [5, 5, 5, 5, 0, 0, 0, 0],
    ]);
    const empty = [Float64Array.of(1, Number.NaN), Float64Array.of(1, 2)];
    expect(() => step.kind === 'means' && step.means(empty, () => undefined)).toThrow(
      /^Row 2 of age is empty/,
    );
  });
});

test('no key and nothing made from it is in the text of a plan', () => {
  const derived = key.subkey({ purpose: 'pseud', dataset: 'patients', release: 'r1', subject: 'patient' });
  const shown = JSON.stringify(plan(), (name, value) => (name === 'values' ? undefined : value));
  for (const secret of [...secrets, derived.toString('hex'), derived.toString('base64')]) {
    expect(shown.toLowerCase()).not.toContain(secret.slice(0, 12).toLowerCase());
  }
});

describe('refused before anything is read', () => {
  const other = new MasterKey('clinic', Buffer.alloc(32, 1));
  test.each<[string, string | RegExp, string, string, RegExp]>([
    ['a missing column', 'weight:', 'wieght:', 'privacy.missingColumn', /wieght.*Did you mean weight\?/],
    [
      'a missing row key',
      'subject: patient',
      'subject: patient\nrowKey: [id]',
      'privacy.missingColumn',
      /column id,/,
    ],
    ['a missing subject', 'subject: patient', 'subject: person', 'privacy.missingColumn', /column person,/],
    ['a column not named', / {2}age: .*\n/, '', 'privacy.unlistedColumns', /1 column of the table: age\./],
    [
      'a key that is not there',
      'id: clinic',
      'id: surgery',
      'privacy.noSuchKey',
      /MLOPS_ANONYMISE_KEY_SURGERY/,
    ],
    ['no key at all', /key: .*\n/, '', 'privacy.keyNotNamed', /pseudonym of patient needs a key/],
    ['no subject', 'subject: patient\n', '', 'privacy.subjectNotNamed', /seen/],
    [
      'noise on text',
      'method: pseudonym, domain: patient',
      'method: noise, scale: 1',
      'privacy.impossibleMethod',
      /noise cannot be used on patient, a column of text/,
    ],
    [
      'a shift of numbers',
      '{ method: coding, top: 90 }',
      '{ method: dateShift, days: 3 }',
      'privacy.impossibleMethod',
      /a column of whole numbers/,
    ],
    [
      'floating-point noise without decimals',
      'decimals: 3, ',
      '',
      'privacy.invalidOption',
      /decimals of weight/,
    ],
    ['decimals on whole numbers', 'scale: 50', 'scale: 50, decimals: 1', 'privacy.invalidOption', /visits/],
    ['coding without a limit', ', top: 90', '', 'privacy.invalidOption', /top, bottom or both/],
    [
      'an unknown hierarchy',
      '{ method: coding, top: 90 }',
      '{ method: generalise, hierarchy: ages }',
      'privacy.noSuchHierarchy',
      /hierarchy ages of age/,
    ],
    [
      'bounds upside down',
      '{ method: coding, top: 90 }',
      '{ method: differentialPrivacy, epsilon: 1, lower: 5, upper: 1 }',
      'privacy.invalidOption',
      /upper of age/,
    ],
    [
      'bounds so far apart that no step of a grid could be found',
      '{ method: coding, top: 90 }',
      '{ method: differentialPrivacy, epsilon: 1, lower: -1.7e308, upper: 1.7e308 }',
      'privacy.invalidOption',
      /epsilon of age.*beyond all numbers/,
    ],
    ['the output over the input', 'out.parquet', './patients.csv', 'privacy.outputIsInput', /patients\.csv/],
  ])('%s', (_, from, to, code, message) => {
    expect(recipeText).toMatch(from);
    const error = refusal(() => plan(recipeText.replace(from, to)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  test('nothing that would be kept', () => {
    const text = `${recipeText.slice(0, recipeText.indexOf('subject'))}otherColumns: drop\ncolumns: {}\n`;
    expect(refusal(() => plan(text)).code).toBe('privacy.nothingKept');
  });

  test('another key under the same name, and no error tells either', () => {
    const error = refusal(() => plan(recipeText, columns, keyRingOf([other])));
    expect(error.code).toBe('privacy.wrongKey');
    for (const secret of [...secrets, key.checkValue, other.checkValue, other.exportText()]) {
      expect(JSON.stringify(error)).not.toContain(secret.slice(0, 12));
    }
  });

  test('columns that the recipe does not name are kept or dropped where it says so', () => {
    const without = recipeText.replace(/ {2}age: .*\n/, '');
    expect(plan(without.replace('subject:', 'otherColumns: drop\nsubject:')).dropped).toEqual(['age']);
    const kept = plan(without.replace('subject:', 'otherColumns: keep\nsubject:'));
    expect(kept.columns.find(({ name }) => name === 'age')).toMatchObject({ method: 'keep', stage: 'sql' });
  });

  test('what moved with a column that was dropped is said not to come back', () => {
    const dropped = recipeText.replace('{ method: pseudonym, domain: patient }', '{ method: drop }');
    const { notRestored } = planRestore({ recipe: readRecipe(dropped, 'r').recipe, columns, keys });
    expect(notRestored.find(({ name }) => name === 'seen')!.reason).toMatch(/It moved with patient, which/);
    const nothing = recipeText
      .replace(/columns:[\s\S]*/, 'columns:\n  age: { method: drop }\n')
      .replace('subject: patient\n', '');
    expect(refusal(() => planRestore({ recipe: readRecipe(nothing, 'r').recipe, columns, keys })).code).toBe(
      'privacy.nothingToRestore',
    );
  });
});

function refusal(work: () => unknown) {
  try {
    work();
  } catch (error) {
    const shape = errorShape(error);
    // Whatever the error, it tells no key.
    for (const secret of secrets) {
      expect(JSON.stringify(shape).toLowerCase()).not.toContain(secret.slice(0, 12).toLowerCase());
    }
    return shape;
  }
  throw new Error('It was not refused.');
}

function text(cell: Cell): string | null {
  return cell === null ? null : String(cell);
}
