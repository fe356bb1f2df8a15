import type { Progress } from '../../../protocol/rpc.ts';

/** What a job works with, in its thread. */
export interface JobContext {
  /** A folder of the job's own, gone with it. */
  readonly scratch: string;
  /** Of the input's rows, copied: from an earlier job, or to be made by this one. */
  readonly copyFolder: string;
  readonly signal: AbortSignal;
  /** Throws when nobody wants the result any more; for long stretches of plain code. */
  checkCancelled(): void;
  report(progress: Progress): void;
  /** Figures at a step of the work: the losses after an epoch. */
  measure?(step: number, figures: Readonly<Record<string, number>>): void;
}

/** Keys by their id, in base64. */
export type HandedKeys = Readonly<Record<string, string>>;
