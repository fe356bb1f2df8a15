import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Attached } from '../src/attach/attach.ts';
import { searchRuns } from '../src/protocol/experiments.ts';
import { retire } from '../src/protocol/service.ts';
import { createRunStore } from '../src/service/experiments/sqliteStore.ts';
import { openDatabase } from '../src/service/storage/database.ts';
import { migrations } from '../src/service/storage/migrations/all.ts';
import { commandLineScript } from '../test/service/cli/commandLine.ts';
import { isAlive, ServedFolder } from '../test/support/service.ts';
import { waitFor } from '../test/support/waitFor.ts';
import { type Figure, report, time } from './support/report.ts';

/*
 * How long a window or a terminal waits for the service, as built into dist/: `node bench/service.ts [--rounds N]`.
 * A cold start is everything from the spawn to the answered hello. Beside it the start of a Node that does nothing,
 * because nothing can be faster than that.
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
const runCount = 1_000;

const figures: Figure[] = [
  { what: 'node that does nothing', unit: 'ms', rounds: await repeat(emptyNode) },
  { what: 'cold start, the first of a version', unit: 'ms', rounds: await repeat(firstStart) },
  { what: 'cold start, new folder', unit: 'ms', budget: 300, rounds: await repeat(coldStart) },
  { what: 'mlops serve, until it says its address', unit: 'ms', budget: 300, rounds: await repeat(serve) },
  ...(await folderWithRuns()),
];
report('service', figures);

async function emptyNode(): Promise<number> {
  return time(() => once(spawn(process.execPath, ['--eval', '0'], { stdio: 'ignore' }), 'exit'));
}

/** Nothing is there yet of what V8 compiled. */
async function firstStart(): Promise<number> {
  process.env.NODE_DISABLE_COMPILE_CACHE = '1';
  try {
    return await coldStart();
  } finally {
    delete process.env.NODE_DISABLE_COMPILE_CACHE;
  }
}

/** With the start of the command line itself. */
async function serve(): Promise<number> {
  const folder = new ServedFolder('bench');
  try {
    const words = [commandLineScript, 'serve', '--workspace', folder.root];
    const begin = performance.now();
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    const milliseconds = performance.now() - begin;
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    await ended;
    return milliseconds;
  } finally {
    await folder.dispose();
  }
}

async function coldStart(): Promise<number> {
  const folder = new ServedFolder('bench');
  try {
    const milliseconds = await time(() => folder.attach());
    await leave(await folder.attach());
    return milliseconds;
  } finally {
    await folder.dispose();
  }
}

/** As a service leaves in life, so that what was compiled for it is kept for the next start. */
async function leave({ connection, welcome }: Attached): Promise<void> {
  await connection.send(retire, null);
  await waitFor('the service to leave', () => !isAlive(welcome.processId));
}

async function folderWithRuns(): Promise<Figure[]> {
  const folder = new ServedFolder('bench');
  fs.mkdirSync(path.join(folder.root, '.mlops'));
  recordRuns(path.join(folder.root, '.mlops', 'workbench.db'));
  try {
    const cold: number[] = [];
    const attached: number[] = [];
    const firstPage: number[] = [];
    const memory: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      cold.push(await time(() => folder.attach({ idleSeconds: 30 })));
      attached.push(await time(() => folder.attach()));
      const attachedTo = await folder.attach();
      const { connection, welcome } = attachedTo;
      firstPage.push(await time(() => connection.send(searchRuns, { limit: 100 })));
      // At rest is when a moment has passed in which nobody asked for anything.
      await delay(500);
      memory.push(residentMegabytes(welcome.processId));
      await leave(attachedTo);
    }
    const what = `${runCount.toLocaleString('en')} runs × 5 metrics`;
    return [
      { what: `cold start, ${what}`, unit: 'ms', budget: 300, rounds: cold },
      { what: 'attach to one that runs', unit: 'ms', rounds: attached },
      { what: 'its first page of 100 runs', unit: 'ms', rounds: firstPage },
      { what: 'resident memory at rest', unit: 'MB', rounds: memory },
    ];
  } finally {
    await folder.dispose();
  }
}

function recordRuns(file: string): void {
  const { database, dispose } = openDatabase(file, migrations);
  const store = createRunStore({ database, log: { write: () => undefined } });
  for (let index = 0; index < runCount; index += 1) {
    const startTime = 1_700_000_000_000 + index * 60_000;
    const { runId } = store.createRun({ experiment: '0', status: 'RUNNING', startTime, userId: 'bench' });
    const metrics = Array.from({ length: 50 }, (_, at) => ({
      key: `metric ${at % 5}`,
      step: Math.floor(at / 5),
      timestamp: startTime + at,
      value: Math.random(),
    }));
    store.logBatch(runId, { metrics, parameters: [{ key: 'learning_rate', value: String(index) }] });
    store.updateRun(runId, { status: 'FINISHED', endTime: startTime + 30_000 });
  }
  dispose();
}

function residentMegabytes(processId: number): number {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(fs.readFileSync(`/proc/${processId}/status`, 'utf8'))!;
  return Number(kilobytes) / 1000;
}

async function repeat(round: () => Promise<number>): Promise<number[]> {
  const times: number[] = [];
  for (let done = 0; done < rounds; done += 1) {
    times.push(await round());
  }
  return times;
}
