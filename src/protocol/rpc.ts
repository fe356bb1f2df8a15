import type { ErrorShape } from '../base/errors.ts';

/**
 * A message between two of our processes is a value with its types, defined once and imported by both ends.
 * The number grows when a message changes so that an older end could misread it; `service/hello` compares it.
 */
export const protocolVersion = 1;

/** `Parameters` and `Result` are types only: they leave nothing behind at run time. */
export interface RequestType<Parameters, Result> {
  readonly kind: 'request';
  readonly method: string;
  readonly types?: (parameters: Parameters) => Result;
}

export interface NotificationType<Parameters> {
  readonly kind: 'notification';
  readonly method: string;
  readonly types?: (parameters: Parameters) => void;
}

export function request<Parameters, Result>(method: string): RequestType<Parameters, Result> {
  return { kind: 'request', method };
}

export function notification<Parameters>(method: string): NotificationType<Parameters> {
  return { kind: 'notification', method };
}

/** How long work stands: `fraction` from 0 to 1 where it is known, and a few words with a number. */
export interface Progress {
  readonly message: string;
  readonly fraction?: number;
}

/** A request's parameters on the wire; `progress` is the token under which the asker wants progress. */
export interface WireParameters {
  readonly parameters: unknown;
  readonly progress?: number;
}

/** The JSON-RPC error code of every named error; the error's own code and actions are in `data`. */
export const namedErrorCode = -31_000;

export type NamedErrorData = ErrorShape;

export interface Page<Item> {
  readonly items: readonly Item[];
  /** How many there are in all. */
  readonly total: number;
}
