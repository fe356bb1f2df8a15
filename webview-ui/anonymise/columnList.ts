import { html, nothing, type TemplateResult } from 'lit';
import { formatShare, plural } from '../../src/base/format.ts';
import type { ColumnEvidence, ColumnRole, RecipeColumn } from '../../src/protocol/privacy.ts';
import { roles } from '../shared/columnRoles.ts';
import { emit, PageElement } from '../shared/element.ts';
import { confidenceBar } from './confidenceBar.ts';
import { confidenceWords, findingWords } from './words.ts';

/** So many at once: a table may have ten thousand columns. */
const shownAtMost = 200;

export interface RoleChoice {
  readonly column: string;
  readonly role: ColumnRole;
}

/**
 * The columns with what was found in them and why. One of them is chosen: arrow keys move the choice, and its role
 * can be corrected. Tells `choose-column` (its name), `choose-role`, and `not-personal` (its name): it says nothing
 * about anybody and is to stay as it is.
 */
export class ColumnList extends PageElement {
  static override properties = {
    columns: { attribute: false },
    chosen: { attribute: false },
    filter: { state: true },
  };
  declare columns: readonly RecipeColumn[];
  declare chosen: string;
  declare filter: string;

  constructor() {
    super();
    this.filter = '';
  }

  protected override render(): TemplateResult {
    const wanted = this.filter.trim().toLowerCase();
    const found = this.columns.filter((column) => wanted === '' || textOf(column).includes(wanted));
    const shown = found.slice(0, shownAtMost);
    const tabStop = shown.some(({ name }) => name === this.chosen) ? this.chosen : shown[0]?.name;
    return html`
      <div class="list-heading">
        <h2 id="columns-heading">Columns <span class="secondary">${this.columns.length}</span></h2>
        <input
          class="text-input"
          type="search"
          aria-label="Find columns"
          placeholder="Find columns"
          .value=${this.filter}
          @input=${(event: Event) => {
            this.filter = (event.target as HTMLInputElement).value;
          }}
        />
      </div>
      ${found.length === 0 ? html`<p class="secondary">No column is called that, and nothing like it was found in one.</p>` : nothing}
      <ul class="column-list" aria-labelledby="columns-heading" @keydown=${(event: KeyboardEvent) => this.#key(event)}>
        ${shown.map((column) => this.#item(column, column.name === tabStop))}
      </ul>
      ${
        found.length > shown.length
          ? html`<p class="secondary">The first ${shown.length} of ${plural(found.length, 'column')}. Find the others by their name.</p>`
          : nothing
      }
    `;
  }

  #item(column: RecipeColumn, isTabStop: boolean): TemplateResult {
    const { name, type, role, finding, confirmed } = column;
    const isChosen = name === this.chosen;
    return html`<li class="column-item ${isChosen ? 'chosen' : ''}">
      <button
        class="found-column"
        aria-current=${isChosen ? 'true' : nothing}
        aria-label="${name}, ${type}, ${roles[role].title}${finding ? `: ${findingWords(finding)}` : ''}"
        tabindex=${isTabStop ? '0' : '-1'}
        title=${name}
        @click=${() => emit(this, 'choose-column', name)}
      >
        <span class="name">${name}</span>
        <span class="secondary">${type}</span>
        ${finding ? findingLine(finding) : nothing}
      </button>
      <select
        class="select role role-${role}"
        aria-label="Role of ${name}"
        tabindex=${isChosen || isTabStop ? '0' : '-1'}
        title="${roles[role].sentence}${confirmed ? ' Chosen by you.' : ' Proposed.'}"
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value as ColumnRole;
          emit<RoleChoice>(this, 'choose-role', { column: name, role: chosen });
        }}
      >
        ${Object.entries(roles).map(
          ([id, { title }]) => html`<option value=${id} .selected=${id === role}>${title}</option>`,
        )}
      </select>
      ${isChosen ? evidence(column, () => emit(this, 'not-personal', name)) : nothing}
    </li>`;
  }

  #key(event: KeyboardEvent): void {
    const buttons = [...this.querySelectorAll<HTMLButtonElement>('.found-column')];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    const next = at < 0 || to === undefined ? undefined : buttons[to];
    if (next) {
      event.preventDefault();
      next.focus();
      next.click();
    }
  }
}

function textOf({ name, finding, role }: RecipeColumn): string {
  return `${name} ${finding?.title ?? ''} ${roles[role].title}`.toLowerCase();
}

function findingLine(finding: ColumnEvidence): TemplateResult {
  return html`<span class="finding">
    <span class="finding-title">${finding.title}</span>
    ${finding.specialCategory ? html`<span class="special" title="A special category of personal data (GDPR, article 9)">special category</span>` : nothing}
    <span class="confidence" title="Confidence ${formatShare(finding.confidence, 1)}">
      ${confidenceWords(finding.confidence)} ${confidenceBar(finding.confidence)}
    </span>
  </span>`;
}

function evidence(
  { finding, confirmed, role, method }: RecipeColumn,
  notPersonal: () => void,
): TemplateResult {
  const why = finding?.evidence ?? [];
  const samples = finding?.maskedSamples ?? [];
  return html`<div class="evidence">
    ${
      finding
        ? html`<ul>${why.map((sentence) => html`<li>${sentence}</li>`)}</ul>`
        : html`<p class="secondary">No personal data was recognised here.</p>`
    }
    ${
      samples.length > 0
        ? html`<p class="samples"><span class="secondary">For example, masked:</span> ${samples.map((sample) => html`<code>${sample}</code>`)}</p>`
        : nothing
    }
    <p class="secondary">${roles[role].sentence} ${confirmed ? 'Chosen by you.' : 'Proposed; choose another role if it is wrong.'}</p>
    ${
      role === 'other' && method.id === 'keep'
        ? nothing
        : html`<button
            class="link"
            title="The column says nothing about anybody: it stays as it is, and is not proposed again"
            @click=${notPersonal}
          >Not Personal</button>`
    }
  </div>`;
}

customElements.define('workbench-column-list', ColumnList);
