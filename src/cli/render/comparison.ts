import { formatDuration, formatNumber } from '../../base/format.ts';
import type { RunDetails } from '../../protocol/experiments.ts';
import { codeText, datasetText } from './runDetails.ts';
import { shortId } from './runText.ts';
import { type Cell, renderTable, type TableOptions } from './table.ts';

export type ComparisonGroup = 'run' | 'metrics' | 'parameters' | 'data' | 'code' | 'environment';

export interface ComparisonRow {
  readonly group: ComparisonGroup;
  readonly name: string;
  /** One text per run, in the order asked; absent where a run has none. */
  readonly values: readonly (string | undefined)[];
  readonly differs: boolean;
}

/** Which is better, what was changed: metrics first, then what may be the reason. */
export function compareRuns(runs: readonly RunDetails[], now: number): ComparisonRow[] {
  return [
    ...rowsOf('run', runs, (run) => [
      ['state', run.state],
      ['duration', formatDuration((run.endTime ?? now) - run.startTime)],
    ]),
    ...metricRows(runs),
    ...rowsOf('parameters', runs, ({ parameters }) => parameters.map(({ key, value }) => [key, value])),
    ...dataRows(runs),
    ...rowsOf('code', runs, (run) => [
      ['script', run.script],
      ['commit', run.code && codeText(run.code)],
    ]),
    ...rowsOf('environment', runs, ({ environment }) => [
      ['interpreter', environment && `${environment.interpreter} ${environment.interpreterVersion}`],
      ...(environment?.packages ?? []).map(({ name, version }): Entry => [name, version]),
    ]),
  ];
}

export function renderComparison(
  runs: readonly RunDetails[],
  rows: readonly ComparisonRow[],
  options: TableOptions,
): string {
  const names = runs.map(({ name }) => name);
  const columns = runs.map(({ id, name }) => ({
    title: names.filter((other) => other === name).length > 1 ? `${name} ${shortId(id)}` : name,
    align: 'right' as const,
  }));
  const lines = rows.map(({ group, name, values }, at): Cell[] => [
    { text: rows[at - 1]?.group === group ? '' : group, style: 'dim' },
    name,
    ...values.map((value): Cell => value ?? { text: '–', style: 'dim' }),
  ]);
  return renderTable([{ title: '' }, { title: '' }, ...columns], lines, options);
}

type Entry = readonly [name: string, value: string | undefined];

/** One row per name, in the order in which the runs bring them. */
function rowsOf(
  group: ComparisonGroup,
  runs: readonly RunDetails[],
  entriesOf: (run: RunDetails) => readonly Entry[],
): ComparisonRow[] {
  const maps = runs.map((run) => new Map(entriesOf(run)));
  const names = new Set(maps.flatMap((map) => [...map.keys()]));
  return [...names].map((name) => {
    const values = maps.map((map) => map.get(name));
    return { group, name, values, differs: new Set(values).size > 1 };
  });
}

/** Two numbers that differ never read the same: where four digits hide it, all are shown. */
function metricRows(runs: readonly RunDetails[]): ComparisonRow[] {
  const rows = rowsOf('metrics', runs, ({ metrics }) =>
    metrics.map(({ key, latest }) => [key, String(latest)]),
  );
  return rows.map((row) => shortened(row, (value) => formatNumber(Number(value))));
}

/** Version 3 on two branches may be two contents: then their hashes are shown. */
function dataRows(runs: readonly RunDetails[]): ComparisonRow[] {
  const rows = rowsOf('data', runs, ({ datasets }) =>
    datasets.map((each) => [each.path, `${datasetText(each)} ${each.hash.slice(0, 8)}`]),
  );
  return rows.map((row) => shortened(row, (value) => value.slice(0, value.lastIndexOf(' '))));
}

/** The short texts, unless two that differ would read the same. */
function shortened(row: ComparisonRow, shorten: (value: string) => string): ComparisonRow {
  const values = row.values.map((value) => value && shorten(value));
  return new Set(values).size < new Set(row.values).size ? row : { ...row, values };
}
