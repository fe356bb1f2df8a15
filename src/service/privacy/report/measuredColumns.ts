import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/** Pairs of columns are compared: a table of thousands would never come to an end. */
const mostMeasured = 60;

/** Those that do not name people; where there are too many, those that matter to people or were changed before others. */
export function measuredColumns(after: EncodedTable, recipe: Recipe): readonly string[] {
  const names = after.columns
    .map(({ name }) => name)
    .filter((name) => recipe.columns[name]?.role !== 'directIdentifier');
  if (names.length <= mostMeasured) {
    return names;
  }
  const weightOf = (name: string) => {
    const { role = 'other', method = 'keep' } = recipe.columns[name] ?? {};
    return (role === 'other' ? 0 : 2) + (method === 'keep' ? 0 : 1);
  };
  const chosen = [...names].sort((a, b) => weightOf(b) - weightOf(a)).slice(0, mostMeasured);
  return names.filter((name) => chosen.includes(name));
}
