import type { MetricSummary, RunId, Series, SeriesQuery } from '../../src/protocol/experiments.ts';
import { toWireNumber } from '../../src/protocol/numbers.ts';

/** One metric's points, reduced on reading as the service does it: lowest and highest of each bucket. */
export class FakeSeries {
  readonly #steps: number[] = [];
  readonly #times: number[] = [];
  readonly #values: number[] = [];
  #lowest = Number.NaN;
  #highest = Number.NaN;

  static of(values: readonly number[], startTime: number, milliseconds = 300): FakeSeries {
    const series = new FakeSeries();
    values.forEach((value, index) => {
      series.append(index + 1, startTime + (index + 1) * milliseconds, value);
    });
    return series;
  }

  get length(): number {
    return this.#values.length;
  }

  append(step: number, time: number, value: number): void {
    this.#steps.push(step);
    this.#times.push(time);
    this.#values.push(value);
    if (Number.isFinite(value)) {
      this.#lowest = value < this.#lowest || Number.isNaN(this.#lowest) ? value : this.#lowest;
      this.#highest = value > this.#highest || Number.isNaN(this.#highest) ? value : this.#highest;
    }
  }

  summarise(key: string): MetricSummary {
    return {
      key,
      latest: toWireNumber(this.#values.at(-1) ?? Number.NaN),
      step: this.#steps.at(-1) ?? 0,
      count: this.length,
      lowest: toWireNumber(this.#lowest),
      highest: toWireNumber(this.#highest),
    };
  }

  read(run: RunId, metric: string, query: SeriesQuery): Series {
    const from = query.fromStep ?? Number.NEGATIVE_INFINITY;
    const to = query.toStep ?? Number.POSITIVE_INFINITY;
    const first = lowerBound(this.#steps, from);
    const end = to === Number.POSITIVE_INFINITY ? this.length : lowerBound(this.#steps, to + 1);
    const chosen = this.#choose(first, end, query.points);
    return {
      run,
      metric,
      count: end - first,
      steps: chosen.map((index) => this.#steps[index]!),
      times: chosen.map((index) => this.#times[index]!),
      values: chosen.map((index) => toWireNumber(this.#values[index]!)),
    };
  }

  #choose(first: number, end: number, points: number): number[] {
    const count = end - first;
    if (count <= points) {
      return Array.from({ length: count }, (_, index) => first + index);
    }
    const buckets = Math.max(1, Math.floor(points / 2) - 1);
    const chosen = new Set<number>([first]);
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      const start = first + Math.floor((bucket * count) / buckets);
      this.#extremes(start, first + Math.floor(((bucket + 1) * count) / buckets), chosen);
    }
    chosen.add(end - 1);
    return [...chosen].sort((a, b) => a - b);
  }

  #extremes(start: number, end: number, chosen: Set<number>): void {
    let low = start;
    let high = start;
    for (let index = start + 1; index < end; index += 1) {
      low = this.#values[index]! < this.#values[low]! ? index : low;
      high = this.#values[index]! > this.#values[high]! ? index : high;
    }
    chosen.add(low).add(high);
  }
}

function lowerBound(steps: readonly number[], step: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! < step) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}
