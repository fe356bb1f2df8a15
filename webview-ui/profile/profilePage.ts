import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-tab-header/index.js';
import '@vscode-elements/elements/dist/vscode-tab-panel/index.js';
import '@vscode-elements/elements/dist/vscode-tabs/index.js';
import type { VscTabsSelectEvent } from '@vscode-elements/elements/dist/vscode-tabs/vscode-tabs.js';
import type { ErrorShape } from '../../src/base/errors.ts';
import { groupDigits, plural } from '../../src/base/format.ts';
import { type DataProfile, type ProfileData, profileKept } from '../../src/protocol/data.ts';
import { leakageSentence } from '../../src/protocol/sentences.ts';
import { announce } from '../shared/announce.ts';
import { emptyNotice } from '../shared/notices.ts';
import { PanelPage } from '../shared/panelPage.ts';
import { associationsView } from './associationsView.ts';
import { arrangeColumns, listedColumns, orderText, parseOrder } from './columnOrder.ts';
import type { ColumnsActions, ColumnsTable } from './columnsView.ts';
import './columnsView.ts';
import { profileHeader } from './profileHeader.ts';
import { ProfileReader } from './profileReader.ts';
import './rowsTable.ts';

const tabs = ['Columns', 'Associations', 'Rows'] as const;

type Tab = (typeof tabs)[number];

