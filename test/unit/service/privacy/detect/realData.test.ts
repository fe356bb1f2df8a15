import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { detectPersonalData } from '../../../../../src/service/privacy/detect/detectPersonalData.ts';
import type { SampledColumn } from '../../../../../src/service/privacy/detect/findings.ts';
import { selectFrom, suggestFrom } from '../../../../../src/service/privacy/detect/findings.ts';
import {
  hintQuasiIdentifiers,
  measureDistinction,
} from '../../../../../src/service/privacy/detect/quasiIdentifiers.ts';

const repository = path.join(import.meta.dirname, '..', '..', '..', '..', '..');
const adult = path.join(repository, '..', 'shared', 'data', 'adult', 'adult_15_columns.csv');
const today = new Date('2026-06-15T00:00:00Z');

it('Adult: traits and what is sensitive, and nobody is named', () => {
  const findings = detectPersonalData(readCsv(adult), { today });
  const seen = findings.map(({ column, entity, role, confidence, specialCategory }) =>
    [
      column,
      confidence >= suggestFrom ? entity : 'nothing',
      role,
      ...(specialCategory ? ['article 9'] : []),
    ].join(' '),
  );
  expect(seen).toEqual([
    'age age quasi',
    'workclass employment quasi',
    'fnlwgt nothing other',
    'education education quasi',
    'education-num education quasi',
    'marital-status maritalStatus quasi',
    'occupation occupation quasi',
    'relationship maritalStatus quasi',
    'race ethnicity quasi article 9',
    'sex gender quasi',
    'capital-gain balance sensitive',
    'capital-loss balance sensitive',
    'hours-per-week nothing other',
    'native-country country quasi',
    'income income sensitive',
  ]);
});

it('Adult: the hours of work help to single people out, the weight of the survey is not asked about', () => {
  const [header, ...rows] = readRows(adult);
  const seen = rows.slice(0, 10_000);
  const columns = header!.map((name, index) => {
    const values = [...new Set(seen.map((row) => row[index]!))];
    const codeOf = new Map(values.map((value, code) => [value, code]));
    return { name, values, codes: Int32Array.from(seen, (row) => codeOf.get(row[index]!)!) };
  });
  const hints = hintQuasiIdentifiers(measureDistinction({ rowCount: seen.length, columns }));
  expect(hints.map(({ column }) => column)).toEqual(['age', 'hours-per-week', 'occupation']);
  expect(hints[0]!.evidence).toBe('Beside other columns it tells 12 % more of the rows apart.');
});

it('penguins: nothing personal, and of their sex no suggestion', () => {
  const findings = detectPersonalData(readExample('penguins'), { today });
  expect(findings).toHaveLength(7);
  expect(findings.filter(({ confidence }) => confidence >= suggestFrom)).toEqual([]);
});

it.each([
  'anscombe',
  'barley',
  'burtin',
  'cars',
  'countries',
  'driving',
  'flare',
  'flights-2k',
  'football',
  'gapminder',
  'income',
  'londonCentroids',
  'obesity',
  'ohlc',
  'platformer-terrain',
  'udistrict',
  'unemployment-across-industries',
  'us-state-capitals',
  'weekly-weather',
])('%s: nothing personal', (name) => {
  const findings = detectPersonalData(readExample(name), { today });
  expect(findings.filter(({ confidence }) => confidence >= suggestFrom)).toEqual([]);
});

it('people of these examples are found', () => {
  const found = ['monarchs', 'political-contributions'].flatMap((name) =>
    detectPersonalData(readExample(name), { today }).filter(
      ({ role, confidence }) => role === 'direct' && confidence >= selectFrom,
    ),
  );
  expect(found.map(({ column }) => column)).toEqual(['name', 'Candidate_Name']);
});

/** A passenger list as it is known from courses: titles after the comma, names in parentheses, much missing. */
it('a passenger list', () => {
  const names = [
    'Braund, Mr. Owen Harris',
    'Cumings, Mrs. John Bradley (Florence Briggs Thayer)',
    'Heikkinen, Miss. Laina',
    'Futrelle, Mrs. Jacques Heath (Lily May Peel)',
    'Allen, Mr. William Henry',
    'Moran, Mr. James',
    'McCarthy, Mr. Timothy J',
    'Palsson, Master. Gosta Leonard',
    'Johnson, Mrs. Oscar W (Elisabeth Vilhelmina Berg)',
    'Nasser, Mrs. Nicholas (Adele Achem)',
  ];
  const cells = (make: (row: number) => string) => Array.from({ length: 200 }, (_, row) => make(row));
  const findings = detectPersonalData(
    [
      sample(
        'PassengerId',
        cells((row) => String(row + 1)),
      ),
      sample(
        'Survived',
        cells((row) => String(row % 2)),
      ),
      sample(
        'Pclass',
        cells((row) => String(1 + (row % 3))),
      ),
      sample(
        'Name',
        cells((row) => names[row % names.length]!),
      ),
      sample(
        'Sex',
        cells((row) => (row % 3 ? 'male' : 'female')),
      ),
      sample(
        'Age',
        cells((row) => (row % 4 ? String(1 + (row % 70)) : '')),
      ),
      sample(
        'SibSp',
        cells((row) => String(row % 5)),
      ),
      sample(
        'Ticket',
        cells((row) => (row % 2 ? `A/5 ${20_000 + row * 13}` : String(110_000 + row * 31))),
      ),
      sample(
        'Fare',
        cells((row) => (7 + row * 0.37).toFixed(4)),
      ),
      sample(
        'Cabin',
        cells((row) => (row % 5 ? '' : `C${10 + row}`)),
      ),
      sample(
        'Embarked',
        cells((row) => 'SCQ'[row % 3]!),
      ),
    ],
    { today },
  );
  const suggested = findings.filter(({ confidence }) => confidence >= suggestFrom);
  expect(suggested.map(({ column, entity }) => `${column}: ${entity}`)).toEqual([
    'PassengerId: personKey',
    'Name: personName',
    'Sex: gender',
    'Age: age',
  ]);
});

function readExample(name: string): SampledColumn[] {
  const file = path.join(repository, 'node_modules', 'vega-datasets', 'data', `${name}.json`);
  const rows: Readonly<Record<string, string | number | null>>[] = JSON.parse(fs.readFileSync(file, 'utf8'));
  return Object.keys(rows[0]!).map((key) =>
    sample(
      key,
      rows.map((row) => String(row[key] ?? '')),
    ),
  );
}

function readRows(file: string): string[][] {
  const lines = fs.readFileSync(file, 'utf8').trim().split(/\r?\n/);
  return lines.map((line) => line.split(',').map((cell) => cell.trim()));
}

function readCsv(file: string): SampledColumn[] {
  const [header, ...rows] = readRows(file);
  return header!.map((name, index) =>
    sample(
      name,
      rows.map((row) => row[index]!),
    ),
  );
}

function sample(name: string, cells: readonly string[]): SampledColumn {
  const present = cells.filter((cell) => cell !== '');
  const distinct = [...new Set(present)];
  const type = distinct.every((value) => /^-?\d+$/.test(value))
    ? 'BIGINT'
    : distinct.every((value) => /^-?\d+(\.\d+)?$/.test(value))
      ? 'DOUBLE'
      : 'VARCHAR';
  return {
    name,
    type,
    values: distinct.slice(0, 1_000),
    rowCount: cells.length,
    distinctCount: distinct.length,
    nullCount: cells.length - present.length,
  };
}
