import type { RunStore } from '../experiments/store.ts';

interface Waiting {
  write(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Writes that arrive in one turn of the event loop share one commit, which is the dear part of a small write.
 * Each is answered only after that commit, and fails alone.
 */
export class GroupCommit {
  readonly #store: RunStore;
  #waiting: Waiting[] = [];

  constructor(store: RunStore) {
    this.#store = store;
  }

  run(write: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ write, resolve, reject }) === 1) {
        setImmediate(() => this.#commit());
      }
    });
  }

  #commit(): void {
    const group = this.#waiting;
    this.#waiting = [];
    const failures = new Map<Waiting, unknown>();
    try {
      this.#store.inOneTransaction(() => {
        for (const waiting of group) {
          try {
            waiting.write();
          } catch (error) {
            failures.set(waiting, error);
          }
        }
      });
    } catch (error) {
      for (const waiting of group) {
        waiting.reject(error);
      }
      return;
    }
    for (const waiting of group) {
      if (failures.has(waiting)) {
        waiting.reject(failures.get(waiting));
      } else {
        waiting.resolve();
      }
    }
  }
}
