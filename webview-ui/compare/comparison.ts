import { formatDuration, formatNumber, formatRelativeTime, plural } from '../../src/base/format.ts';
import type { RunDataset, RunDetails, RunId } from '../../src/protocol/experiments.ts';
import { fromWireNumber } from '../../src/protocol/numbers.ts';
import { type Direction, guessDirection } from '../shared/direction.ts';
import { orderMetrics } from '../shared/metricOrder.ts';

export interface Cell {
  readonly text: string;
  /** The whole value, for the tooltip. */
  readonly title?: string;
  /** The run has no such value. */
  readonly missing?: boolean;
  /** It is not what the baseline has. */
  readonly differs?: boolean;
  readonly delta?: Delta;
  readonly best?: boolean;
}

/** How far a metric is from the baseline's; a judgement only where the metric's direction is known. */
export interface Delta {
  readonly text: string;
  readonly sign: 'up' | 'down' | 'same';
  readonly judgement?: 'better' | 'worse';
}

export interface Row {
  readonly label: string;
  readonly title?: string;
  readonly direction?: Direction;
  /** One for each run, in the order of the columns. */
  readonly cells: readonly Cell[];
  /** The runs do not all have the same. */
  readonly differs: boolean;
}

export type GroupId = 'metrics' | 'parameters' | 'data' | 'code' | 'environment' | 'result';

export interface Group {
  readonly id: GroupId;
  readonly title: string;
  readonly rows: readonly Row[];
  /** Cells are numbers, which stand on the right. */
  readonly numeric: boolean;
  /** How many rows there are beside those that are the same in all runs. */
  readonly hidden: number;
}

/** What the runs have, side by side. Rows that are the same in all runs can be left out, but never metrics. */
export function compareRuns(
  runs: readonly RunDetails[],
  baseline: RunId,
  differencesOnly: boolean,
  now: number,
): Group[] {
  const base = Math.max(
    0,
    runs.findIndex((run) => run.id === baseline),
  );
  const group = (id: GroupId, title: string, rows: readonly Row[], always = false): Group => {
    const shown = differencesOnly && !always ? rows.filter((row) => row.differs) : rows;
    return { id, title, rows: shown, numeric: id === 'metrics', hidden: rows.length - shown.length };
  };
  return [
    group('metrics', 'Metrics', metricRows(runs, base), true),
    group('parameters', 'Parameters', parameterRows(runs, base)),
    group('data', 'Data', dataRows(runs, base)),
    group('code', 'Code', codeRows(runs, base)),
    group('environment', 'Environment', environmentRows(runs, base)),
    group('result', 'Result', resultRows(runs, base, now), true),
  ].filter((candidate) => candidate.rows.length > 0 || candidate.hidden > 0);
}

function metricRows(runs: readonly RunDetails[], base: number): Row[] {
  const keys = orderMetrics(runs.flatMap((run) => run.metrics.map(({ key }) => key)));
  return keys.map((key) => {
    const values = runs.map((run) => {
      const metric = run.metrics.find((candidate) => candidate.key === key);
      return metric && fromWireNumber(metric.latest);
    });
    return metricRow(key, values, base);
  });
}

export function metricRow(key: string, values: readonly (number | undefined)[], base: number): Row {
  const direction = guessDirection(key);
  const best = bestValue(values, direction);
  const reference = values[base];
  const cells = values.map((value, index): Cell => {
    if (value === undefined) {
      return { text: '', missing: true };
    }
    return {
      text: formatNumber(value),
      title: String(value),
      differs: reference !== undefined && !Object.is(value, reference),
      delta: index === base ? undefined : deltaOf(value, reference, direction),
      best: best !== undefined && value === best,
    };
  });
  return { label: key, direction, cells, differs: !allSame(values) };
}

/** Nothing is best when all are the same or the name does not say which way is better. */
function bestValue(
  values: readonly (number | undefined)[],
  direction: Direction | undefined,
): number | undefined {
  const finite = values.filter((value): value is number => value !== undefined && Number.isFinite(value));
  if (!direction || finite.length < 2) {
    return undefined;
  }
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return low === high ? undefined : direction === 'higher' ? high : low;
}

function deltaOf(
  value: number,
  reference: number | undefined,
  direction: Direction | undefined,
): Delta | undefined {
  if (reference === undefined || !Number.isFinite(value) || !Number.isFinite(reference)) {
    return undefined;
  }
  const difference = Number((value - reference).toPrecision(12));
  if (difference === 0) {
    return { text: '', sign: 'same' };
  }
  const rises = difference > 0;
  return {
    text: formatDelta(Math.abs(difference), value, reference),
    sign: rises ? 'up' : 'down',
    judgement: direction && (rises === (direction === 'higher') ? 'better' : 'worse'),
  };
}

/** No finer than the two numbers it lies between: 0.953 − 0.981 is 0.028, not 0.02799. */
function formatDelta(difference: number, value: number, reference: number): string {
  const largest = Math.max(Math.abs(value), Math.abs(reference));
  const decimals = 3 - Math.floor(Math.log10(largest));
  const rounded = Number(difference.toFixed(Math.min(100, Math.max(0, decimals))));
  return formatNumber(rounded === 0 ? difference : rounded);
}

