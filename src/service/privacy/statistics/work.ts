/** What a long computation is given, so that it can be watched and stopped: it runs in a thread of its own. */
export interface Work {
  /** Throws when the computation is no longer wanted; called at least every tenth of a second or so. */
  readonly checkCancelled?: () => void;
  /** From 0 to 1. */
  readonly progress?: (fraction: number) => void;
}

/** The part of `work` from `from` to `to`, as a whole of its own. */
export function partOf(work: Work, from: number, to: number): Work {
  const { progress, checkCancelled } = work;
  return {
    ...(checkCancelled && { checkCancelled }),
    ...(progress && { progress: (fraction: number) => progress(from + fraction * (to - from)) }),
  };
}
