import { formatBytes, formatDuration, formatNumber, formatShare, plural } from '../../base/format.ts';
import type {
  AppliedRecipe,
  ColumnRole,
  RecipePreview,
  RecipeState,
  RestoredData,
  SensitiveCriterion,
} from '../../protocol/privacy.ts';
import type { PrivacyReport, ReportFigure } from '../../protocol/privacyReport.ts';
import { figureText, intervalText, reportTitles } from '../../protocol/reportWords.ts';
import { inspectedSentence, releaseSpentSentence, rewrittenSentence } from '../../protocol/sentences.ts';
import { type Cell, cutToWidth, renderTable, type TableOptions } from './table.ts';

const roleCells: Readonly<Record<ColumnRole, Cell>> = {
  direct: { text: 'direct identifier', style: 'red' },
  quasi: { text: 'quasi-identifier', style: 'yellow' },
  sensitive: { text: 'sensitive', style: 'cyan' },
  other: { text: 'other', style: 'dim' },
};

/** What a recipe does to each column, and why. */
export function renderRecipe(state: RecipeState, options: TableOptions): string {
  const { input, columns, guarantee, counts = [], budget, notices = [], problems } = state;
  const table = renderTable(
    [
      { title: 'COLUMN' },
      { title: 'ROLE' },
      { title: 'FOUND' },
      { title: 'SURE', align: 'right' },
      { title: 'METHOD' },
    ],
    columns.map(({ name, role, finding, method }): Cell[] => [
      cutToWidth(name, 32),
      roleCells[role],
      finding ? cutToWidth(finding.title, 40) : { text: '–', style: 'dim' },
      finding ? formatShare(finding.confidence, 1) : '',
      methodText(method),
    ]),
    options,
  );
  const asked = guarantee
    ? `${guarantee.k}-anonymity, at most ${formatShare(guarantee.suppressionLimit, 1)} of the rows left out, ` +
      (guarantee.recoding === 'local'
        ? 'group by group (Mondrian).'
        : 'one generalisation for each whole column.')
    : 'No k-anonymity is asked for.';
  return [
    `${input.path}: ${formatBytes(input.bytes)}, ${plural(columns.length, 'column')}, ${inspectedSentence(input)}`,
    table,
    asked,
    ...(guarantee?.sensitive ?? []).map(demandText),
    ...(state.keptLevels ? [levelSentences(state)] : []),
    ...counts.map(
      ({ name, by, epsilon }) =>
        `Noisy counts ${name}: by ${by.map(({ column }) => column).join(', ')}, ε = ${epsilon}.`,
    ),
    ...(budget ? [`Differential privacy spends ε = ${budget.epsilon} in all.`] : []),
    ...(budget?.ofRelease ? [releaseSpentSentence(budget, state.release)!] : []),
    ...notices,
    ...problems.map(({ message }) => message),
  ].join('\n\n');
}

/** What is asked of the values of one sensitive column in each group. */
function demandText({
  column,
  criterion,
  l = 2,
  c = 1,
  t = 0,
  distance = 'equal',
}: SensitiveCriterion): string {
  const words: Readonly<Record<SensitiveCriterion['criterion'], string>> = {
    distinctL: `at least ${l} different values in each group`,
    entropyL: `in each group as mixed as ${l} equally frequent values`,
    recursiveCL: `recursive (${c}, ${l})-diversity in each group`,
    tCloseness: `in each group distributed as in the whole table, but for t = ${t} (${distance} distance)`,
  };
  return `${column}: ${words[criterion]}.`;
}

function methodText({ id, options }: RecipeState['columns'][number]['method']): string {
  const chosen = Object.entries(options)
    .filter(([, value]) => value !== null && value !== '' && value !== false)
    .map(([name, value]) => (value === true ? name : `${name} ${value}`));
  return cutToWidth([id, ...chosen].join(', '), 48);
}

