import { formatNumber, formatRelativeTime } from '../../base/format.ts';
import type { RunSummary } from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import { runDuration, shortId, stateStyles } from './runText.ts';
import { type Cell, type Column, renderTable, type TableOptions } from './table.ts';

/** One line a run: what the tree of experiments shows. */
export function renderRunList(runs: readonly RunSummary[], now: number, options: TableOptions): string {
  const columns: Column[] = [
    { title: 'RUN' },
    { title: 'STATE' },
    { title: 'METRIC' },
    { title: 'VALUE', align: 'right' },
    { title: 'DURATION', align: 'right' },
    { title: 'STARTED' },
    { title: 'EXPERIMENT' },
    { title: 'ID' },
    { title: '' },
  ];
  const rows = runs.map((run): Cell[] => [
    { text: run.starred ? `${run.name} ★` : run.name, style: 'bold' },
    { text: run.state, style: stateStyles[run.state] },
    run.headline?.metric ?? '',
    run.headline ? formatNumber(fromWireNumber(run.headline.value)) : '',
    runDuration(run, now),
    formatRelativeTime(run.startTime, now),
    run.experimentName,
    { text: shortId(run.id), style: 'dim' },
    { text: run.failure ?? '', style: 'red' },
  ]);
  return renderTable(columns, rows, options);
}
