import process from 'node:process';
import type { Command } from 'commander';
import type { RequestType } from '../protocol/rpc.ts';
import type { Session } from './session.ts';
import type { Terminal } from './terminal.ts';

/** What every command works with. */
export interface Invocation {
  readonly workspace: string;
  /** Where the person is: the paths they type start here. */
  readonly currentFolder: string;
  readonly terminal: Terminal;
  readonly session: Session;
}

/** Does a command's work and answers the exit code. `inputs` are the words that are no options. */
export type Work<Options> = (
  invocation: Invocation,
  options: Options,
  inputs: readonly string[],
) => Promise<number>;

/** Puts the one place around a command that opens, closes and turns errors into sentences. */
export type Handle = <Options extends object>(
  work: Work<Options>,
) => (options: Options, inputs: readonly string[]) => Promise<void>;

/** Understood before and after the name of a command. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--workspace <folder>', 'the workspace folder (default: the nearest with .mlops or .git)')
    .option('--json', 'print JSON for programs');
}

export function addAction<Options extends object>(
  command: Command,
  handle: Handle,
  work: Work<Options>,
): Command {
  const act = handle(work);
  return withCommonOptions(command).action(() => act(command.optsWithGlobals<Options>(), command.args));
}

/** Runs with a signal that Ctrl-C aborts; the second Ctrl-C ends the program at once. */
export async function interruptible<T>(
  work: (signal: AbortSignal) => Promise<T>,
  signals: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'],
): Promise<T> {
  const abort = new AbortController();
  const interrupt = () => abort.abort();
  for (const signal of signals) {
    process.once(signal, interrupt);
  }
  try {
    return await work(abort.signal);
  } finally {
    for (const signal of signals) {
      process.removeListener(signal, interrupt);
    }
  }
}

/** Ctrl-C cancels the work; what that leaves behind is the request's matter. */
export async function sendWithProgress<Parameters, Result>(
  { session, terminal }: Invocation,
  title: string,
  type: RequestType<Parameters, Result>,
  parameters: Parameters,
): Promise<Result> {
  try {
    return await interruptible((signal) =>
      session.send(type, parameters, {
        signal,
        onProgress: (progress) => terminal.showProgress(title, progress),
      }),
    );
  } finally {
    terminal.clearProgress();
  }
}
