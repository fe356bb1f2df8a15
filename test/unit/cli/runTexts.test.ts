import { describe, expect, it } from 'vitest';
import { compareRuns, renderComparison } from '../../../src/cli/render/comparison.ts';
import { renderRunDetails } from '../../../src/cli/render/runDetails.ts';
import { renderRunList } from '../../../src/cli/render/runList.ts';
import { closingLine } from '../../../src/cli/render/runText.ts';
import { plainStyle } from '../../../src/cli/render/table.ts';
import type { RunDetails } from '../../../src/protocol/experiments.ts';

const plain = { style: plainStyle };
const start = Date.UTC(2026, 4, 1, 12);
const now = start + 5 * 60_000;

const heron: RunDetails = {
  id: '4f2c1aa000000000000000000000beef',
  name: 'calm-heron',
  experiment: '1',
  experimentName: 'penguins',
  state: 'finished',
  startTime: start,
  endTime: start + 31_000,
  script: 'train.py',
  headline: { metric: 'accuracy', value: 0.98123, history: [] },
  exitCode: 0,
  version: 3,
  command: ['/usr/bin/python3', 'train.py'],
  parameters: [
    { key: 'learning_rate', value: '0.05' },
    { key: 'epochs', value: '200' },
  ],
  metrics: [
    { key: 'accuracy', latest: 0.98123, step: 199, count: 200, lowest: 0.4, highest: 0.99 },
    { key: 'loss', latest: 'NaN', step: 1999, count: 2000, lowest: 0.07, highest: 'Infinity' },
  ],
  tags: { 'mlflow.user': 'ada', note: 'first' },
  code: { commit: '4f2c1aa99', branch: 'main', changedFiles: 2 },
  inputs: [],
  children: [],
  datasets: [{ path: 'data/penguins.csv', hash: 'abcdef0123456789', version: 3, modified: true }],
  environment: { interpreter: '/usr/bin/python3', interpreterVersion: '3.12.1', packages: [] },
  previous: { id: 'x', name: 'old-owl', parameters: { learning_rate: '0.1', epochs: '200' } },
  logBytes: 10,
  artifactFolder: '.mlops/artifacts/1/4f2c/artifacts',
};

const otter: RunDetails = {
  ...heron,
  id: '77ab0120000000000000000000000000',
  name: 'brisk-otter',
  parameters: [
    { key: 'learning_rate', value: '0.1' },
    { key: 'epochs', value: '200' },
    { key: 'dropout', value: '0.5' },
  ],
  metrics: [{ ...heron.metrics[0]!, latest: 0.98124 }],
  datasets: [{ ...heron.datasets[0]!, hash: '9988776655443322', modified: true }],
};

describe('the list of runs', () => {
  it('shows state, headline metric, duration and age', () => {
    const failed: RunDetails = {
      ...heron,
      name: 'odd-finch',
      state: 'failed',
      headline: undefined,
      failure: "KeyError: 'sex'",
    };
    expect(renderRunList([heron, failed], now, plain)).toBe(
      [
        'RUN         STATE     METRIC     VALUE  DURATION  STARTED    EXPERIMENT  ID',
        'calm-heron  finished  accuracy  0.9812     00:31  5 min ago  penguins    4f2c1aa0',
        "odd-finch   failed                         00:31  5 min ago  penguins    4f2c1aa0  KeyError: 'sex'",
      ].join('\n'),
    );
  });

  it('counts on while a run is under way', () => {
    const running: RunDetails = { ...heron, state: 'running', endTime: undefined };
    expect(renderRunList([running], start + 90_000, plain)).toContain('01:30');
  });
});

it('closes a run with one line', () => {
  expect(closingLine(heron, now)).toBe('calm-heron finished after 00:31 · accuracy 0.9812');
  expect(closingLine({ ...heron, state: 'killed', headline: undefined }, now)).toBe(
    'calm-heron was stopped after 00:31',
  );
  expect(
    closingLine({ ...heron, state: 'failed', headline: undefined, failure: "KeyError: 'sex'" }, now),
  ).toBe("calm-heron failed after 00:31: KeyError: 'sex'");
});

it('shows everything about a run, and what was changed since the one before', () => {
  expect(
    renderRunDetails(
      heron,
      [
        { path: 'model.json', isFolder: false, bytes: 1234 },
        { path: 'plots', isFolder: true },
      ],
      now,
      plain,
    ),
  ).toBe(
    `calm-heron  finished after 00:31

id           4f2c1aa000000000000000000000beef
experiment   penguins
command      /usr/bin/python3 train.py
started      2026-05-01T12:00:00.000Z (5 min ago)
code         main@4f2c1aa + 2 changed files
data         data/penguins.csv v3, modified
environment  /usr/bin/python3 3.12.1, 0 packages
folder       .mlops/artifacts/1/4f2c/artifacts
note         first

Parameters
learning_rate  0.05  (was 0.1 in old-owl)
epochs         200

Metric    latest  lowest  highest   step  points
accuracy  0.9812     0.4     0.99    199     200
loss         NaN    0.07        ∞  1,999   2,000

Artifacts
model.json  1.23 KB
plots/`,
  );
});

describe('a comparison', () => {
  const rows = compareRuns([heron, otter], now);
  const differing = rows.filter(({ differs }) => differs);

  it('says what differs, metrics before their possible reasons', () => {
    expect(differing.map(({ group, name }) => `${group} ${name}`)).toEqual([
      'metrics accuracy',
      'metrics loss',
      'parameters learning_rate',
      'parameters dropout',
      'data data/penguins.csv',
    ]);
  });

  it('shows numbers that differ as different, and what a run does not have as a dash', () => {
    expect(renderComparison([heron, otter], differing, plain)).toBe(
      [
        '                                          calm-heron            brisk-otter',
        'metrics     accuracy                         0.98123                0.98124',
        '            loss                                 NaN                      –',
        'parameters  learning_rate                       0.05                    0.1',
        '            dropout                                –                    0.5',
        'data        data/penguins.csv  v3, modified abcdef01  v3, modified 99887766',
      ].join('\n'),
    );
  });

  it('keeps runs of one name apart', () => {
    const text = renderComparison([heron, { ...otter, name: 'calm-heron' }], differing, plain);
    expect(text.split('\n')[0]).toMatch(/calm-heron 4f2c1aa0 +calm-heron 77ab0120$/);
  });

  it('of a run with itself has no differences', () => {
    expect(compareRuns([heron, heron], now).some(({ differs }) => differs)).toBe(false);
  });
});
