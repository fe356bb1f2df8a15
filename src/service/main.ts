import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import { errorShape } from '../base/errors.ts';
import { DisposableStore, toDisposable } from '../base/lifecycle.ts';
import { protocolVersion } from '../protocol/rpc.ts';
import {
  getStatus,
  hello,
  logWritten,
  retire,
  type ServiceAddress,
  type ServiceAnnouncement,
  type TrackingOptions,
} from '../protocol/service.ts';
import { createData } from './data/data.ts';
import { registerData } from './data/rpc.ts';
import { otherVersion } from './errors.ts';
import { createExperiments } from './experiments/experiments.ts';
import { registerExperiments } from './experiments/rpc.ts';
import { createRunStore } from './experiments/sqliteStore.ts';
import { leaveWhenIdle } from './idle.ts';
import { registerImport } from './import/rpc.ts';
import { FileLog } from './log.ts';
import { createTrackingServer } from './mlflow/server.ts';
import { createModelStore } from './models/sqliteStore.ts';
import { originOf, registerPrivacy } from './privacy/rpc.ts';
import { createRemoteTracking } from './remote/remoteTracking.ts';
import { registerRemote } from './remote/rpc.ts';
import { Router } from './router.ts';
import { databaseBytes, openDatabase } from './storage/database.ts';
import { migrations } from './storage/migrations/all.ts';
import { acquireProcessLock } from './storage/processLock.ts';
import { createTraceStore } from './traces/sqliteStore.ts';
import { registerVersions } from './versions/rpc.ts';
import { createVersions } from './versions/versions.ts';
import {
  keepArtifactsIn,
  openWorkspaceFolder,
  readServiceAddress,
  socketPath,
  type WorkspaceFolder,
  writeServiceAddress,
} from './workspaceFolder.ts';

/** Set by the build to the extension's version. */
declare const WORKBENCH_VERSION: string;

interface Options extends TrackingOptions {
  readonly workspace: string;
  readonly idleSeconds: number;
}

/** The service of one workspace folder: everything that holds data or does work. */
async function main(): Promise<void> {
  try {
    const options = readOptions();
    const folder = openWorkspaceFolder(options.workspace);
    const other = await addressOfOther(folder);
    announce(
      other ? { state: 'attach', address: other } : { state: 'ready', address: await serve(folder, options) },
    );
  } catch (error) {
    const { code, message } = errorShape(error);
    announce({ state: 'failed', error: { code, message } });
    process.exit(1);
  }
}

async function serve(folder: WorkspaceFolder, options: Options): Promise<ServiceAddress> {
  const startedAt = Date.now();
  const disposables = new DisposableStore();
  const log = new FileLog(folder.log);
  logCrashes(log);
  if (options.artifacts !== undefined) {
    keepArtifactsIn(folder, options.artifacts);
  }
  const { database } = disposables.add(openDatabase(folder.database, migrations));
  const before = trackingBefore(readServiceAddress(folder));

  const versions = disposables.add(
    createVersions({
      workspace: folder.root,
      database,
      log,
      originOf: (file) => originOf(folder.root, file),
    }),
  );
  const data = disposables.add(
    createData({
      workspace: folder.root,
      scratch: folder.scratch,
      database,
      hashes: {
        known: (file) => versions.knownContentHash(file),
        compute: (file, signal) => versions.contentHash(file, signal),
      },
      versions,
      log,
    }),
  );
  const runs = createRunStore({ database, log });
  const remote = disposables.add(
    createRemoteTracking({
      local: {
        runs,
        models: createModelStore({ database, runs, log }),
        traces: createTraceStore({ database, runs, log }),
      },
      folder: path.dirname(folder.artifacts),
      environment: process.env,
      log,
    }),
  );
  const { runs: store, models, traces } = remote.stores;
  const tracking = disposables.add(
    await createTrackingServer({
      store,
      models,
      traces,
      artifactRoot: folder.artifacts,
      artifactWritten: (relative) => remote.artifactWritten(relative),
      origin: remote,
      workspace: folder.root,
      log,
      ...trackingAddress(options, before),
    }),
  );
  const experiments = disposables.add(
    createExperiments({
      workspace: folder.root,
      store,
      tracking,
      datasets: versions,
      runtime: runtimeFiles(),
      origin: remote,
      log,
    }),
  );

  const artifacts = fs.realpathSync(folder.artifacts);
  const router = new Router(log);
  const address: ServiceAddress = {
    protocol: protocolVersion,
    version: WORKBENCH_VERSION,
    processId: process.pid,
    socket: socketPath(folder.root),
    trackingUri: tracking.uri,
    ...(options.open && { secret: before.secret }),
    startedAt,
  };
  const leave = (reason: string) => {
    log.write('info', 'service', `Leaving: ${reason}`);
    disposables.dispose();
    process.exit(0);
  };
  // A run whose script has ended may still be captured: it counts as one, so that nobody leaves before.
  const runningRuns = () =>
    Math.max(store.runsUnderWay().filter(({ details }) => details).length, Math.min(1, experiments.busyRuns));
  // What a script by itself left unfinished when it was killed looks under way for ever: it must not hold anybody.
  const isScriptExpected = () =>
    tracking.connections > 0 ||
    Date.now() - tracking.lastRequestTime() < (store.runsUnderWay().length > 0 ? 3_600_000 : 30_000);

  router.on(hello, ({ protocol, version }) => {
    if (protocol !== protocolVersion || version !== WORKBENCH_VERSION) {
      throw otherVersion(WORKBENCH_VERSION, version);
    }
    const { processId, trackingUri } = address;
    return { protocol, version, processId, workspace: folder.root, trackingUri, artifacts };
  });
  router.on(retire, async () => {
    // Of a run that has just ended something may still be captured: that is over within moments.
    if (store.runsUnderWay().length === 0) {
      await experiments.captured();
    }
    const running = runningRuns();
    if (running === 0) {
      // The answer goes out first.
      setTimeout(() => leave('another version takes over'), 100);
    }
    return { runningRuns: running, leaving: running === 0 };
  });
  router.on(getStatus, () => ({
    processId: process.pid,
    startedAt,
    connections: router.connections,
    runningRuns: runningRuns(),
    runsUnderWay: store.runsUnderWay().length,
    databaseBytes: databaseBytes(folder.database),
  }));
  disposables.add(registerVersions(router, versions));
  disposables.add(registerData(router, data));
  disposables.add(
    registerPrivacy(router, {
      workspace: folder.root,
      scratch: `${folder.scratch}-privacy`,
      runs: experiments.ownRuns,
      log,
    }),
  );
  disposables.add(registerExperiments(router, experiments));
  // A script started by hand is known by its connection alone, and one that was killed leaves its run open for ever.
  const isScriptThere = () => tracking.connections > 0 || Date.now() - tracking.lastRequestTime() < 30_000;
  const loggingRuns = () => Math.max(runningRuns(), isScriptThere() ? store.runsUnderWay().length : 0);
  disposables.add(
    registerRemote(router, remote, { count: loggingRuns, captured: () => experiments.captured() }),
  );
  registerImport(router, { store, models, workspace: folder.root, artifactRoot: folder.artifacts, log });
  disposables.add(log.onEntry((entry) => router.notify(logWritten, entry)));

  disposables.add(await listen(address.socket, router));
  writeServiceAddress(folder, address);
  experiments.adoptRuns();
  disposables.add(
    leaveWhenIdle({
      seconds: options.idleSeconds,
      isNeeded: () => router.connections > 0 || runningRuns() > 0 || isScriptExpected() || remote.isSending,
      leave: () => leave('nobody is attached and nothing is running'),
    }),
  );
  process.once('SIGTERM', () => leave('asked to end'));
  log.write('info', 'service', `Ready in ${Date.now() - startedAt} ms`, { processId: process.pid });
  return address;
}

