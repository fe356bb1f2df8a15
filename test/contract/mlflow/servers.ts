import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { waitFor } from '../../support/waitFor.ts';

/** A tracking server in a process of its own, to be ended with `stop`. */
export interface Peer {
  readonly uri: string;
  readonly processId: number;
  stop(): Promise<void>;
}

/** Nothing of the user's own MLflow reaches a client or a server of these tests. */
export function plainEnvironment(): Record<string, string | undefined> {
  const inherited = Object.entries(process.env).filter(([name]) => !/^ML(FLOW|OPS)_/.test(name));
  return { ...Object.fromEntries(inherited), MLFLOW_DISABLE_TELEMETRY: 'true', PYTHONDONTWRITEBYTECODE: '1' };
}

/** MLflow's own server with SQLite and served artifacts, everything in this folder. */
export async function startMlflow(python: string, folder: string): Promise<Peer> {
  fs.mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const log = fs.openSync(path.join(folder, 'server.log'), 'w');
  const child = spawn(
    python,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${path.join(folder, 'mlflow.db')}`],
      ...['--artifacts-destination', path.join(folder, 'mlartifacts')],
    ],
    {
      cwd: folder,
      stdio: ['ignore', log, log],
      // It starts workers, which are ended with it.
      detached: true,
      env: { ...plainEnvironment(), MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false' },
    },
  );
  fs.closeSync(log);
  const peer = peerOf(child, `http://127.0.0.1:${port}`, -child.pid!);
  await waitFor(
    "MLflow's own server",
    async () => {
      if (child.exitCode !== null) {
        throw new Error(fs.readFileSync(path.join(folder, 'server.log'), 'utf8').slice(-2_000));
      }
      return (await fetch(`${peer.uri}/health`)).ok;
    },
    180_000,
  ).catch(async (error: unknown) => {
    await peer.stop();
    throw error;
  });
  return peer;
}

/** Ours, from the sources, everything in this folder. */
export async function startOurs(folder: string): Promise<Peer> {
  fs.mkdirSync(folder, { recursive: true });
  const script = path.join(import.meta.dirname, '..', '..', 'service', 'mlflow', 'trackingProcess.ts');
  const child = spawn(
    process.execPath,
    [script, path.join(folder, 'workbench.db'), path.join(folder, 'artifacts'), 'secret'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return peerOf(child, line.toString().trim(), child.pid!);
}

function peerOf(child: ChildProcess, uri: string, target: number): Peer {
  return {
    uri,
    processId: child.pid!,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const end = once(child, 'exit');
        process.kill(target, 'SIGKILL');
        await end;
      }
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
