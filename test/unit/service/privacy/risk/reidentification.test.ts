import { describe, expect, it } from 'vitest';
import { attributeRisks } from '../../../../../src/service/privacy/risk/attributes.ts';
import { classSizes } from '../../../../../src/service/privacy/risk/classSizes.ts';
import { individualRisks, keyFrequencies } from '../../../../../src/service/privacy/risk/individualRisk.ts';
import { logGammaRatio } from '../../../../../src/service/privacy/risk/pitman.ts';
import { populationUniques } from '../../../../../src/service/privacy/risk/populationUniques.ts';
import { populationRisk, sampleRisk } from '../../../../../src/service/privacy/risk/reidentification.ts';
import { specialUniques } from '../../../../../src/service/privacy/risk/specialUniques.ts';
import { encode, readAdult, seededIntegers } from '../guarantee/sharedData.ts';

describe('on Adult with nine quasi-identifiers', () => {
  const columns = readAdult();

  it('measures the published risks of the sample', () => {
    const risk = sampleRisk(columns);
    expect(columns[0]!.codes).toHaveLength(30_162);
    expect(risk).toMatchObject({ classes: 19_502, uniqueRows: 15_512 });
    expect(risk.prosecutor.average).toBe(0.6465751607983555);
    expect(risk.sampleUniqueness).toBeCloseTo(0.5142895, 7);
    expect(risk.prosecutor.highest).toBe(1);
  });

  it("estimates the published population uniques of Pitman's model", () => {
    const { sizes } = classSizes(columns);
    expect(populationUniques(sizes, 0.1).pitman).toBeCloseTo(0.27684993883653597, 11);
    expect(populationUniques(sizes, 0.01).pitman).toBeCloseTo(0.1446083531167384, 11);
  });

  it('chooses the model as Dankar et al. do', () => {
    const { sizes } = classSizes(columns);
    const small = populationUniques(sizes, 0.05);
    expect(small).toMatchObject({ model: 'pitman', chosen: small.pitman });
    const large = populationUniques(sizes, 0.5);
    expect(large.chosen).toBe(Math.min(large.zayatz!, large.slideNegativeBinomial!));
    expect(large[large.model!]).toBe(large.chosen);
  });

  it('knows the uniques where the sample is the population', () => {
    const { zayatz, slideNegativeBinomial, chosen } = populationUniques(classSizes(columns).sizes, 1);
    expect([zayatz, slideNegativeBinomial, chosen].map((share) => share?.toFixed(12))).toEqual(
      Array(3).fill((15_512 / 30_162).toFixed(12)),
    );
  });

  it('explains each unique row by the fewest columns, and misses none', () => {
    const small = columns.map(({ name, values, codes }) => ({ name, values, codes: codes.slice(0, 400) }));
    const { uniques, scores } = specialUniques(small, 3);
    const isUnique = (row: number, subset: readonly number[]) =>
      !small[0]!.codes.some(
        (_, other) => other !== row && subset.every((c) => small[c]!.codes[other] === small[c]!.codes[row]),
      );
    for (const { row, columns: subset } of uniques) {
      expect(isUnique(row, subset)).toBe(true);
      for (const left of subset) {
        const smaller = subset.filter((column) => column !== left);
        expect(smaller.length > 0 && isUnique(row, smaller)).toBe(false);
      }
    }
    const explained = new Set(uniques.map(({ row }) => row));
    for (let row = 0; row < 400; row += 1) {
      expect(explained.has(row)).toBe(
        [0, 1, 2, 3, 4, 5, 6, 7, 8].some((a) =>
          [0, 1, 2, 3, 4, 5, 6, 7, 8].some((b) =>
            [0, 1, 2, 3, 4, 5, 6, 7, 8].some((c) => isUnique(row, [a, b, c])),
          ),
        ),
      );
      expect(scores[row]! > 0).toBe(explained.has(row));
    }
  });
});

describe('estimates on populations whose uniques are known', () => {
  it.each([1, 2, 3])(
    'finds those of a slide negative binomial population within a tenth (seed %i)',
    (seed) => {
      const next = seededIntegers(seed);
      const uniform = () => (next(2 ** 30) + 0.5) / 2 ** 30;
      // Negative binomial with α = 1: geometric class sizes from 1, p = 0.4.
      const population = Array.from(
        { length: 60_000 },
        () => 1 + Math.floor(Math.log(uniform()) / Math.log(0.6)),
      );
      const rows = population.reduce((sum, size) => sum + size, 0);
      const sample = population
        .map((size) => Array.from({ length: size }, uniform).filter((u) => u < 0.3).length)
        .filter((size) => size > 0);
      const sampled = sample.reduce((sum, size) => sum + size, 0);
      const truth = population.filter((size) => size === 1).length / rows;
      const estimate = populationUniques(Int32Array.from(sample), sampled / rows).slideNegativeBinomial!;
      expect(Math.abs(estimate / truth - 1)).toBeLessThan(0.1);
    },
  );

  it('has no estimate of Pitman where every row or none is unique', () => {
    expect(populationUniques(Int32Array.of(1, 1, 1), 0.1).pitman).toBeUndefined();
    expect(populationUniques(Int32Array.of(4, 4), 0.1)).toMatchObject({ pitman: undefined, zayatz: 0 });
  });

  it('keeps the digits of large gamma functions', () => {
    expect(logGammaRatio(5, 1)).toBeCloseTo(Math.log(5), 14);
    expect(logGammaRatio(1e6, 1)).toBeCloseTo(Math.log(1e6), 13);
    expect(logGammaRatio(0.5, 0.5)).toBeCloseTo(-Math.log(Math.sqrt(Math.PI)), 13);
  });

  it.each([0, 1.1, Number.NaN])('refuses a sampling fraction of %f', (fraction) => {
    expect(() => populationUniques(Int32Array.of(1), fraction)).toThrow('The sampling fraction');
  });
});

