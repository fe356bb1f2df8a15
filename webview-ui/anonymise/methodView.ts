import { html, nothing, type TemplateResult } from 'lit';
import { groupDigits, plural } from '../../src/base/format.ts';
import type { HierarchySketch, MethodChoice, MethodOffer, RecipeColumn } from '../../src/protocol/privacy.ts';
import './optionField.ts';
import type { OptionChange } from './optionField.ts';
import { reversibleWords } from './words.ts';

/** What is done to the chosen column: the method, what it does and does not, its options, its hierarchy. */
export function methodView(
  column: RecipeColumn,
  choose: (method: MethodChoice) => void,
  edit: (as: 'rule' | 'table') => void,
): TemplateResult {
  const { name, method, offered } = column;
  const offer = offered.find(({ id }) => id === method.id);
  const pick = (event: Event) => choose({ id: (event.target as HTMLSelectElement).value, options: {} });
  return html`<section class="method" aria-label="What is done to ${name}">
    <div class="method-heading">
      <h2 title=${name}>${name}</h2>
      <label class="secondary" for="method">Method</label>
      <select id="method" class="select" @change=${pick}>
        ${offer ? nothing : html`<option value=${method.id} .selected=${true}>${method.id}</option>`}
        ${offered.map(
          ({ id, title }, index) =>
            html`<option value=${id} .selected=${id === method.id}>${title}${index === 0 ? ' (proposed)' : ''}</option>`,
        )}
      </select>
    </div>
    ${offer ? offerView(column, offer, choose) : nothing}
    ${column.hierarchy ? hierarchyView(column.hierarchy, edit) : nothing}
  </section>`;
}

function offerView(
  { name, method }: RecipeColumn,
  offer: MethodOffer,
  choose: (method: MethodChoice) => void,
): TemplateResult {
  const change = ({ detail }: CustomEvent<OptionChange>) => {
    const { [detail.name]: _before, ...others } = method.options;
    const options = detail.value === undefined ? others : { ...others, [detail.name]: detail.value };
    choose({ id: method.id, options });
  };
  return html`
    <p>${offer.sentence}</p>
    <p class="secondary">${reversibleWords[offer.reversible]} ${offer.limit}</p>
    ${
      offer.options.length > 0
        ? html`<div class="options" role="group" aria-label="Options of ${offer.title}" @change-option=${change}>
            ${offer.options.map(
              (option) => html`<workbench-option-field
                .owner=${`${name}-${offer.id}`}
                .option=${option}
                .value=${method.options[option.name] ?? option.standard}
              ></workbench-option-field>`,
            )}
          </div>`
        : nothing
    }
  `;
}

const sources: Readonly<Record<HierarchySketch['source'], string>> = {
  automatic: 'Made from the values.',
  recipe: 'As it stands in the recipe.',
  file: 'From the file that the recipe names.',
};

function hierarchyView(
  { source, levels }: HierarchySketch,
  edit: (as: 'rule' | 'table') => void,
): TemplateResult {
  return html`<details class="hierarchy" open>
    <summary>Generalisation hierarchy <span class="secondary">${plural(levels.length, 'level')}. ${sources[source]}</span></summary>
    <table class="data-table">
      <thead>
        <tr><th scope="col">Level</th><th scope="col" class="number">Values</th><th scope="col">Such as</th></tr>
      </thead>
      <tbody>
        ${levels.map(
          ({ labels, count }, level) => html`<tr>
            <th scope="row">${level}</th>
            <td class="number">${groupDigits(count)}</td>
            <td class="labels">${labels.map((label) => html`<code>${label}</code> `)}${count > labels.length ? '…' : nothing}</td>
          </tr>`,
        )}
      </tbody>
    </table>
    <p class="hierarchy-actions">
      ${
        source === 'file'
          ? nothing
          : html`<button class="link" @click=${() => edit('rule')}>Edit in Recipe</button>`
      }
      <button class="link" title="A line for each value: value;level 1;…;*" @click=${() => edit('table')}>
        ${source === 'file' ? 'Open Its Table' : 'Edit as Table…'}
      </button>
    </p>
  </details>`;
}
