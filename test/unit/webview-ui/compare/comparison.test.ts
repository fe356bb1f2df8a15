import { describe, expect, it } from 'vitest';
import type { RunDetails } from '../../../../src/protocol/experiments.ts';
import type { WireNumber } from '../../../../src/protocol/numbers.ts';
import { compareRuns, metricRow } from '../../../../webview-ui/compare/comparison.ts';
import { sampleRun } from '../../../../webview-ui/dev/sampleRuns.ts';

function run(id: string, metrics: Record<string, WireNumber>, change: Partial<RunDetails> = {}): RunDetails {
  const summaries = Object.entries(metrics).map(([key, latest]) => ({
    key,
    latest,
    step: 1,
    count: 1,
    lowest: latest,
    highest: latest,
  }));
  return { ...sampleRun(id, `run-${id}`, change), metrics: summaries };
}

/** The rows of one group, as a person would read them. */
function read(runs: readonly RunDetails[], group: string, differencesOnly = false, baseline = runs[0]!.id) {
  const found = compareRuns(runs, baseline, differencesOnly, 0).find(({ id }) => id === group);
  return (found?.rows ?? []).map((row) => [
    row.label,
    ...row.cells.map(
      (cell) =>
        `${cell.missing ? '-' : cell.text}${cell.delta ? ` ${cell.delta.sign} ${cell.delta.text}` : ''}${cell.best ? ' best' : ''}`,
    ),
  ]);
}

describe('metrics', () => {
  it('shows the difference to the baseline and marks the best', () => {
    const runs = [
      run('a', { accuracy: 0.981 }),
      run('b', { accuracy: 0.953 }),
      run('c', { accuracy: 0.984 }),
    ];
    expect(read(runs, 'metrics')).toEqual([['accuracy', '0.981', '0.953 down 0.028', '0.984 up 0.003 best']]);
    expect(read(runs, 'metrics', false, 'b')).toEqual([
      ['accuracy', '0.981 up 0.028', '0.953', '0.984 up 0.031 best'],
    ]);
  });

  it('judges by the direction that the name tells, and not at all where it tells none', () => {
    const judgements = (key: string) =>
      metricRow(key, [1, 2, 0.5], 0).cells.map((cell) => cell.delta?.judgement ?? (cell.best ? 'best' : ''));
    expect(judgements('accuracy')).toEqual(['', 'better', 'worse']);
    expect(judgements('loss')).toEqual(['', 'worse', 'better']);
    expect(judgements('learning_rate')).toEqual(['', '', '']);
    expect(metricRow('learning_rate', [1, 2], 0).cells.some((cell) => cell.best)).toBe(false);
  });

  it('neither compares with NaN nor calls it best', () => {
    const row = metricRow('loss', [Number.NaN, 0.5, 0.7, Number.POSITIVE_INFINITY], 0);
    expect(row.cells.map((cell) => cell.text)).toEqual(['NaN', '0.5', '0.7', '∞']);
    expect(row.cells.map((cell) => cell.delta)).toEqual([undefined, undefined, undefined, undefined]);
    expect(row.cells.map((cell) => cell.best)).toEqual([false, true, false, false]);
  });

  it('marks none as best when all are the same', () => {
    expect(metricRow('loss', [0.5, 0.5], 0).cells.some((cell) => cell.best)).toBe(false);
    expect(metricRow('loss', [0.5, 0.5], 0).cells[1]!.delta).toEqual({ text: '', sign: 'same' });
  });

  it('has no decimals in a difference that the numbers themselves do not have', () => {
    const text = (a: number, b: number) => metricRow('x', [a, b], 0).cells[1]!.delta?.text;
    expect(text(0.981, 0.953)).toBe('0.028');
    expect(text(12_000, 12_730)).toBe('730');
    expect(text(1.2e-7, 1.3e-7)).toBe('1e-8');
    expect(text(1, 1.0000001)).toBe('1e-7');
    expect(text(0, 0.25)).toBe('0.25');
  });

  it('is never hidden, and leaves a hole where a run has no value', () => {
    const runs = [run('a', { loss: 1 }), run('b', {})];
    expect(read(runs, 'metrics', true)).toEqual([['loss', '1', '-']]);
  });
});

describe('what the runs were made of', () => {
  const a = run('a', {});
  const b = run(
    'b',
    {},
    {
      parameters: [
        { key: 'epochs', value: '100' },
        ...a.parameters.slice(1),
        { key: 'dropout', value: '0.1' },
      ],
      datasets: [{ ...a.datasets[0]!, modified: true }],
      code: { ...a.code!, commit: '77ab012c9e00', changedFiles: 0 },
      environment: {
        ...a.environment!,
        packages: [{ name: 'numpy', version: '2.0.0' }, ...a.environment!.packages.slice(2)],
      },
    },
  );

  it('shows only what differs, and counts the rest', () => {
    expect(read([a, b], 'parameters', true)).toEqual([
      ['dropout', '-', '0.1'],
      ['epochs', '200', '100'],
    ]);
    expect(read([a, b], 'data', true)).toEqual([['data/penguins.csv', 'v3', 'v3 + modified']]);
    expect(read([a, b], 'code', true)).toEqual([
      ['commit', '4f2c1aa', '77ab012'],
      ['uncommitted', '2 files', 'none'],
    ]);
    expect(read([a, b], 'environment', true)).toEqual([
      ['mlflow-skinny', '3.4.0', '-'],
      ['numpy', '2.3.1', '2.0.0'],
    ]);
    const parameters = compareRuns([a, b], 'a', true, 0).find(({ id }) => id === 'parameters');
    expect(parameters?.hidden).toBe(3);
  });

  it('shows everything when asked', () => {
    expect(read([a, b], 'parameters')).toHaveLength(5);
  });

  it('tells data of the same version but another content apart', () => {
    const c = run('c', {}, { datasets: [{ ...a.datasets[0]!, hash: '7c0d1e2f' }] });
    expect(read([a, c], 'data', true)).toEqual([['data/penguins.csv', 'v3 (9a1f6b2)', 'v3 (7c0d1e2)']]);
  });

  it('keeps a group whose rows are all the same as a line that says so', () => {
    const data = compareRuns([a, run('c', {})], 'a', true, 0).find(({ id }) => id === 'data');
    expect(data).toMatchObject({ rows: [], hidden: 1 });
  });
});

it('shows result always: state, duration and start', () => {
  const runs = [run('a', {}), run('b', {}, { state: 'running', endTime: undefined })];
  const now = runs[0]!.startTime + 90_000;
  const rows = compareRuns(runs, 'a', true, now).find(({ id }) => id === 'result')!.rows;
  expect(rows.map((row) => row.label)).toEqual(['state', 'duration', 'started']);
  expect(rows[1]!.cells.map((cell) => cell.text)).toEqual(['00:31', '01:30']);
});

it('takes the first run as baseline when the kept one is gone', () => {
  const runs = [run('a', { loss: 1 }), run('b', { loss: 2 })];
  expect(read(runs, 'metrics', true, 'gone')).toEqual([['loss', '1 best', '2 up 1']]);
});
