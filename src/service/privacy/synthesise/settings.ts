import type { Recipe } from '../recipe/recipeSchema.ts';
import { type SynthesiseRecipe, synthesiseSchema } from '../recipe/synthesiseSchema.ts';

/** What a recipe asks for; the defaults where it says nothing of synthetic rows. */
export function settingsOf({ synthesise }: Recipe): SynthesiseRecipe {
  return synthesise ?? synthesiseSchema.parse({});
}

/** Of larger tables a fair sample is learned: models do not become better by more, and learn in memory. */
export const mostLearned = 1_000_000;
