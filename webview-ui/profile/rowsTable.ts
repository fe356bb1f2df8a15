import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { groupDigits, plural } from '../../src/base/format.ts';
import { type DataValue, readRows } from '../../src/protocol/data.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { emptyNotice, errorNotice } from '../shared/notices.ts';
import { isNumeric, typeWords } from './columnText.ts';
import {
  columnEdges,
  columnsBetween,
  contentHeight,
  isCompressed,
  lastTopRow,
  rowHeight,
  scrollTopOf,
  topRowAt,
} from './rowsGeometry.ts';
import { RowsReader } from './rowsReader.ts';

const longestText = 300;

interface Place {
  readonly row: number;
  readonly column: number;
}

/**
 * The rows of a table of any length and width: only what is in view is in the page. A sheet of the view's size stays
 * in place while its container is scrolled, and what belongs on it is drawn anew.
 */
export class RowsTable extends PageElement {
  static override properties = {
    path: { attribute: false },
    version: { attribute: false },
    columnCount: { attribute: false },
    rowCount: { attribute: false },
    isExact: { attribute: false },
    edition: { attribute: false },
    active: { state: true },
  };
  declare host: Host;
  declare path: string;
  declare version: number | undefined;
  declare columnCount: number;
  /** So many rows are known to be there; `isExact` says that there are no more. */
  declare rowCount: number;
  declare isExact: boolean;
  /** Another number: the rows are read anew. */
  declare edition: number;
  declare active: Place;
  #reader!: RowsReader;
  #edges: Float64Array = new Float64Array(1);
  #top = 0;
  #left = 0;
  #view = { width: 0, height: 0 };
  /** The browser answers to a place that was set as to one that the user chose. */
  #ownScrollTop: number | undefined;

