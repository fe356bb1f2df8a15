import fs from 'node:fs';
import * as z from 'zod';
import { systemPrefix } from '../../protocol/systemMetrics.ts';
import type { MetricPoint } from './store.ts';

const sampleLine = z.object({
  step: z.int().min(0),
  time: z.int().min(0),
  values: z.record(z.string().startsWith(systemPrefix), z.number()),
});

/** At most so much of the file becomes one transaction. */
const bytesTogether = 1_000_000;

/** Reads what a supervisor measured, in pieces, from the file to which it appends lines. */
export class SystemSamples {
  readonly #file: string;
  #offset = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /**
   * Hands what was added since the last time to `log`, and does not come back to it once `log` has taken it.
   * A line that is still being written waits for the next time.
   */
  read(log: (points: readonly MetricPoint[]) => void): void {
    for (;;) {
      const text = this.#next();
      if (text === '') {
        return;
      }
      const points = text.split('\n').flatMap(pointsOf);
      if (points.length > 0) {
        log(points);
      }
      this.#offset += Buffer.byteLength(text);
    }
  }

  /** Whole lines only. */
  #next(): string {
    const size = fs.statSync(this.#file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= this.#offset) {
      return '';
    }
    const bytes = Buffer.alloc(Math.min(size - this.#offset, bytesTogether));
    const file = fs.openSync(this.#file, 'r');
    try {
      const length = fs.readSync(file, bytes, 0, bytes.length, this.#offset);
      return bytes.toString('utf8', 0, bytes.subarray(0, length).lastIndexOf('\n') + 1);
    } finally {
      fs.closeSync(file);
    }
  }
}

/** Nothing, for a line that is none of ours. */
function pointsOf(line: string): MetricPoint[] {
  const sample = sampleLine.safeParse(parsed(line));
  const { step, time, values } = sample.data ?? { step: 0, time: 0, values: {} };
  return Object.entries(values).map(([key, value]) => ({ key, value, step, timestamp: time }));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
