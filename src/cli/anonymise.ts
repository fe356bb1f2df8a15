import path from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { environmentKeyRing, makeKeyInFile } from '../keys/keySources.ts';
import { keyFileVariable } from '../keys/keyVariable.ts';
import {
  applyRecipe,
  changeRecipe,
  handKey,
  openRecipe,
  previewRecipe,
  type RecipeState,
  restoreData,
} from '../protocol/privacy.ts';
import { getPrivacyReport } from '../protocol/privacyReport.ts';
import { noKeyFile, noLevelsFound } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, sendWithProgress } from './invocation.ts';
import {
  appliedSentences,
  levelSentences,
  renderPreview,
  renderRecipe,
  renderReport,
  restoredSentences,
} from './render/privacyText.ts';
import { synthesiseCommand } from './synthesise.ts';
import { pathInWorkspace } from './workspace.ts';

const examples = `
Examples:
  mlops anonymise suggest people.csv     find personal data and write people.anonymise.yaml, to be edited
  mlops anonymise risk people.csv        what that would do; nothing is written
  mlops anonymise apply people.csv       write people.anonymised.csv and its privacy report
  mlops anonymise restore people.anonymise.yaml people.anonymised.csv restored.csv

What is random comes from a key. It is read from MLOPS_ANONYMISE_KEY_<NAME>, or from the file that
${keyFileVariable} names, in which \`mlops anonymise key NAME\` makes one. The key my-key is in
MLOPS_ANONYMISE_KEY_MY_KEY; my.key, my_key and My-Key would be as well, so of those it holds \`NAME = KEY\`.`;

/** `mlops anonymise …`: personal data found, transformed by a recipe, measured, and brought back by the key holder. */
export function anonymiseCommands(program: Command, handle: Handle): void {
  const anonymise = program
    .command('anonymise')
    .description('find personal data in a table, transform it by a recipe and measure what is left')
    .addHelpText('after', examples);
  addAction(
    anonymise
      .command('suggest')
      .description('look for personal data and write a recipe beside the table; an existing one is shown')
      .argument('<table>', 'a CSV, TSV, JSON, Parquet or Arrow file, or a versioned one'),
    handle,
    suggest,
  );
  addAction<ApplyOptions>(
    anonymise
      .command('apply')
      .description('write the output and its report, all or nothing')
      .argument('<recipe>', 'NAME.anonymise.yaml, or the table beside it')
      .option('--input <table>', 'another table of the same columns')
      .option('--output <file>', 'another place for the output')
      .option('--release <name>', 'a new release: the noise of one is for one table')
      .option('--overwrite', 'replace the output of an application before this one'),
    handle,
    apply,
  );
  addAction(
    anonymise
      .command('risk')
      .description('what the recipe would do to risk and use; nothing is written')
      .argument('<recipe>', 'NAME.anonymise.yaml, or the table beside it')
      .option(
        '--seconds <number>',
        'how long the best generalisation may be searched; 2 without it',
        readSeconds,
      ),
    handle,
    risk,
  );
  addAction<LevelsOptions>(
    anonymise
      .command('levels')
      .description('the level on which each column is generalised: searched anew for each table, or kept')
      .argument('<recipe>', 'NAME.anonymise.yaml, or the table beside it')
      .option('--keep', 'keep those that were found when the recipe was last applied, and their hierarchies')
      .option('--search', 'search them anew each time'),
    handle,
    levels,
  );
  addAction(
    anonymise
      .command('report')
      .description('what the last application of a recipe left')
      .argument('<recipe>', 'NAME.anonymise.yaml, or the table beside it'),
    handle,
    report,
  );
  synthesiseCommand(anonymise, handle);
  addAction<RestoreOptions>(
    anonymise
      .command('restore')
      .description('with the key: write the columns whose method can be undone to a new file')
      .argument('<recipe>', 'NAME.anonymise.yaml')
      .argument('<input>', 'the anonymised table')
      .argument('<output>', 'where to write the restored one')
      .option('--release <name>', 'of the anonymised table, where its report is not beside it'),
    handle,
    restore,
  );
  addAction(
    anonymise
      .command('key')
      .description(`make a key in the file that ${keyFileVariable} names, outside the workspace`)
      .argument('<name>', 'the id by which recipes know it'),
    handle,
    key,
  );
}

async function suggest(invocation: Invocation, _: object, [typed]: readonly string[]): Promise<number> {
  const { session, terminal } = invocation;
  const found = await open(invocation, typed!);
  const state = found.saved
    ? found
    : await session.send(changeRecipe, {
        recipe: found.recipe,
        version: found.version,
        change: { kind: 'save' },
      });
  terminal.printJson(state);
  terminal.print(renderRecipe(state, terminal));
  if (!terminal.json) {
    const keyHint =
      state.key.state === 'missing'
        ? ` It needs the key ${state.key.id}: mlops anonymise key ${state.key.id}`
        : '';
    terminal.say(`${found.saved ? 'The recipe is' : 'Wrote'} ${state.recipe}.${keyHint}`);
  }
  return exitCodes.success;
}

interface ApplyOptions {
  readonly input?: string;
  readonly output?: string;
  readonly release?: string;
  readonly overwrite?: boolean;
}

