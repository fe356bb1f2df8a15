import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { formatNumber } from '../../../src/base/format.ts';
import { fromWireNumber } from '../../../src/protocol/numbers.ts';
import { announce } from '../announce.ts';
import { emit, PageElement } from '../element.ts';
import { logarithmicBounds, positionBounds, type ValueBounds, valueBounds } from './axisBounds.ts';
import {
  type AxisKind,
  type ChartLine,
  chartNotes,
  extent,
  nearestIndex,
  type Point,
  type Range,
  summarise,
  toPoints,
} from './chartData.ts';
import type { Crosshair } from './crosshair.ts';
import { createDrawing, draw, type LineDrawing } from './drawing.ts';
import { numbersView } from './numbersView.ts';
import { describeReadings, readingsAt, showCrosshair } from './readout.ts';
import { onThemeChange } from './theme.ts';

/** The user chose a stretch of the axis, or everything again. */
export type ZoomEvent = CustomEvent<Range | undefined>;

/**
 * One metric's curves. Keys on the plot: arrows move the crosshair, + and − zoom, 0 shows everything,
 * T shows the numbers as a table.
 */
export class MetricChart extends PageElement {
  static override properties = {
    metric: { attribute: false },
    lines: { attribute: false },
    axis: { attribute: false },
    logarithmic: { attribute: false },
    growing: { attribute: false },
    range: { attribute: false },
    asTable: { state: true },
  };
  declare metric: string;
  declare lines: readonly ChartLine[];
  declare axis: AxisKind;
  declare logarithmic: boolean;
  /** More values may come: the horizontal axis leaves room for them. */
  declare growing: boolean;
  declare range: Range | undefined;
  declare crosshair: Crosshair;
  declare asTable: boolean;
  #drawing: LineDrawing | undefined;
  #points: Point[][] = [];
  #bounds: { x?: Range; y?: ValueBounds } = {};
  #pointing = false;

