import { describe, expect, test } from 'vitest';
import { errorShape } from '../../../../../src/base/errors.ts';
import { keyRingOf, MasterKey } from '../../../../../src/keys/masterKey.ts';
import { budgetOf, spentSoFar } from '../../../../../src/service/privacy/counts/budget.ts';
import { countHalfWidth, countsText } from '../../../../../src/service/privacy/counts/countsText.ts';
import { otherLabel } from '../../../../../src/service/privacy/counts/planCounts.ts';
import {
  gaussianScale,
  normalCumulative,
} from '../../../../../src/service/privacy/methods/differential/gaussianScale.ts';
import { privateHistogram } from '../../../../../src/service/privacy/methods/differential/mechanisms.ts';
import { keyedBytes } from '../../../../../src/service/privacy/methods/keystream.ts';
import { planTransform } from '../../../../../src/service/privacy/plan.ts';
import { readRecipe } from '../../../../../src/service/privacy/recipe/readRecipe.ts';
import { differentialLimits } from '../../../../../src/service/privacy/report/differentialWords.ts';
import { countSql } from '../../../../../src/service/privacy/work/counts.ts';
import { openDuckDb } from '../duckdb.ts';
import { chiSquareScore } from '../statistics.ts';

const key = new MasterKey('team', Buffer.alloc(32, 9));
const columns = [
  { name: 'person', type: 'VARCHAR' },
  { name: 'city', type: 'VARCHAR' },
  { name: 'age', type: 'INTEGER' },
  { name: 'price', type: 'DECIMAL(9,2)' },
];

function recipe(counts: string, rest = ''): string {
  return `version: 1
dataset: people
release: r1
key: { id: team }
input: { path: people.csv }
output: { path: out.csv }
otherColumns: keep
columns: {}
${rest}counts:
  cities: ${counts}
`;
}

const cities = '{ by: { city: { categories: [Bern, Wien] } }, epsilon: 1 }';
const read = (text: string) => readRecipe(text, 'people.anonymise.yaml').recipe;
const plan = (text: string) => planTransform({ recipe: read(text), columns, keys: keyRingOf([key]) });

function refusal(text: string): string {
  try {
    plan(text);
  } catch (error) {
    return errorShape(error).message;
  }
  throw new Error('It was not refused.');
}

describe('the noise of counts', () => {
  test('is exactly two-sided geometric, with the scale of the rows of one person over ε', () => {
    const cells = Array.from({ length: 20_000 }, (_, cell) => cell);
    const noisy = privateHistogram(keyedBytes(Buffer.alloc(32, 5)), new Map(), cells, { epsilon: 1 }, 2);
    const ratio = Math.exp(-1 / 2);
    const reach = 8;
    const chance = (z: number) => ((1 - ratio) / (1 + ratio)) * ratio ** Math.abs(z);
    const tail = ratio ** reach / (1 + ratio);
    const places = Array.from({ length: 2 * reach + 1 }, (_, place) => place - reach);
    const expected = places.map((z) => cells.length * (Math.abs(z) === reach ? tail : chance(z)));
    const found = places.map(
      (z) => [...noisy.values()].filter((count) => Math.max(-reach, Math.min(reach, count)) === z).length,
    );
    expect(expected.reduce((sum, each) => sum + each, 0)).toBeCloseTo(cells.length, 6);
    expect(Math.abs(chiSquareScore(found, expected))).toBeLessThan(4);
  });

  test('stays within what is said of it in 95 of 100 counts, and no narrower width would do', () => {
    for (const [epsilon, rowsPerPerson] of [
      [1, 1],
      [0.1, 1],
      [0.5, 3],
      [20, 1],
    ] as const) {
      const halfWidth = countHalfWidth({ epsilon, delta: 0, rowsPerPerson });
      const ratio = Math.exp(-epsilon / rowsPerPerson);
      const beyond = (m: number) => (2 * ratio ** (m + 1)) / (1 + ratio);
      expect(beyond(halfWidth)).toBeLessThanOrEqual(0.05);
      expect(halfWidth === 0 || beyond(halfWidth - 1) > 0.05).toBe(true);
    }
    const sigma = gaussianScale(1, 1e-6, 1);
    const halfWidth = countHalfWidth({ epsilon: 1, delta: 1e-6, rowsPerPerson: 1 });
    expect(normalCumulative(-halfWidth / sigma)).toBeLessThanOrEqual(0.025);
  });

  test('comes from the key, and is another one as soon as something else is asked', () => {
    const noise = (text: string) => Array.from({ length: 32 }, plan(text).counts[0]!.bytes().next);
    expect(noise(recipe(cities))).toEqual(noise(recipe(cities)));
    expect(noise(recipe(cities.replace('epsilon: 1', 'epsilon: 2')))).not.toEqual(noise(recipe(cities)));
    expect(noise(recipe(cities.replace('Wien', 'Graz')))).not.toEqual(noise(recipe(cities)));
    expect(noise(recipe(cities).replace('r1', 'r2'))).not.toEqual(noise(recipe(cities)));
    const fresh = recipe(cities.replace('}, epsilon', '}, random: fresh, epsilon'));
    expect(noise(fresh)).not.toEqual(noise(fresh));
    expect(plan(fresh).checkValue).toBeUndefined();
  });
});

