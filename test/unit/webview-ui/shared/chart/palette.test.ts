import { expect, it } from 'vitest';
import { lineStyle, swatchClass } from '../../../../../webview-ui/shared/chart/palette.ts';

it('gives 24 runs looks of their own: a colour each, then dashes', () => {
  const looks = Array.from({ length: 24 }, (_, index) => JSON.stringify(lineStyle(index)));
  expect(new Set(looks).size).toBe(24);
  expect(lineStyle(5).dash).toEqual([]);
  expect(lineStyle(6).dash).not.toEqual([]);
  expect(lineStyle(6).variables).toEqual(lineStyle(0).variables);
});

it('names the same look for html', () => {
  expect(swatchClass(0)).toBe('swatch blue dash-0');
  expect(swatchClass(7)).toBe('swatch orange dash-1');
});
