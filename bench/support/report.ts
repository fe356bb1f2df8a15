import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** One figure of a benchmark: the median of its rounds, beside the budget and the fastest and slowest round. */
export interface Figure {
  readonly what: string;
  readonly unit: 'ms' | 'MB';
  readonly rounds: readonly number[];
  /** The most that it may be, in the same unit; for people to compare with, never asserted. */
  readonly budget?: number;
}

/** Prints the figures as a table and writes them, with what the machine was, to `out/bench/<name>.json`. */
export function report(name: string, figures: readonly Figure[]): void {
  console.table(
    figures.map(({ what, unit, rounds, budget }) => ({
      what,
      median: `${format(median(rounds))} ${unit}`,
      fastest: format(Math.min(...rounds)),
      slowest: format(Math.max(...rounds)),
      rounds: rounds.length,
      budget: budget === undefined ? '' : `< ${budget} ${unit}`,
      met: budget === undefined ? '' : median(rounds) < budget ? 'yes' : 'no',
    })),
  );
  // Beside other work on the machine the figures say little; the load average tells.
  console.log(
    `Load average over the last minute: ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`,
  );
  const folder = path.join(import.meta.dirname, '..', '..', 'out', 'bench');
  fs.mkdirSync(folder, { recursive: true });
  const machine = { node: process.version, cpus: os.cpus().length, loadAverage: os.loadavg() };
  const content = figures.map((figure) => ({ ...figure, median: median(figure.rounds) }));
  fs.writeFileSync(
    path.join(folder, `${name}.json`),
    `${JSON.stringify({ ...machine, figures: content }, null, 2)}\n`,
  );
}

export async function time(work: () => unknown): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const below = sorted[Math.floor((sorted.length - 1) / 2)]!;
  const above = sorted[Math.floor(sorted.length / 2)]!;
  return (below + above) / 2;
}

function format(value: number): string {
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
