import type { ErrorShape } from '../../src/base/errors.ts';
import { profileData, sketchData } from '../../src/protocol/data.ts';
import type { Guarantee, RecipeProblem } from '../../src/protocol/privacy.ts';
import { getPrivacyReport } from '../../src/protocol/privacyReport.ts';
import type { FakeTable } from './fakeData.ts';
import type { FakeHost } from './fakeHost.ts';
import { FakeRecipe, type FakeRecipeParts } from './fakeRecipe.ts';
import { FakeSeries } from './fakeSeries.ts';
import { FakeSynthesis, syntheticReport } from './fakeSynthesis.ts';
import { manyColumns, patients } from './sampleRecipes.ts';
import {
  accuracyAt,
  lossAt,
  noise,
  sampleRun,
  sampleTime,
  systemMetrics,
  trainingMetrics,
} from './sampleRuns.ts';
import { adultTable, emptyTable, wideTable } from './sampleTables.ts';

type Scenario = (host: FakeHost) => void;

const training = { seed: 7, best: 0.98, speed: 40 };

const raggedRow: ErrorShape = {
  code: 'data.raggedRow',
  message:
    'Row 18,201 of data/adult.csv ends before column 15: it has 14 values, and the header has 15 columns. Nothing was changed. Mend that row, or quote the value that has the delimiter in it, and try again.',
  actions: [{ kind: 'openFile', title: 'Open Row', subject: '/project/data/adult.csv:18201' }],
};
const noTable: ErrorShape = {
  code: 'data.notATable',
  message:
    'data/adult.csv is no table: it is compressed with gzip. Nothing was changed. CSV, TSV, JSON, JSON lines, Parquet and Arrow files can be read.',
};

const escapeCode = String.fromCharCode(27);

