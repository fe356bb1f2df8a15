import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createRunStore } from '../src/service/experiments/sqliteStore.ts';
import type { RunStore, StoredRunQuery } from '../src/service/experiments/store.ts';
import { createTrackingServer } from '../src/service/mlflow/server.ts';
import { createModelStore } from '../src/service/models/sqliteStore.ts';
import { parseFilter } from '../src/service/search/parseFilter.ts';
import { parseOrder } from '../src/service/search/parseOrder.ts';
import { openDatabase } from '../src/service/storage/database.ts';
import { migrations } from '../src/service/storage/migrations/all.ts';
import { createTraceStore } from '../src/service/traces/sqliteStore.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * Finding among 10,000 runs with 20 metrics, 5 parameters and 3 tags each: `node bench/search.ts [--rounds N]`.
 * First the search itself, then what a client of MLflow's REST API waits for, with all that the runs logged.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '20' } } });
const rounds = Number(values.rounds);
const runCount = 10_000;

const filter = 'metrics.metric1 > 0.5';
const longFilter =
  "metrics.metric1 > 0.2 and (params.p1 = '3' or not tags.stage like 'ol%') and metrics.metric2 < 0.9";
const order = 'metrics.metric3 desc';

const log = { write: () => undefined };
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'mlops-bench-'));
const { database, dispose } = openDatabase(path.join(folder, 'workbench.db'), migrations);
const store = createRunStore({ database, log });
store.inOneTransaction(() => recordRuns(store));
const server = await createTrackingServer({
  store,
  models: createModelStore({ database, runs: store, log }),
  traces: createTraceStore({ database, runs: store, log }),
  artifactRoot: path.join(folder, 'artifacts'),
  secret: 's',
  log,
});
try {
  report('search', [
    figure('filter and order, 100 of half of the runs', 50, await repeat(() => search({ filter, order }))),
    figure(
      'the same, and how many there are',
      50,
      await repeat(() => search({ filter, order, counted: true })),
    ),
    figure('the same, 1,000 of them', 50, await repeat(() => search({ filter, order, limit: 1_000 }))),
    figure('four comparisons with or and not', 50, await repeat(() => search({ filter: longFilter, order }))),
    figure('order alone', 50, await repeat(() => search({ order }))),
    figure('neither', undefined, await repeat(() => search({}))),
    figure('over REST, a page of 100', undefined, await repeat(() => searchOverRest(100))),
    figure('over REST, a page of 1,000', undefined, await repeat(() => searchOverRest(1_000))),
  ]);
} finally {
  server.dispose();
  dispose();
  fs.rmSync(folder, { recursive: true, force: true });
}

interface Search {
  readonly filter?: string;
  readonly order?: string;
  readonly limit?: number;
  readonly counted?: boolean;
}

function search({ filter, order, limit = 100, counted }: Search): void {
  const query: StoredRunQuery = {
    experiments: ['0'],
    filter: parseFilter(filter, 'workbench'),
    orderBy: parseOrder(order),
    order: 'newestFirst',
    limit,
    offset: 0,
    ...(!counted && { leaveOut: ['total'] }),
  };
  expectFull(store.searchRuns(query).runs.length, limit);
}

async function searchOverRest(limit: number): Promise<void> {
  const response = await fetch(`${server.uri}/api/2.0/mlflow/runs/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ experiment_ids: ['0'], filter, order_by: [order], max_results: limit }),
  });
  const { runs } = (await response.json()) as { runs: unknown[] };
  expectFull(runs.length, limit);
}

function expectFull(found: number, wanted: number): void {
  if (found !== wanted) {
    throw new Error(`${found} runs were found instead of ${wanted}: this measures something else.`);
  }
}

function recordRuns(store: RunStore): void {
  for (let index = 0; index < runCount; index += 1) {
    const startTime = 1_700_000_000_000 + index * 60_000;
    const tags = [
      { key: 'stage', value: index % 3 ? 'new' : 'old' },
      { key: 'mlflow.source.name', value: 'train.py' },
    ];
    const { runId } = store.createRun({
      experiment: '0',
      status: 'FINISHED',
      startTime,
      userId: 'bench',
      tags,
    });
    store.logBatch(runId, {
      metrics: Array.from({ length: 20 }, (_, key) => ({
        key: `metric${key}`,
        step: 0,
        timestamp: startTime,
        value: Math.random(),
      })),
      parameters: Array.from({ length: 5 }, (_, key) => ({
        key: `p${key}`,
        value: String((index * 7 + key) % 10),
      })),
    });
  }
}

function figure(what: string, budget: number | undefined, times: readonly number[]): Figure {
  return { what, unit: 'ms', rounds: times, ...(budget !== undefined && { budget }) };
}

async function repeat(work: () => unknown): Promise<number[]> {
  await work();
  const times: number[] = [];
  for (let done = 0; done < rounds; done += 1) {
    times.push(await time(async () => work()));
  }
  return times;
}
