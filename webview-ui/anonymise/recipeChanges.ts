import type { CountsChoice, RecipeChange, RecipeColumn, RecipeState } from '../../src/protocol/privacy.ts';

/** The recipe as it will be after a change, for a page that does not wait for the answer. */
export function withChange(recipe: RecipeState, change: RecipeChange): RecipeState {
  const { kind } = change;
  switch (kind) {
    case 'role':
      return withColumn(recipe, change.column, { role: change.role, confirmed: true });
    case 'method':
      return withColumn(recipe, change.column, { method: change.method });
    case 'guarantee':
      return { ...recipe, guarantee: change.guarantee };
    case 'counts':
      return { ...recipe, counts: withCounts(recipe.counts ?? [], change) };
    case 'levels': {
      const { keptLevels: _before, ...rest } = recipe;
      return change.levels ? { ...rest, keptLevels: change.levels } : rest;
    }
    // Only the service knows the values.
    case 'hierarchy':
      return recipe;
    case 'output':
      return { ...recipe, output: change.path };
    case 'key':
      return { ...recipe, key: { ...recipe.key, id: change.id } };
    case 'save':
      return recipe;
  }
}

/**
 * What a change is about; with a recipe, together with what stands there now. Where that is the same in two versions
 * of a recipe, nobody else has chosen about it.
 */
export function chosenBy(change: RecipeChange, recipe?: RecipeState): string {
  const name = 'column' in change ? change.column : change.kind === 'counts' ? change.name : undefined;
  const column = recipe?.columns.find((each) => each.name === name);
  const now = {
    role: column?.role,
    method: column?.method,
    guarantee: recipe?.guarantee,
    levels: recipe?.keptLevels,
    hierarchy: column?.hierarchy,
    counts: recipe?.counts?.find((each) => each.name === name),
    output: recipe?.output,
    key: recipe?.key.id,
    save: undefined,
  }[change.kind];
  return JSON.stringify([change.kind, name, now]);
}

function withCounts(
  present: readonly CountsChoice[],
  { name, counts }: Extract<RecipeChange, { kind: 'counts' }>,
): readonly CountsChoice[] {
  if (counts === null) {
    return present.filter((each) => each.name !== name);
  }
  return present.some((each) => each.name === name)
    ? present.map((each) => (each.name === name ? counts : each))
    : [...present, counts];
}

function withColumn(recipe: RecipeState, name: string, change: Partial<RecipeColumn>): RecipeState {
  return {
    ...recipe,
    columns: recipe.columns.map((column) => (column.name === name ? { ...column, ...change } : column)),
  };
}
