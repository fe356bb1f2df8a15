import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatShare, groupDigits } from '../../src/base/format.ts';
import type { ColumnProfile, LeakageHint } from '../../src/protocol/data.ts';
import { leakageSentence } from '../../src/protocol/sentences.ts';
import { columnDetails } from './columnDetails.ts';
import { type ColumnKey, type ColumnOrder, nextOrder } from './columnOrder.ts';
import { typeWords, valuesText } from './columnText.ts';
import { shapeView } from './shapes.ts';

export interface ColumnsModel {
  /** In the order in which they are shown. */
  readonly columns: readonly ColumnProfile[];
  readonly rows: number;
  readonly order: ColumnOrder;
  readonly target: string;
  readonly hints: readonly LeakageHint[];
  /** Names of those whose details are shown. */
  readonly open: ReadonlySet<string>;
}

export interface ColumnsActions {
  sort(order: ColumnOrder): void;
  toggle(column: string): void;
}

const headings: readonly { key: ColumnKey; title: string; number?: boolean; folds?: boolean }[] = [
  { key: 'name', title: 'Column' },
  { key: 'type', title: 'Type', folds: true },
  { key: 'missing', title: 'Missing', number: true },
  { key: 'distinct', title: 'Distinct', number: true },
];

/** One row for each column: what is in it at a glance, and all of its figures when it is opened. */
export function columnsTable(model: ColumnsModel, actions: ColumnsActions): TemplateResult {
  return html`<table class="columns-table">
    <thead>
      <tr>
        ${headings.map(
          ({ key, title, number, folds }) => html`<th
            scope="col"
            class="${key}-cell ${number ? 'number' : ''} ${folds ? 'folds' : ''}"
            aria-sort=${sortOf(model.order, key)}
          >
            <button class="link heading" @click=${() => actions.sort(nextOrder(model.order, key))}>
              ${title}${arrowOf(model.order, key)}
            </button>
          </th>`,
        )}
        <th scope="col" class="shape-cell">Shape</th>
        <th scope="col" class="values-cell">Values</th>
      </tr>
    </thead>
    ${repeat(
      model.columns,
      ({ name }) => name,
      // Of hundreds of rows only those are made anew that say something else.
      (column) => {
        const hint = model.hints.find(
          ({ column: name, kind }) => name === column.name && kind !== 'redundant',
        );
        const row = {
          rows: model.rows,
          isTarget: model.target === column.name,
          isOpen: model.open.has(column.name),
          hint,
        };
        return guard([column, ...Object.values(row)], () => columnRow(column, row, actions));
      },
    )}
  </table>`;
}

interface RowModel {
  readonly rows: number;
  readonly isTarget: boolean;
  readonly isOpen: boolean;
  readonly hint: LeakageHint | undefined;
}

function columnRow(
  column: ColumnProfile,
  { rows, isTarget, isOpen, hint }: RowModel,
  actions: ColumnsActions,
): TemplateResult {
  const { name, type, missing, distinct } = column;
  const { word, icon } = typeWords[type];
  const values = valuesText(column, rows);
  return html`<tbody class=${isOpen ? 'open' : ''} data-column=${name}>
    <tr>
      <th scope="row"><div class="column-heading">
        <button
          class="link column-name"
          aria-expanded=${String(isOpen)}
          title=${name}
          @click=${() => actions.toggle(name)}
        >
          <span class="codicon codicon-chevron-${isOpen ? 'down' : 'right'}" aria-hidden="true"></span>
          <span class="codicon codicon-${icon}" aria-hidden="true"></span>
          <span class="name">${name}</span>
        </button>
        ${isTarget ? html`<span class="mark" title="what a model is to predict">target</span>` : nothing}
        ${
          hint
            ? html`<span
                class="codicon codicon-warning warning-text"
                role="img"
                aria-label=${leakageSentence(hint)}
                title=${leakageSentence(hint)}
              ></span>`
            : nothing
        }
      </div></th>
      <td class="folds secondary">${word}</td>
      <td class="number ${missing === 0 ? 'secondary' : missing === rows ? 'warning-text' : ''}" title="${groupDigits(missing)} of ${groupDigits(rows)} rows">
        ${missing === 0 ? html`<span aria-label="none">–</span>` : formatShare(missing, rows)}
      </td>
      <td class="number" title=${distinctTitle(column, rows)}>${groupDigits(distinct)}</td>
      <td class="shape-cell">${shapeView(column, rows)}</td>
      <td class="values-cell"><span title=${values}>${values}</span></td>
    </tr>
    ${isOpen ? html`<tr class="details-row"><td colspan="6">${columnDetails(column, rows)}</td></tr>` : nothing}
  </tbody>`;
}

function distinctTitle({ distinct, missing }: ColumnProfile, rows: number): string {
  const present = rows - missing;
  return present > 0 && distinct === present
    ? 'every value is different'
    : `${groupDigits(distinct)} different values`;
}

function sortOf(order: ColumnOrder, key: ColumnKey): 'ascending' | 'descending' | 'none' {
  if (order.key !== key) {
    return 'none';
  }
  return order.descending ? 'descending' : 'ascending';
}

/** Always there, so that headings do not move. */
function arrowOf(order: ColumnOrder, key: ColumnKey): TemplateResult {
  const arrow = order.key === key ? (order.descending ? '↓' : '↑') : '';
  return html`<span class="sort-arrow" aria-hidden="true">${arrow}</span>`;
}
