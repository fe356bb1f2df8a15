import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import type { SeriesQuery } from '../../protocol/experiments.ts';
import {
  type ConfigureRemote,
  credentialsOfEnvironment,
  type RemoteAuthority,
  type RemoteCredentials,
  type RemoteStatus,
} from '../../protocol/remote.ts';
import { runOfArtifact, type StoredArtifact } from '../experiments/artifactStorage.ts';
import type { RunStore } from '../experiments/store.ts';
import type { Log } from '../log.ts';
import type { ModelStore } from '../models/store.ts';
import type { TraceStore } from '../traces/store.ts';
import { normalizedAddress } from './address.ts';
import { ConfigurationFile } from './configuration.ts';
import { runUnderWay } from './errors.ts';
import { Mirror, type Pace } from './mirror.ts';
import { type StandIn, standingFor } from './standIn.ts';

/** What is kept in one database. */
export interface Stores {
  readonly runs: RunStore;
  readonly models: ModelStore;
  readonly traces: TraceStore;
}

export interface RemoteTrackingOptions {
  /** The workspace's own, for when no remote is configured. */
  readonly local: Stores;
  /** `.mlops` of the workspace folder. */
  readonly folder: string;
  readonly log: Log;
  /** Where credentials of a command line are found. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly pace?: Pace;
}

/**
 * Where runs are kept: in the workspace, or in the mirror of a remote tracking server. `stores` are the same objects
 * for everybody and stand for whichever it is, so that nothing has to be made anew when that changes.
 */
export interface RemoteTracking extends Disposable {
  readonly stores: Stores;
  readonly status: RemoteStatus;
  /** Something is being sent at this moment. */
  readonly isSending: boolean;
  /** Throws `remote.runUnderWay` when the place changes while runs log to the present one. */
  configure(request: ConfigureRemote, runsUnderWay: number): RemoteStatus;
  /** The server is read only while somebody looks. */
  setWatched(isWatched: boolean): void;
  loadHistories(query: Pick<SeriesQuery, 'runs' | 'metrics'>): Promise<void>;
  listArtifacts(run: string, folder: string): Promise<StoredArtifact[] | undefined>;
  loadArtifact(run: string, file: string): Promise<void>;
  /** A file was written to this place below the artifact folder. */
  artifactWritten(relative: string): void;
  readonly onDidChange: Event<{ readonly switched: boolean }>;
}

export function createRemoteTracking(options: RemoteTrackingOptions): RemoteTracking {
  return new SwitchingTracking(options);
}

const usualPace: Pace = { look: 4_000, sweep: 5 * 60_000, firstPause: 1_000, longestPause: 60_000 };

class SwitchingTracking implements RemoteTracking {
  readonly #options: RemoteTrackingOptions;
  readonly #file: ConfigurationFile;
  readonly #changed: Emitter<{ readonly switched: boolean }>;
  readonly #standIns: readonly StandIn<unknown>[];
  #current = new DisposableStore();
  #mirror: Mirror | undefined;
  #by: RemoteAuthority = 'setting';
  #isWatched = false;
  readonly stores: Stores;
  readonly onDidChange: RemoteTracking['onDidChange'];

  constructor(options: RemoteTrackingOptions) {
    this.#options = options;
    this.#file = new ConfigurationFile(options.folder, options.log);
    const onListenerError = (error: unknown) =>
      options.log.write('error', 'remote', `A listener failed: ${String(error)}`);
    this.#changed = new Emitter(onListenerError);
    this.onDidChange = this.#changed.event;
    const inUse = () => this.#mirror?.stores ?? options.local;
    const runs = standingFor(() => inUse().runs, onListenerError);
    const models = standingFor(() => inUse().models, onListenerError);
    const traces = standingFor(() => inUse().traces, onListenerError);
    this.#standIns = [runs, models, traces];
    this.stores = { runs: runs.store, models: models.store, traces: traces.store };
    const kept = this.#file.read();
    this.#open(kept?.address, kept?.by ?? 'setting', undefined);
  }

  get status(): RemoteStatus {
    return this.#mirror ? { ...this.#mirror.status, by: this.#by } : { state: 'off', waiting: 0, refused: 0 };
  }

  get isSending(): boolean {
    return this.#mirror?.isSending ?? false;
  }

  configure({ address, by, credentials }: ConfigureRemote, runsUnderWay: number): RemoteStatus {
    const wanted = address === null ? undefined : normalizedAddress(address);
    if (wanted === this.#mirror?.address) {
      this.#goOn(by, credentials);
      return this.status;
    }
    if (runsUnderWay > 0) {
      throw runUnderWay(runsUnderWay);
    }
    this.#file.write(wanted === undefined ? undefined : { address: wanted, by });
    this.#open(wanted, by, credentials);
    this.#changed.fire({ switched: true });
    return this.status;
  }

  setWatched(isWatched: boolean): void {
    this.#isWatched = isWatched;
    if (isWatched) {
      this.#mirror?.poke();
    }
  }

  async loadHistories(query: Pick<SeriesQuery, 'runs' | 'metrics'>): Promise<void> {
    await this.#mirror?.loadHistories(query);
  }

  async listArtifacts(run: string, folder: string): Promise<StoredArtifact[] | undefined> {
    return this.#mirror?.listArtifacts(run, folder);
  }

  async loadArtifact(run: string, file: string): Promise<void> {
    await this.#mirror?.loadArtifact(run, file);
  }

  artifactWritten(relative: string): void {
    const store = this.#mirror?.stores.runs;
    const artifact = runOfArtifact(relative);
    if (store && artifact && store.getRun(artifact.run)) {
      store.artifactWritten(artifact.run, artifact.path);
    }
  }

  dispose(): void {
    this.#current.dispose();
  }

  #goOn(by: RemoteAuthority, credentials: RemoteCredentials | undefined): void {
    if (this.#mirror && by !== this.#by) {
      this.#by = by;
      this.#file.write({ address: this.#mirror.address, by });
    }
    if (credentials) {
      this.#mirror?.signIn(credentials);
    }
    this.#mirror?.tryAgain();
  }

  #open(address: string | undefined, by: RemoteAuthority, credentials: RemoteCredentials | undefined): void {
    this.#current.dispose();
    this.#current = new DisposableStore();
    this.#by = by;
    this.#mirror =
      address === undefined
        ? undefined
        : this.#current.add(
            new Mirror({
              address,
              credentials:
                credentials ??
                (by === 'terminal' ? credentialsOfEnvironment(this.#options.environment) : undefined),
              folder: this.#options.folder,
              log: this.#options.log,
              pace: this.#options.pace ?? usualPace,
              isWatched: () => this.#isWatched,
              onDidChangeStatus: () => this.#changed.fire({ switched: false }),
            }),
          );
    for (const standIn of this.#standIns) {
      this.#current.add(standIn.follow());
    }
    this.#mirror?.poke();
  }
}
