import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { MethodOption, OptionValue } from '../../src/protocol/privacy.ts';
import { emit, PageElement } from '../shared/element.ts';
import { limitsOf, readOption } from './optionValues.ts';

/** `value` is absent where the standard is to hold. */
export interface OptionChange {
  readonly name: string;
  readonly value: OptionValue | undefined;
}

/** One option of a method. What is wrong with what was typed is said beside it and goes no further. */
export class OptionField extends PageElement {
  static override properties = {
    owner: { attribute: false },
    option: { attribute: false },
    value: { attribute: false },
    problem: { state: true },
  };
  /** Column and method: another owner's field is another field. */
  declare owner: string;
  declare option: MethodOption;
  declare value: OptionValue | null;
  declare problem: string | undefined;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('owner') || changed.has('value')) {
      this.problem = undefined;
    }
  }

  protected override render(): TemplateResult {
    const { name, title, kind, hint } = this.option;
    const id = `option-${this.owner}-${name}`;
    const limits = limitsOf(this.option);
    const note = [limits.charAt(0).toUpperCase() + limits.slice(1), hint ?? '']
      .filter((part) => part !== '')
      .join('. ');
    const described = this.problem || note ? `${id}-note` : nothing;
    return html`<div class="field kind-${kind}">
      <label for=${id}>${title}</label>
      ${this.#input(id, described)}
      ${
        this.problem
          ? html`<p id="${id}-note" class="problem" role="alert">${this.problem}</p>`
          : note
            ? html`<p id="${id}-note" class="secondary">${note}</p>`
            : nothing
      }
    </div>`;
  }

  #input(id: string, described: string | typeof nothing): TemplateResult {
    const { kind, choices = [], standard } = this.option;
    const change = (event: Event) => {
      const input = event.target as HTMLInputElement;
      this.#read(input.value);
      if (input.value.trim() === '' && this.option.standard !== null) {
        // The standard holds again, and is seen.
        input.value = String(this.option.standard);
      }
    };
    switch (kind) {
      case 'switch':
        return html`<input
          id=${id}
          type="checkbox"
          aria-describedby=${described}
          .checked=${this.value === true}
          @change=${(event: Event) => this.#read(String((event.target as HTMLInputElement).checked))}
        />`;
      case 'choice':
        return html`<select id=${id} class="select" aria-describedby=${described} @change=${change}>
          ${standard === null ? html`<option value="" .selected=${this.value === null}>–</option>` : nothing}
          ${choices.map(({ value, title }) => html`<option value=${value} .selected=${value === this.value}>${title}</option>`)}
        </select>`;
      default:
        return html`<input
          id=${id}
          class="text-input ${kind === 'text' ? '' : 'number'}"
          inputmode=${kind === 'integer' ? 'numeric' : kind === 'number' ? 'decimal' : 'text'}
          autocomplete="off"
          spellcheck="false"
          aria-describedby=${described}
          aria-invalid=${this.problem ? 'true' : nothing}
          .value=${this.value === null ? '' : String(this.value)}
          @change=${change}
        />`;
    }
  }

  #read(text: string): void {
    const read = readOption(this.option, text);
    if ('problem' in read) {
      this.problem = read.problem;
    } else {
      this.problem = undefined;
      emit<OptionChange>(this, 'change-option', { name: this.option.name, value: read.value });
    }
  }
}

customElements.define('workbench-option-field', OptionField);
