import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-checkbox/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { groupDigits, plural } from '../../src/base/format.ts';
import type { Association, Associations, LeakageHint } from '../../src/protocol/data.ts';
import { leakageSentence, measureWords } from '../../src/protocol/sentences.ts';
import { emptyNotice } from '../shared/notices.ts';
import { type MatrixCell, matrixOf, rankPairs, strengthStep } from './associationTable.ts';
import { shareBar } from './shapes.ts';

export interface AssociationsModel {
  readonly associations: Associations;
  readonly hints: readonly LeakageHint[];
  /** Pairs of this column alone; all when it is empty. */
  readonly column: string;
  readonly asMatrix: boolean;
  /** More than the first hundred pairs. */
  readonly showsAll: boolean;
}

export interface AssociationsActions {
  chooseColumn(column: string): void;
  showMatrix(asMatrix: boolean): void;
  showAll(): void;
  openColumn(column: string): void;
}

const pairsAtFirst = 100;

/** What goes together: a ranked list, or all columns against each other. */
export function associationsView(model: AssociationsModel, actions: AssociationsActions): TemplateResult {
  const { associations, asMatrix } = model;
  if (associations.columns.length < 2) {
    return emptyNotice(
      'How strongly columns go together is shown here. This table has fewer than two columns that can be compared: keys, constants and free text are left out.',
    );
  }
  return html`
    <div class="profile-tools">
      <span class="choice"><label for="associated">Column</label>
      <vscode-single-select
        id="associated"
        label="Column"
        combobox
        ?disabled=${asMatrix}
        @change=${(event: Event) => actions.chooseColumn((event.target as HTMLSelectElement).value)}
      >
        <vscode-option value="" ?selected=${model.column === ''}>All columns</vscode-option>
        ${associations.columns.map(
          (name) =>
            html`<vscode-option value=${name} ?selected=${name === model.column}>${name}</vscode-option>`,
        )}
      </vscode-single-select></span>
      <vscode-checkbox
        label="As a matrix"
        ?checked=${asMatrix}
        @change=${(event: Event) => actions.showMatrix((event.target as HTMLInputElement).checked)}
      ></vscode-checkbox>
      <span class="grow"></span>
      <span class="secondary">${comparedSentence(associations)}</span>
    </div>
    ${redundant(model.hints)} ${asMatrix ? matrixView(associations, actions) : listView(model, actions)}
  `;
}

/** Of wide tables some columns are left out, and of long ones most rows: that is said where the figures are. */
function comparedSentence({ columns, leftOut, rows }: Associations): string {
  const which = leftOut === undefined ? '' : `the first ${groupDigits(columns.length)} of `;
  const count = plural(columns.length + (leftOut ?? 0), 'column');
  return `${which}${count} compared over ${plural(rows, 'row')}`;
}

function redundant(hints: readonly LeakageHint[]): TemplateResult | typeof nothing {
  const same = hints.filter(({ kind }) => kind === 'redundant');
  return same.length === 0
    ? nothing
    : html`<ul class="hints" aria-label="Columns that say the same">
        ${same.map(
          (hint) => html`<li>
            <span class="codicon codicon-info" aria-hidden="true"></span>${leakageSentence(hint)}
          </li>`,
        )}
      </ul>`;
}

function listView(model: AssociationsModel, actions: AssociationsActions): TemplateResult {
  const pairs = rankPairs(model.associations, model.column);
  if (pairs.length === 0) {
    return emptyNotice(
      model.column === ''
        ? 'No two columns go together: all associations are below 0.1.'
        : `Nothing goes together with “${model.column}”: all its associations are below 0.1.`,
    );
  }
  const shown = model.showsAll ? pairs : pairs.slice(0, pairsAtFirst);
  return html`<table class="data-table associations">
      <thead>
        <tr>
          <th scope="col">Column</th>
          <th scope="col">Goes with</th>
          <th scope="col" class="number">Strength</th>
          <td></td>
          <th scope="col" class="measure">Measure</th>
        </tr>
      </thead>
      <tbody>
        ${shown.map((pair) => pairRow(pair, actions))}
      </tbody>
    </table>
    ${
      shown.length < pairs.length
        ? html`<p class="pane"><button class="link" @click=${() => actions.showAll()}>Show All ${plural(pairs.length, 'Pair')}</button></p>`
        : nothing
    }`;
}

function pairRow({ a, b, measure, strength }: Association, actions: AssociationsActions): TemplateResult {
  return html`<tr>
    <th scope="row">${columnLink(a, actions)}</th>
    <td>${columnLink(b, actions)}</td>
    <td class="number" title=${String(strength)}>${strengthText(strength)}</td>
    <td>${shareBar(strength, 120)}</td>
    <td class="measure secondary">${measureWords[measure]}</td>
  </tr>`;
}

function columnLink(name: string, actions: AssociationsActions): TemplateResult {
  return html`<button class="link plain" title="Show the figures of ${name}" @click=${() => actions.openColumn(name)}>${name}</button>`;
}

/** A table whose cells are shaded by what they say: whoever does not see the shades reads the numbers. */
function matrixView(associations: Associations, actions: AssociationsActions): TemplateResult {
  const { columns } = associations;
  return html`<div class="matrix-scroll" tabindex="0" role="region" aria-label="Associations as a matrix">
    <table class="matrix">
      <thead>
        <tr>
          <td></td>
          ${columns.map((name) => html`<th scope="col" title=${name}><span>${name}</span></th>`)}
        </tr>
      </thead>
      <tbody>
        ${matrixOf(associations).map(
          (cells, row) => html`<tr>
            <th scope="row">${columnLink(columns[row]!, actions)}</th>
            ${cells.map((cell, column) => matrixCell(cell, columns[row]!, columns[column]!))}
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function matrixCell({ strength, measure }: MatrixCell, row: string, column: string): TemplateResult {
  if (row === column) {
    return html`<td class="same"></td>`;
  }
  if (strength === undefined) {
    return html`<td class="secondary" title="${row} and ${column}: below 0.1"><span aria-label="below 0.1">·</span></td>`;
  }
  const sign = strength < 0 ? 'negative' : '';
  return html`<td
    class="step-${strengthStep(strength)} ${sign}"
    title="${row} and ${column}: ${strengthText(strength)}, ${measureWords[measure!]}"
  >${strengthText(strength)}</td>`;
}

function strengthText(strength: number): string {
  return strength.toFixed(2).replace('-', '−');
}
