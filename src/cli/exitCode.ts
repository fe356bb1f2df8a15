import type { RunSummary } from '../protocol/experiments.ts';

export const exitCodes = {
  success: 0,
  failure: 1,
  /** The arguments could not be understood. */
  usage: 2,
  /** Ctrl-C, as shells count it. */
  interrupted: 130,
} as const;

/** The script's own exit code where it ran to one; never 0 for a run that has not finished well. */
export function exitCodeOfRun(run: Pick<RunSummary, 'state' | 'exitCode'>, interrupted: boolean): number {
  if (interrupted) {
    return exitCodes.interrupted;
  }
  return run.state === 'finished' ? exitCodes.success : run.exitCode || exitCodes.failure;
}
