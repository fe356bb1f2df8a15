/**
 * What tracking costs, beside MLflow's own server on the same machine (its SQLite, one worker): requests per second
 * as a raw HTTP client gets them and as MLflow's own Python client does, with 10,000 runs and a metric of 100,000
 * points in the database; memory and the size of the database; then ours alone with 10,000,000 points.
 * `node bench/tracking.ts [--requests N] [--points N]`.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createRunStore } from '../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../src/service/storage/database.ts';
import { migrations } from '../src/service/storage/migrations/all.ts';
import { pythonWithClient } from '../test/contract/mlflow/mlflowScript.ts';
import { type Peer, plainEnvironment, startMlflow, startOurs } from '../test/contract/mlflow/servers.ts';
import {
  databaseMegabytes,
  type Filled,
  fillOurs,
  memoryMegabytes,
  newRun,
  requestsPerSecond,
} from './support/trackingServers.ts';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '20000' },
    points: { type: 'string', default: '10000000' },
  },
});
const requests = Number(values.requests);
const manyPoints = Number(values.points);
const runs = 10_000;
const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-bench-'));
const run = promisify(execFile);

/** Calls per second, of an HTTP client that costs next to nothing. */
interface Served {
  readonly logMetric8: number;
  readonly logMetric1: number;
  /** Of 1,000 metrics each. */
  readonly logBatch: number;
  /** With filter and order, the first 100 of 10,000 runs. */
  readonly search: number;
  /** The same, the first 1,000. */
  readonly searchLong: number;
  /** Pages of 25,000 points out of 100,000. */
  readonly history: number;
}

/** Seconds per call, as MLflow's Python client waits for them. */
interface Client {
  readonly logMetric: number;
  readonly logBatch: number;
  readonly search: number;
  /** `mlflow.search_runs` of 1,000 runs, a pandas table. */
  readonly table: number;
  /** All 100,000 points. */
  readonly history: number;
}

interface Figures {
  readonly served: Served;
  readonly client?: Client;
  readonly memoryMegabytes: { readonly idle: number; readonly after: number };
  readonly databaseMegabytes: number;
}