/** By name, as `?scenario=` has it. */
const scenarios: Readonly<Record<string, Scenario>> = {
  live: liveRun,
  finished: finishedRun,
  failed: failedRun,
  scheduled: (host) =>
    openRun(host, sampleRun('a', 'calm-heron', { state: 'scheduled', endTime: undefined, parameters: [] })),
  'no-metrics': (host) => openRun(host, sampleRun('a', 'calm-heron', { code: undefined, datasets: [] })),
  kept: keptRun,
  deleted: (host) => openRun(host, sampleRun('a', 'odd-finch', { deletedTime: Date.now() - 240_000 })),
  many: manyMetrics,
  stream: streamedRun,
  'long-log': longLog,
  missing: (host) => {
    host.start = { panel: 'run', runs: ['gone'] };
  },
  six: (host) => comparison(host, 6),
  two: (host) => comparison(host, 2),
  'two-machines': (host) => {
    comparison(host, 2);
    host.log('r0', { 'system/cpu_utilization_percentage': [71, 74] });
    host.log('r1', { 'system/cpu_utilization_percentage': [38, 35] });
  },
  twelve: (host) => comparison(host, 12),
  'live-comparison': (host) => {
    comparison(host, 2);
    host.change('r1', { state: 'running', endTime: undefined, startTime: Date.now() - 20_000 });
    host.tick = () => host.log('r1', { accuracy: [0.95], loss: [0.1] });
  },
  none: (host) => {
    host.start = { panel: 'compare', runs: ['gone', 'too'] };
  },
  adult: (host) => profile(host, 'adult.csv', adultTable()),
  'first-picture': (host) => {
    profile(host, 'adult.csv', adultTable(20_000_000));
    host.hold(profileData.method);
  },
  wide: (host) => profile(host, 'expression.csv', wideTable(10_000)),
  'no-rows': (host) => profile(host, 'none.csv', emptyTable()),
  ragged: (host) => {
    profile(host, 'adult.csv', adultTable());
    host.failures.set(profileData.method, raggedRow);
  },
  people: (host) => anonymise(host, patients()),
  guaranteed: (host) => anonymise(host, patients({ saved: true, guarantee: protectedDiagnosis })),
  'no-key': (host) => anonymise(host, patients({ key: { id: null, state: 'missing', wasUsed: false } })),
  'other-key': (host) =>
    anonymise(host, patients({ saved: true, key: { id: 'patients', state: 'other', wasUsed: true } })),
  'bad-recipe': (host) => anonymise(host, patients({ saved: true, problems: recipeProblems })),
  'many-columns': (host) => anonymise(host, manyColumns(10_000)),
  applying: (host) => {
    anonymise(host, patients({ saved: true }));
    host.recipe!.applying = { recipe: 'data/patients.anonymise.yaml' };
  },
  synthetic: (host) => synthesise(host, new FakeSynthesis()),
  'synthetic-no-key': (host) =>
    synthesise(
      host,
      new FakeSynthesis({ seed: 'key', key: { id: 'patients', state: 'missing', wasUsed: false } }),
    ),
  'synthetic-there': (host) => {
    synthesise(host, new FakeSynthesis({ saved: true }));
    host.synthesis!.exists = true;
  },
  'synthetic-problem': (host) =>
    synthesise(
      host,
      new FakeSynthesis({
        problems: [
          {
            message:
              'The target names the column "diagnose", which the table does not have. Nothing was written, and the data was not touched. Mend the name, or leave it out.',
          },
        ],
      }),
    ),
  'not-applied': (host) => {
    host.start = { panel: 'report', data: '/project/data/patients.anonymise.yaml' };
    host.failures.set(getPrivacyReport.method, {
      code: 'privacy.noReport',
      message: 'The recipe patients.anonymise.yaml was not applied yet, so there is no report.',
    });
  },
  applied: (host) => {
    host.recipe = new FakeRecipe(patients());
    host.start = { panel: 'report', data: '/project/data/patients.anonymise.yaml' };
  },
  'synthetic-report': (host) => {
    const parts = patients();
    host.recipe = new FakeRecipe({ ...parts, report: syntheticReport(parts.report) });
    host.start = { panel: 'report', data: '/project/data/patients.synthetic.privacy.json' };
  },
  unreadable: (host) => {
    profile(host, 'adult.csv', adultTable());
    host.failures.set(sketchData.method, noTable);
  },
};

export function openScenario(host: FakeHost, name: string): void {
  const scenario = scenarios[name];
  if (!scenario) {
    throw new Error(`No scenario ${name}; there are ${Object.keys(scenarios).join(', ')}`);
  }
  scenario(host);
}

function anonymise(host: FakeHost, parts: FakeRecipeParts): void {
  host.recipe = new FakeRecipe(parts);
  host.start = { panel: 'anonymise', data: '/project/data/patients.csv' };
}

function synthesise(host: FakeHost, synthesis: FakeSynthesis): void {
  host.synthesis = synthesis;
  host.start = { panel: 'synthesise', data: '/project/data/patients.csv' };
}

const protectedDiagnosis: Guarantee = {
  k: 5,
  sensitive: [{ column: 'diagnosis', criterion: 'distinctL', l: 2 }],
  suppressionLimit: 0.05,
  recoding: 'global',
};

const recipeProblems: readonly RecipeProblem[] = [
  {
    message: '“pseudonim” is no method. Did you mean “pseudonym”?',
    line: 12,
    column: 13,
    about: 'patient',
  },
  { message: 'The table has no column “adress”.', line: 31, column: 3 },
];

function profile(host: FakeHost, name: string, table: FakeTable): void {
  host.table = table;
  host.start = { panel: 'profile', data: `/project/data/${name}` };
}

function openRun(
  host: FakeHost,
  run: ReturnType<typeof sampleRun>,
  metrics: Record<string, FakeSeries> = {},
): void {
  host.add(run, metrics);
  host.start = { panel: 'run', runs: [run.id] };
}