describe('the toy table of sdcMicro', () => {
  const columns = [
    encode('a', [2, 3, 2, 2, 3, 3, 1, 2]),
    encode('b', [3, 3, 3, 3, 3, 3, 4, 3]),
    encode('c', [1, 3, null, 2, 1, 1, null, 1]),
  ];
  const weights = [18, 45.5, 39, 17, 92, 8, 123.5, 51];

  it('counts with missing values as wildcards', () => {
    const { sample, population } = keyFrequencies(columns, weights, 'wildcard');
    expect([...sample]).toEqual([3, 1, 4, 2, 2, 2, 1, 3]);
    expect([...population]).toEqual([108, 45.5, 125, 56, 100, 100, 123.5, 108]);
  });

  it('counts with missing values replaced by 1', () => {
    const filled = [...columns.slice(0, 2), encode('c', [1, 3, 1, 2, 1, 1, 1, 1])];
    const { sample, population } = keyFrequencies(filled, weights, 'category');
    expect([...sample]).toEqual([3, 1, 3, 1, 2, 2, 1, 3]);
    expect([...population]).toEqual([108, 45.5, 108, 17, 100, 100, 123.5, 108]);
  });

  it('counts missing values as a category of their own', () => {
    expect([...keyFrequencies(columns, weights, 'category').sample]).toEqual([2, 1, 1, 1, 2, 2, 1, 2]);
  });

  it('knows the risk of each row by the formulas of Benedetti and Franconi', () => {
    const risks = individualRisks(keyFrequencies(columns, weights, 'wildcard'));
    const odds = (p: number) => p / (1 - p);
    const [one, two, three] = [1 / 45.5, 2 / 56, 3 / 108];
    expect(risks[1]).toBeCloseTo(odds(one) * Math.log(1 / one), 12);
    expect(risks[3]).toBeCloseTo(odds(two) - odds(two) ** 2 * Math.log(1 / two), 12);
    expect(risks[0]).toBeCloseTo(three / (3 - (1 - three)), 12);
    expect([...individualRisks(keyFrequencies(columns, undefined, 'category'))]).toEqual([
      0.5, 1, 1, 1, 0.5, 0.5, 1, 0.5,
    ]);
  });
});

it('tells which columns distinguish and separate rows (the table of ARX, calculated by hand)', () => {
  const risks = attributeRisks([
    encode('age', [20, 30, 40, 20, 40]),
    encode('sex', ['Female', 'Female', 'Female', 'Male', 'Male']),
    encode('state', ['CA', 'CA', 'TX', 'NY', 'CA']),
  ]);
  expect(
    risks.map(({ columns, distinction, separation }) => [columns.join(), distinction, separation]),
  ).toEqual([
    ['sex', 0.4, 0.6],
    ['state', 0.6, 0.7],
    ['age', 0.6, 0.8],
    ['sex,state', 0.8, 0.9],
    ['age,sex', 1, 1],
    ['age,state', 1, 1],
    ['age,sex,state', 1, 1],
  ]);
});

describe('the journalist and the marketer', () => {
  const population = [encode('city', [...Array(6).fill('a'), ...Array(2).fill('b'), ...Array(4).fill('c')])];

  it('measures by the classes of the population', () => {
    const { journalist, marketer } = populationRisk([encode('city', ['b', 'a', 'a'])], population, 0.2);
    expect(journalist.highest).toBe(1 / 2);
    expect(journalist.lowest).toBe(1 / 6);
    expect(marketer).toBeCloseTo((2 / 6 + 1 / 2) / 3, 12);
    expect(journalist.average).toBeCloseTo(Math.max(2 / 8, (2 / 6 + 1 / 2) / 3), 12);
    expect(journalist.recordsAtRisk).toBeCloseTo(1 / 3, 12);
  });

  it('refuses a population that does not hold the release', () => {
    expect(() => populationRisk([encode('city', ['z'])], population)).toThrow(
      '1 rows in the release and 0 in the population',
    );
  });
});

describe('bad input', () => {
  it.each([
    ['one row', [5], { classes: 1, uniqueRows: 1, sampleUniqueness: 1 }],
    ['missing values alone', [null, null], { classes: 1, uniqueRows: 0, sampleUniqueness: 0 }],
  ])('measures %s', (_, cells, expected) => {
    const columns = [encode('a', cells)];
    expect(sampleRisk(columns)).toMatchObject(expected);
    expect(specialUniques(columns).uniques).toHaveLength(expected.uniqueRows);
    expect(attributeRisks(columns)[0]!.distinction).toBe(1 / cells.length);
  });

  it('refuses empty tables and no columns', () => {
    const empty = [encode('a', [])];
    for (const measure of [sampleRisk, attributeRisks, specialUniques]) {
      expect(() => measure(empty)).toThrow('the table has none');
    }
    expect(() => keyFrequencies(empty, undefined, 'wildcard')).toThrow('the table has none');
    expect(() => sampleRisk([])).toThrow('at least one quasi-identifier');
  });
});
