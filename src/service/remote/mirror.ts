import path from 'node:path';
import { type Disposable, DisposableStore } from '../../base/lifecycle.ts';
import type { SeriesQuery } from '../../protocol/experiments.ts';
import type { RemoteCredentials, RemoteStatus } from '../../protocol/remote.ts';
import type { StoredArtifact } from '../experiments/artifactStorage.ts';
import { createRunStore } from '../experiments/sqliteStore.ts';
import type { Log } from '../log.ts';
import { createModelStore } from '../models/sqliteStore.ts';
import type { ModelStore } from '../models/store.ts';
import { openDatabase } from '../storage/database.ts';
import { migrations } from '../storage/migrations/all.ts';
import { createTraceStore } from '../traces/sqliteStore.ts';
import type { TraceStore } from '../traces/store.ts';
import { mirrorFileName } from './address.ts';
import { RemoteApi } from './api.ts';
import { RemoteConnection } from './connection.ts';
import { Contact } from './contact.ts';
import { Delivery } from './delivery.ts';
import { ForwardingRunStore } from './forwardingStore.ts';
import { Histories } from './histories.ts';
import { Identities } from './identities.ts';
import { laneOfRun, Outbox } from './outbox.ts';
import { PulledRuns } from './pulledRuns.ts';
import { Puller } from './puller.ts';
import { RemoteArtifacts } from './remoteArtifacts.ts';
import { Sender } from './sender.ts';

export interface MirrorOptions {
  readonly address: string;
  readonly credentials: RemoteCredentials | undefined;
  /** `.mlops` of the workspace folder. */
  readonly folder: string;
  readonly log: Log;
  readonly pace: Pace;
  isWatched(): boolean;
  onDidChangeStatus(): void;
}

/** Milliseconds. */
export interface Pace {
  readonly look: number;
  readonly sweep: number;
  readonly firstPause: number;
  readonly longestPause: number;
}

/** How long a page waits for curves from the server before it shows what is here; the rest comes as news. */
const patienceForHistories = 3_000;

/** Everything about one remote server: the database that mirrors it, what sends, what reads. */
export class Mirror implements Disposable {
  readonly #disposables = new DisposableStore();
  readonly #connection: RemoteConnection;
  readonly #contact: Contact;
  readonly #outbox: Outbox;
  readonly #sender: Sender;
  readonly #puller: Puller;
  readonly #histories: Histories;
  readonly #artifacts: RemoteArtifacts;
  /** Only runs and experiments are forwarded: models and traces that are logged stay in the mirror. */
  readonly stores: {
    readonly runs: ForwardingRunStore;
    readonly models: ModelStore;
    readonly traces: TraceStore;
  };
  readonly address: string;

  constructor(options: MirrorOptions) {
    const { log } = options;
    this.address = options.address;
    const file = path.join(options.folder, mirrorFileName(options.address));
    const { database } = this.#disposables.add(openDatabase(file, migrations));
    const inner = createRunStore({ database, log });
    const artifactRoot = path.join(options.folder, 'artifacts');
    const outbox = new Outbox(database);
    const identities = new Identities(database);
    const connection = this.#disposables.add(new RemoteConnection(options.address, options.credentials));
    const api = new RemoteApi(connection);
    const contact = this.#disposables.add(
      new Contact({ ...options.pace, onRetry: () => this.poke(), onDidChange: options.onDidChangeStatus }),
    );
    const lastSent = new Map<string, number>();
    const sender = this.#disposables.add(
      new Sender({
        outbox,
        contact,
        log,
        delivery: new Delivery({ api, store: inner, outbox, identities, artifactRoot }),
        onSent: (lane) => {
          lastSent.set(lane, Date.now());
          options.onDidChangeStatus();
        },
      }),
    );
    const pulled = new PulledRuns({
      store: inner,
      identities,
      outbox,
      lastSent: (lane) => lastSent.get(lane) ?? 0,
    });
    const { isWatched } = options;
    this.#puller = this.#disposables.add(
      new Puller({
        api,
        store: inner,
        identities,
        pulled,
        contact,
        log,
        isWatched,
        every: options.pace.look,
        sweepEvery: options.pace.sweep,
      }),
    );
    const runs = new ForwardingRunStore({
      inner,
      database,
      outbox,
      identities,
      isOwnModel: (id) => this.stores.models.hasLoggedModel(id),
      onAppend: () => {
        options.onDidChangeStatus();
        sender.poke();
      },
      onStarting: (run) => sender.hold(laneOfRun(run)),
      onStarted: (run) => sender.release(laneOfRun(run)),
    });
    this.stores = {
      runs,
      models: createModelStore({ database, runs, log }),
      traces: createTraceStore({ database, runs, log }),
    };
    this.#histories = new Histories({ api, store: inner, identities, outbox, log });
    this.#artifacts = new RemoteArtifacts({ api, store: inner, identities, artifactRoot });
    this.#connection = connection;
    this.#contact = contact;
    this.#outbox = outbox;
    this.#sender = sender;
  }

  get status(): RemoteStatus {
    const { count, last } = this.#outbox.refusals;
    return {
      state: this.#contact.state,
      address: this.address,
      waiting: this.#outbox.waiting,
      refused: count,
      ...(last !== undefined && { lastRefusal: last }),
      ...this.#contact.problem,
    };
  }

  /** Changes are on their way at this moment. */
  get isSending(): boolean {
    return this.#sender.isSending;
  }

  /** Somebody came to look, or a pause is over. */
  poke(): void {
    this.#sender.poke();
    this.#puller.poke();
  }

  signIn(credentials: RemoteCredentials): void {
    this.#connection.credentials = credentials;
  }

  /** Whatever pause was left. */
  tryAgain(): void {
    this.#contact.reset();
  }

  async loadHistories(query: Pick<SeriesQuery, 'runs' | 'metrics'>): Promise<void> {
    if (!this.#contact.mayTry) {
      return;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patienceForHistories);
    });
    await Promise.race([this.#histories.load(query), late]);
    clearTimeout(timer);
  }

  async listArtifacts(run: string, folder: string): Promise<StoredArtifact[] | undefined> {
    return this.#contact.mayTry ? this.#artifacts.list(run, folder) : undefined;
  }

  loadArtifact(run: string, file: string): Promise<void> {
    return this.#artifacts.load(run, file);
  }

  dispose(): void {
    this.#disposables.dispose();
  }
}
