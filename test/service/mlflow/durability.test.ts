import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { createRunStore } from '../../../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../../../src/service/storage/database.ts';
import { migrations } from '../../../src/service/storage/migrations/all.ts';
import { clientOf, newRun } from './trackingServer.ts';

const children = new Set<ChildProcess>();
const folders: string[] = [];

afterEach(() => {
  for (const child of children) {
    child.kill('SIGKILL');
  }
  children.clear();
  for (const folder of folders.splice(0)) {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

async function startProcess(folder: string): Promise<{ child: ChildProcess; uri: string }> {
  const child = spawn(
    process.execPath,
    [
      path.join(import.meta.dirname, 'trackingProcess.ts'),
      path.join(folder, 'workbench.db'),
      path.join(folder, 'artifacts'),
      'secret',
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  children.add(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, uri: line.toString().trim() };
}

/** Logs one metric after another on four connections until the server is gone; answers the steps that were answered. */
async function logUntilGone(
  uri: string,
  runId: string,
  onAnswer: (count: number) => void,
): Promise<Set<number>> {
  const { port, pathname } = new URL(uri);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
  const answered = new Set<number>();
  let next = 0;
  const post = (step: number) =>
    new Promise<number>((resolve, reject) => {
      const body = JSON.stringify({ run_id: runId, key: 'm', value: step, timestamp: 1, step });
      const request = http.request(
        {
          host: '127.0.0.1',
          port,
          agent,
          method: 'POST',
          path: `${pathname}/api/2.0/mlflow/runs/log-metric`,
          headers: { 'content-type': 'application/json', 'content-length': body.length },
        },
        (response) => {
          response.resume();
          response.on('end', () => resolve(response.statusCode!));
          response.on('error', reject);
        },
      );
      request.on('error', reject);
      request.end(body);
    });
  const client = async () => {
    for (;;) {
      const step = next++;
      if ((await post(step)) === 200) {
        answered.add(step);
        onAnswer(answered.size);
      }
    }
  };
  await Promise.allSettled([client(), client(), client(), client()]);
  agent.destroy();
  return answered;
}

test('a server killed in the middle of writing has kept every point that it answered', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-kill-'));
  folders.push(folder);
  let runId: string | undefined;
  for (const killAfter of [1, 7, 50, 333, 1_000]) {
    const { child, uri } = await startProcess(folder);
    runId = await newRun(clientOf(uri));
    const answered = await logUntilGone(uri, runId, (count) => {
      if (count === killAfter) {
        child.kill('SIGKILL');
      }
    });
    expect(answered.size).toBeGreaterThanOrEqual(killAfter);
    const opened = openDatabase(path.join(folder, 'workbench.db'), migrations);
    const store = createRunStore({ database: opened.database, log: { write: () => undefined } });
    const kept = new Set(store.metricHistory(runId, 'm', 1_000_000, 0).map((point) => point.step));
    expect([...answered].filter((step) => !kept.has(step))).toEqual([]);
    expect(store.metrics(runId)[0]?.count).toBe(kept.size);
    expect(opened.database.pragma('integrity_check', { simple: true })).toBe('ok');
    opened.dispose();
  }
});

test('an upload under way when the server is killed leaves nothing behind after the next start', async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-kill-'));
  folders.push(folder);
  const first = await startProcess(folder);
  const { port, pathname } = new URL(first.uri);
  const upload = http.request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    path: `${pathname}/api/2.0/mlflow-artifacts/artifacts/0/a.bin`,
  });
  upload.on('error', () => undefined);
  upload.write(Buffer.alloc(1_000_000));
  const uploads = path.join(folder, 'artifacts', '.uploads');
  await expect.poll(() => fs.readdirSync(uploads).length).toBe(1);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await startProcess(folder);
  expect(fs.readdirSync(uploads)).toEqual([]);
  expect(fs.existsSync(path.join(folder, 'artifacts', '0'))).toBe(false);
});
