import { parentPort, workerData } from 'node:worker_threads';
import { cancelled, errorShape } from '../../base/errors.ts';
import { applyRelease } from './work/apply.ts';
import type { JobContext } from './work/context.ts';
import { estimateSynthesis } from './work/estimateSynthesis.ts';
import { writeHierarchies } from './work/hierarchyText.ts';
import { inspectTable } from './work/inspect.ts';
import type { JobName, JobReply, JobRequest, Jobs } from './work/jobs.ts';
import { previewRelease } from './work/preview.ts';
import { restoreRelease } from './work/restore.ts';
import { previewSynthesis, synthesiseTable } from './work/synthesise.ts';

/*
 * The thread in which tables are read and searched: it does one job and ends. DuckDB is loaded here, never in the
 * service's own thread.
 */

const work: {
  readonly [Name in JobName]: (
    input: Jobs[Name]['input'],
    context: JobContext,
  ) => Promise<Jobs[Name]['output']>;
} = {
  inspect: inspectTable,
  hierarchies: writeHierarchies,
  preview: previewRelease,
  apply: applyRelease,
  restore: restoreRelease,
  synthesise: synthesiseTable,
  previewSynthesis,
  estimateSynthesis,
};

async function run({ name, input, scratch, copyFolder, cancelled: shared }: JobRequest): Promise<void> {
  const flag = new Int32Array(shared);
  const abort = new AbortController();
  const reply = (message: JobReply) => parentPort!.postMessage(message);
  // Plain code that runs on and on hears no message: it looks at the shared flag.
  parentPort!.on('message', () => abort.abort());
  let reported = 0;
  let said = '';
  const context: JobContext = {
    scratch,
    copyFolder,
    signal: abort.signal,
    checkCancelled: () => {
      if (Atomics.load(flag, 0) !== 0) {
        throw cancelled();
      }
    },
    report: (progress) => {
      const now = performance.now();
      if (now - reported > 50 || progress.message !== said) {
        reported = now;
        said = progress.message;
        reply({ kind: 'progress', progress });
      }
    },
    measure: (step, figures) => reply({ kind: 'measure', step, figures }),
  };
  try {
    const job = work[name] as (input: unknown, context: JobContext) => Promise<unknown>;
    reply({ kind: 'result', result: await job(input, context) });
  } catch (error) {
    reply({ kind: 'error', error: errorShape(error) });
  } finally {
    parentPort!.close();
  }
}

void run(workerData as JobRequest);
