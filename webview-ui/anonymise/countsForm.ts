import { html, nothing, type TemplateResult } from 'lit';
import type {
  CountsChoice,
  CountsColumn,
  MethodOption,
  PrivacyBudget,
  RecipeColumn,
  RecipeState,
} from '../../src/protocol/privacy.ts';
import { releaseSpentSentence } from '../../src/protocol/sentences.ts';
import { emit, PageElement } from '../shared/element.ts';
import { countsColumnOf, countsColumnText, isNumeric } from './countsColumns.ts';
import './optionField.ts';
import type { OptionChange } from './optionField.ts';

const epsilon: MethodOption = {
  name: 'epsilon',
  title: 'ε',
  kind: 'number',
  standard: 1,
  minimum: 0.000001,
  maximum: 20,
  hint: 'How much these counts may tell about one person: the smaller, the less',
};

const rowsPerPerson: MethodOption = {
  name: 'rowsPerPerson',
  title: 'Rows of one person, at most',
  kind: 'integer',
  standard: 1,
  minimum: 1,
  hint: 'More rows of a person are not counted',
};

const delta: MethodOption = {
  name: 'delta',
  title: 'δ',
  kind: 'number',
  standard: 0,
  minimum: 0,
  maximum: 0.001,
  hint: 'Above 0 the noise is Gaussian',
};

/** What the page tells of a table of counts; null takes it out. */
export interface CountsChange {
  readonly name: string;
  readonly counts: CountsChoice | null;
}

/** Tables of differentially private counts. Tells `choose-counts` as soon as each column has categories or bins. */
export class CountsForm extends PageElement {
  static override properties = {
    counts: { attribute: false },
    budget: { attribute: false },
    release: { attribute: false },
    columns: { attribute: false },
    drafts: { state: true },
  };
  declare counts: RecipeState['counts'];
  declare budget: PrivacyBudget | null | undefined;
  declare release: string;
  declare columns: readonly RecipeColumn[];
  /** Tables that lack something yet, by their names. */
  declare drafts: Readonly<Record<string, CountsChoice>>;

  constructor() {
    super();
    this.drafts = {};
  }

