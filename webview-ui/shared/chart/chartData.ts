import { formatDuration, formatNumber, groupDigits, plural } from '../../../src/base/format.ts';
import type { RunId, Series } from '../../../src/protocol/experiments.ts';
import { fromWireNumber } from '../../../src/protocol/numbers.ts';

/** What the horizontal axis shows: steps, or milliseconds since the run's start. */
export type AxisKind = 'step' | 'time';

export interface Point {
  readonly x: number;
  /** NaN where there is nothing to draw, so that the line has a gap there. */
  readonly y: number;
}

/** One curve: a run's values of one metric. `style` is its place in the palette. */
export interface ChartLine {
  readonly run: RunId;
  readonly name: string;
  readonly startTime: number;
  readonly style: number;
  readonly series?: Series;
}

export interface Range {
  readonly low: number;
  readonly high: number;
}

export function toPoints(line: ChartLine, axis: AxisKind, logarithmic: boolean): Point[] {
  const series = line.series;
  if (!series) {
    return [];
  }
  return series.values.map((wire, index) => {
    const value = fromWireNumber(wire);
    const drawable = Number.isFinite(value) && (!logarithmic || value > 0);
    return { x: positionOf(line, index, axis), y: drawable ? value : Number.NaN };
  });
}

function positionOf(line: ChartLine, index: number, axis: AxisKind): number {
  const series = line.series!;
  return axis === 'step' ? series.steps[index]! : series.times[index]! - line.startTime;
}

/** The index of the point whose x is nearest, or -1 where there is none. Points are in the order of x. */
export function nearestIndex(points: readonly Point[], x: number): number {
  let low = 0;
  let high = points.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]!.x < x) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  const before = points[low - 1];
  const here = points[low];
  return here && before && x - before.x <= here.x - x ? low - 1 : here ? low : -1;
}

export function extent(values: Iterable<number>): Range | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isFinite(value)) {
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
  }
  return low <= high ? { low, high } : undefined;
}

/** The steps that a stretch of the axis covers: the service selects by step whatever the axis shows. */
export function stepsWithin(lines: readonly ChartLine[], axis: AxisKind, range: Range): Range {
  if (axis === 'step') {
    return { low: Math.ceil(range.low), high: Math.floor(range.high) };
  }
  const steps = lines.flatMap((line) =>
    (line.series?.steps ?? []).filter((_, index) => {
      const x = positionOf(line, index, axis);
      return x >= range.low && x <= range.high;
    }),
  );
  return extent(steps) ?? { low: 0, high: 0 };
}

/** What a curve cannot show, in sentences: values that are not numbers, infinite, or not positive on a log axis. */
export function chartNotes(lines: readonly ChartLine[], logarithmic: boolean): string[] {
  const counts = { nan: 0, infinite: 0, notPositive: 0 };
  let sampled = false;
  for (const { series } of lines) {
    sampled ||= series !== undefined && series.count > series.values.length;
    for (const wire of series?.values ?? []) {
      countUnusual(counts, fromWireNumber(wire));
    }
  }
  const atLeast = sampled ? 'at least ' : '';
  const notes: string[] = [];
  const note = (count: number, what: string) => {
    if (count > 0) {
      notes.push(capital(`${atLeast}${plural(count, 'value')} ${count === 1 ? 'is' : 'are'} ${what}`));
    }
  };
  note(counts.nan, 'NaN');
  note(counts.infinite, 'infinite');
  note(logarithmic ? counts.notPositive : 0, 'not positive and cannot be drawn on a logarithmic axis');
  return notes;
}

function countUnusual(counts: { nan: number; infinite: number; notPositive: number }, value: number): void {
  if (Number.isNaN(value)) {
    counts.nan += 1;
  } else if (!Number.isFinite(value)) {
    counts.infinite += 1;
  } else if (value <= 0) {
    counts.notPositive += 1;
  }
}

/** Says in one sentence what the chart shows, for those who do not see it. */
export function summarise(metric: string, lines: readonly ChartLine[]): string {
  const drawn = lines.filter((line) => line.series && line.series.values.length > 0);
  if (drawn.length === 0) {
    return `${metric}: no values yet.`;
  }
  const [only] = drawn;
  return drawn.length === 1 ? summariseOne(metric, only!) : summariseMany(metric, drawn);
}

function summariseOne(metric: string, line: ChartLine): string {
  const series = line.series!;
  const values = series.values.map(fromWireNumber);
  const span = extent(values);
  const steps = `step ${groupDigits(series.steps[0]!)} to ${groupDigits(series.steps.at(-1)!)}`;
  const range = span ? `lowest ${formatNumber(span.low)}, highest ${formatNumber(span.high)}, ` : '';
  const count = plural(series.count, 'value');
  return `${metric}: ${count}, ${steps}; first ${formatNumber(values[0]!)}, ${range}latest ${formatNumber(values.at(-1)!)}.`;
}

function summariseMany(metric: string, lines: readonly ChartLine[]): string {
  const latest = lines
    .map((line) => `${line.name} ${formatNumber(fromWireNumber(line.series!.values.at(-1)!))}`)
    .join(', ');
  return `${metric} of ${plural(lines.length, 'run')}; latest values: ${latest}.`;
}

export function formatPosition(x: number, axis: AxisKind): string {
  return axis === 'step' ? groupDigits(x) : formatDuration(x);
}

export interface NumbersTable {
  readonly rows: readonly { readonly x: number; readonly values: readonly (number | undefined)[] }[];
  /** How many values were logged, and how many of them the rows hold. */
  readonly logged: number;
  readonly shown: number;
}

/** The numbers behind the curves, one row for each place on the axis, at most `limit` of them, evenly chosen. */
export function numbersTable(lines: readonly ChartLine[], axis: AxisKind, limit: number): NumbersTable {
  const rows = new Map<number, (number | undefined)[]>();
  for (const [column, line] of lines.entries()) {
    line.series?.values.forEach((wire, index) => {
      const x = positionOf(line, index, axis);
      const row = rows.get(x) ?? new Array<number | undefined>(lines.length).fill(undefined);
      row[column] = fromWireNumber(wire);
      rows.set(x, row);
    });
  }
  const sorted = [...rows].sort(([a], [b]) => a - b).map(([x, values]) => ({ x, values }));
  const every = Math.max(1, Math.ceil(sorted.length / limit));
  const chosen = sorted.filter((_, index) => index % every === 0 || index === sorted.length - 1);
  return {
    rows: chosen,
    logged: lines.reduce((sum, line) => sum + (line.series?.count ?? 0), 0),
    shown: chosen.reduce((sum, row) => sum + row.values.filter((value) => value !== undefined).length, 0),
  };
}

function capital(sentence: string): string {
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
