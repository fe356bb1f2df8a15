import process from 'node:process';
import { Command, CommanderError } from 'commander';
import { cancelledErrorCode, errorShape } from '../base/errors.ts';
import { anonymiseCommands } from './anonymise.ts';
import { datasetCommands } from './datasets.ts';
import { requireNode, usageErrorCode, wrongUsage } from './errors.ts';
import { exitCodes } from './exitCode.ts';
import { importCommand } from './import.ts';
import { type Handle, type Invocation, withCommonOptions } from './invocation.ts';
import { profileCommand } from './profile.ts';
import { remoteCommands } from './remote.ts';
import { hintFor } from './render/hints.ts';
import { runCommands } from './runs.ts';
import { serveCommand } from './serve.ts';
import { serviceCommands } from './service.ts';
import { Session } from './session.ts';
import { startCommand } from './start.ts';
import { Terminal } from './terminal.ts';
import { findWorkspace } from './workspace.ts';

/** Set by the build to the extension's version. */
declare const WORKBENCH_VERSION: string;

/** Reads the arguments, does what they ask and answers the exit code; every error ends here. */
export async function runCommandLine(words: readonly string[]): Promise<number> {
  let exitCode: number = exitCodes.success;
  const handle: Handle = (work) => async (options, inputs) => {
    exitCode = await perform(options, (invocation) => work(invocation, options, inputs));
  };
  const program = createProgram(handle);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      throw error;
    }
    if (error.exitCode === 0 || error.code === 'commander.help') {
      return error.exitCode === 0 ? exitCodes.success : exitCodes.usage;
    }
    return fail(new Terminal({ json: asksForJson(words) }), wrongUsage(error.message));
  }
}

function createProgram(handle: Handle): Command {
  const program = new Command('mlops')
    .description('Run experiments, compare them and version data: the same as in the editor, in a terminal.')
    .version(WORKBENCH_VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .enablePositionalOptions()
    .exitOverride()
    // Said by `fail`, as every other error is.
    .configureOutput({ outputError: () => undefined });
  withCommonOptions(program);
  startCommand(program, handle);
  runCommands(program, handle);
  datasetCommands(program, handle);
  remoteCommands(program, handle);
  profileCommand(program, handle);
  anonymiseCommands(program, handle);
  importCommand(program, handle);
  serveCommand(program, handle);
  serviceCommands(program, handle);
  program.addHelpText(
    'after',
    `
With --json, standard output is one JSON value, also for errors; everything for people goes to standard error.

Examples:
  mlops run train.py                                  run a script as an experiment
  mlops run --param learning_rate=0.01 -- python train.py --verbose
  mlops runs list                                     what was run, and how well it did
  mlops runs compare calm-heron brisk-otter           what differs between two runs
  mlops version data/penguins.csv -m "Add 2009"       keep this state of the data
  mlops anonymise suggest data/people.csv             find personal data and write a recipe`,
  );
  return program;
}

interface CommonOptions {
  readonly workspace?: string;
  readonly json?: boolean;
}

async function perform(
  { workspace, json }: CommonOptions,
  work: (invocation: Invocation) => Promise<number>,
): Promise<number> {
  const terminal = new Terminal({ json: json ?? false });
  const folder = findWorkspace(process.cwd(), workspace);
  const session = new Session(folder, WORKBENCH_VERSION, (sentence) => terminal.say(sentence));
  try {
    requireNode(process.versions.node);
    const exitCode = await work({ workspace: folder, currentFolder: process.cwd(), terminal, session });
    return terminal.outputFailed ? exitCodes.failure : exitCode;
  } catch (error) {
    return fail(terminal, error);
  } finally {
    session.dispose();
    terminal.dispose();
  }
}

/** A sentence for people on standard error; with --json its code too, on standard output. */
function fail(terminal: Terminal, error: unknown): number {
  const { code, message, actions } = errorShape(error);
  const hints = (actions ?? []).flatMap((action) => hintFor(action) ?? []);
  terminal.clearProgress();
  terminal.say([message, ...hints].join('\n'));
  terminal.printJson({ error: { code, message } });
  if (code === usageErrorCode) {
    return exitCodes.usage;
  }
  return code === cancelledErrorCode ? exitCodes.interrupted : exitCodes.failure;
}

/** Before the arguments could be read, and only where they are ours, not the script's. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).includes('--json');
}