  protected override render(): TemplateResult {
    const saved = this.counts ?? [];
    const names = new Set(saved.map(({ name }) => name));
    const tables = [
      ...saved.map((each) => this.drafts[each.name] ?? each),
      ...Object.values(this.drafts).filter(({ name }) => !names.has(name)),
    ];
    return html`<section class="guarantee counts" aria-label="Noisy counts">
      <h2>Noisy counts</h2>
      <p class="secondary">How many rows there are of each kind, as a file of its own, with so much noise that hardly anything can be told about one person (differential privacy).</p>
      ${tables.map((table) => this.#table(table))}
      ${this.budget ? html`<p class="budget">${this.#budgetText(this.budget)}</p>` : nothing}
      <button class="link" ?disabled=${this.columns.length === 0} @click=${() => this.#add(tables)}>Add Noisy Counts…</button>
    </section>`;
  }

  #budgetText(budget: PrivacyBudget): string {
    const before = releaseSpentSentence(budget, this.release);
    const sum = `ε = ${budget.epsilon} in all: noisy columns and counts add up.`;
    return before === undefined ? sum : `${sum} ${before}`;
  }

  #table(table: CountsChoice): TemplateResult {
    const { name, by } = table;
    return html`<fieldset class="criterion">
      <legend>${name}</legend>
      ${by.map((column, at) => this.#column(table, column, at))}
      <button
        class="link"
        @click=${() => this.#choose({ ...table, by: [...by, { column: this.#unused(by) }] })}
      >Count by Another Column…</button>
      <div class="options" @change-option=${({ detail }: CustomEvent<OptionChange>) => this.#change(table, detail)}>
        ${[epsilon, rowsPerPerson, delta].map(
          (option) =>
            html`<workbench-option-field
              .owner=${`counts-${name}`}
              .option=${option}
              .value=${table[option.name as 'epsilon' | 'delta' | 'rowsPerPerson']}
            ></workbench-option-field>`,
        )}
      </div>
      ${
        table.subject === null
          ? html`<p class="secondary">That nobody has more rows is taken on trust: the recipe names no subject.</p>`
          : nothing
      }
      <button class="link" @click=${() => this.#remove(name)}>Remove ${name}</button>
    </fieldset>`;
  }

  #column(table: CountsChoice, counted: CountsColumn, at: number): TemplateResult {
    const replace = (other: CountsColumn | undefined) =>
      this.#choose({
        ...table,
        by: table.by.flatMap((each, index) => (index === at ? (other ?? []) : each)),
      });
    const column = this.columns.find(({ name }) => name === counted.column);
    const option: MethodOption = {
      name: 'labels',
      title: isNumeric(column) ? 'Edges of its groups' : 'Its categories',
      kind: 'text',
      standard: null,
      hint: isNumeric(column)
        ? 'With commas, such as 18, 30, 50; chosen without looking at the data'
        : 'With commas. Those that everybody knows, not taken from the data; all others count together',
    };
    return html`<div class="counted">
      <div class="criterion-line">
        <select
          class="select"
          aria-label="Column to count by"
          @change=${(event: Event) => replace({ column: (event.target as HTMLSelectElement).value })}
        >
          ${this.columns.map(({ name }) => html`<option value=${name} .selected=${name === counted.column}>${name}</option>`)}
        </select>
        ${
          table.by.length > 1
            ? html`<button class="icon-button" aria-label="Do not count by ${counted.column}" title="Remove" @click=${() => replace(undefined)}>
                <span class="codicon codicon-close" aria-hidden="true"></span>
              </button>`
            : nothing
        }
      </div>
      <div
        class="options"
        @change-option=${({ detail }: CustomEvent<OptionChange>) => {
          replace(countsColumnOf(counted.column, isNumeric(column), String(detail.value ?? '')));
        }}
      >
        <workbench-option-field
          .owner=${`counts-${table.name}-${at}`}
          .option=${option}
          .value=${countsColumnText(counted)}
        ></workbench-option-field>
      </div>
    </div>`;
  }

  #unused(by: readonly CountsColumn[]): string {
    const used = new Set(by.map(({ column }) => column));
    return (this.columns.find(({ name }) => !used.has(name)) ?? this.columns[0])!.name;
  }

  #add(tables: readonly CountsChoice[]): void {
    const taken = new Set(tables.map(({ name }) => name));
    let number = 1;
    while (taken.has(`counts-${number}`)) {
      number += 1;
    }
    const quasi = this.columns.find(({ role }) => role === 'quasi') ?? this.columns[0]!;
    this.#choose({
      name: `counts-${number}`,
      by: [{ column: quasi.name }],
      epsilon: 1,
      delta: 0,
      rowsPerPerson: 1,
      subject: null,
    });
  }

  #change(table: CountsChoice, { name, value }: OptionChange): void {
    const option = [epsilon, rowsPerPerson, delta].find((each) => each.name === name);
    if (option) {
      this.#choose({ ...table, [name]: Number(value ?? option.standard) });
    }
  }

  #choose(table: CountsChoice): void {
    const { [table.name]: _, ...others } = this.drafts;
    if (table.by.every(({ categories, bins }) => categories || bins)) {
      this.drafts = others;
      emit<CountsChange>(this, 'choose-counts', { name: table.name, counts: table });
    } else {
      this.drafts = { ...others, [table.name]: table };
    }
  }

  #remove(name: string): void {
    const { [name]: _, ...others } = this.drafts;
    this.drafts = others;
    if (this.counts?.some((each) => each.name === name)) {
      emit<CountsChange>(this, 'choose-counts', { name, counts: null });
    }
  }
}

customElements.define('workbench-counts-form', CountsForm);
