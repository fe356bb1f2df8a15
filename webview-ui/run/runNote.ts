import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { errorShape } from '../../src/base/errors.ts';
import { type RunId, setRunTags } from '../../src/protocol/experiments.ts';
import { runTags } from '../../src/protocol/runTags.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { announce } from '../shared/announce.ts';
import { emit, PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';

/** What a person wrote about a run: shown as written, and edited in its place. */
export class RunNote extends PageElement {
  static override properties = {
    run: { attribute: false },
    note: { attribute: false },
    draft: { attribute: false },
    saving: { state: true },
    problem: { state: true },
  };
  declare host: Host;
  declare run: RunId;
  declare note: string;
  /** What was typed so far; undefined while nobody edits. The page keeps it, because it can be destroyed meanwhile. */
  declare draft: string | undefined;
  declare saving: boolean;
  declare problem: string | undefined;

  constructor() {
    super();
    this.saving = false;
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.draft !== undefined) {
      return this.#editor(this.draft);
    }
    return this.note
      ? html`<section class="note" aria-label="Note" tabindex="0">${this.note}</section>`
      : nothing;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('draft') && this.draft !== undefined && changed.get('draft') === undefined) {
      // Not at once: the Enter that pressed the button would be typed into the note.
      requestAnimationFrame(() => this.#focusEnd());
    }
  }

  #editor(draft: string): TemplateResult {
    return html`<section class="note-editor" aria-label="Note">
      <textarea
        class="text-input"
        aria-label="Note"
        rows="5"
        placeholder="What you tried, and what you learnt"
        .value=${draft}
        @input=${() => emit(this, 'note-draft', this.#area().value)}
        @keydown=${(event: KeyboardEvent) => this.#key(event)}
      ></textarea>
      ${this.problem ? html`<div class="notice error" role="alert">${this.problem}</div>` : nothing}
      <div class="note-actions">
        <vscode-button ?disabled=${this.saving} @click=${() => this.#save()}>Save</vscode-button>
        <vscode-button secondary @click=${() => this.#close()}>Cancel</vscode-button>
        <span class="secondary">Ctrl+Enter saves, Escape cancels</span>
      </div>
    </section>`;
  }

  #area(): HTMLTextAreaElement {
    return this.querySelector('textarea')!;
  }

  #focusEnd(): void {
    const area = this.querySelector('textarea');
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      this.#close();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      void this.#save();
    }
  }

  /** A note without a word is none. */
  async #save(): Promise<void> {
    const text = this.#area().value.trimEnd();
    this.saving = true;
    this.problem = undefined;
    try {
      await this.host.send(setRunTags, { runs: [this.run], tags: { [runTags.note]: text || null } });
      announce('The note is saved.');
      this.#close();
    } catch (error) {
      this.problem = errorShape(error).message;
    }
    this.saving = false;
  }

  #close(): void {
    this.problem = undefined;
    emit(this, 'note-closed', null);
  }
}

customElements.define('workbench-run-note', RunNote);
