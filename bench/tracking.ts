/**
 * What logging costs: requests served per second for single metrics, metrics per second in batches of 1,000, and
 * the answer for a live chart of 200,000 points. Beside it MLflow's own server, when a Python environment of the
 * contract tests has it: `node bench/tracking.ts [--requests N]`.
 */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { createRunStore } from '../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../src/service/storage/database.ts';
import { migrations } from '../src/service/storage/migrations/all.ts';
import { cacheFolder } from '../test/editor/setup/cache.ts';

const { values } = parseArgs({ options: { requests: { type: 'string', default: '20000' } } });
const requests = Number(values.requests);
const root = path.resolve(import.meta.dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-bench-'));
const run = promisify(execFile);

interface Figures {
  readonly singleRequestsPerSecond: number;
  readonly oneConnectionRequestsPerSecond: number;
  readonly batchedMetricsPerSecond: number;
}

const ours = await withProcess(
  spawn(process.execPath, [
    path.join(root, 'test/service/mlflow/trackingProcess.ts'),
    path.join(folder, 'workbench.db'),
    path.join(folder, 'artifacts'),
    'secret',
  ]),
  async (child) => {
    const [line] = (await once(child.stdout!, 'data')) as [Buffer];
    return measure(line.toString().trim(), requests);
  },
);
const python = environmentWithMlflow();
const theirs = python === undefined ? undefined : await measureMlflow(python);
const chart = measureChart();

const rows = [
  [
    'log_metric, 8 connections',
    ours.singleRequestsPerSecond,
    theirs?.singleRequestsPerSecond,
    '≥ 5,000',
    'requests/s',
  ],
  [
    'log_metric, 1 connection',
    ours.oneConnectionRequestsPerSecond,
    theirs?.oneConnectionRequestsPerSecond,
    '',
    'requests/s',
  ],
  [
    'log_batch of 1,000',
    ours.batchedMetricsPerSecond,
    theirs?.batchedMetricsPerSecond,
    '≥ 200,000',
    'metrics/s',
  ],
] as const;
console.table(
  rows.map(([what, own, peer, budget, unit]) => ({
    what,
    ours: Math.round(own).toLocaleString('en'),
    "MLflow's server": peer === undefined ? 'not here' : Math.round(peer).toLocaleString('en'),
    times: peer === undefined ? '' : (own / peer).toFixed(1),
    budget,
    unit,
  })),
);
console.log(
  `Live chart of 200,000 points: first answer ${chart.firstMilliseconds.toFixed(1)} ms, ` +
    `each after one more point ${chart.liveMilliseconds.toFixed(2)} ms`,
);
// Beside other work on the machine the figures say little; the load average tells.
console.log(`Load average over the last minute: ${os.loadavg()[0]!.toFixed(1)} on ${os.cpus().length} cores`);
fs.mkdirSync(path.join(root, 'out/bench'), { recursive: true });
fs.writeFileSync(
  path.join(root, 'out/bench/tracking.json'),
  `${JSON.stringify({ node: process.version, cpus: os.cpus().length, loadAverage: os.loadavg(), requests, ours, mlflow: theirs ?? null, chart }, null, 2)}\n`,
);
fs.rmSync(folder, { recursive: true, force: true });

async function measure(uri: string, count: number): Promise<Figures> {
  const runId = await createRun(uri);
  const metric = `{"run_id":"${runId}","run_uuid":"${runId}","key":"loss","value":0.125,"timestamp":1700000000000,"step":STEP}`;
  const point = '{"key":"accuracy","value":0.125,"timestamp":1700000000000,"step":STEP}';
  const batch = `{"run_id":"${runId}","metrics":[${Array.from({ length: 1_000 }, () => point).join(',')}]}`;
  const send = async (
    endpoint: string,
    body: string,
    total: number,
    connections: number,
    firstStep: number,
  ) => {
    const stepsPerRequest = body.split('STEP').length - 1;
    const load = { uri, endpoint, body, requests: total, connections, firstStep, stepsPerRequest };
    const { stdout } = await run(
      process.execPath,
      [path.join(root, 'bench/support/loadClient.ts'), JSON.stringify(load)],
      {
        maxBuffer: 10_000_000,
      },
    );
    return total / Number(stdout);
  };
  await send('runs/log-metric', metric, Math.ceil(count / 10), 8, 0);
  const singleRequestsPerSecond = await send('runs/log-metric', metric, count, 8, 1_000_000);
  const oneConnectionRequestsPerSecond = await send(
    'runs/log-metric',
    metric,
    Math.ceil(count / 4),
    1,
    2_000_000,
  );
  const batches = Math.max(5, Math.ceil(count / 50));
  const batchedMetricsPerSecond = 1_000 * (await send('runs/log-batch', batch, batches, 2, 0));
  return { singleRequestsPerSecond, oneConnectionRequestsPerSecond, batchedMetricsPerSecond };
}

async function createRun(uri: string): Promise<string> {
  const reply = await fetch(`${uri}/api/2.0/mlflow/runs/create`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"experiment_id":"0","start_time":1}',
  });
  return ((await reply.json()) as { run: { info: { run_id: string } } }).run.info.run_id;
}

