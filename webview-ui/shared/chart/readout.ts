import { html, nothing, render, type TemplateResult } from 'lit';
import { formatNumber, groupDigits } from '../../../src/base/format.ts';
import { fromWireNumber } from '../../../src/protocol/numbers.ts';
import { type AxisKind, type ChartLine, formatPosition, nearestIndex, type Point } from './chartData.ts';
import type { LineDrawing } from './drawing.ts';
import { swatchClass } from './palette.ts';

/** A curve's value nearest to the crosshair, and where on the axis it lies. */
export interface Reading {
  readonly line: ChartLine;
  readonly value: number;
  readonly at: number;
}

/** Highest first; what is not a number comes last. */
export function readingsAt(
  lines: readonly ChartLine[],
  points: readonly (readonly Point[])[],
  x: number | undefined,
): Reading[] {
  if (x === undefined) {
    return [];
  }
  return lines
    .flatMap((line, index) => {
      const own = points[index] ?? [];
      const nearest = nearestIndex(own, x);
      const wire = line.series?.values[nearest];
      return wire === undefined ? [] : [{ line, value: fromWireNumber(wire), at: own[nearest]!.x }];
    })
    .sort((a, b) => (Number.isNaN(a.value) ? 1 : Number.isNaN(b.value) ? -1 : b.value - a.value));
}

export function describeReadings(readings: readonly Reading[]): string {
  return readings.map(({ line, value }) => `${line.name} ${formatNumber(value)}`).join(', ');
}

/** Moves html over the canvas, instead of drawing all charts again at each move of the pointer. */
export function showCrosshair(
  chart: HTMLElement,
  drawing: LineDrawing,
  x: number | undefined,
  axis: AxisKind,
  readings: readonly Reading[] | undefined,
): void {
  const mark = chart.querySelector<HTMLElement>('.crosshair');
  const readout = chart.querySelector<HTMLElement>('.readout');
  const scale = drawing.scales.x;
  if (!mark || !readout || !scale) {
    return;
  }
  const visible = x !== undefined && x >= scale.min && x <= scale.max;
  mark.hidden = !visible;
  readout.hidden = !visible || !readings;
  if (!visible) {
    return;
  }
  const { left, right, top, height } = drawing.chartArea;
  const place = scale.getPixelForValue(x);
  mark.style.left = `${place}px`;
  mark.style.top = `${top}px`;
  mark.style.height = `${height}px`;
  const onRight = place < (left + right) / 2;
  readout.style.left = onRight ? `${place + 8}px` : '';
  readout.style.right = onRight ? '' : `${drawing.width - place + 8}px`;
  readout.style.top = `${top}px`;
  render(readoutView(x, axis, readings ?? []), readout);
}

function readoutView(x: number, axis: AxisKind, readings: readonly Reading[]): TemplateResult {
  const position = axis === 'step' ? `step ${formatPosition(x, axis)}` : formatPosition(x, axis);
  return html`<div class="readout-position">${position}</div>
    ${readings.map(
      ({ line, value, at }) => html`<div class="readout-row">
        <span class=${swatchClass(line.style)}></span>
        ${readings.length > 1 ? html`<span class="readout-name">${line.name}</span>` : nothing}
        <span class="number">${formatNumber(value)}</span>
        ${axis === 'step' && at !== x ? html`<span class="readout-at">@ ${groupDigits(at)}</span>` : nothing}
      </div>`,
    )}`;
}
