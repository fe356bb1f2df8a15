import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { errorShape } from '../../src/base/errors.ts';
import { type RunId, setRunTags } from '../../src/protocol/experiments.ts';
import { isOwnTag } from '../../src/protocol/runTags.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { announce } from '../shared/announce.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';

/** A run's tags, each with its value; added, changed and removed in their place. */
export class TagsView extends PageElement {
  static override properties = {
    run: { attribute: false },
    tags: { attribute: false },
    edited: { state: true },
    problem: { state: true },
  };
  declare host: Host;
  declare run: RunId;
  declare tags: Readonly<Record<string, string>>;
  /** The name of the tag that is edited; empty for a new one. */
  declare edited: string | undefined;
  declare problem: string | undefined;

  protected override render(): TemplateResult {
    const tags = Object.entries(this.tags).filter(([key]) => !isOwnTag(key));
    return html`
      <div class="side-heading">
        <h2>Tags</h2>
        <button class="icon-button add-tag" aria-label="Add Tag" title="Add Tag" @click=${() => this.#edit('')}>
          <span class="codicon codicon-add" aria-hidden="true"></span>
        </button>
      </div>
      ${
        tags.length > 0
          ? html`<table class="facts-table tags">
              <tbody>
                ${tags.map(([key, value]) => (key === this.edited ? this.#editor(key, value) : this.#row(key, value)))}
              </tbody>
            </table>`
          : nothing
      }
      ${this.edited === '' ? html`<table class="facts-table tags"><tbody>${this.#editor('', '')}</tbody></table>` : nothing}
      ${this.problem ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
    `;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('edited') && this.edited !== undefined) {
      this.querySelector('input')?.focus();
    }
  }

  #row(key: string, value: string): TemplateResult {
    return html`<tr>
      <th scope="row" title=${key}>${key}</th>
      <td title=${value}>${value}</td>
      <td class="tag-actions">
        <button class="icon-button" aria-label="Edit Tag: ${key}" title="Edit Tag" @click=${() => this.#edit(key)}>
          <span class="codicon codicon-edit" aria-hidden="true"></span>
        </button>
        <button class="icon-button" aria-label="Remove Tag: ${key}" title="Remove Tag" @click=${() => this.#remove(key)}>
          <span class="codicon codicon-close" aria-hidden="true"></span>
        </button>
      </td>
    </tr>`;
  }

  #editor(key: string, value: string): TemplateResult {
    const input = (label: string, text: string) =>
      html`<input
        class="text-input"
        aria-label=${label}
        placeholder=${label}
        .value=${text}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      />`;
    return html`<tr class="tag-editor">
      <td colspan="3">
        ${key === '' ? input('Name of the tag', '') : html`<span class="secondary">${key}</span>`}
        ${input('Value', value)}
        <div class="note-actions">
          <vscode-button @click=${() => this.#save()}>Save</vscode-button>
          <vscode-button secondary @click=${() => this.#close()}>Cancel</vscode-button>
        </div>
      </td>
    </tr>`;
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.#close();
    } else if (event.key === 'Enter') {
      void this.#save();
    }
  }

  #edit(key: string): void {
    this.problem = undefined;
    this.edited = key;
  }

  async #save(): Promise<void> {
    const texts = [...this.querySelectorAll('input')].map((input) => input.value);
    const [key, value] = this.edited === '' ? texts : [this.edited, ...texts];
    if (await this.#send({ [key!.trim()]: value! })) {
      announce(`The tag ${key} is saved.`);
      this.#close();
    }
  }

  async #remove(key: string): Promise<void> {
    if (await this.#send({ [key]: null })) {
      announce(`The tag ${key} is removed.`);
      this.#close();
    }
  }

  async #send(tags: Readonly<Record<string, string | null>>): Promise<boolean> {
    this.problem = undefined;
    try {
      await this.host.send(setRunTags, { runs: [this.run], tags });
      return true;
    } catch (error) {
      this.problem = errorShape(error).message;
      return false;
    }
  }

  #close(): void {
    this.problem = undefined;
    this.edited = undefined;
    this.querySelector<HTMLElement>('.add-tag')?.focus();
  }
}

customElements.define('workbench-run-tags', TagsView);