function parameterRows(runs: readonly RunDetails[], base: number): Row[] {
  const maps = runs.map((run) => new Map(run.parameters.map(({ key, value }) => [key, value])));
  return keyedRows(maps, base, (value) => ({ text: value, title: value }));
}

function dataRows(runs: readonly RunDetails[], base: number): Row[] {
  const maps = runs.map((run) => new Map(run.datasets.map((dataset) => [dataset.path, dataset])));
  const identity = (dataset: RunDataset) => `${dataset.hash}${dataset.modified ? ' modified' : ''}`;
  const show = (dataset: RunDataset) => ({
    text: describeDataset(dataset),
    title: `md5 ${dataset.hash}`,
  });
  return keyedRows(maps, base, show, identity).map((row) => {
    const alike = row.differs && allSame(row.cells.map(({ text }) => text));
    return alike ? withTitles(row) : row;
  });
}

/** Version numbers of two branches can be the same where the content is not: then the hash tells them apart. */
function withTitles(row: Row): Row {
  return {
    ...row,
    cells: row.cells.map((each) => ({ ...each, text: `${each.text} (${each.title?.slice(4, 11)})` })),
  };
}

function describeDataset(dataset: RunDataset): string {
  const version = dataset.version === undefined ? dataset.hash.slice(0, 7) : `v${dataset.version}`;
  return dataset.modified ? `${version} + modified` : version;
}

function codeRows(runs: readonly RunDetails[], base: number): Row[] {
  const commits = runs.map(({ code }) => code && cell(code.commit.slice(0, 7), code.commit));
  const branches = runs.map(({ code }) => (code?.branch ? cell(code.branch) : undefined));
  const changes = runs.map(({ code }) =>
    code ? cell(code.changedFiles === 0 ? 'none' : plural(code.changedFiles, 'file')) : undefined,
  );
  const scripts = runs.map(({ script }) => (script ? cell(script) : undefined));
  const commands = runs.map(({ command }) => cell(command.join(' ')));
  return [
    textRow('commit', commits, base),
    textRow('branch', branches, base),
    textRow('uncommitted', changes, base),
    textRow('script', scripts, base),
    textRow('command', commands, base),
  ].filter((row) => row.cells.some((candidate) => !candidate.missing));
}

function environmentRows(runs: readonly RunDetails[], base: number): Row[] {
  const packages = runs.map(
    ({ environment }) => new Map(environment?.packages.map(({ name, version }) => [name, version])),
  );
  return [
    textRow(
      'interpreter',
      runs.map(({ environment }) => environment && cell(environment.interpreter)),
      base,
    ),
    textRow(
      'version',
      runs.map(({ environment }) => environment && cell(environment.interpreterVersion)),
      base,
    ),
    ...keyedRows(packages, base, (version) => ({ text: version })),
  ].filter((row) => row.cells.some((candidate) => !candidate.missing));
}

function resultRows(runs: readonly RunDetails[], base: number, now: number): Row[] {
  const states = runs.map((run) => cell(run.state, run.failure));
  const durations = runs.map((run) => {
    const milliseconds = (run.endTime ?? now) - run.startTime;
    return run.state === 'scheduled' ? undefined : cell(formatDuration(milliseconds), `${milliseconds} ms`);
  });
  const starts = runs.map((run) =>
    cell(formatRelativeTime(run.startTime, now), new Date(run.startTime).toLocaleString()),
  );
  return [
    textRow('state', states, base),
    textRow('duration', durations, base),
    textRow('started', starts, base),
  ];
}

/** One row for each key that any run has; `identity` decides what counts as the same. */
function keyedRows<T>(
  maps: readonly ReadonlyMap<string, T>[],
  base: number,
  show: (value: T) => Cell,
  identity: (value: T) => string = (value) => show(value).text,
): Row[] {
  const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort((a, b) => a.localeCompare(b));
  return keys.map((key) => {
    const values = maps.map((map) => map.get(key));
    const identities = values.map((value) => (value === undefined ? undefined : identity(value)));
    const cells = values.map(
      (value, index): Cell =>
        value === undefined
          ? { text: '', missing: true, differs: identities[base] !== undefined }
          : { ...show(value), differs: identities[index] !== identities[base] },
    );
    return { label: key, cells, differs: !allSame(identities) };
  });
}

function textRow(label: string, values: readonly (Cell | undefined)[], base: number): Row {
  const texts = values.map((value) => value?.text);
  const cells = values.map(
    (value, index): Cell => ({
      ...(value ?? { text: '', missing: true }),
      differs: texts[index] !== texts[base],
    }),
  );
  return { label, cells, differs: !allSame(texts) };
}

function cell(text: string, title?: string): Cell {
  return { text, title: title ?? text };
}

function allSame(values: readonly unknown[]): boolean {
  return values.every((value) => Object.is(value, values[0]));
}
