import { errorShape } from '../../base/errors.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { RunStore } from '../experiments/store.ts';
import type { Log } from '../log.ts';
import type { RemoteApi } from './api.ts';
import type { Contact } from './contact.ts';
import { isAway, isClosed } from './errors.ts';
import type { Identities } from './identities.ts';
import type { PulledRuns } from './pulledRuns.ts';

export interface PullerOptions {
  readonly api: RemoteApi;
  readonly store: RunStore;
  readonly identities: Identities;
  readonly pulled: PulledRuns;
  readonly contact: Contact;
  readonly log: Log;
  /** Somebody looks. */
  isWatched(): boolean;
  /** Milliseconds from one look to the next. */
  readonly every: number;
  /** Milliseconds after which everything is read again: an old run may have been tagged, deleted or restored. */
  readonly sweepEvery: number;
}

/** Of the newest runs these are looked at each time. */
const newestRuns = 100;
const sweepPage = 500;
/** Runs that a reading of everything has not found, looked at one by one; others wait for the next. */
const missedTogether = 200;
/** Runs under way that are not among the newest, looked at one by one. */
const olderTogether = 20;

/** Reads the server's experiments and runs into the mirror, while somebody looks and the server answers. */
export class Puller implements Disposable {
  readonly #options: PullerOptions;
  readonly #stop: Disposable;
  #timer: NodeJS.Timeout | undefined;
  #isPulling = false;
  #hasGreeted = false;
  #lastSweep = 0;
  #nextOlder = 0;
  #disposed = false;

  constructor(options: PullerOptions) {
    this.#options = options;
    this.#stop = toDisposable(() => clearTimeout(this.#timer));
  }

  /** Looks now, if somebody does. */
  poke(): void {
    if (this.#disposed || this.#isPulling || !this.#options.isWatched() || !this.#options.contact.mayTry) {
      return;
    }
    clearTimeout(this.#timer);
    this.#isPulling = true;
    void this.#pull().finally(() => {
      this.#isPulling = false;
      if (!this.#disposed) {
        this.#timer = setTimeout(() => this.poke(), this.#options.every);
      }
    });
  }

  dispose(): void {
    this.#disposed = true;
    this.#stop.dispose();
  }

  async #pull(): Promise<void> {
    const { api, contact, log } = this.#options;
    try {
      if (!this.#hasGreeted) {
        await api.greet();
        this.#hasGreeted = true;
      }
      await this.#look();
      if (!this.#disposed) {
        contact.succeeded();
      }
    } catch (error) {
      if (!this.#disposed) {
        contact.failed(error);
        if (!isAway(error) && !isClosed(error)) {
          log.write('error', 'remote', `Reading stopped: ${errorShape(error).message}`);
        }
      }
    }
  }

  async #look(): Promise<void> {
    const { api, pulled } = this.#options;
    const askedAt = Date.now();
    const experiments = await api.experiments();
    if (this.#disposed) {
      return;
    }
    pulled.experiments(experiments, askedAt);
    const active = experiments
      .filter(({ lifecycle_stage }) => lifecycle_stage === 'active')
      .map(({ experiment_id }) => experiment_id);
    if (active.length === 0) {
      return;
    }
    if (Date.now() - this.#lastSweep >= this.#options.sweepEvery) {
      await this.#sweep(active);
      this.#lastSweep = Date.now();
    } else {
      await this.#newest(active);
    }
  }

  async #sweep(experiments: readonly string[]): Promise<void> {
    const { identities, store } = this.#options;
    const there = new Set<string>();
    let token: string | undefined;
    do {
      const page = await this.#page(experiments, sweepPage, token);
      for (const { info } of page.runs) {
        there.add(info.run_id);
      }
      token = page.next;
    } while (token && !this.#disposed);
    if (this.#disposed) {
      return;
    }
    // Pages shift when runs come and go meanwhile, so each that was missed is asked for by its id.
    const missed = identities
      .knownRemoteIds()
      .filter(({ run, remoteId }) => !there.has(remoteId) && store.getRun(run)?.lifecycleStage === 'active');
    await this.#lookAt(missed.slice(0, missedTogether));
  }

  /** Pages on while it finds runs that are new here. */
  async #newest(experiments: readonly string[]): Promise<void> {
    const seen = new Set<string>();
    let token: string | undefined;
    do {
      const page = await this.#page(experiments, newestRuns, token);
      for (const { info } of page.runs) {
        seen.add(info.run_id);
      }
      token = page.created > 0 ? page.next : undefined;
    } while (token && !this.#disposed);
    await this.#older(seen);
  }

  async #page(experiments: readonly string[], size: number, token: string | undefined) {
    const askedAt = Date.now();
    const { runs, next } = await this.#options.api.runs(experiments, size, token);
    const created = this.#disposed ? 0 : this.#options.pulled.runs(runs, askedAt);
    return { runs, next, created };
  }

  /** Long runs that newer ones have pushed off the first page: some each time, all of them in turn. */
  async #older(seen: ReadonlySet<string>): Promise<void> {
    const { store, identities } = this.#options;
    const older = store.runsUnderWay().flatMap(({ runId }) => {
      const remoteId = identities.run(runId)?.remoteId;
      return remoteId === undefined || seen.has(remoteId) ? [] : [{ run: runId, remoteId }];
    });
    const from = this.#nextOlder < older.length ? this.#nextOlder : 0;
    this.#nextOlder = from + olderTogether;
    await this.#lookAt(older.slice(from, from + olderTogether));
  }

  async #lookAt(runs: readonly { readonly run: string; readonly remoteId: string }[]): Promise<void> {
    const { api, pulled } = this.#options;
    for (const { run, remoteId } of runs) {
      const askedAt = Date.now();
      const found = await api.run(remoteId);
      if (this.#disposed) {
        return;
      }
      if (found) {
        pulled.runs([found], askedAt);
      } else {
        pulled.gone(run, askedAt);
      }
    }
  }
}
