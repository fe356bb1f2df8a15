import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { repeat } from 'lit/directives/repeat.js';
import { formatShare, groupDigits } from '../../src/base/format.ts';
import type { ColumnProfile, LeakageHint } from '../../src/protocol/data.ts';
import { leakageSentence } from '../../src/protocol/sentences.ts';
import { PageElement } from '../shared/element.ts';
import { columnDetails } from './columnDetails.ts';
import {
  type ColumnKey,
  type ColumnOrder,
  isDescribed,
  type ListedColumn,
  nextOrder,
} from './columnOrder.ts';
import { typeWords, valuesText } from './columnText.ts';
import { type ListWindow, offsetOf, windowOf } from './listWindow.ts';
import { shapeView } from './shapes.ts';

export interface ColumnsModel {
  /** In the order in which they are shown. */
  readonly columns: readonly ListedColumn[];
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

/**
 * One row for each column: what is in it at a glance, and all of its figures when it is opened. Of ten thousand
 * columns only those around the view are in the page.
 */
export class ColumnsTable extends PageElement {
  static override properties = { model: { attribute: false }, view: { state: true } };
  declare model: ColumnsModel;
  declare actions: ColumnsActions;
  declare view: ListWindow;
  #rowHeight = 32;
  /** Of rows that were seen open, by their names. */
  readonly #openHeights = new Map<string, number>();

  constructor() {
    super();
    this.view = windowOf({ count: 0, rowHeight: 1, extra: new Map() }, 0, 0);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const scroller = this.#scroller;
    const look = () => this.#look();
    scroller?.addEventListener('scroll', look, { passive: true });
    const resized = new ResizeObserver(look);
    resized.observe(this);
    this.subscriptions.add({
      dispose: () => {
        scroller?.removeEventListener('scroll', look);
        resized.disconnect();
      },
    });
  }

  /** Brings the row of a column into view, with its name in focus. */
  async reveal(name: string): Promise<void> {
    await this.updateComplete;
    const place = this.model.columns.findIndex((column) => column.name === name);
    const table = this.querySelector('table');
    if (place >= 0 && table && this.#scroller) {
      this.#scroller.scrollTop += this.#top(table) * -1 + offsetOf(this.#list, place);
      this.#look();
      await this.updateComplete;
    }
    const row = this.querySelector(`[data-column="${CSS.escape(name)}"]`);
    row?.scrollIntoView({ block: 'start' });
    row?.querySelector<HTMLElement>('.column-name')?.focus({ preventScroll: true });
  }

  protected override willUpdate(): void {
    this.view = this.#window();
  }

  protected override render(): TemplateResult {
    return columnsTable(this.model, this.view, this.actions);
  }

  protected override updated(): void {
    this.#rowHeight =
      this.querySelector<HTMLElement>('tbody[data-column] tr')?.offsetHeight ?? this.#rowHeight;
    for (const body of this.querySelectorAll<HTMLElement>('tbody.open')) {
      this.#openHeights.set(body.dataset.column!, body.offsetHeight - this.#rowHeight);
    }
  }

  get #scroller(): HTMLElement | null {
    return this.closest('vscode-tab-panel');
  }

  get #list() {
    const { columns, open } = this.model;
    const extra = new Map<number, number>();
    if (open.size > 0) {
      for (const [at, { name }] of columns.entries()) {
        if (open.has(name)) {
          extra.set(at, this.#openHeights.get(name) ?? 0);
        }
      }
    }
    return { count: columns.length, rowHeight: this.#rowHeight, extra };
  }

  /** Pixels of the list that are above the view. */
  #top(table: HTMLTableElement): number {
    const head = table.tHead?.offsetHeight ?? 0;
    return this.#scroller!.getBoundingClientRect().top - table.getBoundingClientRect().top - head;
  }

  #window(): ListWindow {
    const table = this.querySelector('table');
    const scroller = this.#scroller;
    const [top, height] =
      table && scroller ? [Math.max(0, this.#top(table)), scroller.clientHeight] : [0, 1000];
    return windowOf(this.#list, top, height);
  }

  #look(): void {
    const { first, last } = this.#window();
    if (first !== this.view.first || last !== this.view.last) {
      this.requestUpdate();
    }
  }
}

function columnsTable(model: ColumnsModel, view: ListWindow, actions: ColumnsActions): TemplateResult {
  return html`<table class="columns-table" aria-rowcount=${model.columns.length + 1}>
    <thead>
      <tr aria-rowindex="1">
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
    ${spacer(view.before)}
    ${repeat(
      model.columns.slice(view.first, view.last),
      ({ name }) => name,
      // Of hundreds of rows only those are made anew that say something else.
      (column, at) => {
        const hint = model.hints.find(
          ({ column: name, kind }) => name === column.name && kind !== 'redundant',
        );
        const row = {
          rows: model.rows,
          isTarget: model.target === column.name,
          isOpen: model.open.has(column.name),
          hint,
          place: view.first + at,
        };
        return guard([column, ...Object.values(row)], () =>
          isDescribed(column) ? columnRow(column, row, actions) : namedRow(column, row),
        );
      },
    )}
    ${spacer(view.after)}
  </table>`;
}

/** As high as the rows that are not in the page. */
function spacer(pixels: number): TemplateResult | typeof nothing {
  return pixels === 0
    ? nothing
    : html`<tbody class="spacer" aria-hidden="true">
        <tr><td colspan="6"><div .style=${`height: ${pixels}px`}></div></td></tr>
      </tbody>`;
}

/** Its name and type are all that is known. */
function namedRow({ name, type }: ListedColumn, { place }: RowModel): TemplateResult {
  const { word, icon } = typeWords[type];
  return html`<tbody data-column=${name}>
    <tr aria-rowindex=${place + 2}>
      <th scope="row"><div class="column-heading"><span class="column-name" tabindex="-1" title=${name}>
        <span class="codicon codicon-blank" aria-hidden="true"></span>
        <span class="codicon codicon-${icon}" aria-hidden="true"></span>
        <span class="name">${name}</span>
      </span></div></th>
      <td class="folds secondary">${word}</td>
      <td colspan="4" class="secondary">not described</td>
    </tr>
  </tbody>`;
}

interface RowModel {
  readonly rows: number;
  readonly isTarget: boolean;
  readonly isOpen: boolean;
  readonly hint: LeakageHint | undefined;
  /** In the list, from 0. */
  readonly place: number;
}

function columnRow(
  column: ColumnProfile,
  { rows, isTarget, isOpen, hint, place }: RowModel,
  actions: ColumnsActions,
): TemplateResult {
  const { name, type, missing, distinct } = column;
  const { word, icon } = typeWords[type];
  const values = valuesText(column, rows);
  return html`<tbody class=${isOpen ? 'open' : ''} data-column=${name}>
    <tr aria-rowindex=${place + 2}>
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

customElements.define('workbench-columns', ColumnsTable);
