import fs from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { detectPersonalData } from '../../../../../src/service/privacy/detect/detectPersonalData.ts';
import type { SampledColumn } from '../../../../../src/service/privacy/detect/findings.ts';
import { suggestFrom } from '../../../../../src/service/privacy/detect/findings.ts';

const repository = path.join(import.meta.dirname, '..', '..', '..', '..', '..');
const today = new Date('2026-06-15T00:00:00Z');

it('Adult: traits and what is sensitive, and nobody is named', () => {
  const file = path.join(repository, '..', 'shared', 'data', 'adult', 'adult_15_columns.csv');
  const findings = detectPersonalData(readCsv(file), { today });
  const seen = findings.map(({ column, entity, role, confidence, specialCategory }) =>
    [
      column,
      confidence >= suggestFrom ? entity : 'nothing',
      role,
      ...(specialCategory ? ['article 9'] : []),
    ].join(' '),
  );
  expect(seen).toEqual([
    'age age quasiIdentifier',
    'workclass employment quasiIdentifier',
    'fnlwgt nothing other',
    'education education quasiIdentifier',
    'education-num education quasiIdentifier',
    'marital-status maritalStatus quasiIdentifier',
    'occupation occupation quasiIdentifier',
    'relationship maritalStatus quasiIdentifier',
    'race ethnicity quasiIdentifier article 9',
    'sex gender quasiIdentifier',
    'capital-gain balance sensitive',
    'capital-loss balance sensitive',
    'hours-per-week nothing other',
    'native-country country quasiIdentifier',
    'income income sensitive',
  ]);
});

it('penguins: nothing personal, and of their sex no suggestion', () => {
  const file = path.join(repository, 'node_modules', 'vega-datasets', 'data', 'penguins.json');
  const rows: Readonly<Record<string, string | number | null>>[] = JSON.parse(fs.readFileSync(file, 'utf8'));
  const columns = Object.keys(rows[0]!).map((name) =>
    sample(
      name,
      rows.map((row) => String(row[name] ?? '')),
    ),
  );
  const findings = detectPersonalData(columns, { today });
  expect(findings).toHaveLength(7);
  expect(findings.filter(({ confidence }) => confidence >= suggestFrom)).toEqual([]);
});

function readCsv(file: string): SampledColumn[] {
  const [header, ...rows] = fs
    .readFileSync(file, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
  return header!.map((name, index) =>
    sample(
      name,
      rows.map((row) => row[index]!.trim()),
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