  constructor() {
    super();
    this.active = { row: 0, column: 0 };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#open();
    const resized = new ResizeObserver(() => this.#measure());
    resized.observe(this);
    this.subscriptions.add({ dispose: () => resized.disconnect() });
    this.subscriptions.add(this.host.onRefresh(() => this.#open()));
    this.subscriptions.add({ dispose: () => this.#reader.dispose() });
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.hasUpdated && (changed.has('edition') || changed.has('columnCount'))) {
      this.#open();
    }
  }

  protected override render(): TemplateResult {
    const { columns, error } = this.#reader;
    const failure = error && !this.host.isOffline ? errorNotice(error, () => this.#reader.retry()) : nothing;
    if (!columns) {
      return html`${failure === nothing ? emptyNotice('Reading the first rows…') : failure}`;
    }
    if (this.#rows === 0) {
      return emptyNotice('This table has no rows.');
    }
    return html`${failure}
      <div
        class="rows-scroll"
        tabindex="0"
        role="grid"
        aria-label="Rows"
        aria-readonly="true"
        aria-rowcount=${this.isExact ? this.#rows + 1 : -1}
        aria-colcount=${columns.length + 1}
        aria-busy=${String(this.#reader.isReading)}
        aria-activedescendant=${cellId(this.active)}
        @scroll=${this.#onScroll}
        @wheel=${this.#onWheel}
        @keydown=${this.#onKey}
        @mousedown=${this.#onPress}
      >
        <div class="rows-extent">${this.#sheet(columns)}</div>
      </div>
      <p class="rows-status secondary">${this.#status()}</p>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const scroller = this.#scroller;
    if (!scroller) {
      return;
    }
    const extent = scroller.firstElementChild as HTMLElement;
    const sheet = extent.firstElementChild as HTMLElement;
    extent.style.height = `${contentHeight(this.#rows) + rowHeight}px`;
    extent.style.width = `${this.#edges.at(-1)! + gutter}px`;
    sheet.style.width = `${this.#view.width}px`;
    sheet.style.height = `${this.#view.height + rowHeight}px`;
    const { first, last } = this.#columnsInView();
    const widths = Array.from({ length: last - first }, (_, at) => this.#width(first + at));
    sheet.style.setProperty('--columns', widths.map((width) => `${width}px`).join(' '));
    sheet.style.setProperty('--shift-x', `${this.#edges[first]! - this.#left}px`);
    sheet.style.setProperty('--shift-y', `${-(this.#top - this.#firstRow) * rowHeight}px`);
    if (this.#view.width === 0) {
      this.#measure();
    } else if (changed.has('rowCount') || changed.has('isExact')) {
      // The same rows stay in view, wherever in the longer table that is.
      this.#moveTo(this.#top);
    }
  }

  get #scroller(): HTMLElement | null {
    return this.querySelector('.rows-scroll');
  }

  /** As far as is known: it grows while somebody scrolls through rows that nobody has counted. */
  get #rows(): number {
    const { end, seenRows } = this.#reader;
    return end ?? Math.max(this.rowCount, seenRows + (this.isExact ? 0 : 1));
  }

  get #firstRow(): number {
    return Math.floor(this.#top);
  }

  get #lastRow(): number {
    return Math.min(this.#rows, Math.ceil(this.#top + this.#view.height / rowHeight) + 1);
  }

  get #extent() {
    return { rows: this.#rows, view: this.#view.height };
  }

  #open(): void {
    this.#reader?.dispose();
    const { path, version } = this;
    const table = { path, ...(version !== undefined && { version }) };
    this.#reader = new RowsReader(
      (offset, limit, signal) => this.host.send(readRows, { ...table, offset, limit }, signal),
      this.columnCount,
      () => this.#arrived(),
    );
    this.#reader.show(this.#firstRow, Math.max(this.#lastRow, this.#firstRow + 1));
    this.requestUpdate();
  }

  #arrived(): void {
    const { columns } = this.#reader;
    if (columns && this.#edges.length !== columns.length + 1) {
      this.#edges = columnEdges(columns, this.#reader.firstRows);
    }
    this.#top = Math.min(this.#top, lastTopRow(this.#extent));
    this.requestUpdate();
  }

  #sheet(columns: NonNullable<RowsReader['columns']>): TemplateResult {
    const { first, last } = this.#columnsInView();
    const shown = columns.slice(first, last);
    const rows = Array.from(
      { length: Math.max(0, this.#lastRow - this.#firstRow) },
      (_, at) => this.#firstRow + at,
    );
    return html`<div class="rows-sheet">
      <div role="row" aria-rowindex="1" class="rows-row rows-head">
        <div role="columnheader" aria-colindex="1" class="rows-number">#</div>
        <div class="rows-cells" role="presentation">
          ${shown.map(
            ({ name, type }, at) => html`<div
              role="columnheader"
              aria-colindex=${first + at + 2}
              class="rows-cell ${isNumeric(type) ? 'number' : ''}"
              title="${name} (${typeWords[type].word})"
            >${name}</div>`,
          )}
        </div>
      </div>
      <div class="rows-body" role="presentation">
        ${rows.map((row) => this.#row(row, shown, first))}
      </div>
    </div>`;
  }

  #row(row: number, columns: NonNullable<RowsReader['columns']>, first: number): TemplateResult {
    const values = this.#reader.row(row);
    return html`<div role="row" aria-rowindex=${row + 2} class="rows-row">
      <div role="rowheader" aria-colindex="1" class="rows-number number secondary">${groupDigits(row + 1)}</div>
      <div class="rows-cells" role="presentation">
        ${columns.map(({ type }, at) => {
          const place = { row, column: first + at };
          const isActive = this.active.row === row && this.active.column === place.column;
          const classes = `rows-cell ${isNumeric(type) ? 'number' : ''} ${isActive ? 'active' : ''}`;
          return html`<div
            role="gridcell"
            id=${cellId(place)}
            aria-colindex=${place.column + 2}
            class=${classes}
            title=${values ? wholeText(values[place.column]) : ''}
          >${values ? cellText(values[place.column]) : html`<span class="secondary" aria-label="being read">·</span>`}</div>`;
        })}
      </div>
    </div>`;
  }

  #status(): string {
    const [from, to] = [
      this.#firstRow + 1,
      Math.min(this.#rows, Math.floor(this.#top + this.#view.height / rowHeight)),
    ];
    const rows = `Rows ${groupDigits(from)} to ${groupDigits(Math.max(from, to))}`;
    const known = this.isExact || this.#reader.end !== undefined;
    return known ? `${rows} of ${plural(this.#rows, 'row')}` : `${rows}; how many there are is being counted`;
  }

  #columnsInView(): { readonly first: number; readonly last: number } {
    return columnsBetween(this.#edges, this.#left, this.#left + Math.max(1, this.#view.width - gutter));
  }

  #width(column: number): number {
    return this.#edges[column + 1]! - this.#edges[column]!;
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (scroller) {
      const { clientWidth: width, clientHeight } = scroller;
      const height = Math.max(0, clientHeight - rowHeight);
      if (width !== this.#view.width || height !== this.#view.height) {
        this.#view = { width, height };
        this.#moveTo(this.#top);
      }
    }
  }

  readonly #onScroll = (): void => {
    const { scrollTop, scrollLeft } = this.#scroller!;
    this.#left = scrollLeft;
    if (this.#ownScrollTop === undefined || Math.abs(scrollTop - this.#ownScrollTop) >= 1) {
      this.#ownScrollTop = undefined;
      this.#top = topRowAt(scrollTop, this.#extent);
    }
    this.#shown();
  };

  /** Where a pixel of the scroll bar is several rows, the wheel still moves by rows. */
  readonly #onWheel = (event: WheelEvent): void => {
    if (isCompressed(this.#rows) && !event.ctrlKey && event.deltaY !== 0 && !event.shiftKey) {
      event.preventDefault();
      const pixels = [1, rowHeight, this.#view.height][event.deltaMode] ?? 1;
      this.#moveTo(this.#top + (event.deltaY * pixels) / rowHeight);
    }
  };

  readonly #onPress = (event: MouseEvent): void => {
    const cell = (event.target as HTMLElement).closest('[role="gridcell"]');
    const [, row, column] = /^cell-(\d+)-(\d+)$/.exec(cell?.id ?? '') ?? [];
    if (row !== undefined) {
      this.active = { row: Number(row), column: Number(column) };
    }
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const next = this.#afterKey(event);
    if (next) {
      event.preventDefault();
      const columns = this.#edges.length - 1;
      this.active = {
        row: Math.min(this.#rows - 1, Math.max(0, next.row)),
        column: Math.min(columns - 1, Math.max(0, next.column)),
      };
      this.#bringIntoView(this.active);
    }
  };

  #afterKey({ key, ctrlKey, metaKey }: KeyboardEvent): Place | undefined {
    const { row, column } = this.active;
    const page = Math.max(1, Math.floor(this.#view.height / rowHeight) - 1);
    const all = ctrlKey || metaKey;
    const moves: Readonly<Record<string, Place>> = {
      ArrowUp: { row: row - 1, column },
      ArrowDown: { row: row + 1, column },
      ArrowLeft: { row, column: column - 1 },
      ArrowRight: { row, column: column + 1 },
      PageUp: { row: row - page, column },
      PageDown: { row: row + page, column },
      Home: all ? { row: 0, column: 0 } : { row, column: 0 },
      End: { row: all ? this.#rows - 1 : row, column: this.#edges.length - 2 },
    };
    return moves[key];
  }

  #bringIntoView({ row, column }: Place): void {
    const rows = Math.floor(this.#view.height / rowHeight);
    const top = row < this.#top ? row : Math.max(this.#top, row + 1 - rows);
    const [left, right] = [this.#edges[column]!, this.#edges[column + 1]!];
    const width = this.#view.width - gutter;
    const shift = left < this.#left ? left : Math.max(this.#left, right - width);
    this.#scroller!.scrollLeft = shift;
    this.#left = shift;
    this.#moveTo(top);
  }

  #moveTo(top: number): void {
    this.#top = Math.min(lastTopRow(this.#extent), Math.max(0, top));
    const scroller = this.#scroller;
    if (scroller) {
      scroller.scrollTop = scrollTopOf(this.#top, this.#extent);
      this.#ownScrollTop = scroller.scrollTop;
    }
    this.#shown();
  }

  #shown(): void {
    this.#reader.show(this.#firstRow, this.#lastRow);
    this.requestUpdate();
  }
}

/** The column of row numbers, in pixels; the style sheet has the same. */
const gutter = 84;

function cellId({ row, column }: Place): string {
  return `cell-${row}-${column}`;
}

function cellText(value: DataValue | undefined): string | TemplateResult {
  if (value === null || value === undefined) {
    return html`<span class="secondary" aria-label="missing">–</span>`;
  }
  return String(value).slice(0, longestText);
}

function wholeText(value: DataValue | undefined): string {
  return value === null || value === undefined ? 'missing' : String(value).slice(0, 4000);
}

customElements.define('workbench-rows', RowsTable);
