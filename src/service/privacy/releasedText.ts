import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { drawnColumns } from './releases.ts';
import type { ApplyResult } from './work/apply.ts';

/** What an application has to say to its recipe. */
export interface Applied extends ApplyResult {
  readonly release: string;
  /** It was made of the recipe's own table. */
  readonly isOwn: boolean;
}

/**
 * The text of a recipe after it was applied: of which table, with which key, what was told of its people, and what types
 * there were. `recipe` is as it was applied; the text may have been changed since.
 */
export function releasedText(text: string, recipe: Recipe, result: Applied): string {
  const { key, guarantee, releases } = recipe;
  const {
    inputSha256: sha256,
    inputRows: rows,
    checkValue: check,
    written,
    leftOut,
    release,
    isOwn,
  } = result;
  const usedKey = key && check !== undefined ? { key: { id: key.id, check } } : {};
  const styles = Object.keys(written).length > 0 ? { written } : {};
  const spent = spentMembers(result.spending);
  // The table that got the noise of a release is remembered, whatever is made of others without noise.
  const hasNoise = drawnColumns(recipe).length > 0 || releases?.[release]?.key === undefined;
  const table = hasNoise ? { sha256, rows } : {};
  const made = { releases: { [release]: { ...table, ...usedKey, ...spent, leftOut, ...styles } } };
  if (!isOwn && releases?.[release]) {
    // Another table that may join is no reason to forget the first; what was told of its people counts.
    return Object.keys(spent).length === 0
      ? text
      : changedRecipeText(text, { releases: { [release]: spent } });
  }
  if (!isOwn) {
    return changedRecipeText(text, made);
  }
  const { found } = result;
  // What was kept stands in levels already.
  const searched = guarantee && { found: found && { levels: found.levels, optimal: found.search.optimal } };
  return changedRecipeText(text, {
    release,
    ...(searched && { guarantee: searched }),
    ...(check !== undefined && { key: { check } }),
    input: { sha256, rows },
    columns: Object.fromEntries(Object.entries(result.types).map(([name, type]) => [name, { type }])),
    ...made,
  });
}

/** What is not differentially private leaves what was spent before as it is. */
function spentMembers(spending: ApplyResult['spending']): object {
  if (!spending) {
    return {};
  }
  const { epsilon, delta, answers } = spending;
  return { epsilon, delta, ...(answers.length > 0 && { answers }) };
}
