import { html, nothing, type TemplateResult } from 'lit';
import type {
  GeneralisationSearch,
  Guarantee,
  MethodOption,
  OptionValue,
  RecipeColumn,
  SensitiveCriterion,
} from '../../src/protocol/privacy.ts';
import { emit, PageElement } from '../shared/element.ts';
import './optionField.ts';
import type { OptionChange } from './optionField.ts';
import { criteria } from './words.ts';

const usual: Guarantee = { k: 5, sensitive: [], suppressionLimit: 0.05, recoding: 'global' };

const smallestGroup: MethodOption = {
  name: 'k',
  title: 'Smallest group (k)',
  kind: 'integer',
  standard: usual.k,
  minimum: 2,
  hint: 'Every row is like at least k − 1 others',
};

const suppression: MethodOption = {
  name: 'suppression',
  title: 'Rows left out, at most (%)',
  kind: 'number',
  standard: usual.suppressionLimit * 100,
  minimum: 0,
  maximum: 100,
  hint: 'Rows that stand too much alone may be left out',
};

const recoding: MethodOption = {
  name: 'recoding',
  title: 'Recoding',
  kind: 'choice',
  standard: usual.recoding,
  choices: [
    { value: 'global', title: 'Global: a column all alike' },
    { value: 'local', title: 'Local: group by group (Mondrian)' },
  ],
};

/** What each criterion asks for, in the order in which it is written. */
const parameters: Readonly<Record<SensitiveCriterion['criterion'], readonly MethodOption[]>> = {
  distinctL: [{ name: 'l', title: 'ℓ', kind: 'integer', standard: 2, minimum: 2 }],
  entropyL: [{ name: 'l', title: 'ℓ', kind: 'number', standard: 2, minimum: 1 }],
  recursiveCL: [
    { name: 'c', title: 'c', kind: 'number', standard: 3, minimum: 0.001 },
    { name: 'l', title: 'ℓ', kind: 'integer', standard: 2, minimum: 2 },
  ],
  tCloseness: [
    { name: 't', title: 't', kind: 'number', standard: 0.2, minimum: 0, maximum: 1 },
    {
      name: 'distance',
      title: 'Distance between values',
      kind: 'choice',
      standard: 'equal',
      choices: [
        { value: 'equal', title: 'Equal: all values alike' },
        { value: 'ordered', title: 'Ordered: neighbours are near' },
        { value: 'hierarchical', title: 'Hierarchical: a common group is near' },
      ],
    },
  ],
};

/** A criterion as it is before anybody chose its numbers. */
function usualCriterion(column: string, criterion: SensitiveCriterion['criterion']): SensitiveCriterion {
  const numbers = parameters[criterion].map(({ name, standard }) => [name, standard]);
  return { column, criterion, ...Object.fromEntries(numbers) };
}

/** What must hold of the output as a whole, and how it is reached. Tells `choose-guarantee` and `choose-levels`. */
export class GuaranteeForm extends PageElement {
  static override properties = {
    guarantee: { attribute: false },
    columns: { attribute: false },
    kept: { attribute: false },
    search: { attribute: false },
    levels: { attribute: false },
  };
  declare guarantee: Guarantee | null;
  declare columns: readonly RecipeColumn[];
  /** Levels that are kept and not searched. */
  declare kept: Readonly<Record<string, number>> | undefined;
  /** How the last search went, and the levels that it found. */
  declare search: GeneralisationSearch | undefined;
  declare levels: Readonly<Record<string, number>> | undefined;

  protected override render(): TemplateResult {
    const { guarantee } = this;
    return html`<section class="guarantee" aria-label="Guarantee">
      <h2>Guarantee</h2>
      <label class="switch-label">
        <input
          type="checkbox"
          .checked=${guarantee !== null}
          @change=${(event: Event) => this.#choose((event.target as HTMLInputElement).checked ? usual : null)}
        />
        Nobody stands alone (k-anonymity)
      </label>
      ${guarantee ? this.#form(guarantee) : html`<p class="secondary">Quasi-identifiers are changed by their methods alone, so some rows may stay unique.</p>`}
    </section>`;
  }

