import { html, nothing, type TemplateResult } from 'lit';
import type {
  SynthesisColumn,
  SynthesisCondition,
  SynthesisConstraint,
} from '../../src/protocol/synthesis.ts';
import { emit, PageElement } from '../shared/element.ts';

/** In words, as one says it. */
export function constraintWords(constraint: SynthesisConstraint): string {
  switch (constraint.kind) {
    case 'range':
      return `${constraint.column} ${limitWords(constraint)}`;
    case 'inequality':
      return `${constraint.low} ${constraint.strict ? '<' : '≤'} ${constraint.high}`;
    case 'unique':
      return `no two rows with the same ${constraint.columns.join(' and ')}`;
    case 'fixedCombinations':
      return `${constraint.columns.join(' with ')}: only combinations that real rows have`;
  }
}

export function conditionWords(condition: SynthesisCondition): string {
  return condition.value === undefined
    ? `${condition.column} ${limitWords(condition)}`
    : `${condition.column} = ${condition.value ?? 'missing'}`;
}

function limitWords({ minimum, maximum }: Pick<SynthesisCondition, 'minimum' | 'maximum'>): string {
  if (minimum !== undefined && maximum !== undefined) {
    return `from ${minimum} to ${maximum}`;
  }
  return minimum === undefined ? `at most ${maximum}` : `at least ${minimum}`;
}

/** What is chosen so far, each with a button that takes it away. */
export function ruleList(
  label: string,
  words: readonly string[],
  remove: (at: number) => void,
): TemplateResult | typeof nothing {
  return words.length === 0
    ? nothing
    : html`<ul class="rules" aria-label=${label}>
        ${words.map(
          (word, at) => html`<li>
            <span class="grow">${word}</span>
            <button class="icon-button" aria-label="Remove ${word}" title="Remove" @click=${() => remove(at)}>
              <span class="codicon codicon-close" aria-hidden="true"></span>
            </button>
          </li>`,
        )}
      </ul>`;
}

const kinds: readonly (readonly [SynthesisConstraint['kind'], string])[] = [
  ['range', 'A column within limits'],
  ['inequality', 'One column never above another'],
  ['fixedCombinations', 'Only combinations that real rows have'],
  ['unique', 'No two rows alike'],
];

/** A form that adds a constraint or a condition. Tells `add-rule`. */
export class RuleForm extends PageElement {
  static override properties = {
    columns: { attribute: false },
    rule: { attribute: true },
    kind: { state: true },
    column: { state: true },
    problem: { state: true },
  };
  declare columns: readonly SynthesisColumn[];
  declare rule: 'constraint' | 'condition';
  declare kind: SynthesisConstraint['kind'];
  declare column: string;
  declare problem: string | undefined;

  constructor() {
    super();
    this.kind = 'range';
    this.column = '';
    this.columns = [];
  }

