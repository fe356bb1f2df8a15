import { type TextRange, WorkbenchError } from '../../../base/errors.ts';

/** A place in a recipe, for people (line and column from 1) and for the editor. */
export interface RecipePlace {
  readonly line: number;
  readonly column: number;
  readonly range: TextRange;
}

const nothing = 'Nothing was written.';

function at(name: string, { line, column }: RecipePlace): string {
  return `${name}:${line}:${column}`;
}

function open(name: string, place: RecipePlace) {
  const subject = at(name, place);
  return { range: place.range, actions: [{ kind: 'openFile', title: 'Open Recipe', subject }] as const };
}

/** `problem` ends with a full stop. */
export function recipeInvalid(name: string, place: RecipePlace, problem: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.recipeInvalid',
    `${at(name, place)}: ${problem} ${nothing} Correct the recipe and try again.`,
    open(name, place),
  );
}

export function recipeUnknownOption(
  name: string,
  place: RecipePlace,
  option: string,
  nearest: string | undefined,
  known: readonly string[],
): WorkbenchError {
  const advice = nearest ? `Did you mean ${nearest}?` : `Known here: ${known.join(', ')}.`;
  return new WorkbenchError(
    'privacy.recipeUnknownOption',
    `${at(name, place)}: there is no option ${option} here. ${advice} ${nothing}`,
    open(name, place),
  );
}

export function recipeUnknownMethod(
  name: string,
  place: RecipePlace,
  written: string,
  nearest: string | undefined,
  known: readonly string[],
): WorkbenchError {
  const advice = nearest ? `Did you mean ${nearest}?` : `Known methods: ${known.join(', ')}.`;
  return new WorkbenchError(
    'privacy.recipeUnknownMethod',
    `${at(name, place)}: there is no method ${written}. ${advice} ${nothing}`,
    open(name, place),
  );
}

export function keyInRecipe(name: string, place: RecipePlace): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyInRecipe',
    `${at(name, place)}: here stands something that looks like a key, and recipes are shared. ${nothing} ` +
      'Take it out and write only the name of the key. If it was a key and was committed, rotate it.',
    open(name, place),
  );
}