/** Far fewer requests, or it would take minutes: a rate is a rate. */
async function measureMlflow(python: string): Promise<Figures> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = spawn(
    python,
    [
      ...['-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${path.join(folder, 'mlflow.db')}`],
      ...['--default-artifact-root', path.join(folder, 'mlartifacts')],
    ],
    {
      cwd: folder,
      stdio: 'ignore',
      detached: true,
      env: { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' },
    },
  );
  const uri = `http://127.0.0.1:${port}`;
  return withProcess(server, async () => {
    await untilHealthy(uri);
    return measure(uri, Math.min(requests, 800));
  });
}

async function untilHealthy(uri: string): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const reply = await fetch(`${uri}/health`).catch(() => undefined);
    if (reply?.ok) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error("MLflow's server did not start within two minutes");
}

function measureChart(): { readonly firstMilliseconds: number; readonly liveMilliseconds: number } {
  const { database, dispose } = openDatabase(path.join(folder, 'chart.db'), migrations);
  const log = { write: () => undefined };
  const writer = createRunStore({ database, log });
  const { runId } = writer.createRun({ experiment: '0', status: 'RUNNING', startTime: 1, userId: '' });
  const point = (step: number) => ({ key: 'loss', step, timestamp: step, value: Math.random() });
  writer.logBatch(runId, { metrics: Array.from({ length: 200_000 }, (_, step) => point(step)) });
  const store = createRunStore({ database, log });
  const ask = () => {
    const begin = performance.now();
    store.series({ runs: [runId], points: 1_000 });
    return performance.now() - begin;
  };
  const firstMilliseconds = ask();
  const rounds = 50;
  let total = 0;
  for (let round = 0; round < rounds; round += 1) {
    store.logBatch(runId, { metrics: [point(200_000 + round)] });
    total += ask();
  }
  dispose();
  return { firstMilliseconds, liveMilliseconds: total / rounds };
}

function environmentWithMlflow(): string | undefined {
  const folders = fs.existsSync(cacheFolder()) ? fs.readdirSync(cacheFolder()) : [];
  const found = folders.find((name) => name.startsWith('venv-mlflow3-') && !name.endsWith('.building'));
  return found && path.join(cacheFolder(), found, 'bin', 'python');
}

/** Ends the process, and what it started where it leads a group, however the work goes. */
async function withProcess<T>(child: ChildProcess, work: (child: ChildProcess) => Promise<T>): Promise<T> {
  try {
    return await work(child);
  } finally {
    try {
      process.kill(child.spawnargs.includes('mlflow') ? -child.pid! : child.pid!, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}
