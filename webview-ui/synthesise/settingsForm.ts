import { html, nothing, type TemplateResult } from 'lit';
import { groupDigits } from '../../src/base/format.ts';
import type {
  SynthesisChoices,
  SynthesisCondition,
  SynthesisConstraint,
  SynthesisMethod,
  SynthesisState,
} from '../../src/protocol/synthesis.ts';
import { conditionWords, constraintWords, ruleList } from './rules.ts';

const methods: Readonly<Record<SynthesisMethod, { readonly title: string; readonly sentence: string }>> = {
  copula: {
    title: 'Gaussian copula',
    sentence: 'Seconds. Learns each column, and how each two of them go together. The place to begin.',
  },
  tvae: {
    title: 'TVAE, a neural network',
    sentence: 'Minutes. Learns more than pairs; see below how long it takes here.',
  },
  ctgan: {
    title: 'CTGAN, two neural networks',
    sentence: 'The slowest, minutes to hours. One makes up rows, the other tells them from real ones.',
  },
};

type Choose = (change: Partial<SynthesisChoices>) => void;

/** What is asked for; each choice goes into the recipe. */
export function settingsForm(state: SynthesisState, choose: Choose): TemplateResult {
  const { choices, columns, input } = state;
  const learned = columns.filter(({ fate }) => fate === 'learned').map(({ name }) => name);
  const isNetwork = choices.method !== 'copula';
  return html`<section class="settings" aria-label="Settings">
    <h2>Settings</h2>
    ${field(
      'method',
      'Method',
      html`<select
        id="setting-method"
        class="select"
        aria-describedby="setting-method-note"
        @change=${(event: Event) => choose({ method: chosenIn(event) as SynthesisMethod })}
      >
        ${(Object.keys(methods) as SynthesisMethod[]).map(
          (method) =>
            html`<option value=${method} .selected=${method === choices.method}>${methods[method].title}</option>`,
        )}
      </select>`,
      methods[choices.method].sentence,
    )}
    ${number(
      'rows',
      'Rows',
      choices.rows,
      `As many as the table, ${groupDigits(input.rows)}, when empty.`,
      (rows) => choose({ rows }),
    )}
    ${field(
      'target',
      'Target',
      html`<select
        id="setting-target"
        class="select"
        aria-describedby="setting-target-note"
        @change=${(event: Event) => choose({ target: chosenIn(event) || null })}
      >
        <option value="" .selected=${choices.target === null}>–</option>
        ${learned.map((name) => html`<option value=${name} .selected=${name === choices.target}>${name}</option>`)}
      </select>`,
      'The column that models will predict: what the others say about it is kept first.',
    )}
    ${
      isNetwork
        ? number(
            'epochs',
            'Epochs',
            choices.epochs,
            'How often it sees the table; the usual number when empty.',
            (epochs) => choose({ epochs }),
          )
        : nothing
    }
    ${number(
      'rare',
      'Merge values of fewer rows than',
      choices.rareBelow,
      'Rare values and extremes are merged with others before anything is learned.',
      (rareBelow) => choose({ rareBelow: Math.max(2, rareBelow ?? 5) }),
    )}
    ${field(
      'seed',
      'Seed',
      html`<input
        id="setting-seed"
        class="text-input"
        autocomplete="off"
        spellcheck="false"
        aria-describedby="setting-seed-note"
        .value=${choices.seed === null ? '' : String(choices.seed)}
        @change=${(event: Event) => choose({ seed: chosenIn(event).trim() || null })}
      />`,
      seedNote(state),
    )}
    ${rulesView(state, choose)}
  </section>`;
}

function rulesView({ choices, columns }: SynthesisState, choose: Choose): TemplateResult {
  const without = <T>(all: readonly T[], at: number) => all.filter((_, index) => index !== at);
  const { constraints, conditions } = choices;
  return html`
    <h3>Every row obeys</h3>
    ${ruleList('Constraints', constraints.map(constraintWords), (at) =>
      choose({ constraints: without(constraints, at) }),
    )}
    <workbench-rule-form
      rule="constraint"
      .columns=${columns}
      @add-rule=${({ detail }: CustomEvent<SynthesisConstraint>) =>
        choose({ constraints: [...constraints, detail] })}
    ></workbench-rule-form>
    <h3>Draw only rows with</h3>
    ${ruleList('Conditions', conditions.map(conditionWords), (at) => choose({ conditions: without(conditions, at) }))}
    <workbench-rule-form
      rule="condition"
      .columns=${columns}
      @add-rule=${({ detail }: CustomEvent<SynthesisCondition>) => choose({ conditions: [...conditions, detail] })}
    ></workbench-rule-form>
  `;
}

function seedNote({ seed, key }: SynthesisState): string {
  switch (seed) {
    case 'stated':
      return 'The same seed, recipe and table give the same rows.';
    case 'key':
      return `From the key ${key.id ?? ''} when empty: its holder can make the same rows again.`;
    case 'chance':
      return 'By chance when empty: another run gives other rows.';
  }
}

function chosenIn(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}

function field(name: string, label: string, control: TemplateResult, note: string): TemplateResult {
  return html`<div class="field">
    <label for="setting-${name}">${label}</label>
    ${control}
    <p id="setting-${name}-note" class="secondary">${note}</p>
  </div>`;
}

/** A whole number, or nothing. What is no number is put back. */
function number(
  name: string,
  label: string,
  value: number | null,
  note: string,
  chosen: (value: number | null) => void,
): TemplateResult {
  const shown = value === null ? '' : String(value);
  return field(
    name,
    label,
    html`<input
      id="setting-${name}"
      class="text-input number"
      inputmode="numeric"
      autocomplete="off"
      aria-describedby="setting-${name}-note"
      .value=${shown}
      @change=${(event: Event) => {
        const input = event.target as HTMLInputElement;
        const text = input.value.replace(/[\s,]/g, '');
        if (text === '' || /^[1-9]\d{0,6}$/.test(text)) {
          chosen(text === '' ? null : Number(text));
        } else {
          input.value = shown;
        }
      }}
    />`,
    note,
  );
}
