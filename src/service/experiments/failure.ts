import type { SupervisorEnd } from '../../protocol/runner.ts';
import type { RunStatus } from './store.ts';

export interface Outcome {
  readonly status: Extract<RunStatus, 'FINISHED' | 'FAILED' | 'KILLED'>;
  readonly failure?: string;
}

/**
 * What a run ended as, and one sentence about why.
 *
 * `told` is the state that the script itself gave its run last: a script that catches its own error, reports
 * FAILED and leaves with 0 has failed. `logTail` is the end of the run's log.
 */
export function outcomeOf(end: SupervisorEnd, told: RunStatus, logTail: string, program: string): Outcome {
  if (end.stopped) {
    return { status: 'KILLED' };
  }
  if (end.startError !== undefined) {
    return { status: 'FAILED', failure: `Could not start: ${startProblem(end.startError, program)}` };
  }
  if (end.signal !== undefined) {
    return { status: 'FAILED', failure: signalSentence(end.signal) };
  }
  if (end.exitCode === undefined) {
    return { status: 'KILLED', failure: unseenEnd };
  }
  if (end.exitCode !== 0) {
    return { status: 'FAILED', failure: exitSentence(end.exitCode, logTail) };
  }
  return told === 'FAILED' || told === 'KILLED' ? { status: told } : { status: 'FINISHED' };
}

export const unseenEnd = 'Its supervisor was ended from outside, and the script with it.';
export const goneMeanwhile = 'Its process was gone when the service came back.';

/** Python and Node both leave with 1 after an error nobody caught; other codes are the script's own words. */
function exitSentence(exitCode: number, logTail: string): string {
  const error = exitCode === 1 ? uncaughtError(logTail) : undefined;
  return error ?? `Exit code ${exitCode}`;
}

/** The line that names the error: the last of a Python traceback, or the head of a Node stack. */
export function uncaughtError(logTail: string): string | undefined {
  const lines = logTail.replace(escapeSequences, '').split(/\r?\n/);
  const line =
    afterTraceback(lines) ?? lines.findLast((candidate, index) => isErrorHead(candidate, lines[index + 1]));
  return line === undefined ? undefined : shorten(line.trim());
}

function afterTraceback(lines: readonly string[]): string | undefined {
  const start = lines.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'));
  return start < 0 ? undefined : lines.slice(start + 1).find((line) => /^\S/.test(line));
}

/** Python's own SyntaxError comes without the word Traceback. */
function isErrorHead(line: string, next: string | undefined): boolean {
  return /^\s+at /.test(next ?? '')
    ? /^(Uncaught )?[A-Za-z_$][\w$.]*( \[[\w]+\])?:? ?/.test(line)
    : /^(SyntaxError|IndentationError|TabError|KeyboardInterrupt)\b/.test(line);
}

function signalSentence(signal: string): string {
  return signal === 'SIGKILL'
    ? 'Ended by SIGKILL: the system may have run out of memory'
    : `Ended by ${signal}`;
}

function startProblem(code: string, program: string): string {
  switch (code) {
    case 'ENOENT':
      return `${program} was not found`;
    case 'EACCES':
      return `${program} may not be executed`;
    case 'E2BIG':
      return 'the command line is too long';
    default:
      return `${program} (${code})`;
  }
}

function shorten(line: string): string {
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences of terminals start with one.
const escapeSequences = /\u001b\[[0-9;]*[A-Za-z]/g;
