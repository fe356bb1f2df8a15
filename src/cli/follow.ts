import { wentAwayCode } from '../attach/errors.ts';
import { hasCode } from '../base/errors.ts';
import { DisposableStore, toDisposable } from '../base/lifecycle.ts';
import {
  getRuns,
  logChanged,
  type RunDetails,
  type RunId,
  readLog,
  runsChanged,
} from '../protocol/experiments.ts';
import { runNotFound } from './errors.ts';
import { isUnderWay } from './render/runText.ts';
import type { Session } from './session.ts';

export interface FollowOptions {
  /** Gets the log as it grows; resolves when more may come. Without it only the run's end is waited for. */
  readonly write?: (text: string) => Promise<void>;
  /** Aborted when the person no longer wants to watch; the run goes on. */
  readonly signal: AbortSignal;
  /** Passes on what there is now, without waiting for more. */
  readonly once?: boolean;
}

const partBytes = 256 * 1024;
/** News may be lost with a connection, so the service is asked from time to time as well. */
const askAgainMilliseconds = 2_000;
/** A service that stops so often without an answer between will not come back by itself. */
const lossesInARow = 3;

/**
 * Watches a run to its end and passes its log on, through deaths of the service. Answers the run as it was last
 * seen: under way only when the signal was aborted.
 */
export async function followRun(session: Session, run: RunId, options: FollowOptions): Promise<RunDetails> {
  const news = new News(session, run, options.signal);
  let at = 0;
  let losses = 0;
  try {
    for (;;) {
      try {
        // The state first: a log read after the end is whole.
        const details = await findRun(session, run);
        at = options.write ? await passLogOn(session, run, at, options) : at;
        losses = 0;
        if (!isUnderWay(details.state) || options.once || options.signal.aborted) {
          return details;
        }
        await news.next();
      } catch (error) {
        losses += 1;
        if (!hasCode(error, wentAwayCode) || losses > lossesInARow) {
          throw error;
        }
      }
    }
  } finally {
    news.dispose();
  }
}

export async function findRun(session: Session, run: RunId): Promise<RunDetails> {
  const [details] = await session.send(getRuns, { runs: [run] });
  if (!details) {
    throw runNotFound(run);
  }
  return details;
}

async function passLogOn(
  session: Session,
  run: RunId,
  from: number,
  { write, signal }: FollowOptions,
): Promise<number> {
  let at = from;
  while (!signal.aborted) {
    const part = await session.send(readLog, { run, from: at, length: partBytes });
    await write!(part.text);
    // What is left may be the first bytes of a character whose rest is still to come.
    if (part.to <= at || part.to >= part.size) {
      return Math.max(at, part.to);
    }
    at = part.to;
  }
  return at;
}

/** Resolves `next` when something about the run may have changed since the last time. */
class News {
  readonly #disposables = new DisposableStore();
  #changed = false;
  #wake: (() => void) | undefined;

  constructor(session: Session, run: RunId, signal: AbortSignal) {
    const tell = () => {
      this.#changed = true;
      this.#wake?.();
    };
    this.#disposables.add(session.on(logChanged, (change) => change.run === run && tell()));
    this.#disposables.add(session.on(runsChanged, ({ runs }) => runs.includes(run) && tell()));
    this.#disposables.add(session.onDidLose(tell));
    signal.addEventListener('abort', tell);
    this.#disposables.add(toDisposable(() => signal.removeEventListener('abort', tell)));
  }

  async next(): Promise<void> {
    if (!this.#changed) {
      const timer = setTimeout(() => this.#wake?.(), askAgainMilliseconds);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      clearTimeout(timer);
    }
    this.#changed = false;
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