async function apply(
  invocation: Invocation,
  { input, output, release, overwrite }: ApplyOptions,
  [typed]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const { recipe } = await openWithKey(invocation, typed!);
  const result = await sendWithProgress(invocation, `Anonymising with ${recipe}`, applyRecipe, {
    recipe,
    ...(input !== undefined && { input: resolved(invocation, input) }),
    ...(output !== undefined && { output: resolved(invocation, output) }),
    ...(release !== undefined && { release }),
    replace: overwrite ?? false,
  });
  terminal.printJson(result);
  terminal.print(appliedSentences(result));
  return exitCodes.success;
}

interface RiskOptions {
  readonly seconds?: number;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0)) {
    throw new InvalidArgumentError('Give a number of seconds above 0.');
  }
  return seconds;
}

async function risk(
  invocation: Invocation,
  { seconds }: RiskOptions,
  [typed]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const { recipe } = await openWithKey(invocation, typed!);
  const preview = await sendWithProgress(invocation, `Measuring ${recipe}`, previewRecipe, {
    recipe,
    rows: 5,
    ...(seconds !== undefined && { searchSeconds: seconds }),
  });
  terminal.printJson(preview);
  terminal.print(renderPreview(preview, terminal));
  return exitCodes.success;
}

interface LevelsOptions {
  readonly keep?: boolean;
  readonly search?: boolean;
}

async function levels(
  invocation: Invocation,
  { keep, search }: LevelsOptions,
  [typed]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const found = await open(invocation, typed!);
  const { recipe, version, foundLevels } = found;
  if (keep && !foundLevels) {
    throw noLevelsFound(recipe);
  }
  const state =
    keep || search
      ? await sendWithProgress(invocation, `Changing ${recipe}`, changeRecipe, {
          recipe,
          version,
          change: { kind: 'levels', levels: keep ? foundLevels! : null },
        })
      : found;
  terminal.printJson({ kept: state.keptLevels ?? null, found: state.foundLevels ?? null });
  terminal.print(levelSentences(state));
  return exitCodes.success;
}

async function report(invocation: Invocation, _: object, [typed]: readonly string[]): Promise<number> {
  const { session, terminal } = invocation;
  const { recipe } = await open(invocation, typed!);
  const found = await session.send(getPrivacyReport, { recipe });
  terminal.printJson(found);
  terminal.print(renderReport(found, terminal));
  return exitCodes.success;
}

interface RestoreOptions {
  readonly release?: string;
}

async function restore(
  invocation: Invocation,
  { release }: RestoreOptions,
  [typed, input, output]: readonly string[],
): Promise<number> {
  const { terminal } = invocation;
  const { recipe, releases = [] } = await openWithKey(invocation, typed!);
  // An older release may have been made with a key that was rotated since.
  await handOver(
    invocation,
    releases.flatMap(({ key: id }) => id ?? []),
  );
  const result = await sendWithProgress(invocation, `Restoring with ${recipe}`, restoreData, {
    recipe,
    input: resolved(invocation, input!),
    output: resolved(invocation, output!),
    ...(release !== undefined && { release }),
  });
  terminal.printJson(result);
  terminal.print(restoredSentences(result));
  return exitCodes.success;
}

/** Of the key itself nothing is printed. */
async function key(
  { terminal, workspace }: Invocation,
  _: object,
  [name]: readonly string[],
): Promise<number> {
  const file = process.env[keyFileVariable];
  if (file === undefined || file === '') {
    throw noKeyFile(keyFileVariable);
  }
  const made = makeKeyInFile(path.resolve(file), workspace, name!);
  terminal.printJson({ id: made.id, check: made.checkValue, file });
  terminal.print(
    `Made the key ${made.id} in ${file}. Whoever has it can undo what is made with it: keep a copy in a safe place, never beside the data.`,
  );
  return exitCodes.success;
}

function open(invocation: Invocation, typed: string): Promise<RecipeState> {
  const { workspace, currentFolder } = invocation;
  const asked = pathInWorkspace(workspace, currentFolder, typed.replace(/\.dvc$/, ''));
  return sendWithProgress(invocation, `Opening ${asked}`, openRecipe, { path: asked });
}

/** Hands the key over that the recipe names, when this terminal has it; what lacks one is refused by the service. */
async function openWithKey(invocation: Invocation, typed: string): Promise<RecipeState> {
  const state = await open(invocation, typed);
  const { id, state: known } = state.key;
  // What is wrong with a recipe comes before its key.
  const isWanted = id !== null && known !== 'notNeeded' && state.problems.length === 0;
  await handOver(invocation, isWanted ? [id] : []);
  return state;
}

/** Those of the keys that this terminal has. */
async function handOver({ session, workspace }: Invocation, ids: readonly string[]): Promise<void> {
  const ring = environmentKeyRing(process.env, workspace);
  for (const id of new Set(ids)) {
    const held = ring.get(id);
    if (held) {
      await session.send(handKey, { id: held.id, key: held.exportText() });
    }
  }
}

function resolved({ currentFolder }: Invocation, typed: string): string {
  return path.resolve(currentFolder, typed);
}
