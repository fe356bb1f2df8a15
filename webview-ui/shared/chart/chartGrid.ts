import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { plural } from '../../../src/base/format.ts';
import { getSeries, type RunId, runsChanged, type Series } from '../../../src/protocol/experiments.ts';
import { PageElement } from '../element.ts';
import type { Host } from '../host.ts';
import { errorNotice } from '../notices.ts';
import { Resource } from '../resource.ts';
import { type AxisKind, type ChartLine, type Range, stepsWithin } from './chartData.ts';
import { Crosshair } from './crosshair.ts';
import './metricChart.ts';
import type { ZoomEvent } from './metricChart.ts';

export interface ChartRun {
  readonly id: RunId;
  readonly name: string;
  readonly startTime: number;
  /** Its place in the palette. */
  readonly style: number;
}

/**
 * One chart per metric. Only charts in view are mounted and fetched, so that a run with hundreds of metrics
 * costs no more than one with six.
 */
export class ChartGrid extends PageElement {
  static override properties = {
    runs: { attribute: false },
    metrics: { attribute: false },
    axis: { attribute: false },
    logarithmic: { attribute: false },
    growing: { attribute: false },
    filter: { state: true },
  };
  declare host: Host;
  declare runs: readonly ChartRun[];
  declare metrics: readonly string[];
  declare axis: AxisKind;
  declare logarithmic: boolean;
  declare growing: boolean;
  declare filter: string;
  readonly #inView = new Set<string>();
  readonly #ranges = new Map<string, { shown: Range; steps: Range }>();
  readonly #crosshair = new Crosshair();
  #series!: Resource<ReadonlyMap<string, readonly Series[]>>;
  #observer!: IntersectionObserver;

  constructor() {
    super();
    this.filter = '';
    this.growing = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#series = this.subscriptions.add(
      new Resource(
        (signal) => this.#fetch(signal),
        () => this.requestUpdate(),
      ),
    );
    this.#observer = new IntersectionObserver((entries) => this.#noteVisible(entries), {
      root: this.closest('vscode-tab-panel'),
      rootMargin: '100px',
    });
    this.subscriptions.add({ dispose: () => this.#observer.disconnect() });
    this.subscriptions.add(this.host.onRefresh(() => this.#series.refresh()));
    this.subscriptions.add(this.host.onOffline(() => this.requestUpdate()));
    this.subscriptions.add(
      this.host.on(runsChanged, (news) => {
        if (this.runs.some((run) => news.runs.includes(run.id))) {
          this.#series.refresh();
        }
      }),
    );
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#inView.clear();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('axis') && changed.get('axis') !== undefined) {
      this.#ranges.clear();
      this.#series.restart();
    }
    if (changed.has('runs') && !sameRuns(changed.get('runs'), this.runs)) {
      this.#series.restart();
    }
  }

  protected override render(): TemplateResult {
    const metrics = this.#shownMetrics();
    const error = this.host.isOffline ? undefined : this.#series.error;
    return html`
      ${this.metrics.length > 12 ? this.#filterField() : nothing}
      ${error ? errorNotice(error, () => this.#series.refresh()) : nothing}
      <div class="chart-grid">
        ${repeat(
          metrics,
          (metric) => metric,
          (metric) => html`<section class="card" data-metric=${metric} aria-label=${metric}>
            ${this.#inView.has(metric) ? this.#chart(metric) : html`<h3>${metric}</h3>`}
          </section>`,
        )}
      </div>
    `;
  }

  protected override updated(): void {
    for (const card of this.querySelectorAll('.chart-grid > .card')) {
      this.#observer.observe(card);
    }
  }

  #filterField(): TemplateResult {
    const shown = this.#shownMetrics().length;
    return html`<div class="chart-filter">
      <input
        type="search"
        class="text-input"
        placeholder="Filter metrics"
        aria-label="Filter metrics"
        .value=${this.filter}
        @input=${(event: InputEvent) => {
          this.filter = (event.target as HTMLInputElement).value;
        }}
      />
      <span class="secondary">${shown} of ${plural(this.metrics.length, 'metric')}</span>
    </div>`;
  }

  #shownMetrics(): readonly string[] {
    const wanted = this.filter.trim().toLowerCase();
    return wanted === ''
      ? this.metrics
      : this.metrics.filter((metric) => metric.toLowerCase().includes(wanted));
  }

  #chart(metric: string): TemplateResult {
    return html`<workbench-chart
      .metric=${metric}
      .lines=${this.#lines(metric)}
      .axis=${this.axis}
      .logarithmic=${this.logarithmic}
      .growing=${this.growing}
      .range=${this.#ranges.get(metric)?.shown}
      .crosshair=${this.#crosshair}
      @zoom=${(event: ZoomEvent) => this.#zoom(metric, event.detail)}
    ></workbench-chart>`;
  }

  #lines(metric: string): ChartLine[] {
    const series = this.#series.value?.get(metric) ?? [];
    return this.runs.flatMap((run) => {
      const own = series.find((candidate) => candidate.run === run.id);
      const line = { run: run.id, name: run.name, startTime: run.startTime, style: run.style };
      return own ? [{ ...line, series: own }] : [];
    });
  }

  #zoom(metric: string, range: Range | undefined): void {
    if (range) {
      const steps = stepsWithin(this.#lines(metric), this.axis, range);
      this.#ranges.set(metric, { shown: range, steps });
    } else {
      this.#ranges.delete(metric);
    }
    this.#series.restart();
    this.requestUpdate();
  }

  #noteVisible(entries: readonly IntersectionObserverEntry[]): void {
    let appeared = false;
    for (const entry of entries) {
      const metric = (entry.target as HTMLElement).dataset.metric!;
      if (entry.isIntersecting && !this.#inView.has(metric)) {
        this.#inView.add(metric);
        appeared = true;
      } else if (!entry.isIntersecting) {
        this.#inView.delete(metric);
      }
    }
    if (appeared) {
      this.#series.refresh();
    }
    this.requestUpdate();
  }

  /** One request for all whole curves in view, and one for each chart that shows a stretch of its own. */
  async #fetch(signal: AbortSignal): Promise<ReadonlyMap<string, readonly Series[]>> {
    const visible = this.metrics.filter((metric) => this.#inView.has(metric));
    const whole = visible.filter((metric) => !this.#ranges.has(metric));
    const query = { runs: this.runs.map((run) => run.id), points: pointsPerCurve(this.runs.length) };
    const parts = await Promise.all([
      whole.length > 0 ? this.host.send(getSeries, { ...query, metrics: whole }, signal) : [],
      ...visible.flatMap((metric) => {
        const steps = this.#ranges.get(metric)?.steps;
        return steps
          ? [
              this.host.send(
                getSeries,
                { ...query, metrics: [metric], fromStep: steps.low, toStep: steps.high },
                signal,
              ),
            ]
          : [];
      }),
    ]);
    return byMetric(parts.flat());
  }
}

function byMetric(all: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const groups = new Map<string, Series[]>();
  for (const series of all) {
    const group = groups.get(series.metric) ?? [];
    group.push(series);
    groups.set(series.metric, group);
  }
  return groups;
}

/** As many points as a chart has pixels for one curve, fewer when many curves share it. */
function pointsPerCurve(runs: number): number {
  return Math.max(100, Math.min(600, Math.floor(12_000 / Math.max(1, runs))));
}

function sameRuns(before: readonly ChartRun[] | undefined, after: readonly ChartRun[]): boolean {
  return (
    before === undefined ||
    (before.length === after.length && before.every((run, index) => run.id === after[index]!.id))
  );
}

customElements.define('workbench-chart-grid', ChartGrid);
