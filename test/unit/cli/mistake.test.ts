import { expect, test } from 'vitest';
import { WorkbenchError } from '../../../src/base/errors.ts';
import { pointedMistake } from '../../../src/cli/render/mistake.ts';

const mistake = (code: string, start: number, end: number) =>
  new WorkbenchError(code, 'Invalid.', { range: { start, end } });

test('a caret stands under what is wrong, also after wide characters and at the end', () => {
  const filter = "metrics.a > 1 an tags.b = 'x'";
  expect(pointedMistake(mistake('search.invalidFilter', 14, 16), { filter })).toBe(
    `  ${filter}\n                ^^`,
  );
  expect(pointedMistake(mistake('search.invalidFilter', 14, 16), { filter: "t.名 = 'x'\tor ??" })).toBe(
    "  t.名 = 'x' or ??\n                 ^",
  );
  expect(pointedMistake(mistake('search.invalidOrder', 5, 5), { filter, order: 'a, b,' })).toBe(
    '  a, b,\n       ^',
  );
});

test('other errors point nowhere', () => {
  expect(pointedMistake(new Error('Gone.'), { filter: 'a' })).toBeUndefined();
  expect(pointedMistake(new WorkbenchError('cli.usage', 'No.'), { filter: 'a' })).toBeUndefined();
});
