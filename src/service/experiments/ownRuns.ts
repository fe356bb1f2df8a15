import fs from 'node:fs';
import path from 'node:path';
import { type Deferred, deferred } from '../../base/async.ts';
import { errorShape } from '../../base/errors.ts';
import { Emitter } from '../../base/event.ts';
import type { RunDataset } from '../../protocol/experiments.ts';
import type { Log } from '../log.ts';
import { pathOfArtifactUri } from './artifactStorage.ts';
import { headlineTag } from './headline.ts';
import { nameOfDeletedExperiment } from './launchErrors.ts';
import { userName } from './launcher.ts';
import { RunFolder } from './runFolder.ts';
import type { KeyValue, RunStore } from './store.ts';

export interface OwnRunsOptions {
  readonly workspace: string;
  readonly store: RunStore;
  readonly datasets: { datasetsForRun(): Promise<readonly RunDataset[]> };
  readonly origin?: { artifactWritten?(relative: string): void };
  readonly log: Log;
}

export interface NewOwnRun {
  readonly experiment: string;
  /** What a terminal would type for the same. */
  readonly command: readonly string[];
  /** Relative to the workspace folder: the file that says what is done. */
  readonly script: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags?: Readonly<Record<string, string>>;
  /** Asks the work to end; `end` tells when it has. */
  stop(): void;
}

/** A run of which the service itself does the work. */
export interface OwnRun {
  readonly id: string;
  readonly name: string;
  logMetrics(metrics: Readonly<Record<string, number>>, step: number): void;
  /** A line of the run's log. */
  say(line: string): void;
  keepArtifact(name: string, text: string): void;
  /** Shown beside the run's name. */
  showFirst(metric: string): void;
  end(outcome: { readonly status: 'FINISHED' | 'FAILED' | 'KILLED'; readonly failure?: string }): void;
}

/** Runs without a process of their own: work of the service, which ends with it. The next service marks what was left. */
export class OwnRuns {
  readonly #options: OwnRunsOptions;
  readonly #live = new Map<string, { readonly stop: () => void; readonly ended: Deferred<void> }>();
  readonly #logChanged = new Emitter<{ run: string; bytes: number }>();
  readonly onDidChangeLog = this.#logChanged.event;

  constructor(options: OwnRunsOptions) {
    this.#options = options;
  }

  isAlive(runId: string): boolean {
    return this.#live.has(runId);
  }

  /** Resolves when the run has ended. */
  async stop(runId: string): Promise<void> {
    const run = this.#live.get(runId);
    run?.stop();
    await run?.ended.promise;
  }

  begin({ experiment, command, script, parameters, tags = {}, stop }: NewOwnRun): OwnRun {
    const { workspace, store } = this.#options;
    const known = store.getExperimentByName(experiment);
    if (known && known.lifecycleStage !== 'active') {
      throw nameOfDeletedExperiment(experiment);
    }
    const run = store.createRun({
      experiment: known?.id ?? store.createExperiment({ name: experiment }).id,
      status: 'RUNNING',
      startTime: Date.now(),
      userId: userName(),
      script,
      tags: pairs({
        'mlflow.source.type': 'LOCAL',
        'mlflow.source.name': script,
        'mlflow.user': userName(),
        ...tags,
      }),
      details: { command, workingFolder: '' },
    });
    const { runId, name } = run;
    store.logBatch(runId, { parameters: pairs(parameters) });
    const folder = new RunFolder(workspace, runId);
    folder.create();
    const ended = deferred<void>();
    this.#live.set(runId, { stop, ended });
    void this.#recordDatasets(runId);
    return {
      id: runId,
      name,
      logMetrics: (metrics, step) => {
        const timestamp = Date.now();
        const points = Object.entries(metrics).map(([key, value]) => ({ key, value, timestamp, step }));
        this.#attempt(name, () => store.logBatch(runId, { metrics: points }));
      },
      say: (line) => {
        this.#attempt(name, () => fs.appendFileSync(folder.log, `${line}\n`));
        this.#logChanged.fire({ run: runId, bytes: folder.logBytes() });
      },
      keepArtifact: (file, text) =>
        this.#attempt(name, () => this.#keepArtifact(pathOfArtifactUri(run.artifactUri), file, text)),
      showFirst: (metric) =>
        this.#attempt(name, () => store.logBatch(runId, { tags: [{ key: headlineTag, value: metric }] })),
      end: ({ status, failure }) => {
        this.#live.delete(runId);
        this.#attempt(name, () =>
          store.updateRun(runId, {
            status,
            endTime: Date.now(),
            ...(failure !== undefined && { details: { failure } }),
          }),
        );
        this.#logChanged.fire({ run: runId, bytes: folder.logBytes() });
        ended.resolve();
      },
    };
  }

  #keepArtifact(folder: string, file: string, text: string): void {
    const root = path.join(this.#options.workspace, '.mlops', 'artifacts');
    fs.mkdirSync(path.join(root, folder), { recursive: true });
    const target = path.join(root, folder, file);
    fs.writeFileSync(`${target}.part`, text);
    fs.renameSync(`${target}.part`, target);
    this.#options.origin?.artifactWritten?.(`${folder}/${file}`);
  }

  async #recordDatasets(runId: string): Promise<void> {
    const { store, datasets, log } = this.#options;
    try {
      const found = await datasets.datasetsForRun();
      if (found.length > 0) {
        store.updateRun(runId, { details: { datasets: found } });
      }
    } catch (error) {
      log.write('warning', 'experiments', `Datasets of run ${runId}: ${errorShape(error).message}`);
    }
  }

  /** The work goes on without what could not be recorded, such as of a run that was deleted meanwhile. */
  #attempt(name: string, record: () => void): void {
    try {
      record();
    } catch (error) {
      this.#options.log.write('warning', 'experiments', `Run ${name}: ${errorShape(error).message}`);
    }
  }
}

function pairs(record: Readonly<Record<string, string>>): KeyValue[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}
