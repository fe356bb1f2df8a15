import { expect, it } from 'vitest';
import type { ReportFigure } from '../../../../src/protocol/privacyReport.ts';
import { fullBar, judgement } from '../../../../webview-ui/report/figureScale.ts';

const figure = (change: Partial<ReportFigure>): ReportFigure => ({
  id: 'x',
  title: 'X',
  sentence: 'X.',
  kind: 'share',
  before: 0.5,
  after: 0.25,
  better: 'lower',
  ...change,
});

it('a share is measured against the whole, a count against the larger of the two', () => {
  expect(fullBar(figure({}))).toBe(1);
  expect(fullBar(figure({ kind: 'score' }))).toBe(1);
  expect(fullBar(figure({ kind: 'score', after: 3 }))).toBe(3);
  expect(fullBar(figure({ kind: 'count', before: 40, after: 8 }))).toBe(40);
  expect(fullBar(figure({ kind: 'count', before: null, after: 8, interval: [2, 16] }))).toBe(16);
  expect(fullBar(figure({ kind: 'count', before: 0, after: 0 }))).toBe(1);
});

it('knows which way is better', () => {
  expect(judgement(figure({}))).toBe('better');
  expect(judgement(figure({ better: 'higher' }))).toBe('worse');
  expect(judgement(figure({ after: 0.5 }))).toBe('same');
  expect(judgement(figure({ before: null }))).toBeUndefined();
});
