import fs from 'node:fs';
import path from 'node:path';
import { errorShape } from '../../base/errors.ts';
import type { KeyRing } from '../../keys/masterKey.ts';
import type { RecipeProblem } from '../../protocol/privacy.ts';
import type {
  AskSynthesis,
  ChangeSynthesis,
  PreviewSynthesis,
  StartedSynthesis,
  StartSynthesis,
  SynthesisColumn,
  SynthesisEstimate,
  SynthesisedTable,
  SynthesisPreview,
  SynthesisState,
} from '../../protocol/synthesis.ts';
import { refuseTarget } from '../data/writeTable.ts';
import { outputExists, recipeHasProblems, recipeIsNewer } from './errors.ts';
import { runJob } from './jobRunner.ts';
import { columnTypeOf } from './methods/columnType.ts';
import { readRecipe } from './recipe/readRecipe.ts';
import type { Recipe } from './recipe/recipeSchema.ts';
import { changedRecipeText } from './recipe/writeRecipe.ts';
import { inputOf, isOfText, type RecipeEntries, type RecipeEntry, soundRecipe } from './recipeEntries.ts';
import { refuseInput, reportFiles } from './releaseFiles.ts';
import { estimateOf } from './synthesisEstimate.ts';
import { columnFates, requireLearned } from './synthesise/columnFates.ts';
import { tooFewRows } from './synthesise/errors.ts';
import { settingsOf } from './synthesise/settings.ts';
import { SynthesisRuns, type SynthesisRunsOptions, type SynthesisWork } from './synthesisRuns.ts';
import {
  choicesOf,
  keyStateOf,
  seedKind,
  seedOf,
  syntheticPathOf,
  textWithChoices,
} from './synthesisSection.ts';
import type { Inspection } from './work/inspect.ts';

/** What all work on recipes shares. */
export interface SynthesisOptions extends SynthesisRunsOptions {
  readonly entries: RecipeEntries;
  readonly keys: KeyRing;
  open(asked: string, work: SynthesisWork): Promise<RecipeEntry>;
  inspect(file: string, work: SynthesisWork): Promise<Inspection>;
}

export interface Synthesis {
  openSynthesis(asked: { path: string }, work: SynthesisWork): Promise<SynthesisState>;
  changeSynthesis(asked: ChangeSynthesis, work: SynthesisWork): Promise<SynthesisState>;
  estimateSynthesis(asked: AskSynthesis, work: SynthesisWork): Promise<SynthesisEstimate>;
  previewSynthesis(asked: PreviewSynthesis, work: SynthesisWork): Promise<SynthesisPreview>;
  startSynthesis(asked: StartSynthesis, work: SynthesisWork): Promise<StartedSynthesis>;
  followSynthesis(asked: { run: string }, work: SynthesisWork): Promise<SynthesisedTable>;
}

/** So many distinct values of a column are offered for conditions. */
const offeredValues = 30;

