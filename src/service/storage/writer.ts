import { errorShape } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import type { Log } from '../log.ts';
import type { Database } from './database.ts';

/** Writes of one store: each in a transaction, each told to whoever listens when it is kept. */
export class Writer<Change extends object> {
  readonly #database: Database;
  readonly #transaction: (work: () => unknown) => unknown;
  readonly #changed: Emitter<Change & { readonly version: number }>;
  /** Grows with each change, also over restarts of the service. */
  #version = Date.now() * 1000;
  readonly onDidChange: Event<Change & { readonly version: number }>;

  constructor(database: Database, log: Log, source: string) {
    this.#database = database;
    const transaction = database.transaction((work: () => unknown) => work());
    this.#transaction = (work) => transaction.immediate(work);
    this.#changed = new Emitter((error) =>
      log.write('error', source, `A listener failed: ${errorShape(error).message}`),
    );
    this.onDidChange = this.#changed.event;
  }

  /** All of it or none; a part of the transaction that is under way, if one is. */
  write<T>(work: () => T): T {
    return this.#transaction(work) as T;
  }

  /** A write inside a larger transaction is told when that one is over, for it ends before anything else runs. */
  tell(change: Change): void {
    this.#version += 1;
    const news = { ...change, version: this.#version };
    if (this.#database.inTransaction) {
      queueMicrotask(() => this.#changed.fire(news));
    } else {
      this.#changed.fire(news);
    }
  }
}
