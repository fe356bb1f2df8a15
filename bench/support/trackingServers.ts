import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

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

// biome-ignore lint/suspicious/noExplicitAny: a reply of the REST API, of which a benchmark reads one field.
export async function post(uri: string, endpoint: string, body: object): Promise<any> {
  const reply = await fetch(`${uri}/api/2.0/mlflow/${endpoint}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!reply.ok) {
    throw new Error(`${endpoint}: ${reply.status} ${(await reply.text()).slice(0, 500)}`);
  }
  return reply.json();
}

export interface Filled {
  readonly experiment: string;
  /** Has 100,000 points of `loss`. */
  readonly longRun: string;
}

/** An experiment of so many runs, every one with four metrics, four parameters and two tags, all of it by REST. */
export async function fill(uri: string, runs: number, connections = 4): Promise<Filled> {
  const { experiment_id: experiment } = await post(uri, 'experiments/create', { name: 'bench' });
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < runs; index = next++) {
      const start_time = 1_700_000_000_000 + index * 60_000;
      const runId = await newRun(uri, experiment, start_time, [
        { key: 'stage', value: index % 3 ? 'new' : 'old' },
      ]);
      await post(uri, 'runs/log-batch', { run_id: runId, ...contents(index, start_time) });
    }
  };
  await Promise.all(Array.from({ length: connections }, worker));
  const longRun = await newRun(uri, experiment, 1_600_000_000_000, []);
  for (let first = 0; first < 100_000; first += 1_000) {
    await post(uri, 'runs/log-batch', { run_id: longRun, metrics: points(first, 1_000) });
  }
  return { experiment, longRun };
}

export async function newRun(
  uri: string,
  experiment: string,
  start_time: number,
  tags: object[],
): Promise<string> {
  const { run: made } = await post(uri, 'runs/create', { experiment_id: experiment, start_time, tags });
  return made.info.run_id;
}

/** Values spread evenly and the same each time: two of three runs have an accuracy above 0.5 or so. */
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
    params: [
      { key: 'model', value: ['tree', 'forest', 'svm'][index % 3]! },
      { key: 'lr', value: String(spread(13)) },
      { key: 'depth', value: String(index % 12) },
      { key: 'seed', value: String(index) },
    ],
  };
}

function points(first: number, count: number) {
  return Array.from({ length: count }, (_, index) => ({
    key: 'loss',
    value: 1 / (first + index + 1),
    timestamp: 1_600_000_000_000 + first + index,
    step: first + index,
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
