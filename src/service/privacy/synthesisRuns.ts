import fs from 'node:fs';
import { deferred } from '../../base/async.ts';
import { cancelled, errorShape, hasCode } from '../../base/errors.ts';
import { Emitter } from '../../base/event.ts';
import { formatBytes, formatDuration, plural } from '../../base/format.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { StartedSynthesis, SynthesisedTable } from '../../protocol/synthesis.ts';
import type { Log } from '../log.ts';
import { noSuchSynthesis } from './errors.ts';
import { type JobOptions, runJob } from './jobRunner.ts';
import { reportFiles, writeBeside } from './releaseFiles.ts';
import type { RowCopies } from './rowCopies.ts';
import type { NewTrackedRun, TrackedRun, TrackedRuns } from './trackedRuns.ts';

export interface SynthesisRunsOptions {
  readonly scratch: string;
  readonly copies: RowCopies;
  readonly log: Log;
  readonly runs: TrackedRuns;
  /** Aborted when the service leaves. */
  readonly leaving: AbortSignal;
  nameOf(file: string): string;
}

/** Who waits for an answer, until `signal` says that they do not any more. */
export interface SynthesisWork {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

type SynthesisJob = Parameters<typeof runJob<'synthesise'>>[1];

/** One that was started: until it ends, and some time after, for those who ask how it ended. */
interface Live {
  readonly started: StartedSynthesis;
  readonly result: Promise<SynthesisedTable>;
  readonly onProgress: Emitter<Progress>;
  /** Of the recipe that it was started with. */
  readonly text: string;
  progress: Progress;
  isOver: boolean;
  outcome: SynthesisedTable | null;
}

const remembered = 50;

/** Syntheses at work, each a run of an experiment, and how the last ones ended. */
export class SynthesisRuns {
  readonly #options: SynthesisRunsOptions;
  readonly #lives = new Map<string, Live>();

  constructor(options: SynthesisRunsOptions) {
    this.#options = options;
  }

  /** What is at work on that output. */
  runningOn(output: string): StartedSynthesis | undefined {
    return [...this.#lives.values()].find(({ isOver, started }) => !isOver && started.output === output)
      ?.started;
  }

  /** What the last one of a recipe with this text wrote. */
  lastOf(text: string): SynthesisedTable | null {
    return [...this.#lives.values()].findLast((live) => live.outcome && live.text === text)?.outcome ?? null;
  }

  /** Answers at once; the work goes on in a thread. */
  start(job: SynthesisJob, about: Omit<NewTrackedRun, 'stop'>): StartedSynthesis {
    const abort = new AbortController();
    const run = this.#options.runs.begin({ ...about, stop: () => abort.abort() });
    const { experiment } = about;
    const started = { run: run.id, name: run.name, experiment, output: job.output };
    const { promise, resolve, reject } = deferred<SynthesisedTable>();
    promise.catch(() => undefined);
    const live: Live = {
      ...{ started, result: promise, onProgress: new Emitter<Progress>(), text: job.recipe.text },
      progress: { message: 'Starting' },
      isOver: false,
      outcome: null,
    };
    this.#keep(live);
    const signal = AbortSignal.any([abort.signal, this.#options.leaving]);
    void this.#synthesise(job, live, run, { signal })
      .then((table) => {
        live.outcome = table;
        resolve(table);
      }, reject)
      .finally(() => {
        live.isOver = true;
      });
    return started;
  }

  /** Only looks on: who stops looking stops nothing. */
  async follow(run: string, { signal, report }: SynthesisWork): Promise<SynthesisedTable> {
    const live = this.#lives.get(run);
    if (!live) {
      throw noSuchSynthesis(run);
    }
    report(live.progress);
    const heard = live.onProgress.event(report);
    const gone = deferred<never>();
    const leave = () => gone.reject(cancelled());
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([live.result, gone.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      heard.dispose();
    }
  }

  /** The oldest that are over are forgotten. */
  #keep(live: Live): void {
    for (const [run, { isOver }] of this.#lives) {
      if (this.#lives.size >= remembered && isOver) {
        this.#lives.delete(run);
      }
    }
    this.#lives.set(live.started.run, live);
  }

  async #synthesise(
    job: SynthesisJob,
    live: Live,
    run: TrackedRun,
    { signal }: Pick<JobOptions, 'signal'>,
  ): Promise<SynthesisedTable> {
    const { scratch, copies, log, nameOf } = this.#options;
    const begin = performance.now();
    let said = '';
    try {
      const result = await runJob('synthesise', job, scratch, {
        copies,
        signal,
        report: (progress) => {
          live.progress = progress;
          live.onProgress.fire(progress);
          if (progress.message !== said) {
            said = progress.message;
            run.say(`${formatDuration(performance.now() - begin)}  ${said}`);
          }
        },
        measure: (epoch, losses) => {
          run.logMetrics(losses, epoch);
          run.say(
            `epoch ${epoch}  ${Object.entries(losses)
              .map(([key, value]) => `${key} ${value.toFixed(4)}`)
              .join('  ')}`,
          );
        },
      });
      const reports = reportFiles(job.target);
      writeBeside({ reports, counts: new Map() }, result.report, [], nameOf);
      const milliseconds = Math.round(performance.now() - begin);
      run.logMetrics({ ...result.metrics, seconds: milliseconds / 1000 }, 0);
      const headline = ['quality/f1_synthetic', 'quality/pairs', 'quality/shapes'].find(
        (metric) => metric in result.metrics,
      );
      if (headline !== undefined) {
        run.showFirst(headline);
      }
      run.keepArtifact('privacy-report.html', fs.readFileSync(reports.html, 'utf8'));
      run.keepArtifact('privacy-report.json', `${JSON.stringify(result.report, null, 2)}\n`);
      run.keepArtifact('recipe.anonymise.yaml', job.recipe.text);
      for (const finding of result.findings) {
        run.say(finding);
      }
      run.say(`Wrote ${job.output}: ${plural(result.rows, 'row')} (${formatBytes(result.bytes)}).`);
      run.end({ status: 'FINISHED' });
      const { rows, bytes, findings } = result;
      log.write('info', 'privacy', `Synthesised ${job.output}`, { rows, milliseconds });
      return {
        ...live.started,
        rows,
        bytes,
        findings,
        milliseconds,
        report: { html: nameOf(reports.html), json: nameOf(reports.json) },
      };
    } catch (error) {
      if (signal.aborted || hasCode(error, cancelled().code)) {
        run.say('Stopped. Nothing was written.');
        run.end({ status: 'KILLED' });
      } else {
        const { message } = errorShape(error);
        run.say(message);
        run.end({ status: 'FAILED', failure: message });
      }
      throw error;
    }
  }
}
