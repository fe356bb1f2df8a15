import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import { formatBytes, formatDuration, plural } from '../../src/base/format.ts';
import { panelOpen } from '../../src/protocol/panels.ts';
import { recipeChanged } from '../../src/protocol/privacy.ts';
import type { SynthesisFate, SynthesisState } from '../../src/protocol/synthesis.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { announce } from '../shared/announce.ts';
import { emptyNotice, errorNotice } from '../shared/notices.ts';
import { PanelPage } from '../shared/panelPage.ts';
import './rules.ts';
import { settingsForm } from './settingsForm.ts';
import { SynthesisRun } from './synthesisRun.ts';
import { SynthesisSession } from './synthesisSession.ts';

/** What is to be learned and drawn, how long it takes, some rows of it, and the run that does it. */
export class SynthesisePage extends PanelPage {
  protected readonly panel = 'synthesise';
  #session: SynthesisSession | undefined;
  #run!: SynthesisRun;
  /** What was written before this page was there is told once. */
  #wasShown = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#run = new SynthesisRun(this.host, () => this.requestUpdate());
    this.subscriptions.add(
      this.host.on(recipeChanged, ({ recipe, version }) => this.#session?.heard(recipe, version)),
    );
  }

  protected override fetch(): void {
    this.#session ??= this.subscriptions.add(
      new SynthesisSession(this.host, this.#path, () => this.#changed()),
    );
    this.#session.reload();
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#session?.problem;
  }

  protected override render(): TemplateResult {
    const state = this.#session?.state;
    const { progress } = this.#session ?? {};
    const waiting =
      this.failure || this.problem
        ? nothing
        : emptyNotice(`Looking at the table…${progress ? ` ${progress.message}` : ''}`);
    return html`${this.notices()} ${state ? this.#page(state) : waiting}`;
  }

