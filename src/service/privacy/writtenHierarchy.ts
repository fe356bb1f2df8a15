import path from 'node:path';
import type { RecipeChange } from '../../protocol/privacy.ts';
import { recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { hierarchyName } from './work/hierarchies.ts';
import type { HierarchyText } from './work/hierarchyText.ts';

/** Changes for which the values of columns are needed. */
export type HierarchyChange = Extract<RecipeChange, { kind: 'hierarchy' | 'levels' }>;

interface RecipeAsWritten {
  readonly text: string;
  readonly recipe: Recipe;
  /** Absolute. */
  readonly file: string;
}

/** Columns whose hierarchies are to be written down. Levels can be kept only where the hierarchies stay what they are. */
export function hierarchiesToWrite(recipe: Recipe, change: HierarchyChange): readonly string[] {
  if (change.kind === 'hierarchy') {
    return [change.column];
  }
  return Object.keys(change.levels ?? {}).filter((name) => {
    const column = recipe.columns[name];
    const isSearched =
      column?.method === 'generalise' && column.bins === undefined && column.to === undefined;
    const kind = recipe.guarantee?.hierarchies[hierarchyName(recipe, name)]?.kind ?? 'automatic';
    return isSearched && kind === 'automatic';
  });
}

/** The text of a recipe with hierarchies in it, and the tables that are to be written beside it. */
export function withHierarchies(
  { text, recipe, file }: RecipeAsWritten,
  change: HierarchyChange,
  found: readonly HierarchyText[],
): { readonly text: string; readonly tables: readonly { readonly file: string; readonly csv: string }[] } {
  const tables: { file: string; csv: string }[] = [];
  let next = text;
  for (const { column, rule, csv } of found) {
    const name = hierarchyName(recipe, column);
    const wantsTable = change.kind === 'hierarchy' && change.as === 'table' && csv !== undefined;
    if (rule && !wantsTable) {
      next = withSection(next, recipe, name, rule);
    } else {
      const table = tableFile(file, name);
      next = withSection(next, recipe, name, { kind: 'file', path: path.basename(table) });
      tables.push({ file: table, csv: csv ?? '' });
    }
  }
  return {
    text:
      change.kind === 'levels'
        ? changedRecipeText(next, { guarantee: { levels: change.levels ?? undefined } })
        : next,
    tables,
  };
}

function tableFile(recipe: string, name: string): string {
  const stem = recipe.slice(0, recipe.length - recipeSuffix.length);
  return `${stem}.${name.replace(/[^\p{L}\p{N}-]+/gu, '-')}.hierarchy.csv`;
}

/** Nothing of another kind of hierarchy stays beside it. */
function withSection(text: string, { guarantee }: Recipe, name: string, section: object): string {
  const without = guarantee?.hierarchies[name]
    ? changedRecipeText(text, { guarantee: { hierarchies: { [name]: undefined } } })
    : text;
  return changedRecipeText(without, { guarantee: { hierarchies: { [name]: section } } });
}