/** Synthetic tables: what a recipe asks for, how long it would take, and the runs that are at work. */
export function createSynthesis(options: SynthesisOptions): Synthesis {
  const { scratch, copies, keys, entries, leaving, nameOf } = options;
  const runs = new SynthesisRuns(options);
  const either = (signal: AbortSignal) => AbortSignal.any([signal, leaving]);
  const outputOf = (entry: RecipeEntry, recipe: Recipe) => {
    const { output } = settingsOf(recipe);
    return output === undefined
      ? syntheticPathOf(inputOf(entry, recipe))
      : path.resolve(path.dirname(entry.file), output);
  };
  /** As for an application: never the input, and only what a synthesis wrote is replaced. */
  const refuseOutput = (input: string, target: string, overwrite: boolean) => {
    refuseInput({ input, target, nameOf });
    refuseTarget({ file: input }, { target, targetName: nameOf(target), overwrite });
    if (overwrite && fs.existsSync(target) && !fs.existsSync(reportFiles(target).json)) {
      throw outputExists(nameOf(target));
    }
  };

  const state = async (entry: RecipeEntry, work: SynthesisWork): Promise<SynthesisState> => {
    const recipe = entry.recipe ?? soundRecipe(entry);
    const input = inputOf(entry, recipe);
    const inspection = await options.inspect(input, work);
    const output = nameOf(outputOf(entry, recipe));
    const { columns, problem } = columnsOf(recipe, inspection);
    return {
      ...{ recipe: entry.name, saved: entry.isSaved, version: entry.version, output, columns },
      input: { path: nameOf(input), rows: inspection.rows, bytes: inspection.bytes },
      choices: choicesOf(recipe),
      key: keyStateOf(recipe, keys),
      seed: seedKind(recipe, keys),
      problems: entry.problems.length > 0 ? entry.problems : problem ? [problem] : [],
      running: runs.runningOn(output) ?? null,
      last: runs.lastOf(entry.text),
    };
  };
  /** As it would be with other choices; nothing is written. */
  const asked = ({ recipe: name, choices }: AskSynthesis) => {
    const entry = entries.find(name);
    const recipe = soundRecipe(entry);
    if (!choices) {
      return { entry, recipe, text: entry.text };
    }
    const text = textWithChoices(entry.text, choices);
    return { entry, recipe: readRecipe(text, entry.name).recipe, text };
  };
  const jobOf = (entry: RecipeEntry, recipe: Recipe, text: string) => ({
    recipe: { text, name: entry.name, folder: path.dirname(entry.file) },
    file: inputOf(entry, recipe),
    name: nameOf(inputOf(entry, recipe)),
  });

  return {
    openSynthesis: async ({ path: file }, work) => state(await options.open(file, work), work),
    changeSynthesis: async ({ recipe: name, version, choices }, work) => {
      const entry = entries.find(name);
      if (!isOfText(entry, version)) {
        throw recipeIsNewer(entry.name);
      }
      const [problem] = entry.problems;
      if (problem) {
        throw recipeHasProblems(entry.name, problem.message);
      }
      const text = textWithChoices(entry.text, choices);
      readRecipe(text, entry.name);
      entries.save(entry, text);
      return state(entry, work);
    },
    estimateSynthesis: async (ask, work) => {
      const { entry, recipe } = asked(ask);
      const inspection = await options.inspect(inputOf(entry, recipe), work);
      return estimateOf(recipe, inspection, (input) =>
        runJob('estimateSynthesis', { ...input, file: inputOf(entry, recipe) }, scratch, {
          ...{ copies, signal: either(work.signal), report: work.report },
        }),
      );
    },
    previewSynthesis: ({ rows, ...ask }, { signal, report }) => {
      const { entry, recipe, text } = asked(ask);
      const job = { ...jobOf(entry, recipe, text), rows: Math.min(Math.max(1, Math.trunc(rows)), 100) };
      return runJob('previewSynthesis', job, scratch, { copies, signal: either(signal), report });
    },
    startSynthesis: async ({ recipe: name, replace = false }, work) => {
      const entry = entries.find(name);
      const recipe = soundRecipe(entry);
      const target = outputOf(entry, recipe);
      const output = nameOf(target);
      const known = runs.runningOn(output);
      if (known) {
        return known;
      }
      const input = inputOf(entry, recipe);
      const inspection = await options.inspect(input, work);
      // Meanwhile somebody else may have started it.
      const other = runs.runningOn(output);
      if (other) {
        return other;
      }
      refuseSmall(recipe, inspection);
      const fates = columnFates(recipe, inspection.columns);
      requireLearned(recipe, fates);
      refuseOutput(input, target, replace);
      const { seed, check } = seedOf(recipe, keys);
      if (check !== undefined || !entry.isSaved) {
        entries.save(
          entry,
          check === undefined ? entry.text : changedRecipeText(entry.text, { key: { check } }),
        );
      }
      const learned = fates.filter(({ fate }) => fate === 'learned').map(({ name: column }) => column);
      const job = {
        ...jobOf(entry, recipe, entry.text),
        ...{ seed: Buffer.from(seed).toString('hex'), target, output, overwrite: replace },
      };
      return runs.start(job, {
        experiment: `Synthesise ${path.basename(input)}`,
        command: ['mlops', 'anonymise', 'synthesise', entry.name],
        script: entry.name,
        parameters: parametersOf(entry, recipe, keys, learned, {
          input: nameOf(input),
          rows: `${inspection.isEstimate ? 'about ' : ''}${inspection.rows}`,
          output,
        }),
      });
    },
    followSynthesis: ({ run }, work) => runs.follow(run, work),
  };
}

/** Before anything is read, where all rows were counted. */
function refuseSmall(recipe: Recipe, { rows, isEstimate }: Inspection): void {
  const needed = 2 * settingsOf(recipe).rareBelow;
  if (!isEstimate && rows < needed) {
    throw tooFewRows(rows, needed);
  }
}

function columnsOf(
  recipe: Recipe,
  { columns }: Inspection,
): { readonly columns: readonly SynthesisColumn[]; readonly problem: RecipeProblem | undefined } {
  try {
    const fates = columnFates(recipe, columns);
    const { rareBelow } = settingsOf(recipe);
    const described = columns.map(({ type, frequent }, at): SynthesisColumn => {
      const { kind } = columnTypeOf(type);
      return {
        ...fates[at]!,
        ordered: ['integer', 'double', 'decimal', 'date', 'timestamp'].includes(kind),
        values: frequent
          .filter(({ value, count }) => value !== null && count >= rareBelow)
          .slice(0, offeredValues)
          .map(({ value }) => String(value)),
      };
    });
    return { columns: described, problem: problemOf(() => requireLearned(recipe, fates)) };
  } catch (error) {
    return { columns: [], problem: { message: errorShape(error).message } };
  }
}

function problemOf(check: () => void): RecipeProblem | undefined {
  try {
    check();
    return undefined;
  } catch (error) {
    return { message: errorShape(error).message };
  }
}

function parametersOf(
  entry: RecipeEntry,
  recipe: Recipe,
  keys: KeyRing,
  learned: readonly string[],
  { input, rows, output }: { readonly input: string; readonly rows: string; readonly output: string },
): Record<string, string> {
  const { method, rows: asked, epochs, target, rareBelow, constraints, conditions } = settingsOf(recipe);
  const seed = seedKind(recipe, keys);
  return {
    method,
    rows: asked === undefined ? rows : String(asked),
    ...(epochs !== undefined && { epochs: String(epochs) }),
    ...(target !== undefined && { target }),
    columns: String(learned.length),
    learned: learned.join(', ').slice(0, 500),
    rare_below: String(rareBelow),
    ...(constraints.length > 0 && { constraints: JSON.stringify(constraints).slice(0, 500) }),
    ...(conditions.length > 0 && { conditions: JSON.stringify(conditions).slice(0, 500) }),
    seed:
      seed === 'key'
        ? `from the key ${recipe.key!.id}`
        : seed === 'stated'
          ? 'stated in the recipe'
          : 'by chance',
    input,
    input_rows: rows,
    output,
    recipe: entry.name,
    recipe_hash: readRecipe(entry.text, entry.name).hash,
  };
}
