import { expect, it } from 'vitest';
import { nameColumns } from '../../../../src/service/data/headers.ts';

const lenient = { table: 'a.csv', isStrict: false };
const strict = { table: 'a.csv', isStrict: true };

it('every column has a name of its own, and what was changed is told', () => {
  const { names, notices } = nameColumns(['id', null, 'id', 'column 2', ' '], 5, lenient);
  expect(names.map(({ name }) => name)).toEqual(['id', 'column 2 ', 'id (column 3)', 'column 2', 'column 5']);
  expect(names.map(({ header }) => header)).toEqual(['id', '', 'id', 'column 2', ' ']);
  expect(notices.map(({ code }) => code)).toEqual(['emptyHeader', 'duplicateHeader', 'emptyHeader']);
  expect(notices[1]!.message).toContain('Columns 1 and 3 are both named “id” in row 1');
});

it('strict, such headers are refused with their columns', () => {
  expect(() => nameColumns(['a', null], 2, strict)).toThrow(/^Column 2 of a\.csv has no name in row 1\./);
  expect(() => nameColumns(['a', 'b', 'a'], 3, strict)).toThrow(
    /^Columns 1 and 3 of a\.csv are both named “a”/,
  );
  expect(nameColumns(['a', 'A'], 2, strict).names.map(({ name }) => name)).toEqual(['a', 'A']);
});

it('without a header columns are numbered', () => {
  expect(nameColumns(undefined, 2, strict).names.map(({ name }) => name)).toEqual(['column 1', 'column 2']);
});
