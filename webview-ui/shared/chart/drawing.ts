import {
  Chart,
  type ChartConfiguration,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
} from 'chart.js';
import zoomPlugin from 'chartjs-plugin-zoom';
import { formatNumber } from '../../../src/base/format.ts';
import type { ValueBounds } from './axisBounds.ts';
import { type AxisKind, formatPosition, type Point, type Range } from './chartData.ts';
import { lineStyle } from './palette.ts';
import { themeColour, themeFont } from './theme.ts';

Chart.register(LineController, LineElement, PointElement, LinearScale, LogarithmicScale, zoomPlugin);

export type LineDrawing = Chart<'line', Point[]>;

export interface Curve {
  readonly style: number;
  readonly points: Point[];
}

export interface Axes {
  readonly kind: AxisKind;
  readonly logarithmic: boolean;
  readonly x: Range;
  readonly y: ValueBounds;
}

/** A chart without animation, legend or tooltip: the page has its own, in html. */
export function createDrawing(canvas: HTMLCanvasElement, onZoom: (range: Range) => void): LineDrawing {
  const configuration: ChartConfiguration<'line', Point[]> = {
    type: 'line',
    data: { datasets: [] },
    options: {
      animation: false,
      parsing: false,
      normalized: true,
      responsive: true,
      maintainAspectRatio: false,
      events: [],
      layout: { padding: { top: 4, right: 8 } },
      plugins: {
        zoom: {
          zoom: {
            mode: 'x',
            drag: { enabled: true, threshold: 4 },
            onZoomComplete: ({ chart }) => {
              const { min, max } = chart.scales.x!;
              onZoom({ low: min, high: max });
            },
          },
        },
      },
    },
  };
  return new Chart(canvas, configuration);
}

/** Draws everything anew, with the theme's present colours. */
export function draw(drawing: LineDrawing, curves: readonly Curve[], axes: Axes): void {
  drawing.data.datasets = curves.map((curve) => {
    const style = lineStyle(curve.style);
    const colour = themeColour(...style.variables);
    return {
      data: curve.points,
      borderColor: colour,
      backgroundColor: colour,
      borderWidth: 1.5,
      borderDash: [...style.dash],
      pointRadius: pointRadii(curve.points),
      spanGaps: false,
      clip: 4,
    };
  });
  const options = drawing.options;
  options.scales = { x: positionScale(axes), y: valueScale(axes) };
  const drag = options.plugins?.zoom?.zoom?.drag;
  if (drag) {
    drag.backgroundColor = themeColour('--vscode-editor-selectionBackground');
    drag.borderColor = themeColour('--vscode-focusBorder');
    drag.borderWidth = 1;
  }
  drawing.update('none');
}

/** Few points are marked one by one; among many only those that no line reaches. */
export function pointRadii(points: readonly Point[]): number[] {
  const few = points.length <= 30;
  return points.map((_, index) => {
    const alone = isGap(points[index - 1]) && isGap(points[index + 1]);
    return few || alone ? 2 : 0;
  });
}

function isGap(point: Point | undefined): boolean {
  return point === undefined || Number.isNaN(point.y);
}

function positionScale(axes: Axes) {
  return {
    type: 'linear' as const,
    min: axes.x.low,
    max: axes.x.high,
    grid: { display: false },
    border: { color: gridColour() },
    ticks: {
      ...tickLook(),
      maxRotation: 0,
      maxTicksLimit: 6,
      includeBounds: false,
      callback: (value: string | number) =>
        axes.kind === 'step' && !Number.isInteger(value)
          ? undefined
          : formatPosition(Number(value), axes.kind),
    },
  };
}

function valueScale(axes: Axes) {
  return {
    type: axes.logarithmic ? ('logarithmic' as const) : ('linear' as const),
    min: axes.y.low,
    max: axes.y.high,
    grid: { color: gridColour() },
    border: { display: false },
    // A fixed width, so that the plot does not shift when a label gets longer, and charts stand in line.
    afterFit: (scale: { width: number }) => {
      scale.width = 56;
    },
    ticks: {
      ...tickLook(),
      stepSize: axes.y.step,
      maxTicksLimit: 8,
      callback: (value: string | number) =>
        axes.logarithmic && !isPowerOfTen(Number(value)) ? undefined : formatNumber(Number(value)),
    },
  };
}

function isPowerOfTen(value: number): boolean {
  return Number.isInteger(Number(Math.log10(value).toFixed(9)));
}

function tickLook() {
  return {
    color: themeColour('--vscode-descriptionForeground', '--vscode-foreground'),
    font: themeFont(),
    padding: 4,
  };
}

/** Much fainter than the text in every theme, high contrast too, so that the curves stand out. */
function gridColour(): string {
  return `color-mix(in srgb, ${themeColour('--vscode-foreground')} 15%, transparent)`;
}