describe('what is counted', () => {
  const by = `{ by: { city: { categories: [Bern, Wien] }, age: { bins: [30, 50] } }, epsilon: 1`;

  async function counted(asked: string, rest = ''): Promise<Record<string, number>> {
    const [counts] = plan(recipe(asked, rest)).counts;
    const connection = await openDuckDb();
    await connection.run(`CREATE TABLE t AS SELECT * FROM (VALUES
      ('a', 'Bern', 29, 1), ('a', 'Bern', 29, 1), ('a', 'Wien', 30, 1), ('a', 'Wien', 50, 1),
      ('b', 'Bern', NULL, 1), ('b', 'Graz', 31, 1), ('c', NULL, 49, 1), (NULL, 'Wien', 120, 1)
    ) AS t(person, city, age, price)`);
    const { sql, values } = countSql({ relation: { sql: 't', values: [] } }, counts!);
    let place = 0;
    const text = sql.replace(/\?/g, () => {
      place += 1;
      return `$${place}`;
    });
    const rows = (await connection.runAndReadAll(text, values as never)).getRows();
    const written = countsText(counts!, new Map(rows.map(([cell, count]) => [Number(cell), Number(count)])));
    const lines = written.trimEnd().split('\n').slice(1);
    return Object.fromEntries(
      lines.map((line) => {
        const at = line.lastIndexOf(',');
        return [line.slice(0, at), Number(line.slice(at + 1))];
      }),
    );
  }

  test('is every row once, what no category has together', async () => {
    expect(await counted(`${by} }`)).toEqual({
      'Bern,< 30': 2,
      'Wien,"[30, 50)"': 1,
      'Wien,≥ 50': 2,
      [`Bern,${otherLabel}`]: 1,
      [`${otherLabel},"[30, 50)"`]: 2,
    });
  });

  test('is at most so many rows of one person, whoever the others are', async () => {
    const one = await counted(`${by}, subject: person }`);
    // One row each of a, b and c; whose the last one is nobody knows.
    expect(Object.values(one).reduce((sum, count) => sum + count, 0)).toBe(3);
    const two = await counted(`${by}, rowsPerPerson: 2 }`, 'subject: person\n');
    expect(Object.values(two).reduce((sum, count) => sum + count, 0)).toBe(5);
  });

  test('numbers are the same number however they are written', async () => {
    expect(await counted('{ by: { price: { categories: [1.0, 2] } }, epsilon: 1 }')).toEqual({ 1: 8 });
  });

  test('has a cell for each combination, known before anything is read', () => {
    expect(plan(recipe(`${by} }`)).counts[0]).toMatchObject({ cells: 12, rowsPerPerson: 1, epsilon: 1 });
  });
});

