import type { ReportFigure } from '../../src/protocol/privacyReport.ts';

/** The value that a whole bar stands for: both bars of a figure have the same. */
export function fullBar({ kind, before, after, interval }: ReportFigure): number {
  const most = Math.max(before ?? 0, after ?? 0, interval?.[1] ?? 0);
  // A share is of a whole; a score beyond 1 and a count are measured against the larger of the two.
  return kind === 'share' || (kind === 'score' && most <= 1) ? 1 : most || 1;
}

/** In which way the release changed the figure; undefined where one of the two is not known. */
export function judgement({ before, after, better }: ReportFigure): 'better' | 'worse' | 'same' | undefined {
  if (before === null || after === null) {
    return undefined;
  }
  if (before === after) {
    return 'same';
  }
  return after < before === (better === 'lower') ? 'better' : 'worse';
}
