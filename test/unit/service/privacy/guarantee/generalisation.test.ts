import { expect, it } from 'vitest';
import {
  fullDomainGeneralisation,
  generalise,
} from '../../../../../src/service/privacy/guarantee/generalisation.ts';
import { compileHierarchy } from '../../../../../src/service/privacy/guarantee/hierarchy/levelTable.ts';
import { attainedGuarantees } from '../../../../../src/service/privacy/guarantee/measure.ts';
import {
  type SearchTask,
  searchGeneralisation,
} from '../../../../../src/service/privacy/guarantee/search.ts';
import { adultLevels, encode, readAdult } from './sharedData.ts';

const city = encode('city', ['Rome', 'Rome', 'Milan', 'Oslo', 'Rome', 'Milan']);
const task: SearchTask = {
  quasiIdentifiers: [
    compileHierarchy(city, {
      rows: [
        ['Rome', 'Italy', '*'],
        ['Oslo', 'Norway', '*'],
        ['Milan', 'Italy', '*'],
      ],
    }),
  ],
  criteria: [{ kind: 'kAnonymity', k: 3 }],
  suppressionLimit: 0.2,
};

it('maps values to labels and names the suppressed classes', () => {
  const generalisation = fullDomainGeneralisation(task, searchGeneralisation(task));
  expect(generalisation).toEqual({
    kind: 'fullDomain',
    columns: [{ column: 'city', values: ['Rome', 'Milan', 'Oslo'], labels: ['Italy', 'Italy', 'Norway'] }],
    suppressedClasses: [['Norway']],
    suppressedAs: '*',
  });
  const [released] = generalise([city], generalisation);
  expect(Array.from(released!.codes, (code) => released!.values[code])).toEqual([
    'Italy',
    'Italy',
    'Italy',
    '*',
    'Italy',
    'Italy',
  ]);
});

it('suppresses with missing values when asked', () => {
  const [released] = generalise([city], fullDomainGeneralisation(task, searchGeneralisation(task), null));
  expect(released!.values[released!.codes[3]!]).toBeNull();
});

it('releases Adult with the guarantee that was asked for', () => {
  const columns = readAdult();
  const occupation = columns.find(({ name }) => name === 'occupation')!;
  const others = columns.filter((column) => column !== occupation);
  const adult: SearchTask = {
    quasiIdentifiers: others.map(adultLevels),
    sensitive: [{ column: occupation }],
    criteria: [
      { kind: 'kAnonymity', k: 5 },
      { kind: 'distinctDiversity', sensitive: 'occupation', l: 3 },
    ],
    suppressionLimit: 0.04,
  };
  const result = searchGeneralisation(adult);
  const released = generalise(others, fullDomainGeneralisation(adult, result));
  const isLost = Array.from(occupation.codes, (_, row) =>
    released.every(({ values, codes }) => values[codes[row]!] === '*'),
  );
  expect(isLost.filter(Boolean)).toHaveLength(result.suppressedRows);
  expect(result.suppressedRows).toBeGreaterThan(0);
  const attained = attainedGuarantees(released, occupation);
  expect(attained.k).toBeGreaterThanOrEqual(5);
  expect(attained.l).toBeGreaterThanOrEqual(3);
});