function liveRun(host: FakeHost): void {
  const startTime = Date.now() - 12_000;
  const state = { state: 'running', startTime, endTime: undefined, exitCode: undefined } as const;
  openRun(host, sampleRun('a', 'brisk-otter', state), trainingMetrics(80, training, startTime));
  host.logs.set('a', 'Reading data/penguins.csv: 344 rows\n');
  const random = noise(99);
  let step = 80;
  host.tick = () => {
    step += 1;
    const accuracy = accuracyAt(step, training, random);
    const loss = lossAt(step, training, random);
    host.log('a', { accuracy: [accuracy], loss: [loss], learning_rate: [0.05 * 0.985 ** step] });
    host.print('a', `epoch ${step}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}\n`);
  };
}

function finishedRun(host: FakeHost): void {
  const run = sampleRun('a', 'calm-heron', {
    previous: {
      id: 'z',
      name: 'odd-finch',
      parameters: { epochs: '200', learning_rate: '0.1', hidden_units: '32', dropout: '0.2' },
    },
    tags: { stage: 'baseline', 'mlflow.user': 'ada' },
  });
  openRun(host, run, {
    ...trainingMetrics(200, training),
    test_accuracy: FakeSeries.of([0.9767], sampleTime),
    train_rows: FakeSeries.of([275], sampleTime),
  });
  host.logs.set('a', finishedLog());
  host.artifacts.set('', [
    { path: 'code', isFolder: true },
    { path: 'figures', isFolder: true },
    { path: 'model.json', isFolder: false, bytes: 18_230 },
  ]);
  host.artifacts.set('code', [{ path: 'code/uncommitted.patch', isFolder: false, bytes: 812 }]);
  host.artifacts.set('figures', [{ path: 'figures/confusion.svg', isFolder: false, bytes: 24_101 }]);
}

/** A run that somebody wrote about, of a sweep, with runs of its own under it. */
function keptRun(host: FakeHost): void {
  const run = sampleRun('a', 'calm-heron', {
    starred: true,
    tags: {
      'mlflow.note.content':
        'Half the learning rate of odd-finch.\nThe loss still falls at the end: try 400 epochs.',
      'mlops.starred': 'true',
      stage: 'baseline',
      'team/owner': 'ada',
    },
    parent: { id: 'p', name: 'learning-rate-sweep', state: 'running' },
    childCount: 3,
    children: [
      { id: 'c1', name: 'fold-3', state: 'running' },
      { id: 'c2', name: 'fold-2', state: 'finished' },
      { id: 'c3', name: 'fold-1', state: 'failed' },
    ],
    inputs: [
      { name: 'penguins-train', digest: 'e3b0c442', context: 'training' },
      { name: 'penguins-test', digest: '98fc1c14' },
    ],
  });
  openRun(host, run, { ...trainingMetrics(200, training), ...systemMetrics(30) });
}

function finishedLog(): string {
  const bar = Array.from({ length: 10 }, (_, tenth) => `loading ${(tenth + 1) * 10} %`).join('\r');
  const green = (text: string) => `${escapeCode}[32m${text}${escapeCode}[0m`;
  const epochs = Array.from({ length: 200 }, (_, index) => `epoch ${index + 1} done`).join('\n');
  return `${bar}\nread 344 rows\n${epochs}\n${green('accuracy 0.977')}\n${escapeCode}[1;33mwarning:${escapeCode}[0m 2 rows had no sex\n`;
}

function failedRun(host: FakeHost): void {
  const values = Array.from({ length: 60 }, (_, index) => (index > 40 ? Number.NaN : 1 / (index + 1)));
  values[10] = Number.NaN;
  values[20] = Number.POSITIVE_INFINITY;
  openRun(
    host,
    sampleRun('a', 'odd-finch', {
      state: 'failed',
      exitCode: 1,
      failure: "KeyError: 'sex'",
      endTime: sampleTime + 4_200,
    }),
    { loss: FakeSeries.of(values, sampleTime), accuracy: FakeSeries.of([0.2, 0.4, 0.5], sampleTime) },
  );
  host.logs.set(
    'a',
    `Traceback (most recent call last):\n  File "train.py", line 12, in <module>\n    row["sex"]\nKeyError: 'sex'\n`,
  );
}

