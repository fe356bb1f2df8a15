import { describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../../../../src/protocol/data.ts';
import { barsPath } from '../../../../webview-ui/profile/barsPath.ts';
import { factsOf } from '../../../../webview-ui/profile/columnFacts.ts';
import {
  arrangeColumns,
  fileOrder,
  nextOrder,
  orderText,
  parseOrder,
} from '../../../../webview-ui/profile/columnOrder.ts';
import { shapeSentence, valuesText } from '../../../../webview-ui/profile/columnText.ts';

const column = (change: Partial<ColumnProfile>): ColumnProfile => ({
  name: 'x',
  type: 'text',
  missing: 0,
  distinct: 1,
  top: [],
  ...change,
});

describe('the order of columns', () => {
  const columns = [
    column({ name: 'b10', type: 'integer', missing: 3 }),
    column({ name: 'B2', missing: 0 }),
    column({ name: 'a', missing: 3 }),
  ];
  const names = (text: string, words = '') =>
    arrangeColumns(columns, parseOrder(text), words).map(({ name }) => name);

  it('is that of the file, or by a figure, where equals stay as in the file', () => {
    expect(names('')).toEqual(['b10', 'B2', 'a']);
    expect(names('name')).toEqual(['a', 'B2', 'b10']);
    expect(names('missing-')).toEqual(['b10', 'a', 'B2']);
    expect(names('missing')).toEqual(['B2', 'b10', 'a']);
  });

  it('has only those with all the words in their name or type', () => {
    expect(names('', 'b')).toEqual(['b10', 'B2']);
    expect(names('', 'B int')).toEqual(['b10']);
    expect(names('', 'c')).toEqual([]);
  });

  it('turns with each click on a heading, and is that of the file again with the third', () => {
    const first = nextOrder(fileOrder, 'missing');
    const second = nextOrder(first, 'missing');
    expect([first, second, nextOrder(second, 'missing')].map(orderText)).toEqual(['missing-', 'missing', '']);
    expect(orderText(nextOrder(first, 'name'))).toBe('name');
    expect(parseOrder('nothing known')).toEqual(fileOrder);
  });
});

describe('the words for a column', () => {
  const numbers = {
    mean: 2,
    quantiles: [{ share: 0.5, value: 1.5 }],
  };

  it('are its ends and middle, its most frequent values, or an example', () => {
    const numeric = column({ type: 'number', minimum: -1, maximum: 12_345.678, numbers });
    expect(valuesText(numeric, 10)).toBe('−1 … 12350, median 1.5');
    const top = [
      { value: 'a', count: 5 },
      { value: '', count: 1 },
    ];
    expect(valuesText(column({ top }), 10)).toBe('a 50 %, (empty) 10 %');
    expect(valuesText(column({ type: 'date', minimum: '1899-12-31', maximum: '2020-01-01', top }), 10)).toBe(
      '1899-12-31 … 2020-01-01',
    );
    expect(valuesText(column({ minimum: 'A-1' }), 10)).toBe('such as A-1');
    expect(valuesText(column({ missing: 10, distinct: 0 }), 10)).toBe('');
  });

  it('tell what its drawing shows', () => {
    const histogram = { edges: [0, 10, 20], counts: [3, 1000] };
    expect(shapeSentence(column({ histogram }), 10)).toBe('x in 2 bins; most values, 1,000, from 10 to 20');
    expect(shapeSentence(column({ missing: 10 }), 10)).toBe('x has no values');
  });

  it('list every figure there is, and none that there is not', () => {
    const numeric = column({ type: 'integer', missing: 1, minimum: 0, maximum: 3, numbers });
    expect(factsOf(numeric, 10).map(({ label, text }) => `${label} ${text}`)).toEqual([
      'present 9',
      'missing 1',
      'minimum 0',
      'median 1.5',
      'maximum 3',
      'mean 2',
    ]);
    expect(factsOf(column({ minimum: null, maximum: null }), 2).map(({ label }) => label)).toEqual([
      'present',
      'missing',
    ]);
  });
});

it('bars are one path; a bin with few values is told from an empty one', () => {
  const path = barsPath([1, 0, 1000], { width: 30, height: 20 });
  expect(path).toBe('M0 20v-1h9v1zM20 20v-20h9v20z');
});