  get #path(): string {
    return this.subject && 'data' in this.subject ? this.subject.data : '';
  }

  #page(state: SynthesisState): TemplateResult {
    const { input, output, saved, problems } = state;
    const session = this.#session!;
    const obstacle = obstacleOf(state);
    return html`
      <header class="anonymise-header">
        <div class="grow">
          <h1>Synthesise ${input.path}</h1>
          <p class="secondary">
            ${plural(input.rows, 'row')}, ${formatBytes(input.bytes)} → <span title=${output}>${output}</span>${
              saved ? '' : ' · proposed, not saved yet'
            }
          </p>
        </div>
        <vscode-button secondary icon="shield" @click=${() => this.open({ kind: 'anonymise', path: state.recipe })}>
          Columns and Roles
        </vscode-button>
        <vscode-button secondary icon="go-to-file" @click=${() => void this.#openRecipe()}>Open Recipe</vscode-button>
        ${
          this.#run.isUnderWay
            ? html`<vscode-button secondary @click=${() => void this.#run.stop()}>Stop</vscode-button>`
            : html`<vscode-button
                icon="sparkle"
                ?disabled=${obstacle !== undefined}
                aria-disabled=${String(obstacle !== undefined)}
                title=${obstacle ?? `Write ${output}`}
                @click=${() => void this.#start(false)}
                >Start</vscode-button
              >`
        }
      </header>
      ${this.#outcome()} ${problems.map((problem) => errorNotice({ code: 'privacy.recipeInvalid', message: problem.message }))}
      ${this.#key(state)}
      ${session.notice ? html`<div class="notice warning" role="status"><span class="grow">${session.notice}</span></div>` : nothing}
      <div class="synthesise-columns">
        <div class="pane">${settingsForm(state, (change) => {
          this.#run.forget();
          session.choose(change);
        })}</div>
        <div class="pane">
          ${this.#estimate()} ${this.#preview()} ${columnsView(state)}
        </div>
      </div>
    `;
  }

  #outcome(): TemplateResult | typeof nothing {
    const { progress, result, problem, started, wasStopped } = this.#run;
    if (progress) {
      const { fraction } = progress;
      return html`<div class="notice progress">
        <span id="synthesise-progress">${progress.message}</span>
        <progress class="grow" aria-labelledby="synthesise-progress" max="1" value=${fraction ?? nothing}></progress>
        ${fraction === undefined ? nothing : html`<span class="number">${Math.floor(fraction * 100)} %</span>`}
        ${started ? html`<vscode-button secondary @click=${() => this.open({ kind: 'run', run: started.run })}>Open Run</vscode-button>` : nothing}
      </div>`;
    }
    if (problem) {
      const replace = problem.actions?.find(({ kind }) => kind === 'overwrite');
      return html`<div class="notice error" role="alert">
        <span class="codicon codicon-error" aria-hidden="true"></span>
        <span class="grow">${problem.message}</span>
        ${replace ? html`<vscode-button secondary @click=${() => void this.#start(true)}>${replace.title}</vscode-button>` : nothing}
      </div>`;
    }
    if (wasStopped) {
      return html`<div class="notice" role="status"><span class="grow">Stopped. Nothing was written.</span></div>`;
    }
    return result
      ? html`<div class="notice done synthesised">
          <span class="codicon codicon-pass" aria-hidden="true"></span>
          <div class="grow">
            <p>
              ${result.output} is written: ${plural(result.rows, 'synthetic row')}, ${formatBytes(result.bytes)}, in
              ${formatDuration(result.milliseconds)}. Synthetic is not anonymous by itself:
            </p>
            <ul>${result.findings.map((finding) => html`<li>${finding}</li>`)}</ul>
          </div>
          <vscode-button secondary @click=${() => this.open({ kind: 'report', recipe: result.report.json })}>Open Report</vscode-button>
          <vscode-button secondary @click=${() => this.open({ kind: 'version', path: result.output })}>Version This Output</vscode-button>
          <vscode-button secondary @click=${() => this.open({ kind: 'run', run: result.run })}>Open Run</vscode-button>
        </div>`
      : nothing;
  }

  #key({ key, recipe }: SynthesisState): TemplateResult | typeof nothing {
    if (key.state === 'notNeeded' || key.state === 'ready') {
      return nothing;
    }
    const help = (action: 'make' | 'choose') => async () => {
      await this.host.send(panelOpen, { kind: 'key', action, recipe });
      this.#session!.reload();
    };
    const isOther = key.state === 'other';
    return html`<div class="key-line notice warning" role="status">
      <span class="codicon codicon-key" aria-hidden="true"></span>
      <span class="grow">
        ${
          isOther
            ? `The key ${key.id} here is not the one that the recipe was made with.`
            : `The rows come from the key ${key.id}, which is not on this computer.`
        }
        State a seed to do without it.
      </span>
      <vscode-button @click=${help(isOther ? 'choose' : 'make')}>${isOther ? 'Choose Key…' : 'Make Key…'}</vscode-button>
    </div>`;
  }

  #estimate(): TemplateResult {
    const { estimate, previewProblem } = this.#session!;
    return html`<section class="estimate" aria-label="Estimate" aria-live="polite">
      <h2>How long it takes</h2>
      <p>${estimate ? estimate.sentence : previewProblem ? '–' : 'Trying how fast this machine is…'}</p>
    </section>`;
  }

  #preview(): TemplateResult {
    const { preview, previewProblem, isPreviewing } = this.#session!;
    return html`<section class="preview ${isPreviewing ? 'outdated' : ''}" aria-label="Preview" aria-busy=${String(isPreviewing)}>
      <div class="preview-heading">
        <h2>Rows like these</h2>
        <span class="secondary">made up by a quick copula from a sample</span>
      </div>
      ${
        previewProblem && !this.offline
          ? errorNotice(previewProblem)
          : preview
            ? html`<div class="table-scroll" tabindex="0" role="region" aria-label="Made-up rows">
                <table class="preview-table">
                  <thead><tr>${preview.columns.map((name) => html`<th scope="col">${name}</th>`)}</tr></thead>
                  <tbody>
                    ${preview.rows.map(
                      (row) =>
                        html`<tr>${row.map((value) =>
                          value === null
                            ? html`<td><span class="secondary">missing</span></td>`
                            : html`<td class=${typeof value === 'number' ? 'number' : ''}>${String(value)}</td>`,
                        )}</tr>`,
                    )}
                  </tbody>
                </table>
              </div>`
            : emptyNotice('Drawing some rows…')
      }
    </section>`;
  }

  async #openRecipe(): Promise<void> {
    const session = this.#session!;
    if (!session.state?.saved) {
      session.choose({});
    }
    const state = await session.settled();
    if (state?.saved) {
      this.open({ kind: 'recipe', path: state.recipe });
    }
  }

  async #start(replace: boolean): Promise<void> {
    // What was chosen a moment ago is part of it.
    const state = await this.#session!.settled();
    if (!state || this.#run.isUnderWay) {
      return;
    }
    announce('Synthesising.');
    await this.#run.start(state.recipe, replace);
    const { result } = this.#run;
    announce(result ? `${result.output} is written. ${result.findings[0] ?? ''}` : 'Nothing was written.');
  }

  #changed(): void {
    const state = this.#session?.state;
    if (state) {
      this.setTitle(`Synthesise ${state.input.path.split('/').at(-1)}`);
      // The page was hidden or made anew meanwhile: the run goes on by itself.
      if (state.running && !this.#run.isUnderWay && this.#run.started?.run !== state.running.run) {
        void this.#run.follow(state.running);
      } else if (state.last && !this.#wasShown) {
        this.#run.result = state.last;
      }
      this.#wasShown = true;
    }
    this.requestUpdate();
  }
}

function obstacleOf({ problems, key }: SynthesisState): string | undefined {
  if (problems.length > 0) {
    return 'The recipe has a problem';
  }
  return key.state === 'missing' || key.state === 'other' ? 'The key is missing; or state a seed' : undefined;
}

const fates: Readonly<Record<SynthesisFate, string>> = {
  learned: 'learned',
  dropped: 'left out',
  new: 'made anew',
};

function columnsView({ columns }: SynthesisState): TemplateResult {
  return html`<section class="fates" aria-label="Columns">
    <h2>Columns</h2>
    <table class="data-table">
      <thead><tr><th scope="col">Column</th><th scope="col">What becomes of it</th><th scope="col">Why</th></tr></thead>
      <tbody>
        ${columns.map(
          ({ name, fate, sentence }) =>
            html`<tr class="fate-${fate}"><th scope="row">${name}</th><td>${fates[fate]}</td><td class="secondary">${sentence}</td></tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}
