import { html, nothing, type TemplateResult } from 'lit';
import { type ErrorShape, errorShape } from '../../src/base/errors.ts';
import { formatBytes } from '../../src/base/format.ts';
import {
  type ArtifactEntry,
  listArtifacts,
  type RunId,
  runsChanged,
} from '../../src/protocol/experiments.ts';
import { panelOpen } from '../../src/protocol/panels.ts';
import { PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { emptyNotice, errorNotice } from '../shared/notices.ts';
import { Resource } from '../shared/resource.ts';

type Folders = ReadonlyMap<string, readonly ArtifactEntry[]>;

/** The run's files, folder by folder; a folder is read when it is opened. */
export class ArtifactsView extends PageElement {
  static override properties = { problem: { state: true } };
  declare host: Host;
  declare run: RunId;
  declare problem: ErrorShape | undefined;
  readonly #open = new Set(['']);
  #folders!: Resource<Folders>;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#folders = this.subscriptions.add(
      new Resource(
        (signal) => this.#read(signal),
        () => this.requestUpdate(),
        { shortestRest: 500 },
      ),
    );
    this.#folders.refresh();
    this.subscriptions.add(this.host.onRefresh(() => this.#folders.refresh()));
    this.subscriptions.add(this.host.onOffline(() => this.requestUpdate()));
    this.subscriptions.add(
      this.host.on(runsChanged, (news) => {
        if (news.runs.includes(this.run)) {
          this.#folders.refresh();
        }
      }),
    );
  }

  protected override render(): TemplateResult {
    const error = this.problem ?? (this.host.isOffline ? undefined : this.#folders.error);
    if (error) {
      return errorNotice(error, () => {
        this.problem = undefined;
        this.#folders.refresh();
      });
    }
    if (this.#folders.isLoading) {
      return emptyNotice('Reading the artifacts…');
    }
    const root = this.#folders.value?.get('') ?? [];
    return root.length === 0
      ? emptyNotice('Files from log_artifact will appear here: models, figures, tables.')
      : this.#list('');
  }

  #list(path: string): TemplateResult {
    const entries = this.#folders.value?.get(path);
    return entries
      ? html`<ul class="files">
          ${entries.map((entry) => (entry.isFolder ? this.#folder(entry) : this.#file(entry)))}
        </ul>`
      : html`${nothing}`;
  }

  #folder(entry: ArtifactEntry): TemplateResult {
    const open = this.#open.has(entry.path);
    return html`<li>
      <button class="file-row" aria-expanded=${String(open)} @click=${() => this.#toggle(entry.path)}>
        <span class="codicon codicon-chevron-${open ? 'down' : 'right'}" aria-hidden="true"></span>
        <span class="codicon codicon-folder${open ? '-opened' : ''}" aria-hidden="true"></span>
        <span>${nameOf(entry.path)}</span>
      </button>
      ${open ? this.#list(entry.path) : nothing}
    </li>`;
  }

  #file(entry: ArtifactEntry): TemplateResult {
    return html`<li>
      <button class="file-row leaf" title="Open ${entry.path}" @click=${() => this.#openFile(entry.path)}>
        <span class="codicon codicon-file" aria-hidden="true"></span>
        <span>${nameOf(entry.path)}</span>
        ${entry.bytes === undefined ? nothing : html`<span class="secondary number">${formatBytes(entry.bytes)}</span>`}
      </button>
    </li>`;
  }

  #toggle(path: string): void {
    if (!this.#open.delete(path)) {
      this.#open.add(path);
      this.#folders.restart();
    }
    this.requestUpdate();
  }

  async #openFile(path: string): Promise<void> {
    try {
      await this.host.send(panelOpen, { kind: 'artifact', run: this.run, path });
    } catch (error) {
      this.problem = errorShape(error);
    }
  }

  async #read(signal: AbortSignal): Promise<Folders> {
    const read = async (path: string) =>
      [path, await this.host.send(listArtifacts, { run: this.run, path }, signal)] as const;
    return new Map(await Promise.all([...this.#open].map(read)));
  }
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

customElements.define('workbench-artifacts', ArtifactsView);
