import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorShape } from '../../src/base/errors.ts';
import { formatNumber, plural } from '../../src/base/format.ts';
import { getRuns, type MetricSummary, type RunDetails, runsChanged } from '../../src/protocol/experiments.ts';
import { fromWireNumber } from '../../src/protocol/numbers.ts';
import type { PanelPart, PanelStart, PanelTarget } from '../../src/protocol/panels.ts';
import { runTags } from '../../src/protocol/runTags.ts';
import { isSystemMetric } from '../../src/protocol/systemMetrics.ts';
import '@vscode-elements/elements/dist/vscode-tab-header/index.js';
import '@vscode-elements/elements/dist/vscode-tab-panel/index.js';
import '@vscode-elements/elements/dist/vscode-tabs/index.js';
import type { VscTabsSelectEvent } from '@vscode-elements/elements/dist/vscode-tabs/vscode-tabs.js';
import '../shared/chart/chartGrid.ts';
import { type ChartOptions, chartOptionsView, readChartOptions } from '../shared/chartOptions.ts';
import { orderMetrics } from '../shared/metricOrder.ts';
import { emptyNotice } from '../shared/notices.ts';
import { Resource } from '../shared/resource.ts';
import { isLive } from '../shared/runState.ts';
import { RunsPage } from '../shared/runsPage.ts';
import './artifactsView.ts';
import { codeView, environmentView, metricsView, parametersView } from './factViews.ts';
import './logView.ts';
import './runHeader.ts';
import './runNote.ts';
import './tagsView.ts';

const tabs = ['Charts', 'Log', 'Metrics', 'Artifacts', 'Code', 'Environment'] as const;

type Tab = (typeof tabs)[number];

export class RunPage extends RunsPage {
  static override properties = { ...RunsPage.properties, tab: { state: true } };
  declare tab: Tab;
  protected readonly panel = 'run';
  #run!: Resource<RunDetails | null>;
  /** The note is to be edited as soon as it is known. */
  #wantsNote = false;

  override connectedCallback(): void {
    super.connectedCallback();
    this.tab = tabs.find((tab) => tab === this.view.get('tab', '')) ?? 'Charts';
    this.#run = this.subscriptions.add(
      new Resource(
        (signal) => this.#fetch(signal),
        () => this.#changed(),
      ),
    );
    this.subscriptions.add(this.host.onShow((part) => this.#show(part)));
    this.subscriptions.add(
      this.host.on(runsChanged, (news) => {
        if (this.isAbout(news.runs)) {
          this.#run.refresh();
        }
      }),
    );
  }

  protected override fetch(): void {
    this.#run.refresh();
  }

  protected override get failure(): ErrorShape | undefined {
    return this.#run.error;
  }

  protected override started(start: PanelStart): void {
    if (start.tab) {
      this.#show(start.tab);
    }
  }

  protected override render(): TemplateResult {
    return html`${this.notices()} ${this.#content()}`;
  }

  #content(): TemplateResult | typeof nothing {
    const run = this.#run.value;
    if (run) {
      return this.#page(run);
    }
    if (run === null) {
      return emptyNotice('This run no longer exists.');
    }
    return this.#run.isLoading && !this.problem ? emptyNotice('Reading the run…') : nothing;
  }