  constructor() {
    super();
    this.lines = [];
    this.axis = 'step';
    this.logarithmic = false;
    this.growing = false;
    this.asTable = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.subscriptions.add(onThemeChange(() => this.#redraw()));
    this.subscriptions.add(this.crosshair.onMove(() => this.#showCrosshair()));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#destroyDrawing();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('axis') || changed.has('logarithmic') || changed.has('range')) {
      this.#bounds = {};
    }
  }

  protected override render(): TemplateResult {
    const notes = chartNotes(this.lines, this.logarithmic);
    return html`
      <div class="chart-header">
        <h3 title=${this.metric}>${this.metric}</h3>
        <span class="chart-actions">
          ${this.range ? this.#action('zoom-out', 'Reset Zoom', '0', () => this.#zoom(undefined)) : nothing}
          ${this.#action(
            this.asTable ? 'graph-line' : 'table',
            this.asTable ? 'Show as Chart' : 'Show as Table',
            'T',
            () => this.#toggleTable(),
          )}
        </span>
        ${this.#latestValue()}
      </div>
      ${
        this.asTable
          ? numbersView(this.metric, this.lines, this.axis, this.#onTableKey)
          : html`<div
              class="plot"
              tabindex="0"
              role="group"
              aria-label="${this.metric} chart"
              aria-keyshortcuts="T ArrowLeft ArrowRight + - 0"
              @keydown=${this.#onKey}
              @pointermove=${this.#onPoint}
              @pointerleave=${this.#onLeave}
              @dblclick=${() => this.#zoom(undefined)}
              @blur=${this.#onLeave}
            >
              <canvas role="img" aria-label=${summarise(this.metric, this.lines)}></canvas>
              <div class="crosshair" hidden></div>
              <div class="readout" hidden></div>
            </div>`
      }
      ${
        notes.length > 0
          ? html`<p class="chart-note">
              <span class="codicon codicon-warning" aria-hidden="true"></span>
              <span>${notes.join('. ')}.</span>
            </p>`
          : nothing
      }
    `;
  }

  protected override updated(): void {
    const canvas = this.querySelector('canvas');
    if (canvas && this.#drawing?.canvas !== canvas) {
      this.#destroyDrawing();
      this.#drawing = createDrawing(canvas, (range) => this.#zoom(range));
    }
    if (!canvas) {
      this.#destroyDrawing();
    }
    this.#redraw();
    this.#showCrosshair();
  }

  #latestValue(): TemplateResult | typeof nothing {
    const [only] = this.lines;
    const wire = this.lines.length === 1 ? only?.series?.values.at(-1) : undefined;
    if (wire === undefined || this.range) {
      return nothing;
    }
    const value = fromWireNumber(wire);
    return html`<span class="chart-latest number" title="latest value: ${String(value)}"
      >${formatNumber(value)}</span
    >`;
  }

  #action(icon: string, title: string, key: string, act: () => void): TemplateResult {
    return html`<button class="icon-button" title="${title} (${key})" aria-label="${title}: ${this.metric}" @click=${act}>
      <span class="codicon codicon-${icon}" aria-hidden="true"></span>
    </button>`;
  }

  #redraw(): void {
    if (!this.#drawing) {
      return;
    }
    this.#points = this.lines.map((line) => toPoints(line, this.axis, this.logarithmic));
    draw(
      this.#drawing,
      this.#points.map((points, index) => ({ points, style: this.lines[index]!.style })),
      { kind: this.axis, logarithmic: this.logarithmic, ...this.#axes() },
    );
  }

  /** Bounds are kept only when they hold data: the first values must not be squeezed into an empty chart's. */
  #axes(): { x: Range; y: ValueBounds } {
    const all = this.#points.flat();
    const xData = extent(all.map(({ x }) => x));
    const x = this.range ?? positionBounds(this.#bounds.x, xData ?? { low: 0, high: 1 }, this.growing);
    const inRange = all.filter((point) => point.x >= x.low && point.x <= x.high);
    const yData = extent(inRange.map(({ y }) => y));
    const bounds = this.logarithmic ? logarithmicBounds : valueBounds;
    const y = bounds(this.#bounds.y, yData ?? { low: this.logarithmic ? 0.1 : 0, high: 1 });
    this.#bounds = { x: xData && x, y: yData && y };
    return { x, y };
  }

  #zoom(range: Range | undefined): void {
    const wanted = range && this.axis === 'step' ? wholeSteps(range) : range;
    if (wanted || this.range) {
      emit(this, 'zoom', wanted);
    }
  }

  #toggleTable(): void {
    const hadFocus = this.contains(document.activeElement);
    this.asTable = !this.asTable;
    if (hadFocus) {
      void this.updateComplete.then(() =>
        this.querySelector<HTMLElement>(this.asTable ? '.numbers' : '.plot')?.focus(),
      );
    }
  }

  readonly #onTableKey = (event: KeyboardEvent): void => {
    if (isPlainKey(event, 't')) {
      event.preventDefault();
      this.#toggleTable();
    }
  };

  readonly #onKey = (event: KeyboardEvent): void => {
    const act = this.#keyActions()[event.key.toLowerCase()];
    if (act && isPlainKey(event, event.key.toLowerCase())) {
      event.preventDefault();
      act();
    }
  };

  #keyActions(): Readonly<Record<string, () => void>> {
    return {
      t: () => this.#toggleTable(),
      arrowleft: () => this.#step(-1),
      arrowright: () => this.#step(1),
      home: () => this.#step(Number.NEGATIVE_INFINITY),
      end: () => this.#step(Number.POSITIVE_INFINITY),
      '+': () => this.#zoomBy(0.5),
      '=': () => this.#zoomBy(0.5),
      '-': () => this.#zoomBy(2),
      '0': () => this.#zoom(undefined),
      escape: () => this.crosshair.moveTo(undefined),
    };
  }

  #step(by: number): void {
    const points = this.#points.reduce((a, b) => (b.length > a.length ? b : a), [] as Point[]);
    if (points.length === 0) {
      return;
    }
    const from = this.crosshair.x === undefined ? points.length - 1 : nearestIndex(points, this.crosshair.x);
    const to = Math.min(points.length - 1, Math.max(0, this.crosshair.x === undefined ? from : from + by));
    this.#pointing = true;
    this.crosshair.moveTo(points[to]!.x);
    announce(describeReadings(readingsAt(this.lines, this.#points, this.crosshair.x)));
  }

  #zoomBy(factor: number): void {
    const scale = this.#drawing?.scales.x;
    if (!scale) {
      return;
    }
    const centre = this.crosshair.x ?? (scale.min + scale.max) / 2;
    const low = centre - (centre - scale.min) * factor;
    const high = centre + (scale.max - centre) * factor;
    const whole = extent(this.#points.flat().map(({ x }) => x));
    if (factor > 1 && whole && low <= whole.low && high >= whole.high) {
      this.#zoom(undefined);
    } else {
      this.#zoom({ low, high });
    }
  }

  readonly #onPoint = (event: PointerEvent): void => {
    const scale = this.#drawing?.scales.x;
    if (!scale || event.buttons !== 0) {
      return;
    }
    const left = event.clientX - this.#drawing!.canvas.getBoundingClientRect().left;
    const x = scale.getValueForPixel(Math.min(scale.right, Math.max(scale.left, left)))!;
    this.#pointing = true;
    this.crosshair.moveTo(this.axis === 'step' ? Math.round(x) : x);
  };

  readonly #onLeave = (): void => {
    this.#pointing = false;
    this.crosshair.moveTo(undefined);
  };

  #showCrosshair(): void {
    if (this.#drawing) {
      const readings = readingsAt(this.lines, this.#points, this.crosshair.x);
      // Of several curves only the chart that is pointed at lists the values: the others would be covered.
      const detailed = this.#pointing || this.lines.length === 1;
      showCrosshair(this, this.#drawing, this.crosshair.x, this.axis, detailed ? readings : undefined);
    }
  }

  #destroyDrawing(): void {
    this.#drawing?.destroy();
    this.#drawing = undefined;
  }
}

function isPlainKey(event: KeyboardEvent, key: string): boolean {
  return event.key.toLowerCase() === key && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** A selected stretch of steps, never empty. */
function wholeSteps(range: Range): Range {
  const low = Math.floor(range.low);
  return { low, high: Math.max(low + 1, Math.ceil(range.high)) };
}

customElements.define('workbench-chart', MetricChart);
