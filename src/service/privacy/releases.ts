import { noiseIsTaken, releaseIsTaken } from './errors.ts';
import type { Recipe } from './recipe/recipeSchema.ts';

/**
 * The recipe as one of its releases was made: with that release's name and the key of then, which may have been
 * rotated since.
 */
export function recipeOfRelease(recipe: Recipe, release: string): Recipe {
  const made = recipe.releases?.[release];
  const key = made?.key ?? recipe.key;
  return { ...recipe, release, ...(key && { key }) };
}

/** What the recipe remembers of its releases, for the keys that they need. */
export function releasesOf({ releases = {} }: Recipe): readonly { release: string; key: string | null }[] {
  return Object.entries(releases).map(([release, { key }]) => ({ release, key: key?.id ?? null }));
}

/** Amounts that are added to numbers, or rows that are exchanged, by draws from the key: in no two tables the same. */
export function drawnColumns({ columns, counts = {} }: Recipe): readonly string[] {
  return [
    ...Object.entries(columns).flatMap(([name, options]) =>
      options.method === 'noise' ||
      options.method === 'rankSwap' ||
      (options.method === 'differentialPrivacy' && options.random === 'key')
        ? [name]
        : [],
    ),
    ...Object.entries(counts).flatMap(([name, { random }]) =>
      random === 'key' ? [`the counts ${name}`] : [],
    ),
  ];
}

/** Another recipe beside this one. */
export interface Sibling {
  readonly name: string;
  readonly recipe: Recipe;
}

export interface Reuse {
  readonly recipe: Recipe;
  readonly recipeName: string;
  /** The table that is read. */
  readonly input: string;
  readonly sha256: string;
  readonly siblings: readonly Sibling[];
}

/**
 * The noise of a release is for one table: two with the same noise tell their differences exactly, and with one of them
 * the other (reference 2.2). Pseudonyms, encryption and the shift of a person's dates may be the same in all tables of
 * a release, so that they can be joined.
 */
export function refuseReuse({ recipe, recipeName, input, sha256, siblings }: Reuse): void {
  const drawn = drawnColumns(recipe);
  if (drawn.length === 0) {
    return;
  }
  const before = recipe.releases?.[recipe.release];
  if (before && before.sha256 !== sha256) {
    throw releaseIsTaken(recipeName, recipe.release, input, drawn);
  }
  for (const { name, recipe: other } of siblings) {
    const made = other.releases?.[recipe.release];
    const isSameKey = other.dataset === recipe.dataset && made?.key?.id === recipe.key?.id;
    const shared = drawnColumns(other).filter((column) => drawn.includes(column));
    if (made && isSameKey && shared.length > 0 && made.sha256 !== sha256) {
      throw noiseIsTaken(name, recipe.release, shared);
    }
  }
}
