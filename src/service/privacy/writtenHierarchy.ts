import path from 'node:path';
import type { RecipeChange } from '../../protocol/privacy.ts';
import { recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import type { HierarchyText } from './work/hierarchyText.ts';

export type HierarchyChange = Extract<RecipeChange, { kind: 'hierarchy' }>;

interface RecipeAsWritten {
  readonly text: string;
  readonly recipe: Recipe;
  /** Absolute. */
  readonly file: string;
}

/** The text of a recipe with the hierarchy of a column in it, or the path of a table that is to be written beside it. */
export function writtenHierarchy(
  { text, recipe, file }: RecipeAsWritten,
  { column, as }: HierarchyChange,
  { rule, csv }: HierarchyText,
): { readonly text: string; readonly table?: { readonly file: string; readonly csv: string } } {
  const name = hierarchyName(recipe, column);
  if (rule && (as === 'rule' || csv === undefined)) {
    return { text: withSection(text, name, rule) };
  }
  const stem = file.slice(0, file.length - recipeSuffix.length);
  const table = `${stem}.${name.replace(/[^\p{L}\p{N}-]+/gu, '-')}.hierarchy.csv`;
  return {
    text: withSection(text, name, { kind: 'file', path: path.basename(table) }),
    table: { file: table, csv: csv ?? '' },
  };
}

/** By which a column finds its hierarchy in the recipe. */
export function hierarchyName({ columns }: Pick<Recipe, 'columns'>, column: string): string {
  const options = columns[column];
  return options?.method === 'generalise' ? (options.hierarchy ?? column) : column;
}

/** Nothing of another kind of hierarchy stays beside it. */
function withSection(text: string, name: string, section: object): string {
  const without = changedRecipeText(text, { guarantee: { hierarchies: { [name]: undefined } } });
  return changedRecipeText(without, { guarantee: { hierarchies: { [name]: section } } });
}
