import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { DisposableStore, toDisposable } from '../../../src/base/lifecycle.ts';
import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import type { RunStore } from '../../../src/service/experiments/store.ts';
import type { Log } from '../../../src/service/log.ts';
import { createTrackingServer, type TrackingServer } from '../../../src/service/mlflow/server.ts';
import { createModelStore } from '../../../src/service/models/sqliteStore.ts';
import {
  createRemoteTracking,
  type RemoteTracking,
  type Stores,
} from '../../../src/service/remote/remoteTracking.ts';
import { type Database, openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { createTraceStore } from '../../../src/service/traces/sqliteStore.ts';
import { waitFor } from '../../support/waitFor.ts';
import { clientOf, secret } from '../mlflow/trackingServer.ts';

const disposables: DisposableStore[] = [];

afterEach(() => {
  for (const one of disposables.splice(0).reverse()) {
    one.dispose();
  }
});

function scope(): DisposableStore {
  const store = new DisposableStore();
  disposables.push(store);
  return store;
}

function newFolder(name: string): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `mlops-${name}-`));
  scope().add(toDisposable(() => fs.rmSync(folder, { recursive: true, force: true })));
  return folder;
}

/** A tracking server of our own that plays the remote one; it can go away and come back at the same address. */
export class RemoteServer {
  readonly artifactRoot = path.join(newFolder('remote'), 'artifacts');
  readonly store: RunStore;
  readonly #stores: Stores;
  #running: DisposableStore | undefined;
  #server: TrackingServer | undefined;
  #port: number | undefined;

  private constructor() {
    const file = path.join(path.dirname(this.artifactRoot), 'remote.db');
    const { database } = scope().add(openDatabase(file, migrations));
    this.#stores = storesOf(database, silent);
    this.store = this.#stores.runs;
  }

  static async start(): Promise<RemoteServer> {
    const server = new RemoteServer();
    await server.start();
    return server;
  }

  get address(): string {
    return this.#server!.uri;
  }

  /** Of somebody else, who logs there directly. */
  get client() {
    return clientOf(this.address);
  }

  async start(): Promise<void> {
    const port = this.#port === undefined ? {} : { port: this.#port };
    const { artifactRoot } = this;
    const { runs: store, ...others } = this.#stores;
    this.#running = scope();
    this.#server = this.#running.add(
      await createTrackingServer({ store, ...others, artifactRoot, secret, log: silent, ...port }),
    );
    this.#port = this.#server.port;
  }

  stop(): void {
    this.#running?.dispose();
  }
}

/** A folder with the Workbench's tracking, and a client that logs to it as a script would. */
export class Workbench {
  readonly folder = newFolder('workbench');
  readonly messages: string[] = [];
  #open: DisposableStore | undefined;
  #remote: RemoteTracking | undefined;
  #server: TrackingServer | undefined;

  static async start(): Promise<Workbench> {
    const workbench = new Workbench();
    await workbench.start();
    return workbench;
  }

  get remote(): RemoteTracking {
    return this.#remote!;
  }

  get store(): RunStore {
    return this.remote.stores.runs;
  }

  get client() {
    return clientOf(this.#server!.uri);
  }

  clientOfRun(runId: string) {
    return clientOf(this.#server!.uriForRun(runId));
  }

  async start(): Promise<void> {
    const log = {
      write: (level: string, source: string, message: string) =>
        void this.messages.push(`${level} ${source}: ${message}`),
    };
    this.#open = scope();
    const { database } = this.#open.add(openDatabase(path.join(this.folder, 'workbench.db'), migrations));
    this.#remote = this.#open.add(
      createRemoteTracking({
        local: storesOf(database, log),
        folder: this.folder,
        environment: {},
        log,
        pace: { look: 50, sweep: 300, firstPause: 20, longestPause: 100 },
      }),
    );
    this.#server = this.#open.add(
      await createTrackingServer({
        store: this.#remote.stores.runs,
        models: this.#remote.stores.models,
        traces: this.#remote.stores.traces,
        artifactRoot: path.join(this.folder, 'artifacts'),
        artifactWritten: (relative) => this.remote.artifactWritten(relative),
        origin: this.#remote,
        secret,
        log,
      }),
    );
    this.#remote.setWatched(true);
  }

  /** The process ends at this instant; what was answered is on disk. */
  stop(): void {
    this.#open?.dispose();
  }

  async restart(): Promise<void> {
    this.stop();
    await this.start();
  }

  connectTo(address: string | null, more: { token?: string } = {}) {
    const credentials = more.token === undefined ? {} : { credentials: { token: more.token } };
    return this.remote.configure({ address, by: 'setting', ...credentials }, 0);
  }

  connected(): Promise<true> {
    return this.state('connected');
  }

  state(state: string): Promise<true> {
    return waitFor(`the state ${state}`, () => this.remote.status.state === state) as Promise<true>;
  }

  /** Everything was sent or set aside. */
  allSent(): Promise<true> {
    return waitFor('the outbox to be empty', () => this.remote.status.waiting === 0) as Promise<true>;
  }
}

/** An HTTP server with an answer of its own for everything. */
export async function oddServer(
  answer: (request: http.IncomingMessage) => {
    status: number;
    body: string;
    headers?: http.OutgoingHttpHeaders;
  },
): Promise<{ address: string; seen: http.IncomingMessage[] }> {
  const seen: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request);
    const { status, body, headers } = answer(request);
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  scope().add(
    toDisposable(() => {
      server.close();
      server.closeAllConnections();
    }),
  );
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

function storesOf(database: Database, log: Log): Stores {
  const runs = createRunStore({ database, log });
  return {
    runs,
    models: createModelStore({ database, runs, log }),
    traces: createTraceStore({ database, runs, log }),
  };
}

const silent = { write: () => undefined };
