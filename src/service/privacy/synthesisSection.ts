import { createHash, randomBytes } from 'node:crypto';
import path from 'node:path';
import { lengthPrefixed } from '../../keys/derive.ts';
import { wrongKey } from '../../keys/errors.ts';
import type { KeyRing, MasterKey } from '../../keys/masterKey.ts';
import type { RecipeKey } from '../../protocol/privacy.ts';
import type { SynthesisChoices, SynthesisState } from '../../protocol/synthesis.ts';
import { keyMissing } from './errors.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { settingsOf } from './synthesise/settings.ts';

/** What the recipe asks for, with its defaults. */
export function choicesOf(recipe: Recipe): SynthesisChoices {
  const { method, rows, seed, target, epochs, rareBelow, output, constraints, conditions } =
    settingsOf(recipe);
  return {
    ...{ method, rareBelow, constraints, conditions },
    rows: rows ?? null,
    seed: seed ?? null,
    target: target ?? null,
    epochs: epochs ?? null,
    output: output ?? null,
  };
}

/** The text with these choices, comments kept. */
export function textWithChoices(text: string, choices: SynthesisChoices): string {
  const { method, rareBelow, constraints, conditions } = choices;
  const optional = { ...choices, constraints: undefined, conditions: undefined };
  return changedRecipeText(text, {
    synthesise: {
      method,
      rows: optional.rows ?? undefined,
      seed: optional.seed ?? undefined,
      target: optional.target ?? undefined,
      epochs: optional.epochs ?? undefined,
      rareBelow: rareBelow === 5 ? undefined : rareBelow,
      output: optional.output ?? undefined,
      constraints: constraints.length === 0 ? undefined : constraints.map(defined),
      conditions: conditions.length === 0 ? undefined : conditions.map(defined),
    },
  });
}

function defined(each: object): object {
  return Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined));
}

/** Beside the table, of its kind. */
export function syntheticPathOf(table: string): string {
  const extension = path.extname(table);
  return `${table.slice(0, table.length - extension.length)}.synthetic${extension}`;
}

/** A key that nobody has made yet stands in nobody's way: only what was made with it needs it again. */
export function seedKind(recipe: Recipe, keys: KeyRing): SynthesisState['seed'] {
  const { key } = recipe;
  if (settingsOf(recipe).seed !== undefined) {
    return 'stated';
  }
  return key && (key.check !== undefined || keys.get(key.id)) ? 'key' : 'chance';
}

export function keyStateOf(recipe: Recipe, keys: KeyRing): RecipeKey {
  const { key } = recipe;
  const wasUsed = key?.check !== undefined;
  if (!key || seedKind(recipe, keys) !== 'key') {
    return { id: key?.id ?? null, state: 'notNeeded', wasUsed };
  }
  const held = keys.get(key.id);
  const isOther = held && wasUsed && held.checkValue !== key.check;
  return { id: key.id, state: isOther ? 'other' : held ? 'ready' : 'missing', wasUsed };
}

/**
 * 32 bytes from which everything random comes. `check` is for the recipe, where the key's own has not been written
 * down. Throws `privacy.keyMissing` and `privacy.wrongKey`.
 */
export function seedOf(
  recipe: Recipe,
  keys: KeyRing,
): { readonly seed: Uint8Array; readonly check: string | undefined } {
  const { dataset, release, key } = recipe;
  const { seed } = settingsOf(recipe);
  if (seed !== undefined) {
    const parts = lengthPrefixed(['anon/v1', 'synth', dataset, release, String(seed)]);
    return { seed: createHash('sha256').update(parts).digest(), check: undefined };
  }
  if (!key || seedKind(recipe, keys) === 'chance') {
    return { seed: randomBytes(32), check: undefined };
  }
  const held: MasterKey | undefined = keys.get(key.id);
  if (!held) {
    throw keyMissing(key.id);
  }
  if (key.check !== undefined && key.check !== held.checkValue) {
    throw wrongKey(key.id);
  }
  const bytes = held.subkey({ purpose: 'synth', dataset, release, subject: 'rows' });
  return { seed: bytes, check: key.check === undefined ? held.checkValue : undefined };
}
