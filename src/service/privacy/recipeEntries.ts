import fs from 'node:fs';
import path from 'node:path';
import { errorShape, WorkbenchError } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import type { RecipeProblem } from '../../protocol/privacy.ts';
import { relative } from './changeRecipe.ts';
import { noSuchRecipe } from './errors.ts';
import { proposeRecipe } from './propose.ts';
import { readRecipe, recipeSuffix } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { textOf, writeWhole } from './releaseFiles.ts';
import type { Sibling } from './releases.ts';
import type { Inspection } from './work/inspect.ts';

/** A recipe as it is known here. */
export interface RecipeEntry {
  readonly file: string;
  /** Relative to the workspace folder where it is inside it. */
  readonly name: string;
  readonly text: string;
  readonly isSaved: boolean;
  readonly version: number;
  /** The version at which the text became what it is: what was chosen since then was chosen of this text. */
  readonly textVersion: number;
  /** The text is a proposal that nobody has changed. */
  readonly isProposal: boolean;
  /** The last that could be read. */
  readonly recipe: Recipe | undefined;
  readonly problems: readonly RecipeProblem[];
}

type Entry = { -readonly [Member in keyof RecipeEntry]: RecipeEntry[Member] } & {
  /** Files with hierarchies that are watched for it. */
  readonly hierarchies: Set<string>;
};

/** The recipes of a workspace folder: found, watched, saved, and drafts that nobody has saved. */
export class RecipeEntries implements Disposable {
  readonly #workspace: string;
  readonly #changed = new Emitter<{ recipe: string; version: number }>();
  readonly #entries = new Map<string, Entry>();
  readonly #watchers = new DisposableStore();

  /** `workspace` is a real path. */
  constructor(workspace: string) {
    this.#workspace = workspace;
  }

  /** A recipe, or what it is about, is another one: which, and its version. */
  get onDidChange(): Event<{ readonly recipe: string; readonly version: number }> {
    return this.#changed.event;
  }

  /** The recipe of that name as it is now; a draft where nobody has saved it. */
  find(asked: string): RecipeEntry {
    const file = this.resolve(asked);
    const text = textOf(file);
    if (text !== undefined) {
      return this.#entryOf(file, text, true);
    }
    const known = this.#entries.get(file);
    if (!known) {
      throw noSuchRecipe(this.nameOf(file));
    }
    this.refresh(known);
    return known;
  }

  /** Whether a file or a draft is that recipe. */
  has(file: string): boolean {
    return textOf(file) !== undefined || this.#entries.has(file);
  }

  /** A draft for a table that has no recipe yet. */
  propose(file: string, table: string, inspection: Inspection): RecipeEntry {
    const entry = this.#entryOf(file, this.#proposed(table, inspection), false);
    entry.isProposal = true;
    return entry;
  }

  /** All of a table is known now: what was proposed after a first look at it may be something else. */
  inspected(table: string, inspection: Inspection | undefined): void {
    for (const entry of this.#entries.values()) {
      if (entry.recipe && inputOf(entry, entry.recipe) === table) {
        if (inspection && entry.isProposal) {
          this.#take(entry, this.#proposed(table, inspection), false);
          entry.isProposal = true;
        }
        this.#tellAgain(entry);
      }
    }
  }

  keyChanged(id: string): void {
    for (const entry of this.#entries.values()) {
      if (entry.recipe?.key?.id === id) {
        this.#tellAgain(entry);
      }
    }
  }

  save({ file, name }: RecipeEntry, text: string): void {
    writeWhole(file, text, name);
    this.#take(this.#entries.get(file)!, text, true);
  }

  /** Takes what somebody may have written meanwhile. */
  refresh({ file }: RecipeEntry): void {
    const entry = this.#entries.get(file)!;
    const text = textOf(file);
    if (text !== undefined) {
      this.#take(entry, text, true);
    } else if (entry.isSaved) {
      this.#take(entry, entry.text, false);
    }
  }