function manyMetrics(host: FakeHost): void {
  const names = Array.from({ length: 200 }, (_, index) => `layer_${index + 1}/gradient_norm`);
  const metrics = names.map((name, index) => [
    name,
    trainingMetrics(300, { ...training, seed: index }).loss!,
  ]);
  openRun(host, sampleRun('a', 'wide-heron'), Object.fromEntries(metrics));
}

/** A run that logs 200,000 points while one looks: 2,000 at each tick. */
function streamedRun(host: FakeHost): void {
  const startTime = Date.now();
  openRun(host, sampleRun('a', 'fast-swift', { state: 'running', startTime, endTime: undefined }));
  const random = noise(5);
  let step = 0;
  host.tick = () => {
    const values = Array.from({ length: 2_000 }, () => {
      step += 1;
      return lossAt(step / 500, training, random);
    });
    host.log('a', { loss: values });
    host.print('a', `step ${step}\n`.repeat(20));
    if (step >= 200_000) {
      host.tick = undefined;
      host.change('a', { state: 'finished', endTime: Date.now() });
    }
  };
}

function longLog(host: FakeHost): void {
  openRun(host, sampleRun('a', 'loud-goose'));
  const lines: string[] = [];
  for (let line = 1; line <= 60_000; line += 1) {
    lines.push(`line ${line} of a program that has much to say, and says it at length, again and again`);
  }
  host.logs.set('a', `${lines.join('\n')}\n`);
}

function comparison(host: FakeHost, count: number): void {
  const names = ['calm-heron', 'brisk-otter', 'odd-finch', 'wide-lynx', 'fast-swift', 'shy-vole'];
  const random = noise(3);
  const ids = Array.from({ length: count }, (_, index) => `r${index}`);
  ids.forEach((id, index) => {
    const round = Math.floor(index / names.length);
    const name = `${names[index % names.length]}${round > 0 ? `-${round + 1}` : ''}`;
    const startTime = sampleTime + index * 3_600_000;
    const how = { seed: index + 1, best: 0.98 - index * 0.012 + random() * 0.02, speed: 30 + index * 12 };
    host.add(comparedRun(id, name, index, startTime), {
      ...trainingMetrics(120 + index * 10, how, startTime),
      test_accuracy: FakeSeries.of([how.best - 0.004], startTime),
      rows_per_second: FakeSeries.of([12_000 + index * 730], startTime),
    });
  });
  host.start = { panel: 'compare', runs: ids };
}

function comparedRun(id: string, name: string, index: number, startTime: number) {
  const base = sampleRun(id, name);
  const version = index === 2 ? 2 : 3;
  return {
    ...base,
    startTime,
    endTime: startTime + 28_000 + index * 2_340,
    parameters: [
      { key: 'epochs', value: String(120 + index * 10) },
      { key: 'learning_rate', value: ['0.05', '0.1', '0.05', '0.02', '0.01', '0.05'][index % 6]! },
      { key: 'hidden_units', value: '32' },
      ...(index > 2 ? [{ key: 'dropout', value: '0.2' }] : []),
    ],
    datasets: [{ ...base.datasets[0]!, version, hash: version === 3 ? base.datasets[0]!.hash : '7c0d1e' }],
    code: { ...base.code!, commit: index === 2 ? '77ab012c9e' : base.code!.commit, changedFiles: index % 2 },
    environment: {
      ...base.environment!,
      packages: base.environment!.packages.map((each) =>
        each.name === 'numpy' && index === 1 ? { ...each, version: '2.2.6' } : each,
      ),
    },
    state: index === 4 ? ('failed' as const) : ('finished' as const),
    failure: index === 4 ? 'Exit code 1' : undefined,
  };
}
