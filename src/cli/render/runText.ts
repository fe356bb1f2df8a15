import { formatDuration, formatNumber } from '../../base/format.ts';
import type { RunState, RunSummary } from '../../protocol/experiments.ts';
import { fromWireNumber } from '../../protocol/numbers.ts';
import type { StyleName } from './table.ts';

/** How a run reads wherever the terminal speaks of it. */

export const stateStyles: Record<RunState, StyleName> = {
  scheduled: 'dim',
  running: 'cyan',
  finished: 'green',
  failed: 'red',
  killed: 'yellow',
};

export const shortIdLength = 8;

export function shortId(id: string): string {
  return id.slice(0, shortIdLength);
}

export function isUnderWay(state: RunState): boolean {
  return state === 'scheduled' || state === 'running';
}

export function runDuration({ startTime, endTime }: RunSummary, now: number): string {
  return formatDuration((endTime ?? now) - startTime);
}

/** "accuracy 0.981", or nothing. */
export function headlineText({ headline }: RunSummary): string {
  return headline ? `${headline.metric} ${formatNumber(fromWireNumber(headline.value))}` : '';
}

export function startedLine(run: RunSummary): string {
  return `${run.name} started in experiment ${run.experimentName} (${shortId(run.id)})`;
}

/** "calm-heron finished after 00:31 · accuracy 0.981", "odd-finch failed after 3.2 s: KeyError: 'sex'". */
export function closingLine(run: RunSummary, now: number): string {
  const verbs: Record<RunState, string> = {
    scheduled: 'is scheduled since',
    running: 'is running since',
    finished: 'finished after',
    failed: 'failed after',
    killed: 'was stopped after',
  };
  const failure = run.failure ? `: ${run.failure}` : '';
  const line = `${run.name} ${verbs[run.state]} ${runDuration(run, now)}${failure}`;
  return [line, headlineText(run)].filter((part) => part !== '').join(' · ');
}
