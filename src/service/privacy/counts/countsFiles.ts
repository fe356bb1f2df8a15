import fs from 'node:fs';
import path from 'node:path';
import type { CountsChoice, OptionValue } from '../../../protocol/privacy.ts';
import { countsFolderMissing, countsPathTaken, outputExists } from '../errors.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/** Where each table of counts is written, by its name: beside the output where the recipe says nothing. */
export function countsFiles(
  { counts = {} }: Pick<Recipe, 'counts'>,
  folder: string,
  output: string,
): ReadonlyMap<string, string> {
  const stem = output.slice(0, output.length - path.extname(output).length);
  return new Map(
    Object.entries(counts).map(([name, { path: asked }]) => [
      name,
      asked === undefined ? `${stem}.${name}.csv` : path.resolve(folder, asked),
    ]),
  );
}

export interface CountsPlaces {
  /** Files that are something else: the input, the output, the recipe, the reports. */
  readonly taken: readonly string[];
  /** Whether an application before this one wrote it, so that it may be replaced. */
  readonly isOurs: (file: string) => boolean;
  readonly nameOf: (file: string) => string;
}

/** Throws before anything is counted: better than after it. */
export function refuseCountsFiles(files: ReadonlyMap<string, string>, places: CountsPlaces): void {
  const { nameOf, isOurs } = places;
  const taken = new Set(places.taken.map(realName));
  for (const [name, file] of files) {
    if (!fs.statSync(path.dirname(file), { throwIfNoEntry: false })?.isDirectory()) {
      throw countsFolderMissing(name, nameOf(path.dirname(file)));
    }
    const real = realName(file);
    if (taken.has(real)) {
      throw countsPathTaken(name, nameOf(file));
    }
    taken.add(real);
    if (fs.lstatSync(file, { throwIfNoEntry: false }) && !isOurs(file)) {
      throw outputExists(nameOf(file));
    }
  }
}

/** Links followed, as far as the file or its folder is there. */
function realName(file: string): string {
  try {
    return fs.realpathSync(file);
  } catch {
    try {
      return path.join(fs.realpathSync(path.dirname(file)), path.basename(file));
    } catch {
      return file;
    }
  }
}

/** The counts of a recipe as pages and reports show them. */
export function countsChoices({ counts = {}, subject }: Recipe): readonly CountsChoice[] {
  return Object.entries(counts).map(([name, asked]) => ({
    name,
    by: Object.entries(asked.by).map(([column, { categories, bins }]) => ({
      column,
      ...(categories && { categories: categories as readonly OptionValue[] }),
      ...(bins && { bins }),
    })),
    epsilon: asked.epsilon,
    delta: asked.delta,
    rowsPerPerson: asked.rowsPerPerson,
    subject: asked.subject ?? subject ?? null,
  }));
}
