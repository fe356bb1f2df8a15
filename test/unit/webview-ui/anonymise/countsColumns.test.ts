import { describe, expect, it } from 'vitest';
import type { CountsChoice, RecipeState } from '../../../../src/protocol/privacy.ts';
import { countsColumnOf, countsColumnText } from '../../../../webview-ui/anonymise/countsColumns.ts';
import { chosenBy, withChange } from '../../../../webview-ui/anonymise/recipeChanges.ts';

describe('what was typed', () => {
  it('are categories of texts, each once, and rising edges of numbers', () => {
    expect(countsColumnOf('city', false, ' Bern,Wien , Bern,,')).toEqual({
      column: 'city',
      categories: ['Bern', 'Wien'],
    });
    expect(countsColumnOf('age', true, '50, 30, old')).toEqual({ column: 'age', bins: [30, 50] });
    expect(countsColumnOf('age', true, 'old')).toEqual({ column: 'age' });
    expect(countsColumnOf('city', false, '  ')).toEqual({ column: 'city' });
  });

  it('is shown as it is kept', () => {
    expect(countsColumnText({ column: 'age', bins: [30, 50] })).toBe('30, 50');
    expect(countsColumnText({ column: 'city' })).toBeNull();
  });
});

const table: CountsChoice = {
  name: 'cities',
  by: [{ column: 'city', categories: ['Bern'] }],
  epsilon: 1,
  delta: 0,
  rowsPerPerson: 1,
  subject: null,
};
const recipe = { columns: [], key: {}, counts: [table] } as unknown as RecipeState;

describe('a choice about counts', () => {
  it('adds, replaces and takes out by name', () => {
    const other = { ...table, name: 'ages' };
    const change = (name: string, counts: CountsChoice | null) =>
      withChange(recipe, { kind: 'counts', name, counts }).counts;
    expect(change('ages', other)).toEqual([table, other]);
    expect(change('cities', { ...table, epsilon: 2 })).toEqual([{ ...table, epsilon: 2 }]);
    expect(change('cities', null)).toEqual([]);
  });

  it('is about that table alone', () => {
    const about = (name: string) => chosenBy({ kind: 'counts', name, counts: null }, recipe);
    expect(about('cities')).not.toBe(about('ages'));
    const changed = { columns: [], key: {}, counts: [{ ...table, epsilon: 3 }] } as unknown as RecipeState;
    expect(chosenBy({ kind: 'counts', name: 'cities', counts: null }, changed)).not.toBe(about('cities'));
  });
});
