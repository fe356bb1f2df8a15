import { html, nothing, type TemplateResult } from 'lit';
import { errorShape } from '../../src/base/errors.ts';
import { formatDuration, formatRelativeTime, plural } from '../../src/base/format.ts';
import { type RunDataset, type RunDetails, restoreRuns, stopRun } from '../../src/protocol/experiments.ts';
import { type PanelTarget, panelOpen } from '../../src/protocol/panels.ts';
import { runTags } from '../../src/protocol/runTags.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { announce } from '../shared/announce.ts';
import { emit, PageElement } from '../shared/element.ts';
import type { Host } from '../shared/host.ts';
import { isLive, stateIcon } from '../shared/runState.ts';

/** Which run this is, how it stands, what it was made of, and what can be done with it. */
export class RunHeader extends PageElement {
  static override properties = {
    run: { attribute: false },
    stopping: { state: true },
    problem: { state: true },
  };
  declare host: Host;
  declare run: RunDetails;
  declare stopping: boolean;
  declare problem: string | undefined;

  constructor() {
    super();
    this.stopping = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const tick = setInterval(() => this.requestUpdate(), 1000);
    this.subscriptions.add({ dispose: () => clearInterval(tick) });
  }

  protected override render(): TemplateResult {
    const { run } = this;
    return html`
      <div class="header-line">
        <h1>${run.name}</h1>
        ${run.starred ? html`<span class="codicon codicon-star-full" role="img" aria-label="starred" title="starred"></span>` : nothing}
        <span class="facts">${this.#facts()}</span>
        <span class="grow"></span>
        <span class="actions">${this.#actions()}</span>
      </div>
      ${run.deletedTime === undefined ? nothing : this.#deletedNotice(run.deletedTime)}
      ${
        run.state === 'failed'
          ? html`<div class="notice error">
              <span class="codicon codicon-error" aria-hidden="true"></span>
              <span class="grow">${failureSentence(run)}</span>
              <vscode-button secondary @click=${() => emit(this, 'show-log', null)}>Show Log</vscode-button>
            </div>`
          : nothing
      }
      ${this.problem ? html`<div class="notice error" role="alert">${this.problem}</div>` : nothing}
    `;
  }

  #facts(): (TemplateResult | typeof nothing)[] {
    const { run } = this;
    const now = Date.now();
    const duration = (run.endTime ?? now) - run.startTime;
    return [
      html`<span class="fact">${stateIcon(run.state)} ${run.state}</span>`,
      run.state === 'scheduled'
        ? nothing
        : html`<span class="fact number" title="duration">${formatDuration(duration)}</span>`,
      html`<time
        class="fact secondary"
        datetime=${new Date(run.startTime).toISOString()}
        title="started ${new Date(run.startTime).toLocaleString()}"
        >${formatRelativeTime(run.startTime, now)}</time
      >`,
      run.archived ? html`<span class="fact secondary">archived</span>` : nothing,
      this.#parent(),
      this.#code(),
      ...run.datasets.map(datasetFact),
    ];
  }

  #parent(): TemplateResult | typeof nothing {
    const { parent } = this.run;
    return parent
      ? html`<span class="fact">
          <span class="codicon codicon-type-hierarchy" aria-hidden="true"></span> under
          <button
            class="link"
            title="Open the run that this one is under"
            @click=${() => this.#open({ kind: 'run', run: parent.id })}
          >${parent.name}</button>
        </span>`
      : nothing;
  }

  #deletedNotice(time: number): TemplateResult {
    return html`<div class="notice warning">
      <span class="codicon codicon-trash" aria-hidden="true"></span>
      <span class="grow">This run was deleted ${formatRelativeTime(time, Date.now())}. What it logged is kept.</span>
      <vscode-button secondary @click=${() => this.#restore()}>Restore</vscode-button>
    </div>`;
  }

  #code(): TemplateResult | typeof nothing {
    const { code, id } = this.run;
    if (!code) {
      return nothing;
    }
    const commit = code.commit.slice(0, 7);
    const place = code.branch ? `${code.branch}@${commit}` : commit;
    const changes = plural(code.changedFiles, 'change');
    return html`<span class="fact">
      <span class="codicon codicon-git-commit" aria-hidden="true"></span>
      <span title="commit ${code.commit}">${place}</span>
      ${
        code.changedFiles > 0 && code.patchArtifact
          ? html`<button
              class="link"
              title="Show the uncommitted changes that this run used"
              @click=${() => this.#open({ kind: 'artifact', run: id, path: code.patchArtifact! })}
            >+ ${changes}</button>`
          : code.changedFiles > 0
            ? html`+ ${changes}`
            : nothing
      }
    </span>`;
  }

  #actions(): (TemplateResult | typeof nothing)[] {
    const { run } = this;
    return [
      isLive(run.state)
        ? html`<vscode-button icon="debug-stop" ?disabled=${this.stopping} @click=${() => this.#stop()}>
            ${this.stopping ? 'Stopping…' : 'Stop'}
          </vscode-button>`
        : nothing,
      html`<vscode-button secondary @click=${() => this.#open({ kind: 'chooseRuns', runs: [run.id] })}>
        Compare with…
      </vscode-button>`,
      run.script
        ? html`<vscode-button secondary @click=${() => this.#open({ kind: 'script', path: run.script! })}>
            Open Script
          </vscode-button>`
        : nothing,
      run.deletedTime === undefined
        ? html`<vscode-button secondary class="edit-note" @click=${() => emit(this, 'edit-note', null)}>
            ${run.tags[runTags.note] ? 'Edit Note' : 'Add Note'}
          </vscode-button>`
        : nothing,
    ];
  }

  #open(target: PanelTarget): void {
    this.host.send(panelOpen, target).catch((error: unknown) => {
      this.problem = errorShape(error).message;
    });
  }

  async #restore(): Promise<void> {
    this.problem = undefined;
    try {
      await this.host.send(restoreRuns, { runs: [this.run.id] });
    } catch (error) {
      this.problem = errorShape(error).message;
    }
  }

  async #stop(): Promise<void> {
    this.stopping = true;
    this.problem = undefined;
    announce('Stopping the run.');
    try {
      await this.host.send(stopRun, { run: this.run.id });
    } catch (error) {
      this.problem = errorShape(error).message;
    }
    this.stopping = false;
  }
}

function datasetFact(dataset: RunDataset): TemplateResult {
  const version = dataset.version === undefined ? dataset.hash.slice(0, 7) : `v${dataset.version}`;
  return html`<span class="fact" title="${dataset.path}, md5 ${dataset.hash}">
    <span class="codicon codicon-database" aria-hidden="true"></span>
    ${dataset.path} ${version}${dataset.modified ? html` <span class="warning-text">+ modified</span>` : nothing}
  </span>`;
}

function failureSentence(run: RunDetails): string {
  if (run.failure) {
    return run.failure;
  }
  return run.exitCode === undefined
    ? 'The script ended without saying why.'
    : `The script ended with exit code ${run.exitCode}.`;
}

customElements.define('workbench-run-header', RunHeader);
