import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import {
  type ContentJob,
  type JobFailure,
  type JobOutcome,
  type JobSettings,
  runJob,
} from './contentJobs.ts';
import type { WorkerData, WorkerReply } from './contentWorker.ts';

export interface SizedJob extends ContentJob {
  readonly bytes: number;
}

export interface PoolOptions {
  readonly signal?: AbortSignal | undefined;
  /** Bytes done so far of all jobs; called a few times a second. */
  readonly onBytes?: ((bytes: number) => void) | undefined;
}

/** Work that ends sooner than a thread starts is done in place. */
const inPlaceBytes = 4_000_000;
const inPlaceJobs = 48;
const batchBytes = 8_000_000;
const batchJobs = 128;
const most = 4;

/**
 * Does all jobs, several at a time, and answers in their order. The first failure or an abort stops the rest,
 * which then answer `cancelled`; when this returns, nothing is running any more.
 */
export async function runJobs(
  jobs: readonly SizedJob[],
  settings: JobSettings,
  options: PoolOptions = {},
): Promise<JobOutcome[]> {
  const bytes = jobs.reduce((sum, job) => sum + job.bytes, 0);
  return jobs.length <= inPlaceJobs && bytes <= inPlaceBytes
    ? await inPlace(jobs, settings, options)
    : await inThreads(jobs, settings, options);
}

async function inPlace(
  jobs: readonly SizedJob[],
  settings: JobSettings,
  { signal, onBytes }: PoolOptions,
): Promise<JobOutcome[]> {
  let failed = false;
  let done = 0;
  const hooks = {
    isCancelled: () => failed || signal?.aborted === true,
    onBytes: (bytes: number) => {
      done += bytes;
      onBytes?.(done);
    },
  };
  const outcomes: JobOutcome[] = [];
  for (const job of jobs) {
    const outcome = await runJob(job, settings, hooks);
    failed ||= 'failure' in outcome;
    outcomes.push(outcome);
  }
  return outcomes;
}

async function inThreads(
  jobs: readonly SizedJob[],
  settings: JobSettings,
  { signal, onBytes }: PoolOptions,
): Promise<JobOutcome[]> {
  const shared = new SharedArrayBuffer(16);
  const counters = new BigInt64Array(shared);
  const cancel = () => Atomics.store(counters, 0, 1n);
  const outcomes = jobs.map((job): JobOutcome => ({ failure: notDone(job) }));
  const queue = batches(jobs);
  const threads = Math.min(Math.max(availableParallelism(), 2), most, queue.length);
  const timer = setInterval(() => onBytes?.(Number(Atomics.load(counters, 1))), 100);
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    cancel();
  }
  try {
    await Promise.all(
      Array.from({ length: threads }, () =>
        drain(jobs, queue, { settings, shared }, (index, outcome) => {
          outcomes[index] = outcome;
          if ('failure' in outcome) {
            cancel();
          }
        }),
      ),
    );
  } finally {
    cancel();
    clearInterval(timer);
    signal?.removeEventListener('abort', cancel);
  }
  return outcomes;
}

/** One thread, which takes batches until none is left. */
async function drain(
  jobs: readonly SizedJob[],
  queue: number[][],
  data: WorkerData,
  settle: (index: number, outcome: JobOutcome) => void,
): Promise<void> {
  const worker = new Worker(workerFile(), { workerData: data, execArgv: [], env: process.env });
  try {
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      const asked = batch;
      const reply = await ask(
        worker,
        asked.map((index) => jobs[index]!),
      );
      for (const [place, outcome] of reply.entries()) {
        settle(asked[place]!, outcome);
      }
    }
  } finally {
    await worker.terminate();
  }
}

function ask(worker: Worker, jobs: readonly ContentJob[]): Promise<WorkerReply> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (reply: WorkerReply) => {
      worker.off('error', reject);
      resolve(reply);
    });
    worker.postMessage(jobs);
  });
}

/** Beside this file: as source where Node runs the source, as its own bundle where the service is built. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './contentWorker.ts' : './contentWorker.mjs',
    import.meta.url,
  );
}

/** Large files first and alone, so that none is left over at the end; small ones many at a time. */
function batches(jobs: readonly SizedJob[]): number[][] {
  const order = jobs.map((_, index) => index).sort((a, b) => jobs[b]!.bytes - jobs[a]!.bytes);
  const result: number[][] = [];
  let current: number[] = [];
  let bytes = 0;
  for (const index of order) {
    current.push(index);
    bytes += jobs[index]!.bytes;
    if (bytes >= batchBytes || current.length >= batchJobs) {
      result.push(current);
      current = [];
      bytes = 0;
    }
  }
  return current.length > 0 ? [...result, current] : result;
}

function notDone(job: ContentJob): JobFailure {
  return { reason: 'cancelled', file: job.file, message: 'not done' };
}
