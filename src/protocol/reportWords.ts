import { formatNumber, formatShare } from '../base/format.ts';
import type { ReportFigure } from './privacyReport.ts';

/** What page, terminal and HTML file call the parts of a privacy report: the same everywhere. */
export const reportTitles = {
  summary: 'In plain words',
  notGuaranteed: 'What is not guaranteed',
  questions: 'The three questions of data protection',
  columns: 'Column by column',
  risk: 'How easily people can be found',
  attacks: 'What attacks on the output find',
  utility: 'What the output is still good for',
  memorisation: 'What it remembers of real rows',
  quality: 'What the synthetic rows are good for',
  origin: 'Where it comes from',
} as const;

/** A figure's value in the digits that mean something; a dash where it was not measured. */
export function figureText(kind: ReportFigure['kind'], value: number | null): string {
  if (value === null) {
    return '–';
  }
  return kind === 'share' ? formatShare(value, 1) : formatNumber(Number(value.toFixed(3)));
}

/** How surely a figure is known; undefined where it was counted. */
export function intervalText({ kind, interval }: ReportFigure): string | undefined {
  return interval && `95 % between ${figureText(kind, interval[0])} and ${figureText(kind, interval[1])}`;
}

export function directionText({ better }: ReportFigure): string {
  return better === 'lower' ? 'lower is better' : 'higher is better';
}
