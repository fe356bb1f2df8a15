import { parentPort, workerData } from 'node:worker_threads';
import { type ContentJob, type JobOutcome, type JobSettings, runJob } from './contentJobs.ts';

/** A thread that does batches of jobs, so that hashing never holds up the service's answers. */

export interface WorkerData {
  readonly settings: JobSettings;
  /** Two 64-bit numbers that all threads share: the first turns 1 to cancel, the second counts bytes done. */
  readonly shared: SharedArrayBuffer;
}

export type WorkerReply = readonly JobOutcome[];

const port = parentPort;
if (port) {
  const { settings, shared } = workerData as WorkerData;
  const counters = new BigInt64Array(shared);
  const hooks = {
    isCancelled: () => Atomics.load(counters, 0) !== 0n,
    onBytes: (bytes: number) => {
      Atomics.add(counters, 1, BigInt(bytes));
    },
  };
  port.on('message', async (jobs: readonly ContentJob[]) => {
    const outcomes: JobOutcome[] = [];
    for (const job of jobs) {
      outcomes.push(await runJob(job, settings, hooks));
    }
    port.postMessage(outcomes satisfies WorkerReply);
  });
}
