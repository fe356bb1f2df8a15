import { formatBytes, formatDuration, plural } from '../../base/format.ts';
import type {
  SynthesisEstimate,
  SynthesisedTable,
  SynthesisFate,
  SynthesisPreview,
  SynthesisState,
} from '../../protocol/synthesis.ts';
import { type Cell, cutToWidth, renderTable, type TableOptions } from './table.ts';

const fateCells: Readonly<Record<SynthesisFate, Cell>> = {
  learned: 'learned',
  dropped: { text: 'left out', style: 'yellow' },
  new: { text: 'made anew', style: 'cyan' },
};

/** What would be learned, what never is, and how long it would take. */
export function renderSynthesis(
  state: SynthesisState,
  estimate: SynthesisEstimate,
  options: TableOptions,
): string {
  const { input, output, columns, choices, problems } = state;
  const table = renderTable(
    [{ title: 'COLUMN' }, { title: 'FATE' }, { title: 'WHY' }],
    columns.map(({ name, fate, sentence }): Cell[] => [cutToWidth(name, 32), fateCells[fate], sentence]),
    options,
  );
  return [
    `${input.path}: ${plural(input.rows, 'row')} → ${output}: ${plural(choices.rows ?? input.rows, 'synthetic row')}, ${choices.method}`,
    table,
    estimate.sentence,
    ...problems.map(({ message }) => message),
  ].join('\n\n');
}

export function renderSynthesisPreview({ columns, rows }: SynthesisPreview, options: TableOptions): string {
  return renderTable(
    columns.map((title) => ({ title })),
    rows.map((row) => row.map((value) => (value === null ? '' : cutToWidth(String(value), 24)))),
    options,
  );
}

export function synthesisedSentences(done: SynthesisedTable): string {
  const { output, rows, bytes, milliseconds, findings, report, name, experiment } = done;
  return [
    `Wrote ${output}: ${plural(rows, 'synthetic row')} (${formatBytes(bytes)}), in ${formatDuration(milliseconds)}, as the run ${name} of “${experiment}”.`,
    ...findings,
    `Synthetic is not anonymous by itself. What was tested, and what is not guaranteed: ${report.html}`,
  ].join('\n');
}