function listen(socket: string, router: Router): Promise<{ dispose(): void }> {
  if (process.platform !== 'win32') {
    // The lock is ours, so whatever lies here was left by a process that is gone.
    fs.rmSync(socket, { force: true });
  }
  const server = net.createServer((client) => {
    client.setNoDelay(true);
    router.serve(createMessageConnection(new StreamMessageReader(client), new StreamMessageWriter(client)));
  });
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, () => resolve(toDisposable(() => server.close())));
  });
}

/**
 * Undefined when this process now holds the folder, until it ends.
 * Another one that holds it may still be starting, or be about to end: both are over within moments.
 */
async function addressOfOther(folder: WorkspaceFolder): Promise<ServiceAddress | undefined> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    if (acquireProcessLock(folder.lock)) {
      return undefined;
    }
    const address = readServiceAddress(folder);
    if (address && (await answers(address.socket))) {
      return address;
    }
    if (Date.now() > deadline) {
      throw new Error('another service holds this folder but does not answer');
    }
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.connect(socket);
    probe.once('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.once('error', () => resolve(false));
  });
}

function trackingAddress({ port, open }: Options, before: { secret: string; port?: number }) {
  const { secret, ...portBefore } = before;
  return { ...(!open && { secret }), ...(port === undefined ? portBefore : { port, onlyThatPort: true }) };
}

/** The same port and secret as before a restart, so that scripts under way find the service again. */
function trackingBefore(previous: ServiceAddress | undefined): { secret: string; port?: number } {
  if (!previous) {
    return { secret: newSecret() };
  }
  const uri = new URL(previous.trackingUri);
  return {
    secret: previous.secret || uri.pathname.slice(1) || newSecret(),
    port: Number(uri.port),
  };
}

function newSecret(): string {
  return randomBytes(24).toString('base64url');
}

/** Files that the build lays beside the service's own bundle. */
function runtimeFiles() {
  const runners = path.join(import.meta.dirname, '..', 'runners');
  return {
    nodePath: process.execPath,
    supervisorScript: path.join(runners, 'supervisor.mjs'),
    pythonModulePath: path.join(runners, 'python'),
    nodeModulePath: path.join(runners, 'node'),
  };
}

function logCrashes(log: FileLog): void {
  process.on('unhandledRejection', (error) => log.write('error', 'service', `Unhandled: ${describe(error)}`));
  process.on('uncaughtException', (error) => {
    log.write('error', 'service', `Crashed: ${describe(error)}`);
    process.exit(70);
  });
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function announce(announcement: ServiceAnnouncement): void {
  // A starter that has gone away must not bring the service down.
  process.stdout.on('error', () => undefined);
  process.stdout.write(`${JSON.stringify(announcement)}\n`);
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      workspace: { type: 'string' },
      'idle-seconds': { type: 'string', default: '10' },
      port: { type: 'string' },
      artifacts: { type: 'string' },
      open: { type: 'boolean', default: false },
    },
  });
  return {
    workspace: values.workspace ?? process.cwd(),
    idleSeconds: Number(values['idle-seconds']),
    ...(values.port !== undefined && { port: Number(values.port) }),
    ...(values.artifacts !== undefined && { artifacts: values.artifacts }),
    open: values.open,
  };
}

void main();