/** What is in a table: a first picture at once, exact figures as soon as they are known. */
export class ProfilePage extends PanelPage {
  protected readonly panel = 'profile';
  #reader!: ProfileReader;
  #edition = 0;
  #showsAllPairs = false;
  #wasExact = false;
  #isOutdated = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#reader = this.subscriptions.add(new ProfileReader(this.host, () => this.#changed()));
    this.subscriptions.add(
      this.host.onDataChanged(() => {
        this.#isOutdated = true;
        this.requestUpdate();
      }),
    );
    this.subscriptions.add(
      this.host.on(profileKept, ({ path, of }) => {
        // The page may have been opened by the whole path.
        const asked = this.#path.replaceAll('\\', '/');
        const isOurs = of === this.#version && (path === asked || asked.endsWith(`/${path}`));
        if (isOurs && this.#reader.stage === 'stopped') {
          this.#reader.goOn();
        }
      }),
    );
  }

  protected override fetch(): void {
    this.#isOutdated = false;
    const version = this.#version === undefined ? '' : ` v${this.#version}`;
    this.setTitle(`Profile of ${this.#name}${version}`);
    this.#reader.read(this.#question);
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#reader.error;
  }

  protected override render(): TemplateResult {
    return html`${this.notices()} ${this.subject ? this.#page() : nothing}`;
  }

  get #path(): string {
    return this.subject && 'data' in this.subject ? this.subject.data : '';
  }

  get #version(): number | undefined {
    return this.subject && 'version' in this.subject ? this.subject.version : undefined;
  }

  get #name(): string {
    return this.#path.split(/[\\/]/).at(-1) ?? '';
  }

  get #target(): string {
    return this.view.get('target', '');
  }

  get #question(): ProfileData {
    const [version, target] = [this.#version, this.#target];
    return {
      path: this.#path,
      ...(version !== undefined && { version }),
      ...(target !== '' && { target }),
    };
  }

  get #tab(): Tab {
    return tabs.find((tab) => tab === this.view.get('tab', '')) ?? 'Columns';
  }

  #page(): TemplateResult {
    const { figures, relations, stage, progress } = this.#reader;
    const header = profileHeader(
      {
        name: this.#name,
        version: this.#version,
        figures,
        relations,
        stage,
        progress,
        showsNotes: this.view.get('notes', false),
        isOutdated: this.#isOutdated,
      },
      {
        stop: () => this.#reader.stop(),
        goOn: () => this.#reader.goOn(),
        readAgain: () => this.#readAgain(),
        showNotes: (shown) => this.keep('notes', shown),
      },
    );
    return html`${header} ${figures ? this.#tabs(figures) : nothing}`;
  }

  #tabs(figures: DataProfile): TemplateResult {
    const current = this.#tab;
    return html`<vscode-tabs
      .selectedIndex=${tabs.indexOf(current)}
      selected-index=${tabs.indexOf(current)}
      @vsc-tabs-select=${(event: VscTabsSelectEvent) => this.keep('tab', tabs[event.detail.selectedIndex]!)}
    >
      ${tabs.map(
        (tab) => html`<vscode-tab-header slot="header">${tab}</vscode-tab-header>
          <vscode-tab-panel>${tab === current ? this.#tabContent(tab, figures) : nothing}</vscode-tab-panel>`,
      )}
    </vscode-tabs>`;
  }

  #tabContent(tab: Tab, figures: DataProfile): TemplateResult {
    const views: Readonly<Record<Tab, () => TemplateResult>> = {
      Columns: () => this.#columns(figures),
      Associations: () => this.#associations(),
      Rows: () =>
        html`<workbench-rows
          .host=${this.host}
          .path=${this.#path}
          .version=${this.#version}
          .columnCount=${figures.columnCount}
          .rowCount=${figures.basis.rows}
          .isExact=${figures.basis.kind === 'whole'}
          .edition=${this.#edition}
        ></workbench-rows>`,
    };
    return views[tab]();
  }

  #columns(figures: DataProfile): TemplateResult {
    const words = this.view.get('filter', '');
    const order = parseOrder(this.view.get('sort', ''));
    const listed = listedColumns(figures);
    const shown = arrangeColumns(listed, order, words);
    const open = this.#open();
    return html`
      <div class="profile-tools">
        <input
          class="text-input"
          type="search"
          aria-label="Filter columns"
          placeholder="Filter by name or type"
          .value=${words}
          @input=${(event: Event) => this.keep('filter', (event.target as HTMLInputElement).value)}
        />
        <span class="secondary number" role="status">${countSentence(shown.length, listed.length)}</span>
        <span class="grow"></span>
        ${this.#targetPicker(figures)}
      </div>
      ${this.#leakage()}
      ${
        shown.length === 0
          ? emptyNotice('No column has these words in its name or type. Clear the filter to see all of them.')
          : html`<workbench-columns
              .actions=${this.#columnsActions}
              .model=${{
                columns: shown,
                rows: figures.basis.rows,
                order,
                target: this.#target,
                hints: this.#reader.relations?.hints ?? [],
                open,
              }}
            ></workbench-columns>`
      }
    `;
  }

  readonly #columnsActions: ColumnsActions = {
    sort: (next) => this.keep('sort', orderText(next)),
    toggle: (name) => this.#toggle(name),
  };

  #targetPicker(figures: DataProfile): TemplateResult {
    const columns = listedColumns(figures);
    if (columns.length > longestChoice) {
      return this.#targetInput(columns);
    }
    return html`<span class="choice"><label for="target">Target</label>
      <vscode-single-select
        id="target"
        label="Target"
        title="The column that a model is to predict: what gives it away is looked for"
        combobox
        @change=${(event: Event) => this.#chooseTarget((event.target as HTMLSelectElement).value)}
      >
        <vscode-option value="" ?selected=${this.#target === ''}>No target</vscode-option>
        ${columns.map(
          ({ name }) =>
            html`<vscode-option value=${name} ?selected=${name === this.#target}>${name}</vscode-option>`,
        )}
      </vscode-single-select></span>`;
  }

  /** Of thousands of columns one is typed: the browser offers those that begin alike. */
  #targetInput(columns: readonly { readonly name: string }[]): TemplateResult {
    const choose = (event: Event) => {
      const input = event.target as HTMLInputElement;
      const isColumn = input.value === '' || columns.some(({ name }) => name === input.value);
      input.setCustomValidity(isColumn ? '' : `No column is called “${input.value}”.`);
      if (input.reportValidity()) {
        this.#chooseTarget(input.value);
      }
    };
    return html`<span class="choice"><label for="target">Target</label>
      <input
        id="target"
        class="text-input"
        list="targets"
        placeholder="No target"
        title="The column that a model is to predict: what gives it away is looked for"
        .value=${this.#target}
        @change=${choose}
      />
      <datalist id="targets">${columns.map(({ name }) => html`<option value=${name}></option>`)}</datalist></span>`;
  }

  #leakage(): TemplateResult | typeof nothing {
    const target = this.#target;
    const { relations, stage } = this.#reader;
    if (target === '') {
      return nothing;
    }
    if (!relations) {
      const words = stage === 'stopped' ? 'was not looked for' : 'is looked for…';
      return html`<p class="hints secondary">What gives “${target}” away ${words}</p>`;
    }
    const hints = relations.hints.filter(({ kind }) => kind !== 'redundant');
    const basis =
      relations.basis.kind === 'sample' ? ` in the first ${plural(relations.basis.rows, 'row')}` : '';
    return hints.length === 0
      ? html`<p class="hints secondary">No column gives “${target}” away${basis}.</p>`
      : html`<ul class="hints" aria-label="Leakage">
          ${hints.map(
            (hint) => html`<li>
              <span class="codicon codicon-warning warning-text" aria-hidden="true"></span>
              <span>${leakageSentence(hint)}</span>
              <button class="link" @click=${() => this.#openColumn(hint.column)}>Show Column</button>
            </li>`,
          )}
        </ul>`;
  }

  #associations(): TemplateResult {
    const { relations, stage } = this.#reader;
    if (!relations) {
      return emptyNotice(stage === 'stopped' ? 'Columns were not compared.' : 'Columns are being compared…');
    }
    const wanted = this.view.get('associated', this.#target);
    return associationsView(
      {
        associations: relations.associations,
        hints: relations.hints,
        column: relations.associations.columns.includes(wanted) ? wanted : '',
        asMatrix: this.view.get('matrix', false),
        showsAll: this.#showsAllPairs,
      },
      {
        chooseColumn: (column) => this.keep('associated', column),
        showMatrix: (asMatrix) => this.keep('matrix', asMatrix),
        showAll: () => {
          this.#showsAllPairs = true;
          this.requestUpdate();
        },
        openColumn: (column) => this.#openColumn(column),
      },
    );
  }

  #chooseTarget(target: string): void {
    if (target !== this.#target) {
      this.keep('target', target);
      this.#reader.readTarget(this.#question);
    }
  }

  #open(): ReadonlySet<string> {
    const kept: unknown = JSON.parse(this.view.get('open', '[]'));
    return new Set(Array.isArray(kept) ? kept.map(String) : []);
  }

  #toggle(name: string): void {
    const open = new Set(this.#open());
    if (!open.delete(name)) {
      open.add(name);
    }
    this.keep('open', JSON.stringify([...open]));
  }

  async #openColumn(name: string): Promise<void> {
    this.keep('open', JSON.stringify([...this.#open(), name]));
    this.keep('filter', '');
    this.keep('tab', 'Columns');
    await this.updateComplete;
    await this.querySelector<ColumnsTable>('workbench-columns')?.reveal(name);
  }

  #readAgain(): void {
    this.#edition += 1;
    this.fetch();
  }

  #changed(): void {
    const { stage, figures, error } = this.#reader;
    if (error?.code === 'data.noSuchColumn' && this.#target !== '') {
      // The file has changed since the target was chosen.
      this.keep('target', '');
      this.fetch();
      return;
    }
    const isExact = stage === 'exact';
    if (isExact && !this.#wasExact && figures) {
      announce(
        `Exact figures of ${this.#name}: ${plural(figures.basis.rows, 'row')}, ${plural(figures.columnCount, 'column')}.`,
      );
    }
    this.#wasExact = isExact;
    this.requestUpdate();
  }
}

/** Of more columns than this a list to choose from would be longer than anybody reads. */
const longestChoice = 300;

function countSentence(shown: number, count: number): string {
  return shown < count ? `${groupDigits(shown)} of ${plural(count, 'column')}` : plural(count, 'column');
}
