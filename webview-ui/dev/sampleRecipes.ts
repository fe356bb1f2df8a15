import type {
  ColumnEvidence,
  ColumnRole,
  MethodOffer,
  RecipeColumn,
  RecipeState,
} from '../../src/protocol/privacy.ts';
import type { KeptReport } from '../../src/protocol/privacyReport.ts';
import type { FakeRecipeParts } from './fakeRecipe.ts';
import { drop, generalise, keep, mask, noise, pseudonym, suppress } from './sampleMethods.ts';

interface Sketch {
  readonly name: string;
  readonly type: RecipeColumn['type'];
  readonly role: ColumnRole;
  readonly offered: readonly MethodOffer[];
  readonly finding?: Partial<ColumnEvidence>;
  readonly hierarchy?: RecipeColumn['hierarchy'];
}

const dates: RecipeColumn['hierarchy'] = {
  source: 'automatic',
  levels: [
    { labels: ['1961-04-12', '1961-05-02', '1962-11-30'], count: 9841 },
    { labels: ['1961-04', '1961-05', '1962-11'], count: 804 },
    { labels: ['1961', '1962', '1963'], count: 68 },
    { labels: ['1960–1969', '1970–1979'], count: 7 },
    { labels: ['*'], count: 1 },
  ],
};

const sketches: readonly Sketch[] = [
  {
    name: 'patient',
    type: 'text',
    role: 'direct',
    offered: [pseudonym, drop, mask, keep],
    finding: {
      title: 'personal names',
      confidence: 0.93,
      evidence: ['91.2 % look like a first and a last name', 'The header says “patient”'],
      maskedSamples: ['M••• K••••••', 'J•••• d• G•••'],
    },
  },
  {
    name: 'mail',
    type: 'text',
    role: 'direct',
    offered: [drop, pseudonym, mask, keep],
    finding: {
      title: 'e-mail addresses',
      confidence: 0.998,
      evidence: ['99.8 % valid', 'The header says “mail”'],
      maskedSamples: ['m•••@•••.org', 'j•••••@•••.nl', 'a•@•••.com'],
    },
  },
  {
    name: 'phone',
    type: 'text',
    role: 'direct',
    offered: [drop, pseudonym, mask, keep],
    finding: { title: 'telephone numbers', confidence: 0.86, evidence: ['84 % valid in the Netherlands'] },
  },
  {
    name: 'birth_date',
    type: 'date',
    role: 'quasi',
    offered: [generalise, keep, drop],
    finding: {
      title: 'dates of birth',
      confidence: 0.97,
      evidence: ['All between 1921 and 2008', 'The header says “birth”'],
      maskedSamples: ['19••-••-12'],
    },
    hierarchy: dates,
  },
  {
    name: 'postcode',
    type: 'text',
    role: 'quasi',
    offered: [generalise, mask, keep, drop],
    finding: { title: 'postal codes', confidence: 0.72, evidence: ['72 % have the form 1234 AB'] },
    hierarchy: {
      source: 'automatic',
      levels: [
        { labels: ['1011 AB', '3512 JE'], count: 2210 },
        { labels: ['1011 **', '3512 **'], count: 480 },
        { labels: ['10** **'], count: 61 },
        { labels: ['*'], count: 1 },
      ],
    },
  },
  {
    name: 'sex',
    type: 'text',
    role: 'quasi',
    offered: [keep, generalise, drop],
    finding: { title: 'sex or gender', confidence: 0.9, evidence: ['2 different values: F, M'] },
  },
  {
    name: 'diagnosis',
    type: 'text',
    role: 'sensitive',
    offered: [keep, drop, suppress],
    finding: {
      title: 'health',
      confidence: 0.95,
      evidence: ['98 % are codes of ICD-10', 'The header says “diagnosis”'],
      maskedSamples: ['E1•.•', 'I1•'],
      specialCategory: true,
    },
  },
  { name: 'visits', type: 'integer', role: 'other', offered: [keep, noise, drop] },
  { name: 'weight', type: 'number', role: 'other', offered: [noise, keep, drop] },
  {
    name: 'remarks',
    type: 'text',
    role: 'other',
    offered: [keep, drop, suppress],
    finding: {
      title: 'names in free text',
      confidence: 0.41,
      evidence: ['Names stand in 41 % of the texts'],
    },
  },
];

function columnOf({ name, type, role, offered, finding, hierarchy }: Sketch): RecipeColumn {
  const [proposed] = offered;
  return {
    name,
    type,
    role,
    confirmed: false,
    finding: finding
      ? { title: '', confidence: 0, evidence: [], maskedSamples: [], specialCategory: false, ...finding }
      : null,
    method: { id: proposed!.id, options: {} },
    offered,
    hierarchy: hierarchy ?? null,
  };
}

const names = [
  'Marie Kempen',
  'Jan de Gier',
  'Aisha Yilmaz',
  'Pieter Bos',
  'Lotte Visser',
  'Tom Smit',
  'Ada Hofstra',
  'Noor Bakker',
  'Daan Peeters',
  'Eva Mulder',
];

const rows = names.map((name, row) => {
  const [first = ''] = name.toLowerCase().split(' ');
  return [
    name,
    `${first}@example.org`,
    `+31 6 ${12_345_678 + row * 7919}`,
    `${1950 + row * 5}-0${1 + (row % 9)}-1${row % 10}`,
    `${1011 + row * 277} ${'ABCDEFGHJK'[row]}B`,
    row % 2 === 0 ? 'F' : 'M',
    ['E11.9', 'I10', 'J45.0', 'F32.1'][row % 4]!,
    (row * 3) % 11,
    row === 3 ? null : 58.4 + row * 3.1,
    row === 4 ? 'Called back on Tuesday; her daughter Sofie answered and asked for a letter.' : 'no remarks',
  ];
});

