import path from 'node:path';
import process from 'node:process';
import { type Command, InvalidArgumentError } from 'commander';
import { wentAwayCode } from '../attach/errors.ts';
import { errorShape, hasCode } from '../base/errors.ts';
import { DisposableStore, toDisposable } from '../base/lifecycle.ts';
import {
  type RunDetails,
  type RunSummary,
  type StartRun,
  startRun,
  stopRun,
} from '../protocol/experiments.ts';
import { defaultSystemMetricsInterval } from '../protocol/systemMetrics.ts';
import { nothingToRun } from './errors.ts';
import { exitCodeOfRun, exitCodes } from './exitCode.ts';
import { followRun } from './follow.ts';
import { addAction, type Handle, type Invocation } from './invocation.ts';
import { whatToRun } from './program.ts';
import { closingLine, isUnderWay, startedLine } from './render/runText.ts';
import { pathInWorkspace } from './workspace.ts';

interface Options {
  readonly experiment?: string;
  readonly param: Readonly<Record<string, string>>;
  readonly writeParams?: boolean;
  readonly interpreter?: string;
  readonly systemMetrics?: number;
  readonly detach?: boolean;
}

/** `mlops run`: starts a run, shows its log, and ends as the script ends. */
export function startCommand(program: Command, handle: Handle): void {
  const command = program
    .command('run')
    .usage('[options] SCRIPT [arguments…]   or   [options] -- PROGRAM [arguments…]')
    .description('run a script or a command as an experiment and follow its log; Ctrl-C stops the run')
    .argument('[words...]', 'a script with its arguments, or a whole command')
    .option('-e, --experiment <name>', "the experiment's name (default: the script's folder)")
    .option(
      '-p, --param <name=value>',
      'a value that differs from params.yaml; may be repeated',
      addParameter,
      {},
    )
    .option('--write-params', 'allow changed values to be written into params.yaml')
    .option('--interpreter <path>', 'the Python or Node.js that runs the script')
    .option(
      '--system-metrics <seconds>',
      `measure the machine so often, 0 not at all (default: ${defaultSystemMetricsInterval})`,
      readSeconds,
    )
    .option('--detach', 'print the run and return; it goes on by itself')
    .passThroughOptions();
  addAction<Options>(command, handle, start);
}

function addParameter(text: string, before: Readonly<Record<string, string>>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) {
    throw new InvalidArgumentError('Write it as name=value.');
  }
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === '' || !(seconds >= 0)) {
    throw new InvalidArgumentError('Give a number of seconds, or 0.');
  }
  return seconds;
}

async function start(invocation: Invocation, options: Options, words: readonly string[]): Promise<number> {
  if (words.length === 0) {
    throw nothingToRun();
  }
  const { session, terminal } = invocation;
  const run = await session.send(startRun, {
    ...requestFor(words, options, invocation),
    environment: ownEnvironment(),
    experiment: options.experiment,
    parameters: options.param,
    writeParametersFile: options.writeParams ?? false,
    systemMetricsSeconds: options.systemMetrics,
  });
  if (options.detach) {
    terminal.print(`${run.name}  ${run.id}`);
    terminal.printJson(run);
    return exitCodes.success;
  }
  terminal.say(startedLine(run));
  return followToTheEnd(invocation, run);
}

/** A terminal outside the workspace folder has named it with --workspace; its command works in there. */
function requestFor(
  words: readonly string[],
  { interpreter }: Options,
  { workspace, currentFolder, terminal }: Invocation,
): StartRun {
  const asked = whatToRun(words, { currentFolder, environment: process.env, interpreter });
  if (asked.command === undefined || !path.isAbsolute(pathInWorkspace(workspace, currentFolder, '.'))) {
    return asked;
  }
  terminal.say(`The command works in the workspace folder ${workspace}: paths in it start there.`);
  return { command: asked.command };
}

/** That of this terminal, such as `CUDA_VISIBLE_DEVICES=1 mlops run …`. */
function ownEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).map(([name, value]) => [name, value ?? '']));
}

async function followToTheEnd(invocation: Invocation, run: RunSummary): Promise<number> {
  const { session, terminal } = invocation;
  const interruption = stopOnInterrupt(invocation, run);
  try {
    const end = await followRun(session, run.id, {
      write: (text) => terminal.printLog(text),
      signal: interruption.detached,
    });
    return report(invocation, end, interruption.asked);
  } finally {
    interruption.dispose();
  }
}

function report({ terminal }: Invocation, end: RunDetails, interrupted: boolean): number {
  terminal.say(
    isUnderWay(end.state)
      ? `No longer following ${end.name}. See it with: mlops runs log ${end.name} --follow`
      : closingLine(end, Date.now()),
  );
  terminal.printJson(end);
  return exitCodeOfRun(end, interrupted);
}

/** The first Ctrl-C stops the run, the second stops waiting for it. */
function stopOnInterrupt(invocation: Invocation, run: RunSummary) {
  const { terminal } = invocation;
  const disposables = new DisposableStore();
  const detach = new AbortController();
  let asked = false;
  const interrupt = () => {
    if (asked) {
      detach.abort();
      return;
    }
    asked = true;
    terminal.say(`Stopping ${run.name}… (Ctrl-C again to stop waiting for it)`);
    void askToStop(invocation, run).catch((error) => {
      if (!detach.signal.aborted) {
        terminal.say(errorShape(error).message);
      }
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, interrupt);
    disposables.add(toDisposable(() => process.removeListener(signal, interrupt)));
  }
  return {
    get asked() {
      return asked;
    },
    detached: detach.signal,
    dispose: () => disposables.dispose(),
  };
}

/** Once more when the service died meanwhile: a stop that was asked for must not be forgotten. */
async function askToStop({ session }: Invocation, run: RunSummary): Promise<void> {
  try {
    await session.send(stopRun, { run: run.id });
  } catch (error) {
    if (!hasCode(error, wentAwayCode)) {
      throw error;
    }
    await session.send(stopRun, { run: run.id });
  }
}
