import { describe, expect, test } from 'vitest';
import { keyRingOf, MasterKey } from '../../../../../src/keys/masterKey.ts';
import { budgetOf } from '../../../../../src/service/privacy/counts/budget.ts';
import { budgetWith, spendingOf } from '../../../../../src/service/privacy/counts/spending.ts';
import { planTransform } from '../../../../../src/service/privacy/plan.ts';
import { readRecipe } from '../../../../../src/service/privacy/recipe/readRecipe.ts';
import { changedRecipeText } from '../../../../../src/service/privacy/recipe/writeRecipe.ts';
import { differentialLimits } from '../../../../../src/service/privacy/report/differentialWords.ts';

const key = new MasterKey('team', Buffer.alloc(32, 9));
const columns = [
  { name: 'person', type: 'VARCHAR' },
  { name: 'city', type: 'VARCHAR' },
  { name: 'price', type: 'DOUBLE' },
];

const head = `version: 1
dataset: people
release: r1
key: { id: team, check: ${key.checkValue} }
input: { path: people.csv }
output: { path: out.csv }
otherColumns: keep
`;
const price = (options: string, upper = 10) =>
  `columns:\n  price: { method: differentialPrivacy, lower: 0, upper: ${upper}, ${options} }\n`;
const cities = (options: string) =>
  `counts:\n  cities: { by: { city: { categories: [Bern, Wien] } }, ${options} }\n`;

const read = (text: string) => readRecipe(text, 'people.anonymise.yaml').recipe;
const spent = (text: string, check: string | undefined = key.checkValue) =>
  spendingOf(read(text), columns, check)!;

/** The record that an application of `text` leaves. */
function applied(text: string, before: object = {}): object {
  const made = { sha256: 'ab'.repeat(32), key: { id: 'team', check: key.checkValue } };
  return { ...before, ...made, ...spent(withRecord(text, before)) };
}

function withRecord(text: string, record: object): string {
  return Object.keys(record).length === 0 ? text : changedRecipeText(text, { releases: { r1: record } });
}

describe('what a release has spent', () => {
  const first = `${head}${price('epsilon: 0.1')}${cities('epsilon: 0.2')}`;

  test('is the sum of all that was asked under its name, and the same again costs nothing more', () => {
    const once = applied(first);
    expect(once).toMatchObject({ epsilon: 0.3, delta: 0 });
    expect(applied(first, once)).toEqual(once);
    const otherCounts = `${head}${price('epsilon: 0.1')}${cities('epsilon: 0.4, delta: 1e-6')}`;
    const twice = applied(otherCounts, once);
    expect(twice).toMatchObject({ epsilon: 0.7, delta: 1e-6 });
    // Back to what was asked first: that answer is known already.
    expect(applied(first, twice)).toEqual(twice);
    const wider = applied(first.replace('upper: 10', 'upper: 20'), twice);
    expect(wider).toMatchObject({ epsilon: 0.8, delta: 1e-6 });
  });

  test('does not depend on how the answer is rounded or where it is written', () => {
    const once = applied(first);
    const elsewhere = `${head}${price('epsilon: 0.1, decimals: 3')}${cities('epsilon: 0.2, path: there.csv')}`;
    expect(applied(elsewhere, once)).toEqual(once);
  });

  test('counts noise that is fresh, or comes from another key, each time', () => {
    const fresh = `${head}columns: {}\n${cities('epsilon: 0.2, random: fresh')}`;
    expect(applied(fresh, applied(fresh))).toMatchObject({ epsilon: 0.4, answers: [] });
    const rotated = withRecord(first, applied(first)).replace('id: team,', 'id: team-2,');
    expect(spent(rotated)).toMatchObject({ epsilon: 0.6 });
    expect(spent(withRecord(first, applied(first)), '00'.repeat(8))).toMatchObject({ epsilon: 0.6 });
  });

  test('is not known to have been for the same where the record does not say so', () => {
    const record = { sha256: 'ab'.repeat(32), epsilon: 0.3, delta: 0 };
    expect(spent(withRecord(first, record))).toMatchObject({ epsilon: 0.6 });
  });

  test('is said where it is more than what is asked now', () => {
    const once = applied(first);
    const later = read(withRecord(first.replace('epsilon: 0.2', 'epsilon: 0.5'), once));
    const budget = budgetWith(budgetOf(later)!, spendingOf(later, columns, key.checkValue)!);
    expect(budget).toMatchObject({ epsilon: 0.6, ofRelease: { epsilon: 0.8, delta: 0 } });
    expect(differentialLimits(later, budget, [])[0]).toContain(
      'With what was asked under its name before, the release r1 comes to ε = 0.8.',
    );
    const same = read(withRecord(first, once));
    expect(budgetWith(budgetOf(same)!, spendingOf(same, columns, key.checkValue)!)).not.toHaveProperty(
      'ofRelease',
    );
  });
});

