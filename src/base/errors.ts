/**
 * An error that a person can meet: a code for programs, a sentence for people.
 *
 * The sentence says what happened, what was left untouched and what to do next.
 * Errors are recognised by `code`, never by their text.
 */
export class WorkbenchError extends Error {
  readonly code: string;
  readonly actions: readonly ErrorAction[];
  readonly range: TextRange | undefined;

  constructor(
    code: string,
    message: string,
    options: { actions?: readonly ErrorAction[]; range?: TextRange | undefined; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'WorkbenchError';
    this.code = code;
    this.actions = options.actions ?? [];
    this.range = options.range;
  }
}

/** Where in a text that somebody wrote the mistake is: UTF-16 units from 0, `end` exclusive. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** One click that would help: the client turns `kind` into a button. */
export interface ErrorAction {
  readonly kind:
    | 'createRepository'
    | 'openFile'
    | 'showLog'
    | 'retry'
    | 'overwrite'
    | 'selectInterpreter'
    | 'writeParameters'
    | 'versionFirst'
    | 'manageTrust'
    | 'restartService'
    | 'signIn'
    | 'openSettings'
    | 'deleteAnyway'
    | 'makeKey'
    | 'anonymise';
  readonly title: string;
  /** What the action works on: a file path with an optional `:line:column`, a dataset, a run. */
  readonly subject?: string;
}

/** What of an error crosses a process border. */
export interface ErrorShape {
  readonly code: string;
  readonly message: string;
  readonly actions?: readonly ErrorAction[];
  readonly range?: TextRange;
}

export const unexpectedErrorCode = 'unexpected';
export const cancelledErrorCode = 'cancelled';

export function hasCode(error: unknown, code: string): boolean {
  return errorShape(error).code === code;
}

/** The shape of anything thrown; an error nobody named becomes `unexpected` with its own message. */
export function errorShape(error: unknown): ErrorShape {
  if (error instanceof WorkbenchError) {
    const { code, message, actions, range } = error;
    return { code, message, actions, ...(range && { range }) };
  }
  if (error instanceof Error) {
    return { code: unexpectedErrorCode, message: error.message };
  }
  return { code: unexpectedErrorCode, message: String(error) };
}

export function fromErrorShape(shape: ErrorShape): WorkbenchError {
  return new WorkbenchError(shape.code, shape.message, { actions: shape.actions ?? [], range: shape.range });
}

export function cancelled(): WorkbenchError {
  return new WorkbenchError(cancelledErrorCode, 'Cancelled. Nothing was changed.');
}