const draft: RecipeState = {
  recipe: 'data/patients.anonymise.yaml',
  saved: false,
  version: 1,
  input: {
    path: 'data/patients.csv',
    rows: 12_480,
    estimated: false,
    sampledRows: 12_480,
    bytes: 1_733_120,
  },
  output: 'data/patients.anonymised.csv',
  columns: sketches.map(columnOf),
  guarantee: null,
  release: '2026-11',
  key: { id: 'patients', state: 'ready', wasUsed: false },
  problems: [],
};

const report: KeptReport = {
  time: Date.UTC(2026, 10, 23, 9, 41),
  input: {
    path: 'data/patients.csv',
    rows: 12_480,
    sha256: 'b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9',
  },
  output: {
    path: 'data/patients.anonymised.csv',
    rows: 12_396,
    sha256: '5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03',
  },
  recipeHash: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  files: { html: 'data/patients.anonymised.report.html', json: 'data/patients.anonymised.report.json' },
  summary: [
    'Two columns that name people were dropped, and the names of patients were replaced by codes.',
    'Every remaining row is like at least 4 others in date of birth, postcode and sex (k = 5).',
    '84 rows that stood too much alone were left out.',
  ],
  notGuaranteed: [
    'Pseudonymised, not anonymous: whoever has the key can test which patient a code means.',
    'Within a group the diagnoses may still be the same, so that somebody’s diagnosis is known without knowing their row.',
    'What is written in remarks was not changed.',
  ],
  questions: [
    {
      question: 'Can somebody still be singled out?',
      answer: 'To some degree. Singling out: 84 % before, 6 % after (95 % between 2 % and 11 %).',
    },
    {
      question: 'Can something about somebody still be worked out?',
      answer: 'Not by this attack, which did no better than guessing and so proves little.',
    },
  ],
  measuredOn: {
    attacks:
      'Tried on 10,000 rows drawn from the 12,216 of the output: 5,000 as if they alone had been released, the other 5,000 as people who are not in it.',
  },
  columns: sketches.slice(0, 7).map((sketch) => {
    const { method, offered, name, role } = columnOf(sketch);
    const offer = offered.find(({ id }) => id === method.id)!;
    return { name, role, method: offer.title, sentence: offer.sentence, limit: offer.limit };
  }),
  risk: [
    {
      id: 'prosecutor',
      title: 'Prosecutor risk, highest',
      sentence: 'The chance to find somebody of whom one knows that they are in the table.',
      kind: 'share',
      before: 1,
      after: 0.2,
      better: 'lower',
    },
    {
      id: 'unique',
      title: 'Rows that are unique',
      sentence: 'Rows that nobody else’s quasi-identifiers equal.',
      kind: 'count',
      before: 10_482,
      after: 0,
      better: 'lower',
    },
    {
      id: 'population',
      title: 'Unique in the population',
      sentence: 'Estimated for 900,000 people.',
      kind: 'share',
      before: 0.31,
      after: 0.0004,
      better: 'lower',
    },
  ],
  attacks: [
    {
      id: 'singling',
      title: 'Singling out',
      sentence: 'How often a guess at one person’s row was right, beyond chance.',
      kind: 'share',
      before: 0.84,
      after: 0.06,
      interval: [0.02, 0.11],
      better: 'lower',
    },
    {
      id: 'linkability',
      title: 'Linkability',
      sentence: 'How often two halves of somebody’s data were put together.',
      kind: 'share',
      before: 0.44,
      after: 0.03,
      interval: [0, 0.07],
      better: 'lower',
    },
    {
      id: 'inference',
      title: 'Inference of diagnosis',
      sentence: 'How often a diagnosis was guessed from the rest, beyond chance.',
      kind: 'share',
      before: null,
      after: 0.12,
      interval: [0.08, 0.17],
      better: 'lower',
    },
  ],
  utility: [
    {
      id: 'marginals',
      title: 'Columns like before',
      sentence: 'How alike the distributions of single columns are.',
      kind: 'score',
      before: 1,
      after: 0.94,
      better: 'higher',
    },
    {
      id: 'f1',
      title: 'What a model learns (F1)',
      sentence: 'Trained on this table, tested on real rows. Shuffled columns reach 0.41.',
      kind: 'score',
      before: 0.812,
      after: 0.779,
      interval: [0.77, 0.79],
      better: 'higher',
    },
  ],
};

/** Patients of a surgery: what is proposed for them, before anybody chose. */
export function patients(change: Partial<RecipeState> = {}): FakeRecipeParts {
  return { state: { ...draft, ...change }, rows, report };
}

export function manyColumns(count: number): FakeRecipeParts {
  const columns = Array.from({ length: count }, (_, index) =>
    columnOf({
      name: `gene_${String(index).padStart(5, '0')}`,
      type: 'number',
      role: 'other',
      offered: [keep, noise, drop],
    }),
  );
  return {
    state: { ...draft, columns, key: { id: null, state: 'notNeeded', wasUsed: false } },
    rows: rows.map(() => columns.map((_, index) => index / 8)),
    report,
  };
}