  resolve(asked: string): string {
    return path.resolve(this.#workspace, asked).replace(/\.dvc$/, '');
  }

  nameOf(file: string): string {
    const inside = relative(this.#workspace, file);
    return inside === '' || inside.startsWith('..') || path.isAbsolute(inside) ? file : inside;
  }

  dispose(): void {
    this.#watchers.dispose();
  }

  #proposed(table: string, inspection: Inspection): string {
    return proposeRecipe(this.nameOf(table), inspection, today());
  }

  #entryOf(file: string, text: string, isSaved: boolean): Entry {
    const known = this.#entries.get(file);
    if (known) {
      this.#take(known, text, isSaved);
      return known;
    }
    const entry: Entry = {
      file,
      name: this.nameOf(file),
      text,
      isSaved,
      version: 1,
      textVersion: 1,
      isProposal: false,
      hierarchies: new Set(),
      recipe: undefined,
      problems: [],
    };
    readText(entry);
    this.#watchHierarchies(entry);
    this.#entries.set(file, entry);
    this.#watchers.add(watchFile(file, () => this.refresh(entry)));
    return entry;
  }

  /** Takes the text as the entry's own; tells when it is another one. */
  #take(entry: Entry, text: string, isSaved: boolean): void {
    if (entry.text === text && entry.isSaved === isSaved) {
      return;
    }
    entry.text = text;
    entry.isSaved = isSaved;
    entry.version += 1;
    entry.textVersion = entry.version;
    entry.isProposal = false;
    readText(entry);
    this.#watchHierarchies(entry);
    this.#changed.fire({ recipe: entry.name, version: entry.version });
  }

  /** Its text is the same, and what it is about is not. */
  #tellAgain(entry: Entry): void {
    entry.version += 1;
    this.#changed.fire({ recipe: entry.name, version: entry.version });
  }

  /** What a recipe says depends on the hierarchies in other files as well. */
  #watchHierarchies(entry: Entry): void {
    for (const hierarchy of Object.values(entry.recipe?.guarantee?.hierarchies ?? {})) {
      const file = hierarchy.kind === 'file' && path.resolve(path.dirname(entry.file), hierarchy.path);
      if (file && !entry.hierarchies.has(file)) {
        entry.hierarchies.add(file);
        this.#watchers.add(watchFile(file, () => this.#tellAgain(entry)));
      }
    }
  }
}

/** Of a recipe without a mistake. */
export function soundRecipe({ recipe, problems, name }: RecipeEntry): Recipe {
  const [problem] = problems;
  if (problem || !recipe) {
    throw new WorkbenchError('privacy.recipeInvalid', problem?.message ?? `${name} is empty.`);
  }
  return recipe;
}

/** News of the table or of a key is no other text. */
export function isOfText({ version, textVersion }: RecipeEntry, seen: number): boolean {
  return seen >= textVersion && seen <= version;
}

/** Absolute. */
export function inputOf({ file }: Pick<RecipeEntry, 'file'>, recipe: Recipe): string {
  return path.resolve(path.dirname(file), recipe.input.path);
}

/** Absolute. */
export function outputOf({ file }: Pick<RecipeEntry, 'file'>, recipe: Recipe): string {
  return path.resolve(path.dirname(file), recipe.output.path);
}

/** Other recipes in its folder that can be read. */
export function siblingsOf({ file }: Pick<RecipeEntry, 'file'>): readonly Sibling[] {
  const folder = path.dirname(file);
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith(recipeSuffix) && name !== path.basename(file))
    .flatMap((name) => {
      try {
        return [{ name, recipe: readRecipe(textOf(path.join(folder, name)) ?? '', name).recipe }];
      } catch {
        return [];
      }
    });
}

function readText(entry: Entry): void {
  try {
    entry.recipe = readRecipe(entry.text, entry.name).recipe;
    entry.problems = [];
  } catch (error) {
    entry.problems = [problemOf(error, entry.text)];
  }
}

function problemOf(error: unknown, text: string): RecipeProblem {
  const { message, range } = errorShape(error);
  if (!range) {
    return { message };
  }
  const lines = text.slice(0, range.start).split('\n');
  return { message, line: lines.length, column: lines.at(-1)!.length + 1 };
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** Watches the folder, because editors put a new file in the place of the old one. */
function watchFile(file: string, notice: () => void): Disposable {
  let timer: NodeJS.Timeout | undefined;
  try {
    const watcher = fs.watch(path.dirname(file), (_, name) => {
      if (name === null || name === path.basename(file)) {
        clearTimeout(timer);
        timer = setTimeout(notice, 30);
      }
    });
    watcher.on('error', () => undefined);
    return toDisposable(() => {
      clearTimeout(timer);
      watcher.close();
    });
  } catch {
    // Where a folder cannot be watched the recipe is still read anew with every request.
    return toDisposable(() => undefined);
  }
}