  #page(run: RunDetails): TemplateResult {
    return html`
      <workbench-run-header
        .host=${this.host}
        .run=${run}
        @show-log=${() => this.#show('log')}
        @edit-note=${() => this.#show('note')}
      ></workbench-run-header>
      <workbench-run-note
        .host=${this.host}
        .run=${run.id}
        .note=${noteOf(run)}
        .draft=${this.view.get('editsNote', false) ? this.view.get('noteDraft', '') : undefined}
        @note-draft=${({ detail }: CustomEvent<string>) => this.view.set('noteDraft', detail)}
        @note-closed=${() => this.#closeNote()}
      ></workbench-run-note>
      <vscode-tabs
        .selectedIndex=${tabs.indexOf(this.tab)}
        selected-index=${tabs.indexOf(this.tab)}
        @vsc-tabs-select=${(event: VscTabsSelectEvent) => this.#select(tabs[event.detail.selectedIndex]!)}
      >
        ${tabs.map(
          (tab) => html`<vscode-tab-header slot="header">${tab}</vscode-tab-header>
            <vscode-tab-panel>${tab === this.tab ? this.#tabContent(tab, run) : nothing}</vscode-tab-panel>`,
        )}
      </vscode-tabs>
    `;
  }

  #tabContent(tab: Tab, run: RunDetails): TemplateResult {
    const open = (target: PanelTarget) => this.open(target);
    const views: Readonly<Record<Tab, () => TemplateResult>> = {
      Charts: () => html`<div class="columns">
        <div class="main-column">${this.#charts(run)}</div>
        ${parametersView(run, open, this.#tags(run))}
      </div>`,
      Log: () =>
        html`<workbench-log .host=${this.host} .run=${run.id} .live=${isLive(run.state)}></workbench-log>`,
      Metrics: () => html`<div class="pane">${metricsView(run)}</div>`,
      Artifacts: () =>
        html`<div class="pane"><workbench-artifacts .host=${this.host} .run=${run.id}></workbench-artifacts></div>`,
      Code: () => html`<div class="pane">${codeView(run, open)}</div>`,
      Environment: () => html`<div class="pane">${environmentView(run)}</div>`,
    };
    return views[tab]();
  }

  #tags({ id, tags }: RunDetails): TemplateResult {
    return html`<workbench-run-tags .host=${this.host} .run=${id} .tags=${tags}></workbench-run-tags>`;
  }

  #charts(run: RunDetails): TemplateResult {
    const own = run.metrics.filter(({ key }) => !isSystemMetric(key));
    const system = run.metrics.filter(({ key }) => isSystemMetric(key));
    return html`
      ${own.length > 0 ? this.#ownCharts(run, own) : this.#noCharts(run)}
      ${system.length > 0 ? this.#systemCharts(run, system) : nothing}
    `;
  }

  #noCharts(run: RunDetails): TemplateResult {
    return emptyNotice(
      isLive(run.state)
        ? 'A chart will appear here for each metric that the script logs, and grow while it runs.'
        : 'This run logged no metrics. Charts appear here for what a script logs with log_metric.',
    );
  }

  #ownCharts(run: RunDetails, metrics: readonly MetricSummary[]): TemplateResult {
    const hasCurves = metrics.some(({ count }) => count > 1);
    return html`
      ${hasCurves ? chartOptionsView(this.view, () => this.requestUpdate()) : nothing}
      ${this.#drawn(run, metrics, readChartOptions(this.view))}
    `;
  }

  /** Drawn only when somebody wants to see it; by time, because that is what tells a training's phases apart. */
  #systemCharts(run: RunDetails, metrics: readonly MetricSummary[]): TemplateResult {
    const isOpen = this.view.get('system', false);
    return html`<details
      class="system"
      ?open=${isOpen}
      @toggle=${(event: ToggleEvent) => this.#keepOpen('system', event.target as HTMLDetailsElement)}
    >
      <summary>System <span class="secondary">${plural(metrics.length, 'metric')}</span></summary>
      ${isOpen ? this.#drawn(run, metrics, { axis: 'time', logarithmic: false }) : nothing}
    </details>`;
  }

  #keepOpen(key: string, details: HTMLDetailsElement): void {
    if (details.open !== this.view.get(key, false)) {
      this.keep(key, details.open);
    }
  }

  #drawn(
    run: RunDetails,
    metrics: readonly MetricSummary[],
    { axis, logarithmic }: ChartOptions,
  ): TemplateResult {
    const ordered = orderMetrics(metrics.map(({ key }) => key));
    const byKey = new Map(metrics.map((metric) => [metric.key, metric]));
    const single = ordered.filter((key) => byKey.get(key)!.count <= 1);
    const curves = ordered.filter((key) => byKey.get(key)!.count > 1);
    return html`
      ${single.length > 0 ? html`<dl class="figures">${single.map((key) => figure(byKey.get(key)!))}</dl>` : nothing}
      ${
        curves.length > 0
          ? html`<workbench-chart-grid
              .host=${this.host}
              .runs=${[{ id: run.id, name: run.name, startTime: run.startTime, style: 0 }]}
              .metrics=${curves}
              .axis=${axis}
              .logarithmic=${logarithmic}
              .growing=${isLive(run.state)}
            ></workbench-chart-grid>`
          : nothing
      }
    `;
  }

  /** What the client or a button of the page wants to be seen. */
  #show(part: PanelPart): void {
    if (part === 'log') {
      this.#select('Log');
    } else if (this.#run.value) {
      this.#editNote(this.#run.value);
    } else {
      this.#wantsNote = true;
    }
  }

  /** A draft that is there already stays. */
  #editNote(run: RunDetails): void {
    if (!this.view.get('editsNote', false)) {
      this.view.set('noteDraft', noteOf(run));
      this.keep('editsNote', true);
    }
  }

  async #closeNote(): Promise<void> {
    this.view.set('noteDraft', '');
    this.keep('editsNote', false);
    await this.updateComplete;
    this.querySelector<HTMLElement>('.edit-note')?.focus();
  }

  #select(tab: Tab): void {
    this.tab = tab;
    this.keep('tab', tab);
  }

  async #fetch(signal: AbortSignal): Promise<RunDetails | null> {
    const [run] = await this.host.send(getRuns, { runs: this.ids }, signal);
    return run ?? null;
  }

  #changed(): void {
    const run = this.#run.value;
    if (run) {
      this.setTitle(run.name);
      this.announceEnds([run]);
    }
    if (run && this.#wantsNote) {
      this.#wantsNote = false;
      this.#editNote(run);
    }
    this.requestUpdate();
  }
}

function noteOf(run: RunDetails): string {
  return run.tags[runTags.note] ?? '';
}

/** A metric with one value is a number, not a line. */
function figure(metric: MetricSummary): TemplateResult {
  const value = fromWireNumber(metric.latest);
  return html`<div class="figure">
    <dt title=${metric.key}>${metric.key}</dt>
    <dd class="number" title=${String(value)}>${formatNumber(value)}</dd>
  </div>`;
}