  protected override render(): TemplateResult {
    const isConstraint = this.rule === 'constraint';
    return html`<details class="rule-form">
      <summary>${isConstraint ? 'Add Constraint…' : 'Add Condition…'}</summary>
      <form
        @submit=${(event: Event) => {
          event.preventDefault();
          this.#add(event.target as HTMLFormElement);
        }}
      >
        ${
          isConstraint
            ? html`${this.#field(
                'Kind',
                this.#select('kind', kinds, this.kind, (value) => {
                  this.kind = value as SynthesisConstraint['kind'];
                }),
              )}
              ${this.#constraint()}`
            : this.#condition()
        }
        ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
        <button class="text-button" type="submit">Add</button>
      </form>
    </details>`;
  }

  get #learned(): readonly SynthesisColumn[] {
    return this.columns.filter(({ fate }) => fate === 'learned');
  }

  #constraint(): TemplateResult {
    const ordered = this.#learned.filter((column) => column.ordered).map(({ name }) => [name, name] as const);
    const all = this.#learned.map(({ name }) => [name, name] as const);
    switch (this.kind) {
      case 'range':
        return html`${this.#field('Column', this.#select('column', ordered))} ${this.#limits()}`;
      case 'inequality':
        return html`${this.#field('Lower column', this.#select('low', ordered))}
          ${this.#field('Upper column', this.#select('high', ordered))}
          <label class="switch-label"><input type="checkbox" name="strict" /> Never equal</label>`;
      default:
        return this.#field(
          'Columns (several with Ctrl)',
          html`<select class="select" name="columns" id=${this.#id('columns')} multiple size="5">
            ${all.map(([value]) => html`<option value=${value}>${value}</option>`)}
          </select>`,
          'columns',
        );
    }
  }

  #condition(): TemplateResult {
    const names = this.#learned.map(({ name }) => [name, name] as const);
    const chosen = this.#learned.find(({ name }) => name === this.column) ?? this.#learned[0];
    const column = this.#select('column', names, chosen?.name, (value) => {
      this.column = value;
    });
    const values = chosen?.values ?? [];
    return html`${this.#field('Column', column)}
      ${
        chosen?.ordered
          ? this.#limits()
          : this.#field(
              'Value',
              this.#select(
                'value',
                values.map((value) => [value, value] as const),
              ),
            )
      }`;
  }

  #limits(): TemplateResult {
    const input = (name: string) =>
      html`<input class="text-input" name=${name} id=${this.#id(name)} autocomplete="off" spellcheck="false" />`;
    return html`<div class="two">
      ${this.#field('At least', input('minimum'), 'minimum')} ${this.#field('At most', input('maximum'), 'maximum')}
    </div>`;
  }

  #id(name: string): string {
    return `${this.rule}-${name}`;
  }

  #field(label: string, control: TemplateResult, name = label.toLowerCase().split(' ')[0]!): TemplateResult {
    return html`<div class="field"><label for=${this.#id(name)}>${label}</label>${control}</div>`;
  }

  #select(
    name: string,
    choices: readonly (readonly [string, string])[],
    value?: string,
    chosen: (value: string) => void = () => undefined,
  ): TemplateResult {
    const id = { low: 'lower', high: 'upper' }[name] ?? name;
    return html`<select
      class="select"
      name=${name}
      id=${this.#id(id)}
      @change=${(event: Event) => chosen((event.target as HTMLSelectElement).value)}
    >
      ${choices.map(([key, title]) => html`<option value=${key} .selected=${key === value}>${title}</option>`)}
    </select>`;
  }

  #add(form: HTMLFormElement): void {
    const data = new FormData(form);
    const text = (name: string) => String(data.get(name) ?? '').trim();
    const limits = {
      ...(text('minimum') !== '' && { minimum: asTyped(text('minimum')) }),
      ...(text('maximum') !== '' && { maximum: asTyped(text('maximum')) }),
    };
    const names = data.getAll('columns').map(String);
    this.problem = this.#wrong(limits, names, text);
    if (this.problem !== undefined) {
      return;
    }
    const column = text('column');
    if (this.rule === 'condition') {
      const isOrdered = this.#learned.find(({ name }) => name === column)?.ordered;
      emit(this, 'add-rule', isOrdered ? { column, ...limits } : { column, value: text('value') });
    } else if (this.kind === 'range') {
      emit(this, 'add-rule', { kind: 'range', column, ...limits });
    } else if (this.kind === 'inequality') {
      const strict = data.get('strict') !== null;
      emit(this, 'add-rule', {
        kind: 'inequality',
        low: text('low'),
        high: text('high'),
        ...(strict && { strict }),
      });
    } else {
      emit(this, 'add-rule', { kind: this.kind, columns: names });
    }
    for (const input of form.querySelectorAll<HTMLInputElement>('input.text-input')) {
      input.value = '';
    }
    const details = form.closest('details')!;
    details.open = false;
    details.querySelector('summary')?.focus();
  }

  #wrong(limits: object, names: readonly string[], text: (name: string) => string): string | undefined {
    const isRange = this.rule === 'condition' ? text('value') === '' : this.kind === 'range';
    if (isRange && Object.keys(limits).length === 0) {
      return 'Give a least value, a greatest one or both.';
    }
    if (this.rule === 'constraint' && this.kind === 'inequality' && text('low') === text('high')) {
      return 'Choose two different columns.';
    }
    const fewest = this.kind === 'fixedCombinations' ? 2 : 1;
    const isList =
      this.rule === 'constraint' && (this.kind === 'fixedCombinations' || this.kind === 'unique');
    return isList && names.length < fewest
      ? `Choose ${fewest === 2 ? 'two columns or more' : 'a column'}.`
      : undefined;
  }
}

/** A number where it is written as one. */
function asTyped(text: string): string | number {
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}

customElements.define('workbench-rule-form', RuleForm);
