import { html, type TemplateResult } from 'lit';
import type { RunState } from '../../src/protocol/experiments.ts';

const icons: Readonly<Record<RunState, string>> = {
  scheduled: 'clock',
  running: 'play-circle',
  finished: 'pass',
  failed: 'error',
  killed: 'circle-slash',
};

/** The icon stands beside the word or the run's name, which says the same without colour. */
export function stateIcon(state: RunState): TemplateResult {
  return html`<span class="codicon codicon-${icons[state]} state-${state}" aria-hidden="true"></span>`;
}

/** The run can still change. */
export function isLive(state: RunState): boolean {
  return state === 'scheduled' || state === 'running';
}
