import type { Associations, DataProfile } from '../../src/protocol/data.ts';
import { type FakeColumn, FakeTable } from './fakeData.ts';

const oneOf =
  (...values: readonly string[]) =>
  (random: number) =>
    values[Math.min(values.length - 1, Math.floor(random ** 2 * values.length))]!;

const whole =
  (low: number, high: number, power = 1) =>
  (random: number) =>
    Math.round(low + random ** power * (high - low));

const education = oneOf('HS-grad', 'Some-college', 'Bachelors', 'Masters', 'Assoc-voc', '11th', 'Doctorate');

const adult: readonly FakeColumn[] = [
  { name: 'age', type: 'integer', value: whole(17, 90, 1.6) },
  {
    name: 'workclass',
    type: 'text',
    missing: 0.056,
    value: oneOf('Private', 'Self-emp-not-inc', 'Local-gov', 'State-gov', 'Federal-gov'),
  },
  { name: 'fnlwgt', type: 'integer', value: whole(12_285, 1_484_705, 2.4) },
  { name: 'education', type: 'text', value: education },
  { name: 'education-num', type: 'integer', value: (random) => 7 + education(random).length },
  {
    name: 'marital-status',
    type: 'text',
    value: oneOf('Married-civ-spouse', 'Never-married', 'Divorced', 'Separated', 'Widowed'),
  },
  { name: 'relationship', type: 'text', value: oneOf('Husband', 'Not-in-family', 'Own-child', 'Wife') },
  { name: 'sex', type: 'text', value: oneOf('Male', 'Female') },
  { name: 'capital-gain', type: 'integer', value: whole(0, 99_999, 40) },
  { name: 'hours-per-week', type: 'integer', value: (random) => 40 + Math.round((random - 0.5) ** 3 * 200) },
  {
    name: 'enrolled',
    type: 'date',
    missing: 0.4,
    value: (random) => `19${80 + Math.floor(random * 20)}-03-01`,
  },
  { name: 'is_citizen', type: 'boolean', value: (random) => random < 0.9 },
  { name: 'notes', type: 'text', missing: 1, value: () => null },
  { name: 'record', type: 'text', value: (_random, row) => `A-${String(row * 7919).padStart(9, '0')}` },
  { name: 'income', type: 'text', value: oneOf('<=50K', '>50K') },
];

const compared = adult.map(({ name }) => name).filter((name) => !['notes', 'record'].includes(name));

const associations: Associations = {
  rows: 32_561,
  columns: compared,
  pairs: [
    { a: 'education', b: 'education-num', measure: 'correlationRatio', strength: 1 },
    { a: 'marital-status', b: 'relationship', measure: 'cramersV', strength: 0.4876 },
    { a: 'relationship', b: 'sex', measure: 'cramersV', strength: 0.6494 },
    { a: 'relationship', b: 'income', measure: 'cramersV', strength: 0.4536 },
    { a: 'age', b: 'hours-per-week', measure: 'pearson', strength: 0.1013 },
    { a: 'age', b: 'fnlwgt', measure: 'pearson', strength: -0.1266 },
    { a: 'education', b: 'income', measure: 'cramersV', strength: 0.3667 },
    { a: 'age', b: 'marital-status', measure: 'correlationRatio', strength: 0.5813 },
    { a: 'education-num', b: 'income', measure: 'correlationRatio', strength: 0.3352 },
    { a: 'hours-per-week', b: 'sex', measure: 'correlationRatio', strength: 0.2293 },
  ],
};

const notices: DataProfile['notices'] = [
  { code: 'missingMarkers', message: 'In column “workclass” “?” counts as missing.' },
  { code: 'allMissing', message: 'Column “notes” has no value in any row.' },
];

export function adultTable(rows = 32_561): FakeTable {
  return new FakeTable({
    path: 'data/adult.csv',
    rows,
    columns: adult,
    profile: { associations, notices, duplicateRows: 24 },
    hints: {
      '': [{ kind: 'redundant', column: 'education', other: 'education-num', strength: 1 }],
      'education-num': [
        { kind: 'nearlyTarget', column: 'education', other: 'education-num', strength: 1 },
        { kind: 'determinesTarget', column: 'record', other: 'education-num', strength: 0.97 },
      ],
    },
  });
}

/** As wide as one has ever seen. */
export function wideTable(columns: number): FakeTable {
  return new FakeTable({
    path: 'data/expression.csv',
    rows: 20_000_000,
    columns: Array.from({ length: columns }, (_, at) => ({
      name: `gene_${at + 1}`,
      type: 'number' as const,
      value: (random: number) => Number((random * 10).toFixed(4)),
    })),
    profile: { bytes: 1_930_000_000_000 },
  });
}

export function emptyTable(): FakeTable {
  return new FakeTable({ path: 'data/none.csv', rows: 0, columns: adult.slice(0, 3) });
}