try {
  const python = await pythonWithClient('mlflow 3').catch((error: unknown) => {
    console.log(
      `MLflow's own client and server are not here: ${error instanceof Error ? error.message : error}`,
    );
    return undefined;
  });
  const ours = await told('ours', () => measureOurs(python));
  const theirs =
    python === undefined ? undefined : await told("MLflow's server", () => measureMlflow(python));
  const large = await told('many points', measureManyPoints);
  const chart = await measureChart();
  show(ours, theirs);
  console.log(
    `${large.points.toLocaleString('en')} points of one run in ours: written at ` +
      `${Math.round(large.metricsPerSecond).toLocaleString('en')} metrics/s, database ${large.databaseMegabytes.toFixed(0)} MB ` +
      `(${((large.databaseMegabytes * 1_048_576) / large.points).toFixed(1)} bytes a point), ` +
      `1,000 points to draw: first ${large.firstSeriesMilliseconds.toFixed(0)} ms, ` +
      `then ${large.nextSeriesMilliseconds.toFixed(1)} ms; server ${large.memoryMegabytes.toFixed(0)} MB`,
  );
  console.log(
    `Live chart of 200,000 points: first answer ${chart.firstMilliseconds.toFixed(1)} ms, ` +
      `each after one more point ${chart.liveMilliseconds.toFixed(2)} ms`,
  );
  // Beside other work on the machine the figures say little; the load average tells.
  console.log(
    `Load average over the last minute: ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`,
  );
  fs.mkdirSync(path.join(root, 'out/bench'), { recursive: true });
  const machine = { node: process.version, cpus: os.cpus().length, loadAverage: os.loadavg(), requests };
  fs.writeFileSync(
    path.join(root, 'out/bench/tracking.json'),
    `${JSON.stringify({ ...machine, ours, mlflow: theirs ?? null, large, chart }, null, 2)}\n`,
  );
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

/** Says how long a part took, as the whole takes minutes. */
async function told<T>(what: string, work: () => Promise<T>): Promise<T> {
  const begin = performance.now();
  const result = await work();
  console.log(`${what}: measured in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  return result;
}

async function measureOurs(python: string | undefined): Promise<Figures> {
  const place = path.join(folder, 'ours');
  const database = path.join(place, 'workbench.db');
  const filled = fillOurs(database, runs);
  const server = await startOurs(place);
  try {
    const idle = memoryMegabytes(server.processId);
    const figures = await measure(server, filled, requests, python);
    return withSizes(figures, server, idle, database);
  } finally {
    await server.stop();
  }
}

/** Far fewer requests, or it would take an hour: a rate is a rate. */
async function measureMlflow(python: string): Promise<Figures> {
  const place = path.join(folder, 'mlflow');
  fs.mkdirSync(place);
  const database = path.join(place, 'mlflow.db');
  const script = path.join(import.meta.dirname, 'support', 'fillMlflow.py');
  const { stdout } = await run(python, [script, database, String(runs)], { env: plainEnvironment() });
  const server = await startMlflow(python, place);
  try {
    const idle = memoryMegabytes(server.processId);
    const figures = await measure(
      server,
      JSON.parse(stdout.split('\n').at(-2)!) as Filled,
      Math.min(requests, 800),
      python,
    );
    return withSizes(figures, server, idle, database);
  } finally {
    await server.stop();
  }
}

function withSizes(
  figures: Pick<Figures, 'served' | 'client'>,
  server: Peer,
  idle: number,
  database: string,
): Figures {
  const memory = { idle, after: memoryMegabytes(server.processId) };
  return { ...figures, memoryMegabytes: memory, databaseMegabytes: databaseMegabytes(database) };
}

async function measure(
  { uri }: Peer,
  { experiment, longRun }: Filled,
  count: number,
  python: string | undefined,
): Promise<Pick<Figures, 'served' | 'client'>> {
  const runId = await newRun(uri);
  const metric = `{"run_id":"${runId}","run_uuid":"${runId}","key":"loss","value":0.125,"timestamp":1700000000000,"step":STEP}`;
  const single = (total: number, connections: number, firstStep: number) =>
    requestsPerSecond({
      ...{ uri, endpoint: 'runs/log-metric', body: metric, requests: total, connections },
      ...{ firstStep, stepsPerRequest: 1 },
    });
  await single(Math.ceil(count / 10), 8, 0);
  const logMetric8 = await single(count, 8, 1_000_000);
  const logMetric1 = await single(Math.ceil(count / 4), 1, 2_000_000);
  const logBatch = await batchesPerSecond(uri, runId, Math.max(5, Math.ceil(count / 50)));
  const query = {
    ...{ experiment_ids: [experiment], order_by: ['metrics.loss ASC'] },
    filter: "metrics.accuracy > 0.5 AND params.model = 'tree'",
  };
  const searches = Math.max(5, Math.ceil(count / 200));
  const searchFor = (max_results: number) =>
    requestsPerSecond({
      ...{ uri, endpoint: 'runs/search', requests: searches, connections: 1 },
      body: JSON.stringify({ ...query, max_results }),
    });
  const search = await searchFor(100);
  const searchLong = await searchFor(1_000);
  const history = await requestsPerSecond({
    ...{ uri, method: 'GET', requests: Math.max(4, Math.ceil(count / 500)), connections: 1 },
    endpoint: `metrics/get-history?run_id=${longRun}&metric_key=loss&max_results=25000`,
  });
  const served = { logMetric8, logMetric1, logBatch, search, searchLong, history };
  if (python === undefined) {
    return { served };
  }
  const script = path.join(import.meta.dirname, 'support', 'pythonClient.py');
  const counts = [Math.ceil(count / 20), Math.max(5, Math.ceil(count / 400)), searches].map(String);
  const { stdout } = await run(python, [script, uri, experiment, longRun, ...counts], {
    env: plainEnvironment(),
  });
  return { served, client: JSON.parse(stdout.split('\n').at(-2)!) as Client };
}

/** Batches of 1,000 metrics on two connections. */
function batchesPerSecond(uri: string, runId: string, batches: number): Promise<number> {
  const point = '{"key":"accuracy","value":0.125,"timestamp":1700000000000,"step":STEP}';
  const body = `{"run_id":"${runId}","metrics":[${Array.from({ length: 1_000 }, () => point).join(',')}]}`;
  return requestsPerSecond({
    ...{ uri, endpoint: 'runs/log-batch', body, requests: batches, connections: 2 },
    ...{ firstStep: 0, stepsPerRequest: 1_000 },
  });
}

/** One run of so many points, logged in batches to the served address, then drawn with 1,000 points. */
async function measureManyPoints() {
  const place = path.join(folder, 'large');
  const file = path.join(place, 'workbench.db');
  const server = await startOurs(place);
  try {
    const runId = await newRun(server.uri);
    const perSecond = await batchesPerSecond(server.uri, runId, Math.ceil(manyPoints / 1_000));
    const { database, dispose } = openDatabase(file, migrations);
    const store = createRunStore({ database, log: { write: () => undefined } });
    const ask = () => milliseconds(() => store.series({ runs: [runId], points: 1_000 }));
    const firstSeriesMilliseconds = await ask();
    const nextSeriesMilliseconds = await ask();
    dispose();
    return {
      points: manyPoints,
      metricsPerSecond: 1_000 * perSecond,
      databaseMegabytes: databaseMegabytes(file),
      memoryMegabytes: memoryMegabytes(server.processId),
      firstSeriesMilliseconds,
      nextSeriesMilliseconds,
    };
  } finally {
    await server.stop();
  }
}

async function measureChart(): Promise<{
  readonly firstMilliseconds: number;
  readonly liveMilliseconds: number;
}> {
  const { database, dispose } = openDatabase(path.join(folder, 'chart.db'), migrations);
  const log = { write: () => undefined };
  const writer = createRunStore({ database, log });
  const { runId } = writer.createRun({ experiment: '0', status: 'RUNNING', startTime: 1, userId: '' });
  const point = (step: number) => ({ key: 'loss', step, timestamp: step, value: Math.random() });
  writer.logBatch(runId, { metrics: Array.from({ length: 200_000 }, (_, step) => point(step)) });
  const store = createRunStore({ database, log });
  const ask = () => milliseconds(() => store.series({ runs: [runId], points: 1_000 }));
  const firstMilliseconds = await ask();
  const rounds = 50;
  let total = 0;
  for (let round = 0; round < rounds; round += 1) {
    store.logBatch(runId, { metrics: [point(200_000 + round)] });
    total += await ask();
  }
  dispose();
  return { firstMilliseconds, liveMilliseconds: total / rounds };
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

function show(ours: Figures, theirs: Figures | undefined): void {
  const served = (what: string, unit: string, rate: (figures: Served) => number, budget = '') => ({
    what,
    ours: number(rate(ours.served)),
    "MLflow's server": theirs ? number(rate(theirs.served)) : 'not here',
    times: theirs ? (rate(ours.served) / rate(theirs.served)).toFixed(1) : '',
    unit,
    budget,
  });
  console.table([
    served('log_metric, 8 connections', 'requests/s', (rates) => rates.logMetric8, '≥ 5,000'),
    served('log_metric, 1 connection', 'requests/s', (rates) => rates.logMetric1),
    served('log_batch of 1,000', 'metrics/s', (rates) => 1_000 * rates.logBatch, '≥ 200,000'),
    served('search of 10,000 runs, first 100', 'searches/s', (rates) => rates.search),
    served('the same, first 1,000', 'searches/s', (rates) => rates.searchLong),
    served('metric history of 100,000 points', 'points/s', (rates) => 25_000 * rates.history),
  ]);
  if (ours.client && theirs?.client) {
    console.log("With MLflow's own Python client, milliseconds per call:");
    console.table([
      waited('log_metric', 'logMetric', 1 / ours.served.logMetric1),
      waited('log_batch of 1,000', 'logBatch', 1 / ours.served.logBatch),
      waited('search_runs, first 100', 'search', 1 / ours.served.search),
      waited('search_runs of 1,000 to pandas', 'table', 1 / ours.served.searchLong),
      waited('get_metric_history of 100,000', 'history', 4 / ours.served.history),
    ]);
  }
  console.table(
    (
      [
        ['memory after the start', (figures) => figures.memoryMegabytes.idle],
        ['memory after all this', (figures) => figures.memoryMegabytes.after],
        ['database', (figures) => figures.databaseMegabytes],
      ] as readonly [string, (figures: Figures) => number][]
    ).map(([what, size]) => ({
      what,
      ours: `${size(ours).toFixed(0)} MB`,
      "MLflow's server": theirs ? `${size(theirs).toFixed(0)} MB` : 'not here',
    })),
  );

  /** The client is the limit where our server needs less than a third of what its caller waits. */
  function waited(what: string, call: keyof Client, servedSeconds: number) {
    const [own, peer] = [ours.client![call], theirs!.client![call]];
    return {
      what,
      ours: (own * 1_000).toFixed(1),
      "MLflow's server": (peer * 1_000).toFixed(1),
      times: (peer / own).toFixed(1),
      limit:
        servedSeconds / own < 1 / 3
          ? `the client (the server needs ${(servedSeconds * 1_000).toFixed(1)})`
          : '',
    };
  }
}

function number(value: number): string {
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString('en');
}