export function renderPreview(preview: RecipePreview, options: TableOptions): string {
  const { risk, use, drivers, suppressedRows, search } = preview;
  const dials = renderTable(
    [{ title: '' }, { title: 'BEFORE', align: 'right' }, { title: 'AFTER', align: 'right' }, { title: '' }],
    [
      ['Risk', formatShare(risk.before, 1), formatShare(risk.after, 1), risk.sentence],
      ['Use', formatShare(use.before, 1), formatShare(use.after, 1), use.sentence],
    ],
    options,
  );
  const unique =
    drivers.length === 0
      ? ''
      : renderTable(
          [{ title: 'MAKES ROWS UNIQUE' }, { title: 'ROWS', align: 'right' }],
          drivers.map(({ columns, uniqueRows }) => [columns.join(' + '), formatNumber(uniqueRows)]),
          options,
        );
  const left = suppressedRows === 0 ? '' : `${plural(suppressedRows, 'row')} would be left out.`;
  return [dials, unique, left, search?.sentence ?? ''].filter((part) => part !== '').join('\n\n');
}

export function appliedSentences(applied: AppliedRecipe): string {
  const { output, rows, suppressedRows, bytes, report, counts = [], search, milliseconds } = applied;
  const left = suppressedRows === 0 ? '' : `, ${plural(suppressedRows, 'row')} left out`;
  return [
    `Wrote ${output}: ${plural(rows, 'row')} (${formatBytes(bytes)})${left}, in ${formatDuration(milliseconds)}.`,
    ...(search && !search.optimal ? [search.sentence] : []),
    ...counts.map(
      ({ path, cells, epsilon, halfWidth }) =>
        `Wrote ${path}: ${plural(cells, 'noisy count')} (ε = ${epsilon}), 95 of 100 off by at most ${formatNumber(halfWidth)}.`,
    ),
    `What was done, what is left of the risk and what is not guaranteed: ${report.html}`,
  ].join('\n');
}

/** On which levels the columns are, and what becomes of them with another table. */
export function levelSentences({ recipe, keptLevels, foundLevels }: RecipeState): string {
  const words = (levels: Readonly<Record<string, number>>) =>
    Object.entries(levels)
      .map(([column, level]) => `${column} ${level}`)
      .join(', ');
  if (keptLevels) {
    return `${recipe} keeps the levels ${words(keptLevels)}. A table for which they do not do is refused.`;
  }
  return foundLevels
    ? `${recipe} searches the levels anew for each table. Last found: ${words(foundLevels)}.`
    : `${recipe} searches the levels anew for each table. It has not found any yet.`;
}

export function renderReport(report: PrivacyReport, options: TableOptions): string {
  const { summary, notGuaranteed, questions = [], measuredOn = {}, risk, attacks, utility } = report;
  return [
    summary.join('\n'),
    [`${reportTitles.notGuaranteed}:`, ...notGuaranteed.map((sentence) => `- ${sentence}`)].join('\n'),
    questions.map(({ question, answer }) => `${question} ${answer}`).join('\n'),
    renderFigures('RISK', risk, options),
    renderFigures('ATTACKS', attacks, options),
    attacks.length > 0 ? (measuredOn.attacks ?? '') : '',
    renderFigures('USE', utility, options),
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function renderFigures(title: string, figures: readonly ReportFigure[], options: TableOptions): string {
  return figures.length === 0
    ? ''
    : renderTable(
        [{ title }, { title: 'BEFORE', align: 'right' }, { title: 'AFTER', align: 'right' }, { title: '' }],
        figures.map((figure): Cell[] => [
          figure.title,
          figureText(figure.kind, figure.before),
          figureText(figure.kind, figure.after),
          { text: intervalText(figure) ?? '', style: 'dim' },
        ]),
        options,
      );
}

export function restoredSentences({ output, rows, restored, rewritten, notRestored }: RestoredData): string {
  return [
    `Wrote ${output}: ${plural(rows, 'row')}, with ${restored.join(', ')} as before.`,
    ...(rewritten ? [rewrittenSentence(rewritten)] : []),
    ...notRestored.map(({ column, why }) => `${column} did not come back: ${why}`),
  ].join('\n');
}