describe('two answers have nothing in common but the truth', () => {
  const plan = (text: string, table = columns) =>
    planTransform({ recipe: read(text), columns: table, keys: keyRingOf([key]) });

  /** On rows that all have the same value: what remains is noise. */
  function columnNoise(options: string, upper = 10): number[] {
    const rowCount = 3000;
    const column = plan(`${head}${price(options, upper)}`).columns.find(({ name }) => name === 'price')!;
    if (column.stage !== 'batch') {
      throw new Error(`price is planned as ${column.stage}`);
    }
    const batch = { firstRow: 0, rowCount, column: () => new Array<number>(rowCount).fill(0) };
    return column.transform(batch).map(Number);
  }

  function correlation(one: readonly number[], other: readonly number[]): number {
    const mean = (values: readonly number[]) => values.reduce((sum, each) => sum + each, 0) / values.length;
    const [a, b] = [mean(one), mean(other)];
    const product = (x: readonly number[], y: readonly number[], p: number, q: number) =>
      mean(x.map((value, at) => (value - p) * (y[at]! - q)));
    return product(one, other, a, b) / Math.sqrt(product(one, one, a, a) * product(other, other, b, b));
  }

  test('in a column that is asked with other bounds or another ε', () => {
    const first = columnNoise('epsilon: 1, decimals: 6');
    expect(columnNoise('epsilon: 1, decimals: 6')).toEqual(first);
    expect(columnNoise('epsilon: 1, decimals: 1')).toEqual(first.map((value) => Number(value.toFixed(1))));
    // Of two that have nothing to do with each other it is below this but for one in 10,000 times.
    const chance = 4 / Math.sqrt(first.length);
    for (const [options, upper] of [
      ['epsilon: 2', 10],
      ['epsilon: 1', 20],
      ['epsilon: 1, delta: 1e-6', 10],
    ] as const) {
      const other = columnNoise(`${options}, decimals: 6`, upper);
      expect(Math.abs(correlation(first, other)), `${options} up to ${upper}`).toBeLessThan(chance);
    }
  });

  test('in counts whose people are told by another column', () => {
    const noise = (text: string, table = columns) =>
      Array.from({ length: 32 }, plan(text, table).counts[0]!.bytes().next);
    const text = `${head}columns: {}\n${cities('epsilon: 1')}`;
    expect(noise(`${text}subject: person\n`)).not.toEqual(noise(text));
    expect(noise(text.replace('epsilon: 1', 'epsilon: 1, path: there.csv'))).toEqual(noise(text));
    // 7 and 007 are two people in text and one in whole numbers.
    const numbered = columns.map((column) => ({ ...column, type: 'BIGINT' }));
    expect(noise(text.replace('[Bern, Wien]', '[1, 2]'), numbered)).not.toEqual(
      noise(text.replace('[Bern, Wien]', '[1, 2]')),
    );
  });
});
