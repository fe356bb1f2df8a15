import { cancelledErrorCode, type ErrorShape, errorShape } from '../../src/base/errors.ts';
import type { Disposable } from '../../src/base/lifecycle.ts';

/**
 * A value fetched from the host and kept fresh.
 *
 * At most one fetch is under way. News that arrives meanwhile leads to one more fetch afterwards, however much
 * of it there was; the rest between two fetches is as long as the last one took, so that a page which follows
 * fast news spends at most half its time on it. An old value stays until a newer one is there.
 */
export class Resource<T> implements Disposable {
  readonly #fetch: (signal: AbortSignal) => Promise<T>;
  readonly #changed: () => void;
  readonly #shortestRest: number;
  #value: T | undefined;
  #error: ErrorShape | undefined;
  #underWay: AbortController | undefined;
  #wanted = false;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #disposed = false;

  constructor(
    fetch: (signal: AbortSignal) => Promise<T>,
    changed: () => void,
    options: { shortestRest?: number } = {},
  ) {
    this.#fetch = fetch;
    this.#changed = changed;
    this.#shortestRest = options.shortestRest ?? 50;
  }

  get value(): T | undefined {
    return this.#value;
  }

  /** Why the last fetch failed; the value, if any, is of an earlier one. */
  get error(): ErrorShape | undefined {
    return this.#error;
  }

  /** Nothing to show yet, and something on its way. */
  get isLoading(): boolean {
    return this.#value === undefined && this.#error === undefined;
  }

  /** Fetches now, or once more after the fetch that is under way. */
  refresh(): void {
    this.#wanted = true;
    if (!this.#underWay && this.#rest === undefined) {
      void this.#run();
    }
  }

  /** The question itself changed: gives up the fetch under way, whose answer nobody wants, and asks anew. */
  restart(): void {
    this.#underWay?.abort();
    this.#underWay = undefined;
    this.#stopResting();
    this.refresh();
  }

  dispose(): void {
    this.#disposed = true;
    this.#underWay?.abort();
    this.#underWay = undefined;
    this.#stopResting();
  }

  async #run(): Promise<void> {
    if (this.#disposed) {
      return;
    }
    this.#wanted = false;
    const attempt = new AbortController();
    this.#underWay = attempt;
    const start = performance.now();
    const outcome = await this.#attempt(attempt.signal);
    if (this.#underWay !== attempt) {
      return;
    }
    this.#underWay = undefined;
    if ('error' in outcome) {
      this.#error = outcome.error;
    } else {
      this.#value = outcome.value;
      this.#error = undefined;
    }
    this.#changed();
    this.#restAfter(performance.now() - start);
  }

  async #attempt(signal: AbortSignal): Promise<{ value: T } | { error: ErrorShape | undefined }> {
    try {
      return { value: await this.#fetch(signal) };
    } catch (error) {
      const shape = errorShape(error);
      return { error: shape.code === cancelledErrorCode ? this.#error : shape };
    }
  }

  #restAfter(milliseconds: number): void {
    this.#rest = setTimeout(
      () => {
        this.#rest = undefined;
        if (this.#wanted) {
          void this.#run();
        }
      },
      Math.max(this.#shortestRest, milliseconds),
    );
  }

  #stopResting(): void {
    clearTimeout(this.#rest);
    this.#rest = undefined;
  }
}
