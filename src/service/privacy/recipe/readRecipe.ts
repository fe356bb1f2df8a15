import { createHash } from 'node:crypto';
import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml';
import type * as z from 'zod';
import type { TextRange, WorkbenchError } from '../../../base/errors.ts';
import { nearestWord } from '../../../base/nearestWord.ts';
import { methodNames } from '../methods/descriptions.ts';
import {
  keyInRecipe,
  type RecipePlace,
  recipeInvalid,
  recipeUnknownMethod,
  recipeUnknownOption,
} from './errors.ts';
import { findKeyText } from './findKeyText.ts';
import { knownOptions } from './knownOptions.ts';
import { type Recipe, recipeSchema } from './recipeSchema.ts';

/** A recipe as it was read. */
export interface RecipeFile {
  /** For sentences. */
  readonly name: string;
  readonly text: string;
  /** With the defaults filled in. */
  readonly recipe: Recipe;
  /** SHA-256 of what it says, in 64 hex digits: comments, order and spacing do not count. */
  readonly hash: string;
}

export const recipeSuffix = '.anonymise.yaml';

/** Throws the first error with its line and column. */
export function readRecipe(text: string, name: string): RecipeFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, merge: true });
  const places = new Places(document, lines);
  const problem = document.errors[0];
  if (problem) {
    const [sentence = ''] = problem.message.split(/ at line \d+/);
    throw recipeInvalid(name, places.at(...problem.pos), `${sentence.replace(/[.:]?$/, '')}.`);
  }
  const secret = findKeyText(text, places.ofHashes());
  if (secret) {
    throw keyInRecipe(name, places.at(secret.start, secret.end));
  }
  const data: unknown = document.toJS({ maxAliasCount: 100 });
  const parsed = recipeSchema.safeParse(data);
  if (!parsed.success) {
    const issues = parsed.error.issues.flatMap((issue) => issuesWithin(issue, data));
    // A misspelt option comes before the missing one that it should have been.
    const first = issues.find(({ code }) => code === 'unrecognized_keys') ?? issues[0]!;
    throw errorOfIssue(first, data, places, name);
  }
  return { name, text, recipe: parsed.data, hash: recipeHash(data) };
}

/** Of the data as JSON with sorted names, so that a comment or another order leaves it as it was. */
export function recipeHash(data: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(data)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (value === null || typeof value !== 'object') {
    return value;
  }
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // A list of pairs, because an object puts names that are numbers first.
  return entries.map(([key, each]) => [key, sorted(each)]);
}

/** Where one or several may stand, what is wrong with what was written, instead of that it is neither. */
function issuesWithin(issue: z.core.$ZodIssue, data: unknown): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length !== 2) {
    return [issue];
  }
  const path = issue.path as (string | number)[];
  const within = issue.errors[Array.isArray(at(data, path)) ? 1 : 0]!;
  return within.map((each) => ({ ...each, path: [...path, ...each.path] }));
}

function errorOfIssue(issue: z.core.$ZodIssue, data: unknown, places: Places, name: string): WorkbenchError {
  const path = issue.path as (string | number)[];
  if (issue.code === 'unrecognized_keys') {
    const option = issue.keys[0]!;
    const known = knownOptions(path, data);
    return recipeUnknownOption(
      name,
      places.ofKey([...path, option]),
      option,
      nearestWord(option, known),
      known,
    );
  }
  if (issue.code === 'invalid_union' && path.at(-1) === 'method' && path[0] === 'columns') {
    const written = at(data, path);
    if (written === undefined) {
      return recipeInvalid(
        name,
        places.of(path.slice(0, -1)),
        `method is missing: one of ${methodNames.join(', ')}.`,
      );
    }
    const nearest = nearestWord(String(written), methodNames);
    return recipeUnknownMethod(name, places.of(path), String(written), nearest, methodNames);
  }
  if (issue.code === 'invalid_type' && at(data, path) === undefined) {
    return recipeInvalid(name, places.of(path.slice(0, -1)), `${path.at(-1)} is missing.`);
  }
  return recipeInvalid(name, places.of(path), `${path.join('.') || 'The recipe'}: ${sentenceOf(issue)}.`);
}

function sentenceOf(issue: z.core.$ZodIssue): string {
  const names: Readonly<Record<string, string>> = {
    string: 'a text (put it in quotes)',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'a section of names and values',
    record: 'a section of names and values',
  };
  if (issue.code === 'invalid_type') {
    return `must be ${names[issue.expected] ?? issue.expected}`;
  }
  if (issue.code === 'invalid_value') {
    return `must be ${issue.values.map(String).join(' or ')}`;
  }
  return issue.message.replace(/\.$/, '').replace(/^(Invalid|Too)/, (word) => word.toLowerCase());
}

function at(data: unknown, path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      value !== null && typeof value === 'object' ? (value as Record<string, unknown>)[key] : undefined,
    data,
  );
}

/** Where in the text the parts of a document are. */
class Places {
  readonly #document: Document;
  readonly #lines: LineCounter;

  constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
  }

  at(start: number, end: number): RecipePlace {
    const { line, col } = this.#lines.linePos(start);
    return { line, column: col, range: { start, end } };
  }

  /** Of the value at a path, or of the nearest section around it that is there. */
  of(path: readonly (string | number)[]): RecipePlace {
    const node = this.#document.getIn(path, true);
    if (isNode(node) && node.range) {
      return this.at(node.range[0], node.range[1]);
    }
    return path.length === 0 ? this.at(0, 0) : this.of(path.slice(0, -1));
  }

  /** Of the name at the end of a path. */
  ofKey(path: readonly (string | number)[]): RecipePlace {
    const section =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true);
    const pair = isMap(section)
      ? section.items.find(
          (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === path.at(-1),
        )
      : undefined;
    const key = pair?.key;
    return isScalar(key) && key.range ? this.at(key.range[0], key.range[1]) : this.of(path);
  }

  /** Where SHA-256 of tables stand, which look like keys. */
  ofHashes(): readonly TextRange[] {
    const releases = this.#document.getIn(['releases'], true);
    const names = isMap(releases) ? releases.items.map(({ key }) => (isScalar(key) ? key.value : key)) : [];
    const paths = [['input', 'sha256'], ...names.map((name) => ['releases', name, 'sha256'])];
    return paths.flatMap((each) => {
      const node = this.#document.getIn(each, true);
      return isNode(node) && node.range ? [{ start: node.range[0], end: node.range[1] }] : [];
    });
  }
}
