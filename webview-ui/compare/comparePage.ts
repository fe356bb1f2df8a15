import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import { plural } from '../../src/base/format.ts';
import { getRuns, type RunDetails, type RunId, runsChanged } from '../../src/protocol/experiments.ts';
import { isSystemMetric } from '../../src/protocol/systemMetrics.ts';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '../shared/chart/chartGrid.ts';
import { swatchClass } from '../shared/chart/palette.ts';
import { chartOptionsView, readChartOptions } from '../shared/chartOptions.ts';
import { orderMetrics } from '../shared/metricOrder.ts';
import { emptyNotice } from '../shared/notices.ts';
import { Resource } from '../shared/resource.ts';
import { isLive } from '../shared/runState.ts';
import { RunsPage } from '../shared/runsPage.ts';
import { compareRuns } from './comparison.ts';
import { comparisonTable } from './comparisonTable.ts';

export class ComparePage extends RunsPage {
  protected readonly panel = 'compare';
  #runs!: Resource<readonly RunDetails[]>;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#runs = this.subscriptions.add(
      new Resource(
        (signal) => this.host.send(getRuns, { runs: this.ids }, signal),
        () => this.#changed(),
      ),
    );
    this.subscriptions.add(
      this.host.on(runsChanged, (news) => {
        if (this.isAbout(news.runs)) {
          this.#runs.refresh();
        }
      }),
    );
    const tick = setInterval(() => this.#isAnyLive() && this.requestUpdate(), 1000);
    this.subscriptions.add({ dispose: () => clearInterval(tick) });
  }

  protected override fetch(): void {
    this.#runs.refresh();
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#runs.error;
  }

  protected override render(): TemplateResult {
    return html`${this.notices()} ${this.#content()}`;
  }

  #content(): TemplateResult | typeof nothing {
    const runs = this.#runs.value;
    if (runs) {
      return this.#page(runs);
    }
    return this.#runs.isLoading && !this.problem ? emptyNotice('Reading the runs…') : nothing;
  }

  #page(all: readonly RunDetails[]): TemplateResult {
    const withSystem = this.view.get('systemMetrics', false);
    const runs = withSystem ? all : all.map(withoutSystemMetrics);
    if (runs.length === 0) {
      return html`${emptyNotice('None of these runs exists any more. Choose other runs to see them side by side.')}
        <div class="pane">${this.#addButton()}</div>`;
    }
    const baseline = this.#baseline(runs);
    const differencesOnly = this.view.get('differencesOnly', true);
    const gone = this.ids.length - runs.length;
    return html`
      <div class="compare-toolbar">
        <label for="baseline">Baseline</label>
        <vscode-single-select
          id="baseline"
          label="Baseline"
          @change=${(event: Event) => this.keep('baseline', (event.target as HTMLSelectElement).value)}
        >
          ${runs.map(
            (run) =>
              html`<vscode-option value=${run.id} ?selected=${run.id === baseline}>${run.name}</vscode-option>`,
          )}
        </vscode-single-select>
        <vscode-checkbox
          label="Differences only"
          ?checked=${differencesOnly}
          @change=${(event: Event) => this.keep('differencesOnly', (event.target as HTMLInputElement).checked)}
        ></vscode-checkbox>
        ${
          all.some(({ metrics }) => metrics.some(({ key }) => isSystemMetric(key)))
            ? html`<vscode-checkbox
                label="System metrics"
                ?checked=${withSystem}
                @change=${(event: Event) => this.keep('systemMetrics', (event.target as HTMLInputElement).checked)}
              ></vscode-checkbox>`
            : nothing
        }
        <span class="grow"></span>
        ${this.#addButton()}
      </div>
      ${gone > 0 ? html`<p class="pane secondary">${plural(gone, 'run')} of this comparison ${gone === 1 ? 'no longer exists' : 'no longer exist'}.</p>` : nothing}
      ${comparisonTable(runs, compareRuns(runs, baseline, differencesOnly, Date.now()), baseline, {
        openRun: (run) => this.open({ kind: 'run', run }),
        makeBaseline: (run) => this.keep('baseline', run),
      })}
      ${this.#curves(runs)}
    `;
  }

  #addButton(): TemplateResult {
    const runs = this.ids;
    return html`<vscode-button secondary icon="add" @click=${() => this.open({ kind: 'chooseRuns', runs })}>
      Add Runs…
    </vscode-button>`;
  }

  #curves(runs: readonly RunDetails[]): TemplateResult {
    const metrics = runs.flatMap((run) => run.metrics);
    const curves = orderMetrics(metrics.filter(({ count }) => count > 1).map(({ key }) => key));
    const hidden = this.#hidden();
    const { axis, logarithmic } = readChartOptions(this.view);
    const styled = runs.map(({ id, name, startTime }, style) => ({ id, name, startTime, style }));
    return html`<section class="curves" aria-label="Curves">
      <div class="curves-header">
        <h2>Curves</h2>
        ${curves.length > 0 ? chartOptionsView(this.view, () => this.requestUpdate()) : nothing}
      </div>
      ${
        curves.length === 0
          ? emptyNotice('Metrics with more than one value are drawn here, one curve for each run.')
          : html`<div class="legend" role="group" aria-label="Shown runs">
                ${styled.map(
                  (run) => html`<button
                    class="legend-item"
                    aria-pressed=${String(!hidden.has(run.id))}
                    title=${hidden.has(run.id) ? `Show the curves of ${run.name}` : `Hide the curves of ${run.name}`}
                    @click=${() => this.#toggle(run.id)}
                  >
                    <span class=${swatchClass(run.style)}></span>${run.name}
                  </button>`,
                )}
              </div>
              <workbench-chart-grid
                .host=${this.host}
                .runs=${styled.filter((run) => !hidden.has(run.id))}
                .metrics=${curves}
                .axis=${axis}
                .logarithmic=${logarithmic}
                .growing=${this.#isAnyLive()}
              ></workbench-chart-grid>`
      }
    </section>`;
  }

  #baseline(runs: readonly RunDetails[]): RunId {
    const kept = this.view.get('baseline', '');
    return runs.find(({ id }) => id === kept)?.id ?? runs[0]!.id;
  }

  #hidden(): ReadonlySet<RunId> {
    return new Set(
      this.view
        .get('hidden', '')
        .split(',')
        .filter((id) => id !== ''),
    );
  }

  #toggle(run: RunId): void {
    const hidden = new Set(this.#hidden());
    if (!hidden.delete(run)) {
      hidden.add(run);
    }
    this.keep('hidden', [...hidden].join(','));
  }

  #isAnyLive(): boolean {
    return this.#runs.value?.some(({ state }) => isLive(state)) ?? false;
  }

  #changed(): void {
    const runs = this.#runs.value ?? [];
    if (runs.length > 0) {
      this.setTitle(titleOf(runs));
    }
    this.announceEnds(runs);
    this.requestUpdate();
  }
}

/** How a machine was used is always different and rarely the question. */
function withoutSystemMetrics(run: RunDetails): RunDetails {
  return { ...run, metrics: run.metrics.filter(({ key }) => !isSystemMetric(key)) };
}

function titleOf(runs: readonly RunDetails[]): string {
  return runs.length === 2 ? `${runs[0]!.name} ↔ ${runs[1]!.name}` : `Compare ${plural(runs.length, 'Run')}`;
}
