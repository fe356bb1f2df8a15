import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { cancelledErrorCode, hasCode } from '../base/errors.ts';
import { environmentKeyRing } from '../keys/keySources.ts';
import { stopRun } from '../protocol/experiments.ts';
import { handKey } from '../protocol/privacy.ts';
import {
  changeSynthesis,
  estimateSynthesis,
  followSynthesis,
  openSynthesis,
  previewSynthesis,
  type StartedSynthesis,
  type SynthesisChoices,
  type SynthesisCondition,
  type SynthesisedTable,
  type SynthesisMethod,
  type SynthesisState,
  startSynthesis,
} from '../protocol/synthesis.ts';
import { badOption } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { addAction, type Handle, type Invocation, sendWithProgress } from './invocation.ts';
import { renderSynthesis, renderSynthesisPreview, synthesisedSentences } from './render/synthesisText.ts';
import { pathInWorkspace } from './workspace.ts';

/** `mlops anonymise synthesise …`: made-up rows that a model draws after it has learned a table. */
export function synthesiseCommand(anonymise: Command, handle: Handle): void {
  addAction<SynthesiseOptions>(
    anonymise
      .command('synthesise')
      .description(
        'learn a table and write made-up rows, tested for what they remember of real ones; options go into the recipe',
      )
      .argument('<recipe>', 'NAME.anonymise.yaml, or the table beside it')
      .option('--method <method>', 'copula (seconds), tvae or ctgan (neural networks: minutes to hours)')
      .option('--rows <count>', 'how many rows; as many as the table has without it')
      .option('--target <column>', 'the column that models will be trained to predict')
      .option('--epochs <count>', 'how often tvae and ctgan see the table')
      .option('--rare-below <count>', 'values that fewer rows have are merged with others')
      .option('--seed <text>', 'the same seed gives the same rows; from the key, or by chance, without it')
      .option(
        '--condition <condition>',
        'every row has it: COLUMN=VALUE, COLUMN>=LIMIT or COLUMN<=LIMIT; repeatable',
        (word: string, before: readonly string[] = []) => [...before, word],
      )
      .option('--output <file>', 'another place for the output')
      .option('--estimate', 'only say how long it would take and how much memory')
      .option('--preview [rows]', 'only show some rows of a quick copula')
      .option('--overwrite', 'replace the output of a synthesis before this one'),
    handle,
    synthesise,
  );
}

interface SynthesiseOptions {
  readonly method?: string;
  readonly rows?: string;
  readonly target?: string;
  readonly epochs?: string;
  readonly rareBelow?: string;
  readonly seed?: string;
  readonly condition?: readonly string[];
  readonly output?: string;
  readonly estimate?: boolean;
  readonly preview?: string | boolean;
  readonly overwrite?: boolean;
}

async function synthesise(
  invocation: Invocation,
  options: SynthesiseOptions,
  [typed]: readonly string[],
): Promise<number> {
  const { session, terminal, workspace, currentFolder } = invocation;
  const asked = pathInWorkspace(workspace, currentFolder, typed!.replace(/\.dvc$/, ''));
  const opened = await sendWithProgress(invocation, `Opening ${asked}`, openSynthesis, { path: asked });
  const choices = chosen(opened, options, invocation);
  const { recipe } = opened;
  if (options.preview !== undefined && options.preview !== false) {
    const rows = options.preview === true ? 5 : whole('--preview', String(options.preview));
    const preview = await sendWithProgress(invocation, `Trying ${asked}`, previewSynthesis, {
      ...{ recipe, choices, rows },
    });
    terminal.printJson(preview);
    terminal.print(renderSynthesisPreview(preview, terminal));
    return exitCodes.success;
  }
  const estimate = await sendWithProgress(invocation, `Estimating ${asked}`, estimateSynthesis, {
    ...{ recipe, choices },
  });
  if (options.estimate) {
    terminal.printJson(estimate);
    terminal.print(renderSynthesis({ ...opened, choices }, estimate, terminal));
    return exitCodes.success;
  }
  const state =
    JSON.stringify(choices) === JSON.stringify(opened.choices)
      ? opened
      : await session.send(changeSynthesis, { recipe, version: opened.version, choices });
  await handOver(invocation, state);
  if (!terminal.json) {
    terminal.say(estimate.sentence);
  }
  const started = await session.send(startSynthesis, { recipe, replace: options.overwrite ?? false });
  const done = await follow(invocation, started);
  terminal.printJson(done);
  terminal.print(synthesisedSentences(done));
  return exitCodes.success;
}

/** Who interrupts the command does not want the rows any more. */
async function follow(invocation: Invocation, started: StartedSynthesis): Promise<SynthesisedTable> {
  const { run, output } = started;
  try {
    return await sendWithProgress(invocation, `Synthesising ${output}`, followSynthesis, { run });
  } catch (error) {
    if (hasCode(error, cancelledErrorCode)) {
      await invocation.session.send(stopRun, { run });
    }
    throw error;
  }
}

async function handOver(
  { session, workspace }: Invocation,
  { key, problems, seed }: SynthesisState,
): Promise<void> {
  const isWanted =
    key.id !== null && (key.state !== 'notNeeded' || seed === 'chance') && problems.length === 0;
  const held = isWanted ? environmentKeyRing(process.env, workspace).get(key.id!) : undefined;
  if (held) {
    await session.send(handKey, { id: held.id, key: held.exportText() });
  }
}

/** Options on top of what the recipe says; conditions that are named replace those of the recipe. */
function chosen(
  { choices, recipe }: SynthesisState,
  options: SynthesiseOptions,
  { workspace, currentFolder }: Invocation,
): SynthesisChoices {
  const { method, rows, target, epochs, rareBelow, seed, condition, output } = options;
  return {
    ...choices,
    ...(method !== undefined && { method: methodOf(method) }),
    ...(rows !== undefined && { rows: whole('--rows', rows) }),
    ...(target !== undefined && { target }),
    ...(epochs !== undefined && { epochs: whole('--epochs', epochs) }),
    ...(rareBelow !== undefined && { rareBelow: whole('--rare-below', rareBelow) }),
    ...(seed !== undefined && { seed }),
    ...(output !== undefined && {
      output: path.relative(
        path.dirname(path.resolve(workspace, recipe)),
        path.resolve(currentFolder, output),
      ),
    }),
    ...(condition !== undefined && { conditions: condition.map(conditionOf) }),
  };
}

const methods: readonly SynthesisMethod[] = ['copula', 'tvae', 'ctgan'];

function methodOf(typed: string): SynthesisMethod {
  const method = methods.find((each) => each === typed);
  if (!method) {
    throw badOption('--method', typed, `one of ${methods.join(', ')}`);
  }
  return method;
}

function whole(option: string, typed: string): number {
  const count = Number(typed);
  if (!Number.isInteger(count) || count < 1) {
    throw badOption(option, typed, 'a whole number from 1');
  }
  return count;
}

function conditionOf(typed: string): SynthesisCondition {
  const [, column, sign, text = ''] = /^(.+?)(>=|<=|=)(.*)$/.exec(typed) ?? [];
  if (column === undefined) {
    throw badOption('--condition', typed, 'COLUMN=VALUE, COLUMN>=LIMIT or COLUMN<=LIMIT');
  }
  const value = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return {
    column: column.trim(),
    ...(sign === '=' ? { value } : sign === '>=' ? { minimum: value } : { maximum: value }),
  };
}