describe('ε', () => {
  test('adds up over columns and counts as people add decimals', () => {
    const text = recipe(cities.replace('epsilon: 1', 'epsilon: 0.1'), '').replace(
      'columns: {}',
      'columns:\n  price: { method: differentialPrivacy, epsilon: 0.2, lower: 0, upper: 10 }',
    );
    expect(
      budgetOf(read(`${text}  ages: { by: { age: { bins: [30] } }, epsilon: 0.3, delta: 1e-7 }\n`)),
    ).toEqual({
      epsilon: 0.6,
      delta: 1e-7,
      parts: [
        { kind: 'column', name: 'price', epsilon: 0.2, delta: 0 },
        { kind: 'counts', name: 'cities', epsilon: 0.1, delta: 0 },
        { kind: 'counts', name: 'ages', epsilon: 0.3, delta: 1e-7 },
      ],
    });
    expect(budgetOf({ columns: {}, counts: undefined })).toBeNull();
  });

  test('adds up over releases about the same people', () => {
    const releases = `releases:
  r0: { sha256: ${'ab'.repeat(32)}, epsilon: 0.1, delta: 0 }
  r1: { sha256: ${'ab'.repeat(32)}, epsilon: 5, delta: 0 }
  plain: { sha256: ${'ab'.repeat(32)} }
`;
    const text = recipe(cities.replace('epsilon: 1', 'epsilon: 0.2'));
    const asked = read(`${text}${releases}`);
    expect(spentSoFar(asked, budgetOf(asked)!)).toEqual({ releases: ['r0'], epsilon: 0.3 });
    expect(differentialLimits(asked, budgetOf(asked), [])[0]).toContain('With r0 it is ε = 0.3 so far.');
  });

  test.each(['0', '-1', '.inf', '.nan', '21', '1000', '"1"', '1e-9', 'true', 'null'])(
    'of %s is refused with its place',
    (epsilon) => {
      expect(refusal(recipe(cities.replace('epsilon: 1', `epsilon: ${epsilon}`)))).toMatch(
        /^people\.anonymise\.yaml:10:\d+: .*epsilon/,
      );
    },
  );

  test.each(['-1e-9', '0.5', '1', '.nan'])('with a δ of %s is refused', (delta) => {
    expect(refusal(recipe(cities.replace('epsilon: 1', `epsilon: 1, delta: ${delta}`)))).toContain('delta');
  });
});

test.each([
  ['{ by: { town: { categories: [Bern] } }, epsilon: 1 }', 'names the column town'],
  ['{ by: {}, epsilon: 1 }', 'it names no column'],
  ['{ by: { city: {} }, epsilon: 1 }', 'either categories or bins'],
  ['{ by: { city: { bins: [1] } }, epsilon: 1 }', 'only numbers have bins'],
  ['{ by: { age: { bins: [5, 5] } }, epsilon: 1 }', 'the edges must rise'],
  ['{ by: { city: { categories: [Bern, Bern] } }, epsilon: 1 }', 'Bern stands there twice'],
  ['{ by: { age: { categories: [old] } }, epsilon: 1 }', 'one of them is none'],
  ['{ by: { city: { categories: [Bern] } }, epsilon: 1, rowsPerPerson: 0 }', 'rowsPerPerson'],
  ['{ by: { city: { categories: [Bern] } }, epsilon: 1, subject: nobody }', 'names the column nobody'],
  ['{ by: { city: { category: [Bern] } }, epsilon: 1 }', 'Did you mean categories?'],
  ['{ by: { city: { categories: [Bern] } }, epsilo: 1 }', 'Did you mean epsilon?'],
])('%s is refused', (counts, sentence) => {
  expect(refusal(recipe(counts))).toContain(sentence);
});

test('more combinations than anybody would read are refused', () => {
  const many = `[${Array.from({ length: 400 }, (_, index) => index).join(', ')}]`;
  const text = recipe(`{ by: { age: { bins: ${many} }, price: { bins: ${many} } }, epsilon: 1 }`);
  expect(refusal(text)).toContain('161,604 combinations');
});

test('without the key the noise of counts is refused like any other', () => {
  const { message } = errorShape(
    (() => {
      try {
        planTransform({ recipe: read(recipe(cities)), columns, keys: keyRingOf([]) });
      } catch (error) {
        return error;
      }
      return undefined;
    })(),
  );
  expect(message).toContain('The key team');
  expect(refusal(recipe(cities).replace('key: { id: team }\n', ''))).toContain('the counts cities');
});
