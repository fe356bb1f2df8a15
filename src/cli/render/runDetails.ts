import { formatNumber, formatRelativeTime, formatSize, groupDigits, plural } from '../../base/format.ts';
import type {
  ArtifactEntry,
  CodeState,
  MetricSummary,
  RunDataset,
  RunDetails,
  RunInput,
} from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import { isOwnTag, runTags } from '../../protocol/runTags.ts';
import { isSystemMetric } from '../../protocol/systemMetrics.ts';
import { runDuration, stateStyles } from './runText.ts';
import { type Cell, cleanText, renderTable, type TableOptions } from './table.ts';

/** Everything about one run, as the run panel has it. */
export function renderRunDetails(
  run: RunDetails,
  artifacts: readonly ArtifactEntry[],
  now: number,
  options: TableOptions,
): string {
  const { style } = options;
  const state = `${run.state} after ${runDuration(run, now)}`;
  const title = `${style('bold', cleanText(run.name))}  ${style(stateStyles[run.state], state)}`;
  const sections = [
    factSection(run, now, options),
    section('Parameters', parameterRows(run), options),
    metricSection(
      'Metric',
      run.metrics.filter(({ key }) => !isSystemMetric(key)),
      options,
    ),
    metricSection(
      'System metric',
      run.metrics.filter(({ key }) => isSystemMetric(key)),
      options,
    ),
    section(
      'Artifacts',
      artifacts.map(({ path, isFolder, bytes }) => [isFolder ? `${path}/` : path, formatSize({ bytes })]),
      options,
    ),
  ];
  return [title, ...sections.filter((text) => text !== '')].join('\n\n');
}

/** "main@4f2c1aa + 2 changed files". */
export function codeText({ branch, commit, changedFiles }: CodeState): string {
  const place = [branch, commit.slice(0, 7)].filter(Boolean).join('@');
  return changedFiles > 0 ? `${place} + ${plural(changedFiles, 'changed file')}` : place;
}

/** "v3, modified"; the start of its hash while it has no version. */
export function datasetText({ version, hash, modified }: RunDataset): string {
  const name = version === undefined ? hash.slice(0, 8) : `v${version}`;
  return modified ? `${name}, modified` : name;
}

function factSection(run: RunDetails, now: number, options: TableOptions): string {
  const facts: [string, string][] = [
    ['failure', run.failure ?? ''],
    ['id', run.id],
    ['experiment', run.experimentName],
    ['under', run.parent?.name ?? ''],
    [
      'marks',
      [run.starred && 'starred', run.archived && 'archived', run.deletedTime !== undefined && 'deleted']
        .filter(Boolean)
        .join(', '),
    ],
    ['note', run.tags[runTags.note] ?? ''],
    ['command', run.command.join(' ')],
    ['started', `${new Date(run.startTime).toISOString()} (${formatRelativeTime(run.startTime, now)})`],
    ['code', run.code ? codeText(run.code) : ''],
    ['data', run.datasets.map((dataset) => `${dataset.path} ${datasetText(dataset)}`).join(' · ')],
    ['inputs', run.inputs.map(inputText).join(' · ')],
    ['environment', environmentText(run)],
    ['folder', run.artifactFolder],
    ...Object.entries(run.tags)
      .filter(([key]) => !isOwnTag(key))
      .map(([key, value]): [string, string] => [key, value]),
  ];
  const rows = facts
    .filter(([, value]) => value !== '')
    .map(([name, value]): Cell[] => [{ text: name, style: 'dim' }, value]);
  return renderTable([{ title: '' }, { title: '' }], rows, options);
}

function inputText({ name, digest, context }: RunInput): string {
  return context ? `${name} ${digest} for ${context}` : `${name} ${digest}`;
}

function environmentText({ environment }: RunDetails): string {
  return environment
    ? `${environment.interpreter} ${environment.interpreterVersion}, ${plural(environment.packages.length, 'package')}`
    : '';
}

function parameterRows({ parameters, previous }: RunDetails): Cell[][] {
  return parameters.map(({ key, value }) => {
    const before = previous?.parameters[key];
    const changed = before !== undefined && before !== value ? `(was ${before} in ${previous!.name})` : '';
    return [key, value, { text: changed, style: 'dim' }];
  });
}

function metricSection(title: string, metrics: readonly MetricSummary[], options: TableOptions): string {
  if (metrics.length === 0) {
    return '';
  }
  const columns = [
    { title },
    ...['latest', 'lowest', 'highest', 'step', 'points'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = metrics.map(({ key, latest, lowest, highest, step, count }): Cell[] => [
    key,
    ...[latest, lowest, highest].map((value) => formatNumber(fromWireNumber(value))),
    groupDigits(step),
    groupDigits(count),
  ]);
  return renderTable(columns, rows, options);
}

function section(title: string, rows: readonly Cell[][], options: TableOptions): string {
  if (rows.length === 0) {
    return '';
  }
  const columns = [{ title }, ...rows[0]!.slice(1).map(() => ({ title: '' }))];
  return renderTable(columns, rows, options);
}
