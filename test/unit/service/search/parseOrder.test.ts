import { expect, test } from 'vitest';
import { errorShape } from '../../../../src/base/errors.ts';
import { parseOrder, parseOrderBy } from '../../../../src/service/search/parseOrder.ts';

test.each([
  ['metrics.accuracy', ['metrics.accuracy up']],
  ['metrics.accuracy DESC', ['metrics.accuracy down']],
  ['metrics.`val loss` asc', ['metrics.val loss up']],
  ['params."a.b" Desc', ['params.a.b down']],
  ['start_time desc, `run name`', ['start_time down', 'run name up']],
  ['metrics.`a, b` desc,metrics.desc', ['metrics.a, b down', 'metrics.desc up']],
  ['  ', []],
])('%s', (text, items) => {
  const shown = parseOrder(text).map(
    ({ field, descending }) =>
      `${field.entity ? `${field.entity}.` : ''}${field.key} ${descending ? 'down' : 'up'}`,
  );
  expect(shown).toEqual(items);
});

test.each([
  ["'metrics.a'", 1, "Invalid order_by clause ''metrics.a''. Could not be parsed."],
  ['metrics.a sideways', 11, "Invalid ordering key in order_by clause 'metrics.a sideways'."],
  ['metrics.a desc desc', 16, 'Invalid ordering key in order_by clause'],
  ['metrics.a > 1', 11, 'Could not be parsed.'],
  ['metrics.a,', 11, 'Could not be parsed.'],
])('%s is no order', (text, character, sentence) => {
  const { code, message, range } = failure(() => parseOrder(text));
  expect(code).toBe('search.invalidOrder');
  expect(message).toContain(sentence);
  expect(range).toMatchObject({ start: character - 1 });
});

test('each clause of a request is one field', () => {
  expect(parseOrderBy(['metrics.a DESC', 'start_time'])).toHaveLength(2);
  expect(parseOrderBy([])).toEqual([]);
  expect(failure(() => parseOrderBy(['metrics.a, metrics.b'])).message).toContain('Could not be parsed');
  expect(failure(() => parseOrderBy([''])).message).toContain('Could not be parsed');
});

function failure(work: () => unknown) {
  try {
    work();
  } catch (error) {
    return errorShape(error);
  }
  throw new Error('It was taken.');
}
