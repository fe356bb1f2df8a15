import { discreteGaussianScale } from '../methods/differential/gaussianScale.ts';
import type { PlannedCounts } from '../planTypes.ts';
import { otherLabel } from './planCounts.ts';

/** The counts as CSV: every combination of labels, whether it occurs or not, the last column running fastest. */
export function countsText({ by }: PlannedCounts, noisy: ReadonlyMap<number, number>): string {
  const names = by.map(({ column }) => column);
  const header = [...names, countColumn(names)];
  const lines = [...noisy].map(([cell, count]) => [...labelsOf(by, cell), String(count)]);
  return `${[header, ...lines].map((line) => line.map(quoted).join(',')).join('\n')}\n`;
}

/**
 * Half of the width around the true count in which 95 of 100 noisy ones lie. A figure for people; no draw depends on it.
 */
export function countHalfWidth({
  epsilon,
  delta,
  rowsPerPerson,
}: Pick<PlannedCounts, 'epsilon' | 'delta' | 'rowsPerPerson'>): number {
  if (delta > 0) {
    const sigma = discreteGaussianScale(epsilon, delta, rowsPerPerson, 1024) / 1024;
    return Math.ceil(1.959963984540054 * sigma);
  }
  // Of the discrete Laplace distribution: P(|z| > m) = 2·a^(m + 1) / (1 + a) with a = e^(−ε/c).
  const step = epsilon / rowsPerPerson;
  const ratio = Math.exp(-step);
  return Math.max(0, Math.ceil(-Math.log((0.05 * (1 + ratio)) / 2) / step - 1));
}

function labelsOf(by: PlannedCounts['by'], cell: number): string[] {
  const labels: string[] = [];
  let rest = cell;
  for (const { labels: known } of [...by].reverse()) {
    labels.unshift(known[rest % known.length] ?? otherLabel);
    rest = Math.floor(rest / known.length);
  }
  return labels;
}

function countColumn(names: readonly string[]): string {
  let name = 'noisy_count';
  while (names.includes(name)) {
    name = `${name}_`;
  }
  return name;
}

function quoted(text: string): string {
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
