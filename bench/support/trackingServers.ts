import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { createRunStore } from '../../src/service/experiments/sqliteStore.ts';
import type { KeyValue } from '../../src/service/experiments/store.ts';
import { openDatabase } from '../../src/service/storage/database.ts';
import { migrations } from '../../src/service/storage/migrations/all.ts';

/** What one tracking server is asked for, over HTTP alone: the same requests for ours and for MLflow's own. */

const run = promisify(execFile);
const here = import.meta.dirname;

export interface Load {
  readonly uri: string;
  readonly endpoint: string;
  readonly method?: 'GET' | 'POST';
  readonly body?: string;
  readonly requests: number;
  readonly connections: number;
  readonly firstStep?: number;
  readonly stepsPerRequest?: number;
}

/** Requests per second, from a process that does nothing but send. */
export async function requestsPerSecond(load: Load): Promise<number> {
  const whole = { method: 'POST', body: '', firstStep: 0, stepsPerRequest: 0, ...load };
  const { stdout } = await run(process.execPath, [path.join(here, 'loadClient.ts'), JSON.stringify(whole)]);
  return load.requests / Number(stdout);
}

export async function newRun(uri: string): Promise<string> {
  const reply = await fetch(`${uri}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"experiment_id":"0","start_time":1}',
  });
  return ((await reply.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
}

export interface Filled {
  readonly experiment: string;
  /** Has 100,000 points of `loss`. */
  readonly longRun: string;
}

/**
 * An experiment of so many runs in a new database of ours, every one with four metrics, four parameters and two tags,
 * and the long run. `fillMlflow.py` does the same for MLflow's own server.
 */
export function fillOurs(file: string, runs: number): Filled {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const { database, dispose } = openDatabase(file, migrations);
  const store = createRunStore({ database, log: { write: () => undefined } });
  const experiment = store.createExperiment({ name: 'bench', tags: [] }).id;
  const add = (startTime: number, tags: readonly KeyValue[]) =>
    store.createRun({ experiment, status: 'RUNNING', startTime, userId: '', tags }).runId;
  let longRun = '';
  store.inOneTransaction(() => {
    for (let index = 0; index < runs; index += 1) {
      const startTime = 1_700_000_000_000 + index * 60_000;
      const runId = add(startTime, [{ key: 'stage', value: index % 3 ? 'new' : 'old' }]);
      store.logBatch(runId, contents(index, startTime));
    }
    longRun = add(1_600_000_000_000, []);
    store.logBatch(longRun, { metrics: longHistory() });
  });
  dispose();
  return { experiment, longRun };
}

/** Values spread evenly and the same each time: one run in six is a tree with an accuracy above 0.5. */
function contents(index: number, timestamp: number) {
  const spread = (factor: number) => ((index * factor) % 9_973) / 9_973;
  const metric = (key: string, value: number) => ({ key, value, timestamp, step: 0 });
  return {
    metrics: [
      metric('accuracy', spread(7_919)),
      metric('loss', spread(104_729)),
      metric('f1', spread(31)),
      metric('seconds', spread(17) * 100),
    ],
    parameters: [
      { key: 'model', value: ['tree', 'forest', 'svm'][index % 3]! },
      { key: 'lr', value: String(spread(13)) },
      { key: 'depth', value: String(index % 12) },
      { key: 'seed', value: String(index) },
    ],
  };
}

function longHistory() {
  return Array.from({ length: 100_000 }, (_, step) => ({
    key: 'loss',
    value: 1 / (step + 1),
    timestamp: 1_600_000_000_000 + step,
    step,
  }));
}

/** Resident memory of a process and of those that it started, in MB. */
export function memoryMegabytes(processId: number): number {
  const status = fs.readFileSync(`/proc/${processId}/status`, 'utf8');
  const own = Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1_024;
  const children = fs.readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').trim();
  return children
    .split(' ')
    .filter((child) => child !== '')
    .reduce((sum, child) => sum + memoryMegabytes(Number(child)), own);
}

/** A database with what still lies beside it, in MB. */
export function databaseMegabytes(file: string): number {
  return ['', '-wal']
    .map((suffix) => fs.statSync(file + suffix, { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, bytes) => sum + bytes / 1_048_576, 0);
}
