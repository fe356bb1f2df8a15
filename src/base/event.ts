import { type Disposable, toDisposable } from './lifecycle.ts';

export type Event<T> = (listener: (value: T) => void) => Disposable;

/** Keep the emitter private and hand out `event`. A listener that throws does not stop the others. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void = rethrowLater) {
    this.#onListenerError = onListenerError;
  }

  readonly event: Event<T> = (listener) => {
    this.#listeners.add(listener);
    return toDisposable(() => this.#listeners.delete(listener));
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}

/** Surfaces as an unhandled rejection, where the process logs it, instead of stopping the one who fired. */
function rethrowLater(error: unknown): void {
  void Promise.reject(error);
}
