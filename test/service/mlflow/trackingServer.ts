import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach } from 'vitest';
import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import type { RunStore } from '../../../src/service/experiments/store.ts';
import { createTrackingServer, type TrackingServer } from '../../../src/service/mlflow/server.ts';
import { createModelStore } from '../../../src/service/models/sqliteStore.ts';
import type { ModelStore } from '../../../src/service/models/store.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { createTraceStore } from '../../../src/service/traces/sqliteStore.ts';
import type { TraceStore } from '../../../src/service/traces/store.ts';

export const secret = 'unguessable-secret-for-tests';

export interface TestServer {
  readonly server: TrackingServer;
  readonly store: RunStore;
  readonly models: ModelStore;
  readonly traces: TraceStore;
  /** Holds the artifact folder and whatever lies outside of it. */
  readonly folder: string;
  readonly artifactRoot: string;
  readonly logged: string[];
}

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) {
    cleanup();
  }
});

export async function startServer(port?: number): Promise<TestServer> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-mlflow-'));
  cleanups.push(() => fs.rmSync(folder, { recursive: true, force: true }));
  const artifactRoot = path.join(folder, 'artifacts');
  const opened = openDatabase(path.join(folder, 'workbench.db'), migrations);
  cleanups.push(() => opened.dispose());
  const logged: string[] = [];
  const log = { write: (_level: string, _source: string, message: string) => void logged.push(message) };
  const store = createRunStore({ database: opened.database, log });
  const models = createModelStore({ database: opened.database, runs: store, log });
  const traces = createTraceStore({ database: opened.database, runs: store, log });
  const server = await createTrackingServer({
    store,
    models,
    traces,
    artifactRoot,
    secret,
    log,
    ...(port !== undefined && { port }),
  });
  cleanups.push(() => server.dispose());
  return { server, store, models, traces, folder, artifactRoot, logged };
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads whatever fields the reply ought to have.
  readonly json: any;
}

export interface Sent {
  readonly method?: string;
  readonly headers?: http.OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Sends the path exactly as written; `fetch` would tidy it up before an attack arrives. */
export function sendRaw(port: number, rawPath: string, sent: Sent = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: '127.0.0.1',
        port,
        path: rawPath,
        method: sent.method ?? 'GET',
        headers: sent.headers,
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode!, headers: response.headers, text, json: jsonOf(text) });
        });
      },
    );
    request.on('error', reject);
    request.end(sent.body);
  });
}

/** The calls of a client below one tracking address. */
export function clientOf(uri: string) {
  const { port, pathname } = new URL(uri);
  const at = (rawPath: string, sent?: Sent) => sendRaw(Number(port), `${pathname}${rawPath}`, sent);
  return {
    raw: at,
    get: (endpoint: string, query: Record<string, string> = {}) =>
      at(`/api/2.0/mlflow/${endpoint}?${new URLSearchParams(query)}`),
    post: (endpoint: string, body: unknown, method = 'POST') => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      // Node sends the body of a DELETE without its length, as if there were none.
      const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) };
      return at(`/api/2.0/mlflow/${endpoint}`, { method, headers, body: text });
    },
    artifact: (method: string, rawPath: string, body?: string | Buffer) =>
      at(`/api/2.0/mlflow-artifacts/artifacts/${rawPath}`, { method, ...(body !== undefined && { body }) }),
  };
}

export async function newRun(client: ReturnType<typeof clientOf>, fields: object = {}): Promise<string> {
  const reply = await client.post('runs/create', {
    experiment_id: '0',
    start_time: 1_700_000_000_000,
    ...fields,
  });
  return reply.json.run.info.run_id;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
