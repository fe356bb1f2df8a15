import { WorkbenchError } from '../../src/base/errors.ts';
import type { DataValue } from '../../src/protocol/data.ts';
import type { KeptReport } from '../../src/protocol/privacyReport.ts';
import {
  type ChangeSynthesis,
  changeSynthesis,
  estimateSynthesis,
  followSynthesis,
  openSynthesis,
  previewSynthesis,
  type SynthesisEstimate,
  type SynthesisedTable,
  type SynthesisPreview,
  type SynthesisState,
  startSynthesis,
} from '../../src/protocol/synthesis.ts';

const started = {
  run: 'a',
  name: 'calm-heron',
  experiment: 'Synthesise patients.csv',
  output: 'data/patients.synthetic.csv',
};

/** What a recipe says of synthetic rows, in memory. */
export class FakeSynthesis {
  state: SynthesisState;
  /** The output is there already. */
  exists = false;
  readonly answers: Readonly<Record<string, (parameters: never) => unknown>> = {
    [openSynthesis.method]: () => this.state,
    [changeSynthesis.method]: ({ choices }: ChangeSynthesis) => {
      this.state = {
        ...this.state,
        ...{ choices, saved: true, version: this.state.version + 1 },
        seed: choices.seed === null ? 'chance' : 'stated',
      };
      return this.state;
    },
    [estimateSynthesis.method]: (): SynthesisEstimate => ({
      ...{ seconds: 6, bytes: 122e6 },
      sentence: `About 6 s and at most 122 MB of memory, for 4 columns, 12,000 rows to learn and ${this.#rows.toLocaleString('en')} rows to draw.`,
    }),
    [previewSynthesis.method]: (): SynthesisPreview => ({
      columns: ['mail', 'age', 'city', 'diagnosis', 'stay'],
      rows: drawn,
    }),
    [startSynthesis.method]: ({ replace }: { replace?: boolean }) => {
      if (this.exists && !replace) {
        throw new WorkbenchError(
          'data.targetExists',
          'data/patients.synthetic.csv exists already. Nothing was changed. Choose another name, or overwrite it.',
          { actions: [{ kind: 'overwrite', title: 'Overwrite', subject: started.output }] },
        );
      }
      return started;
    },
    [followSynthesis.method]: (): SynthesisedTable => ({
      ...started,
      ...{ rows: this.#rows, bytes: 431_200, milliseconds: 5300 },
      findings: [
        'No synthetic row is equal to a real row that was learned.',
        'Synthetic rows are no nearer to the real rows that were learned than to real rows that the model never saw: there is no sign that it remembers single rows.',
        'The columns have 98.7 % of the shapes of the real ones, and pairs of columns that go together keep 93.1 % of how they do.',
      ],
      report: { html: 'data/patients.synthetic.privacy.html', json: 'data/patients.synthetic.privacy.json' },
    }),
  };

  constructor(change: Partial<SynthesisState> = {}) {
    this.state = { ...patients, ...change };
  }

  get #rows(): number {
    return this.state.choices.rows ?? this.state.input.rows;
  }
}

const drawn: readonly (readonly DataValue[])[] = [
  ['p_2k9d0v1h7ramq3ce', 34, 'Bern', 'Asthma', 2.5],
  ['p_81hv6cneo2t0fb4j', 71, 'Basel', 'Diabetes', 9],
  ['p_c0m5tr7d9uk1g3sa', 52, 'Bern', null, 4],
  ['p_f7i2lqb8e4n6o0vd', 28, 'Chur', 'Other', 1.5],
];

const learned = (name: string, ordered: boolean, values: readonly string[]) => ({
  ...{ name, ordered, values },
  fate: 'learned' as const,
  sentence: 'How it is distributed, and how it goes with other columns.',
});

const patients: SynthesisState = {
  recipe: 'data/patients.anonymise.yaml',
  saved: false,
  version: 1,
  input: { path: 'data/patients.csv', rows: 12_000, bytes: 812_000 },
  output: started.output,
  choices: {
    ...{ method: 'copula', rows: null, seed: null, target: 'diagnosis', epochs: null, rareBelow: 5 },
    output: null,
    constraints: [{ kind: 'range', column: 'age', minimum: 0, maximum: 110 }],
    conditions: [],
  },
  columns: [
    {
      ...{ name: 'name', fate: 'dropped', ordered: false, values: [] },
      sentence: 'It names people by itself, so it is never learned, and left out.',
    },
    {
      ...{ name: 'mail', fate: 'new', ordered: false, values: [] },
      sentence: 'It names people, so it is never learned: each row gets a code that stands for nobody.',
    },
    learned('age', true, ['34', '52', '71']),
    learned('city', false, ['Bern', 'Basel', 'Chur']),
    learned('diagnosis', false, ['Asthma', 'Diabetes']),
    learned('stay', true, ['2.5', '4', '9']),
  ],
  key: { id: null, state: 'notNeeded', wasUsed: false },
  seed: 'chance',
  problems: [],
  running: null,
  last: null,
};

/** As of rows that were made up from the same table. */
export function syntheticReport(report: KeptReport): KeptReport {
  const score = { kind: 'score', better: 'higher' } as const;
  return {
    ...report,
    output: { ...report.output, path: started.output },
    summary: [
      'data/patients.synthetic.csv holds 12,000 synthetic rows.',
      'Never learned, and left out: name.',
    ],
    notGuaranteed: ['Synthetic is not anonymous by itself.'],
    ...{ risk: [], attacks: [], utility: [] },
    synthetic: {
      method: 'Gaussian copula',
      memorisation: [
        {
          ...{
            id: 'copies',
            title: 'Synthetic rows that are equal to a real row',
            kind: 'share',
            better: 'lower',
          },
          sentence: 'Among as many real rows of each kind.',
          ...{ before: 0.002, after: 0.003 },
        },
        {
          ...{ id: 'closestMedian', title: 'Distance to the closest real row, median', ...score },
          sentence: 'From 0, equal, to 1.',
          ...{ before: 0.081, after: 0.079 },
        },
      ],
      quality: [
        {
          ...{ id: 'shapes', title: 'Shapes of the columns', ...score },
          sentence: 'How alike each column is distributed, on average.',
          ...{ before: 1, after: 0.987 },
        },
      ],
    },
  };
}
