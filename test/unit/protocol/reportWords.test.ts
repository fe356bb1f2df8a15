import { expect, it } from 'vitest';
import { figureText, intervalText } from '../../../src/protocol/reportWords.ts';

it('figures have the digits that mean something', () => {
  expect([figureText('share', 0.0004), figureText('share', 0.0421), figureText('count', 10_482)]).toEqual([
    '< 0.1 %',
    '4.2 %',
    '10,482',
  ]);
  expect([figureText('score', 0.6345678), figureText('score', 1), figureText('score', null)]).toEqual([
    '0.635',
    '1',
    '–',
  ]);
});

it('an interval is said with what it is', () => {
  const figure = {
    id: 'x',
    title: '',
    sentence: '',
    kind: 'share',
    before: 1,
    after: 0.1,
    better: 'lower',
  } as const;
  expect(intervalText({ ...figure, interval: [0, 0.25] })).toBe('95 % between 0 % and 25 %');
  expect(intervalText(figure)).toBeUndefined();
});
