import { html, nothing, type TemplateResult } from 'lit';
import { plural } from '../../src/base/format.ts';
import type { RunDetails, RunId } from '../../src/protocol/experiments.ts';
import { swatchClass } from '../shared/chart/palette.ts';
import { stateIcon } from '../shared/runState.ts';
import type { Cell, Delta, Group, Row } from './comparison.ts';

export interface TableActions {
  openRun(run: RunId): void;
  makeBaseline(run: RunId): void;
}

/** One column for each run, one row for each thing they have; the first column and the heading stay in view. */
export function comparisonTable(
  runs: readonly RunDetails[],
  groups: readonly Group[],
  baseline: RunId,
  actions: TableActions,
): TemplateResult {
  return html`<div class="table-scroll" tabindex="0" role="region" aria-label="Comparison">
    <table class="comparison">
      <thead>
        <tr>
          <th scope="col" class="corner">${plural(runs.length, 'run')}</th>
          ${runs.map((run, index) => columnHeader(run, index, run.id === baseline, actions))}
        </tr>
      </thead>
      ${groups.map((group) => groupView(group, runs.length))}
    </table>
  </div>`;
}

function columnHeader(
  run: RunDetails,
  index: number,
  isBaseline: boolean,
  actions: TableActions,
): TemplateResult {
  return html`<th scope="col" class=${isBaseline ? 'baseline' : ''}>
    <div class="column-header">
      <span class=${swatchClass(index)}></span>
      <button class="link run-name" title="Open ${run.name}" @click=${() => actions.openRun(run.id)}>
        ${run.name}
      </button>
      <span title=${run.state}>${stateIcon(run.state)}<span class="visually-hidden">${run.state}</span></span>
    </div>
    ${
      isBaseline
        ? html`<span class="secondary">baseline</span>`
        : html`<button
            class="link quiet"
            aria-label="Make ${run.name} the baseline"
            @click=${() => actions.makeBaseline(run.id)}
          >
            Make Baseline
          </button>`
    }
  </th>`;
}

function groupView(group: Group, columns: number): TemplateResult {
  const same = plural(group.hidden, 'row');
  return html`<tbody>
    <tr class="group">
      <th scope="rowgroup"><span>${group.title}</span></th>
      <td colspan=${columns}>
        ${group.hidden > 0 ? html`<span class="secondary">${same} the same in all runs</span>` : nothing}
      </td>
    </tr>
    ${group.rows.map((row) => rowView(row, group.numeric))}
  </tbody>`;
}

function rowView(row: Row, numeric: boolean): TemplateResult {
  return html`<tr>
    <th scope="row" title=${row.title ?? row.label}>
      <span class="row-label">${row.label}</span>${directionMark(row)}
    </th>
    ${row.cells.map((cell) => cellView(cell, numeric))}
  </tr>`;
}

function directionMark(row: Row): TemplateResult | typeof nothing {
  if (!row.direction) {
    return nothing;
  }
  const words = `${row.direction} is better, as the name suggests`;
  const arrow = row.direction === 'higher' ? '↑' : '↓';
  return html`<span class="direction" title=${words}
    ><span aria-hidden="true">${arrow}</span><span class="visually-hidden">${words}</span></span
  >`;
}

function cellView(cell: Cell, numeric: boolean): TemplateResult {
  const classes = [numeric ? 'number' : '', cell.differs ? 'differs' : '', cell.best ? 'best' : ''];
  return html`<td class=${classes.join(' ').trim()} title=${cell.title ?? ''}>
    ${
      cell.missing
        ? html`<span class="secondary" aria-label="none">–</span>`
        : html`${cell.best ? html`<span class="best-mark">best</span> ` : nothing}<span class="cell-value">${cell.text}</span>`
    }
    ${numeric ? html`<span class="delta-slot">${cell.delta ? deltaView(cell.delta) : nothing}</span>` : nothing}
  </td>`;
}

const marks = { up: '▲', down: '▼', same: '=' } as const;
const words = { up: 'up', down: 'down', same: 'same as baseline' } as const;

function deltaView(delta: Delta): TemplateResult {
  const judgement = delta.judgement ? `, ${delta.judgement}` : '';
  return html`<span class="delta ${delta.judgement ?? ''}"
    ><span aria-hidden="true">${marks[delta.sign]} ${delta.text}</span
    ><span class="visually-hidden">${words[delta.sign]} ${delta.text}${judgement}</span></span
  >`;
}