  #form(guarantee: Guarantee): TemplateResult {
    const sensitive = this.columns.filter(({ role }) => role === 'sensitive').map(({ name }) => name);
    return html`
      <div class="options" @change-option=${({ detail }: CustomEvent<OptionChange>) => this.#change(guarantee, detail)}>
        ${field(smallestGroup, guarantee.k)}
        ${field(suppression, Number((guarantee.suppressionLimit * 100).toPrecision(6)))}
        ${field(recoding, guarantee.recoding)}
      </div>
      ${guarantee.sensitive.map((criterion, index) => this.#criterion(guarantee, criterion, index, sensitive))}
      ${
        sensitive.length > 0
          ? html`<button class="link" @click=${() => this.#add(guarantee, sensitive)}>Protect a Sensitive Column…</button>`
          : html`<p class="secondary">Give a column the role Sensitive to protect its values within a group too.</p>`
      }
      ${guarantee.recoding === 'global' ? this.#levels() : nothing}
    `;
  }

  /** Searched anew for each table, or the same for every one. */
  #levels(): TemplateResult | typeof nothing {
    const { kept, search, levels } = this;
    if (kept) {
      return html`<p class="secondary search">The levels are kept as they are: ${levelWords(kept)}. They are not searched.</p>
        <button class="link" @click=${() => emit(this, 'choose-levels', null)}>Search the Levels Again</button>`;
    }
    if (!search) {
      return nothing;
    }
    // What is not proven is said beside the dials, where it is seen.
    return html`${search.optimal ? html`<p class="secondary search">${search.sentence}</p>` : nothing}
      ${
        levels
          ? html`<button class="link" title=${levelWords(levels)} @click=${() => emit(this, 'choose-levels', levels)}>Keep These Levels</button>`
          : nothing
      }`;
  }

  #criterion(
    guarantee: Guarantee,
    criterion: SensitiveCriterion,
    index: number,
    sensitive: readonly string[],
  ): TemplateResult {
    const replace = (other: SensitiveCriterion | undefined) =>
      this.#choose({
        ...guarantee,
        sensitive: guarantee.sensitive.flatMap((each, at) => (at === index ? (other ?? []) : each)),
      });
    const names = sensitive.includes(criterion.column) ? sensitive : [criterion.column, ...sensitive];
    const { sentence } = criteria[criterion.criterion];
    return html`<fieldset class="criterion">
      <legend class="visually-hidden">Protection of ${criterion.column}</legend>
      <div class="criterion-line">
        <select
          class="select"
          aria-label="Sensitive column"
          @change=${(event: Event) => replace({ ...criterion, column: (event.target as HTMLSelectElement).value })}
        >
          ${names.map((name) => html`<option value=${name} .selected=${name === criterion.column}>${name}</option>`)}
        </select>
        <button class="icon-button" aria-label="Remove the protection of ${criterion.column}" title="Remove" @click=${() => replace(undefined)}>
          <span class="codicon codicon-close" aria-hidden="true"></span>
        </button>
      </div>
      <select
        class="select"
        aria-label="Criterion for ${criterion.column}"
        @change=${(event: Event) => {
          const chosen = (event.target as HTMLSelectElement).value as SensitiveCriterion['criterion'];
          replace(usualCriterion(criterion.column, chosen));
        }}
      >
        ${Object.entries(criteria).map(
          ([id, { title }]) =>
            html`<option value=${id} .selected=${id === criterion.criterion}>${title}</option>`,
        )}
      </select>
      <div
        class="options"
        @change-option=${({ detail: { name, value } }: CustomEvent<OptionChange>) => {
          const { standard } = parameters[criterion.criterion].find((option) => option.name === name)!;
          replace({ ...criterion, [name]: value ?? standard });
        }}
      >
        ${parameters[criterion.criterion].map((option) =>
          field(
            option,
            criterion[option.name as 'l' | 'c' | 't' | 'distance'] ?? option.standard,
            `${index}`,
          ),
        )}
      </div>
      <p class="secondary">${sentence}</p>
    </fieldset>`;
  }

  #add(guarantee: Guarantee, sensitive: readonly string[]): void {
    const taken = new Set(guarantee.sensitive.map(({ column }) => column));
    const column = sensitive.find((name) => !taken.has(name)) ?? sensitive[0]!;
    const added = usualCriterion(column, 'distinctL');
    this.#choose({ ...guarantee, sensitive: [...guarantee.sensitive, added] });
  }

  #change(guarantee: Guarantee, { name, value }: OptionChange): void {
    if (name === smallestGroup.name) {
      this.#choose({ ...guarantee, k: Number(value ?? usual.k) });
    } else if (name === suppression.name) {
      this.#choose({ ...guarantee, suppressionLimit: Number(value ?? suppression.standard) / 100 });
    } else if (name === recoding.name) {
      this.#choose({ ...guarantee, recoding: value as Guarantee['recoding'] });
    }
  }

  #choose(guarantee: Guarantee | null): void {
    emit(this, 'choose-guarantee', guarantee);
  }
}

/** "age 3, postcode 2". */
function levelWords(levels: Readonly<Record<string, number>>): string {
  return Object.entries(levels)
    .map(([column, level]) => `${column} ${level}`)
    .join(', ');
}

function field(option: MethodOption, value: OptionValue | null, owner = 'guarantee'): TemplateResult {
  return html`<workbench-option-field .owner=${owner} .option=${option} .value=${value}></workbench-option-field>`;
}

customElements.define('workbench-guarantee-form', GuaranteeForm);
