import { type Document, isMap, parseDocument, stringify } from 'yaml';
import type * as z from 'zod';
import type { recipeSchema } from './recipeSchema.ts';

/** A recipe as it is written, with or without what has a default. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** Members that are written anew; undefined takes one out, and what is not named stays as it is. */
export type Changes = { readonly [name: string]: unknown };

const heading = ' How a table is anonymised. No key stands here: only its name.\n';

/** The text of a new recipe. */
export function newRecipeText(recipe: RecipeInput): string {
  return `#${heading}${stringify(withoutUndefined(recipe), { lineWidth: 100 })}`;
}

/**
 * The text with some members changed, deep inside sections too: comments, order and everything else stay. For
 * instance `{ key: { check }, columns: { age: { method: 'drop', scale: undefined } } }`.
 */
export function changedRecipeText(text: string, changes: Changes): string {
  const document = parseDocument(text);
  change(document, [], changes);
  return document.toString({ lineWidth: 0 });
}

/** The text with a column's method chosen anew: options that the new one does not name are taken out. */
export function recipeTextWithColumn(
  text: string,
  column: string,
  chosen: RecipeInput['columns'][string],
): string {
  const present = parseDocument(text).getIn(['columns', column], true);
  const names = isMap(present) ? present.items.map(({ key }) => String(key)) : [];
  const gone = Object.fromEntries(names.filter((name) => !(name in chosen)).map((name) => [name, undefined]));
  return changedRecipeText(text, { columns: { [column]: { ...gone, ...chosen } } });
}

function change(document: Document, path: readonly string[], changes: Changes): void {
  for (const [name, value] of Object.entries(changes)) {
    const place = [...path, name];
    if (value === undefined) {
      document.deleteIn(place);
    } else if (isSection(value) && isMap(document.getIn(place, true))) {
      change(document, place, value);
    } else {
      write(document, place, value);
    }
  }
}

/** A value keeps the comment behind it. */
function write(document: Document, place: readonly string[], value: unknown): void {
  const before = document.getIn(place, true) as { comment?: string | null } | undefined;
  const node = document.createNode(isSection(value) ? withoutUndefined(value) : value);
  if (before?.comment) {
    node.comment = before.comment;
  }
  document.setIn(place, node);
}

function isSection(value: unknown): value is Changes {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function withoutUndefined(value: object): object {
  return JSON.parse(JSON.stringify(value));
}
