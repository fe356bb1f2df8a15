import { errorShape } from '../../base/errors.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { RemoteState } from '../../protocol/remote.ts';
import { asksToSignIn, isAway, isClosed } from './errors.ts';

export interface ContactOptions {
  /** The first pause after a failure; each further one is twice as long, up to `longestPause`. Milliseconds. */
  readonly firstPause: number;
  readonly longestPause: number;
  /** It may be tried again. */
  onRetry(): void;
  onDidChange(): void;
}

/** How it stands with the server: what failed, since when, and when to try again. One for all who speak to it. */
export class Contact implements Disposable {
  readonly #options: ContactOptions;
  readonly #stop: Disposable;
  #state: RemoteState = 'connecting';
  #problem: string | undefined;
  #since: number | undefined;
  #pause: number;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ContactOptions) {
    this.#options = options;
    this.#pause = options.firstPause;
    this.#stop = toDisposable(() => clearTimeout(this.#timer));
  }

  get state(): RemoteState {
    return this.#state;
  }

  get problem(): { readonly problem?: string; readonly since?: number } {
    return {
      ...(this.#problem !== undefined && { problem: this.#problem }),
      ...(this.#since !== undefined && { since: this.#since }),
    };
  }

  /** No failure is being waited out. */
  get mayTry(): boolean {
    return this.#timer === undefined;
  }

  succeeded(): void {
    this.#pause = this.#options.firstPause;
    if (this.#state !== 'connected') {
      this.#set('connected');
    }
  }

  /** Of several requests under way at once, the first one's failure sets the pause. */
  failed(error: unknown): void {
    if (this.#timer !== undefined) {
      return;
    }
    this.#set(stateAfter(error), errorShape(error).message);
    this.#timer = setTimeout(() => this.retry(), this.#pause);
    this.#pause = Math.min(this.#pause * 2, this.#options.longestPause);
  }

  /** Now, whatever pause was left. */
  retry(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#options.onRetry();
  }

  /** A person changed something: the next failure begins with a short pause. */
  reset(): void {
    this.#pause = this.#options.firstPause;
    if (this.#state === 'signIn' || this.#state === 'refused') {
      this.#set('connecting');
    }
    this.retry();
  }

  dispose(): void {
    this.#stop.dispose();
  }

  #set(state: RemoteState, problem?: string): void {
    const hadProblem = this.#since !== undefined;
    const isNews = this.#state !== state || this.#problem !== problem;
    this.#state = state;
    this.#problem = problem;
    this.#since = problem === undefined ? undefined : hadProblem ? this.#since : Date.now();
    if (isNews) {
      this.#options.onDidChange();
    }
  }
}

function stateAfter(error: unknown): RemoteState {
  if (asksToSignIn(error)) {
    return 'signIn';
  }
  return isClosed(error) || !isAway(error) ? 'refused' : 'unreachable';
}
