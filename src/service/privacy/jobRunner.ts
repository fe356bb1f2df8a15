import fs from 'node:fs';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { cancelled, fromErrorShape } from '../../base/errors.ts';
import type { Progress } from '../../protocol/rpc.ts';
import { fileStamp } from '../data/rowCopy.ts';
import { jobCrashed } from './errors.ts';
import type { RowCopies } from './rowCopies.ts';
import type { JobName, JobReply, JobRequest, Jobs } from './work/jobs.ts';

export interface JobOptions {
  readonly copies: RowCopies;
  readonly signal: AbortSignal;
  readonly report?: (progress: Progress) => void;
  /** Hears figures at a step of the work. */
  readonly measure?: (step: number, figures: Readonly<Record<string, number>>) => void;
}

/** A thread that is still at work so long after it was told to stop is ended. */
const patience = 500;

let started = 0;

/** Does a job in a thread of its own; when this returns, the thread and its folder are gone. */
export async function runJob<Name extends JobName>(
  name: Name,
  input: Jobs[Name]['input'],
  scratchRoot: string,
  { copies, signal, report, measure }: JobOptions,
): Promise<Jobs[Name]['output']> {
  if (signal.aborted) {
    throw cancelled();
  }
  started += 1;
  const scratch = path.join(scratchRoot, `anonymise-${started}`);
  fs.mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const shared = new SharedArrayBuffer(4);
  const stamp = fileStamp(input.file);
  const copy = copies.borrow(input.file);
  const copyFolder = copy?.folder ?? path.join(scratch, 'rows');
  const workerData: JobRequest = { name, input, scratch, copyFolder, cancelled: shared };
  const worker = new Worker(workerFile(), { workerData, execArgv: [], env: {} });
  let impatience: NodeJS.Timeout | undefined;
  const cancel = () => {
    Atomics.store(new Int32Array(shared), 0, 1);
    worker.postMessage('cancel');
    impatience = setTimeout(() => void worker.terminate(), patience);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const reply = await outcome(worker, { report, measure });
    if (signal.aborted) {
      throw cancelled();
    }
    if (reply.kind === 'error') {
      throw fromErrorShape(reply.error);
    }
    if (!copy) {
      copies.keep(input.file, stamp, copyFolder);
    }
    return reply.result as Jobs[Name]['output'];
  } finally {
    copy?.release();
    clearTimeout(impatience);
    signal.removeEventListener('abort', cancel);
    await worker.terminate();
    fs.rmSync(scratch, { recursive: true, force: true });
  }
}

function outcome(
  worker: Worker,
  { report, measure }: Pick<JobOptions, 'report' | 'measure'>,
): Promise<Exclude<JobReply, { kind: 'progress' | 'measure' }>> {
  return new Promise((resolve, reject) => {
    worker.on('message', (reply: JobReply) => {
      if (reply.kind === 'progress') {
        report?.(reply.progress);
      } else if (reply.kind === 'measure') {
        measure?.(reply.step, reply.figures);
      } else {
        resolve(reply);
      }
    });
    worker.once('error', (error: unknown) => reject(jobCrashed(error)));
    worker.once('exit', () => reject(cancelled()));
  });
}

/** Beside this file: as source where Node runs the source, as its own bundle where the service is built. */
function workerFile(): URL {
  return new URL(
    import.meta.url.endsWith('.ts') ? './privacyWorker.ts' : './privacyWorker.cjs',
    import.meta.url,
  );
}
