import { describe, expect, it } from 'vitest';
import { readRecipe } from '../../../../../src/service/privacy/recipe/readRecipe.ts';
import { columnFates, requireLearned } from '../../../../../src/service/privacy/synthesise/columnFates.ts';
import { settingsOf } from '../../../../../src/service/privacy/synthesise/settings.ts';

const columns = ['id', 'mail', 'name', 'phone', 'age', 'note'].map((name) => ({
  name,
  type: name === 'id' || name === 'age' ? 'BIGINT' : 'VARCHAR',
}));

function recipeOf(synthesise = '', others = '') {
  const text = `version: 1
dataset: people
release: first
input: { path: people.csv }
output: { path: out.csv }
${others}
columns:
  id: { method: pseudonym, role: directIdentifier }
  mail: { method: pseudonym, role: directIdentifier, prefix: m_ }
  name: { method: keep, role: directIdentifier }
  phone: { method: drop }
  age: { method: generalise, role: quasiIdentifier, bins: [10, 20] }
${synthesise}`;
  return readRecipe(text, 'people.anonymise.yaml').recipe;
}

describe('what becomes of columns', () => {
  it('what names people is never learned, whatever its method', () => {
    const fates = columnFates(recipeOf('', 'otherColumns: keep'), columns);
    expect(fates.map(({ fate }) => fate)).toEqual(['new', 'new', 'dropped', 'dropped', 'learned', 'learned']);
    expect(fates[0]!.sentence).toContain('numbered from 1');
    expect(fates[2]!.sentence).toContain('never learned');
  });

  it('columns that the recipe does not name are refused, or left out', () => {
    expect(() => columnFates(recipeOf(), columns)).toThrow(/says nothing of 1 column of the table: note/);
    const fates = columnFates(recipeOf('', 'otherColumns: drop'), columns);
    expect(fates.at(-1)).toMatchObject({ name: 'note', fate: 'dropped' });
  });

  it.each([
    ['target: name', /The target names the column "name", which is not learned/],
    ['target: wage', /The target names the column "wage", which the table does not have/],
    ['conditions: [{ column: mail, value: x }]', /A condition names the column "mail", which is not learned/],
    ['constraints: [{ kind: unique, columns: [age, aeg] }]', /A constraint names the column "aeg"/],
    ['constraints: [{ kind: inequality, low: age, high: id }]', /"id", which is not learned/],
  ])('%s is refused by name', (section, message) => {
    const recipe = recipeOf(`synthesise:\n  ${section}`, 'otherColumns: keep');
    expect(() => requireLearned(recipe, columnFates(recipe, columns))).toThrow(message);
  });
});

describe('the section of a recipe', () => {
  it('has a default for everything', () => {
    expect(settingsOf(recipeOf())).toEqual({
      method: 'copula',
      rareBelow: 5,
      constraints: [],
      conditions: [],
    });
  });

  it.each([
    ['method: copla', /must be copula or tvae or ctgan/],
    ['rowss: 3', /there is no option rowss here. Did you mean rows\?/],
    ['constraints: [{ kind: range, colum: age }]', /no option colum here. Did you mean column\?/],
    ['conditions: [{ column: age, valu: 3 }]', /no option valu here. Did you mean value\?/],
    ['conditions: [{ column: age }]', /needs either a value or a minimum/],
    ['conditions: [{ column: age, value: 1, minimum: 3 }]', /needs either a value or a minimum/],
    ['rareBelow: 1', /rareBelow/],
  ])('%s is refused with its place', (section, message) => {
    expect(() => recipeOf(`synthesise:\n  ${section}`)).toThrow(message);
  });
});
