import fs from 'node:fs/promises';
import path from 'node:path';
import { setImmediate as othersFirst } from 'node:timers/promises';
import { errorShape } from '../../base/errors.ts';
import { plural } from '../../base/format.ts';
import type { ImportResult } from '../../protocol/import.ts';
import { pathOfArtifactUri } from '../experiments/artifactStorage.ts';
import { scriptOfTags, tagValue } from '../experiments/scriptOfTags.ts';
import type { MetricPoint, RunStore, StoredExperiment, StoredRun } from '../experiments/store.ts';
import type { Log } from '../log.ts';
import type { ModelStore } from '../models/store.ts';
import type { RequestContext } from '../router.ts';
import { takeArtifacts } from './artifactFolders.ts';
import { openDatabaseStore } from './databaseStore.ts';
import { importNotFound } from './errors.ts';
import { openFileStore } from './fileStore.ts';
import { placedHere } from './modelSources.ts';
import type { ImportSource, SourceExperiment, SourceRun } from './source.ts';

export interface ImportOptions {
  readonly store: RunStore;
  readonly models: ModelStore;
  readonly workspace: string;
  readonly artifactRoot: string;
  readonly log: Log;
}

/** Metric points that are held in memory together. */
const pointsTogether = 10_000;
const toldEveryMilliseconds = 50;
/** The result names no more than these of what is missing or unreadable. */
const named = 20;

/**
 * Takes the runs of an `mlruns` folder or an `mlflow.db` into the store under their own ids; those that are here
 * already are left as they are, but that what was under way goes on. A run comes with one transaction, its artifacts before it, so whatever ends the
 * import, what is here is whole. Cancelling ends it between two runs.
 */
export async function importRuns(
  asked: string,
  options: ImportOptions,
  context: RequestContext,
): Promise<ImportResult> {
  const source = await openSource(path.resolve(options.workspace, asked), options.workspace);
  try {
    const result = await new Import(source, options, context).all();
    for (const name of result.missingArtifacts.some) {
      options.log.write('warning', 'import', `Artifact not found: ${name}`);
    }
    for (const name of result.unreadable.some) {
      options.log.write('warning', 'import', `Could not be read: ${name}`);
    }
    return result;
  } finally {
    source.dispose();
  }
}

async function openSource(place: string, workspace: string): Promise<ImportSource> {
  const found = await fs.stat(place).catch(() => undefined);
  if (!found?.isDirectory() && !found?.isFile()) {
    throw importNotFound(place);
  }
  return found.isDirectory()
    ? openFileStore(place)
    : openDatabaseStore(place, path.join(workspace, '.mlops'));
}

class Import {
  readonly #source: ImportSource;
  readonly #options: ImportOptions;
  readonly #context: RequestContext;
  readonly #store: RunStore;
  readonly #total: number;
  readonly #touched = new Set<string>();
  readonly #missing: string[] = [];
  readonly #unreadable: string[] = [];
  #done = 0;
  #told = 0;
  #imported = 0;
  #present = 0;
  #loggedModels = 0;
  #modelVersions = 0;

  constructor(source: ImportSource, options: ImportOptions, context: RequestContext) {
    this.#context = context;
    this.#source = source;
    this.#options = options;
    this.#store = options.store;
    this.#total = source.experiments.reduce((sum, { runIds }) => sum + runIds.length, 0);
  }

  async all(): Promise<ImportResult> {
    try {
      for (const experiment of this.#source.experiments) {
        await this.#experiment(experiment);
      }
      await this.#registeredModels();
      return this.#result(false);
    } catch (error) {
      if (this.#context.signal.aborted) {
        return this.#result(true);
      }
      throw error;
    }
  }

  #result(cancelled: boolean): ImportResult {
    const unreadable = [...this.#source.unreadable, ...this.#unreadable];
    return {
      imported: this.#imported,
      present: this.#present,
      total: this.#total,
      experiments: this.#touched.size,
      loggedModels: this.#loggedModels,
      modelVersions: this.#modelVersions,
      missingArtifacts: { count: this.#missing.length, some: this.#missing.slice(0, named) },
      unreadable: { count: unreadable.length, some: unreadable.slice(0, named) },
      cancelled,
    };
  }

  async #experiment(experiment: SourceExperiment): Promise<void> {
    const known = this.#store.getExperimentByName(experiment.name);
    const own = known ?? this.#store.createExperiment({ name: experiment.name, tags: experiment.tags });
    const isDeleted = own.lifecycleStage === 'deleted' || (!known && experiment.lifecycle === 'deleted');
    const isNews = experiment.runIds.some((runId) => !this.#store.getRun(runId));
    if (own.lifecycleStage === 'deleted' && isNews) {
      // Nothing can be added to a deleted one.
      this.#store.restoreExperiment(own.id);
    }
    try {
      for (const runId of experiment.runIds) {
        this.#context.signal.throwIfAborted();
        await this.#run(own, experiment, runId, isDeleted);
        this.#tellProgress();
        // Windows and scripts are served meanwhile, and a cancel is heard.
        await othersFirst();
      }
      await this.#models(own, experiment);
    } finally {
      if (isDeleted && this.#store.getExperiment(own.id)?.lifecycleStage === 'active') {
        this.#store.deleteExperiment(own.id);
      }
    }
  }

  async #run(
    own: StoredExperiment,
    experiment: SourceExperiment,
    runId: string,
    isDeletedWithExperiment: boolean,
  ): Promise<void> {
    const known = this.#store.getRun(runId);
    if (known && !isUnfinishedImport(known)) {
      this.#present += 1;
      return;
    }
    const isTaken = await this.#orTell(`run ${runId}`, () =>
      this.#take(own, experiment.readRun(runId), isDeletedWithExperiment),
    );
    if (isTaken && known) {
      this.#present += 1;
    } else if (isTaken) {
      this.#imported += 1;
      this.#touched.add(own.id);
    }
  }

  #tellProgress(): void {
    this.#done += 1;
    if (this.#done < this.#total && Date.now() - this.#told < toldEveryMilliseconds) {
      return;
    }
    this.#told = Date.now();
    this.#context.report({
      message: `${this.#done.toLocaleString('en')} of ${plural(this.#total, 'run')}`,
      fraction: this.#done / this.#total,
    });
  }

  async #take(own: StoredExperiment, run: SourceRun, isDeletedWithExperiment: boolean): Promise<void> {
    const known = this.#store.getRun(run.runId)?.artifactUri;
    const relative = known?.startsWith('mlflow-artifacts:')
      ? pathOfArtifactUri(known)
      : `${own.id}/${run.runId}/artifacts`;
    const missing = await takeArtifacts(run.artifacts, this.#place(relative, known === undefined), (uri) =>
      this.#record(own, run, uri, isDeletedWithExperiment),
    );
    this.#missing.push(...missing.map((place) => [run.name ?? run.runId, place].filter(Boolean).join('/')));
  }

  /** Not counted as work of its own: there are few beside the runs. */
  async #models(own: StoredExperiment, experiment: SourceExperiment): Promise<void> {
    const { models } = this.#options;
    for (const modelId of experiment.modelIds.filter((id) => !models.hasLoggedModel(id))) {
      this.#context.signal.throwIfAborted();
      await this.#orTell(`model ${modelId}`, async () => {
        const { model, artifacts } = experiment.readModel(modelId);
        const place = this.#place(`${own.id}/models/${modelId}/artifacts`, true);
        const missing = await takeArtifacts(artifacts, place, (artifactUri) =>
          models.importLoggedModel({ ...model, experiment: own.id, artifactUri }),
        );
        this.#missing.push(...missing.map((file) => [model.name, file].filter(Boolean).join('/')));
        this.#loggedModels += 1;
      });
    }
  }

  async #registeredModels(): Promise<void> {
    for (const { model, versions } of this.#source.registeredModels) {
      this.#context.signal.throwIfAborted();
      await this.#orTell(`registered model ${model.name}`, async () => {
        this.#modelVersions += this.#options.models.importRegisteredModel(
          model,
          versions.map((version) => placedHere(version, this.#store, this.#options.models)),
        );
      });
    }
  }

  #place(relative: string, isNew: boolean) {
    return { artifactRoot: this.#options.artifactRoot, relative, signal: this.#context.signal, isNew };
  }

  /** What is wrong with one leaves the others alone. */
  async #orTell(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (this.#context.signal.aborted || isOurs(error)) {
        throw error;
      }
      this.#unreadable.push(`${what}: ${errorShape(error).message.split('\n')[0]}`);
      return false;
    }
  }

  #record(
    own: StoredExperiment,
    run: SourceRun,
    artifactUri: string,
    isDeletedWithExperiment: boolean,
  ): void {
    const store = this.#store;
    const { runId, tags, parameters, inputs, outputs } = run;
    const script = scriptOfTags(tags, this.#options.workspace);
    store.inOneTransaction(() => {
      if (!store.getRun(runId)) {
        store.createRun({
          runId,
          artifactUri,
          experiment: own.id,
          status: run.status,
          startTime: run.startTime,
          userId: run.userId || tagValue(tags, 'mlflow.user') || '',
          ...(run.name !== undefined && { name: run.name }),
          ...(script !== undefined && { script }),
        });
      }
      // What is here of it already is repeated, which changes nothing.
      store.logBatch(runId, { parameters, tags });
      for (const metrics of inBatches(run.points())) {
        store.logBatch(runId, { metrics });
      }
      store.logInputs(runId, inputs);
      store.logOutputs(runId, outputs);
      if (run.endTime !== undefined) {
        store.updateRun(runId, { status: run.status, endTime: run.endTime });
      }
      // Those of a deleted experiment are deleted with it, and come back with it.
      if (run.lifecycle === 'deleted' && !isDeletedWithExperiment) {
        store.deleteRun(runId);
      }
    });
  }
}

/** Still under way when it came: it may have gone on where it came from. */
function isUnfinishedImport({ status, lifecycleStage, details }: StoredRun): boolean {
  return (status === 'RUNNING' || status === 'SCHEDULED') && lifecycleStage === 'active' && !details;
}

function* inBatches(points: Iterable<MetricPoint>): Iterable<MetricPoint[]> {
  let batch: MetricPoint[] = [];
  for (const point of points) {
    batch.push(point);
    if (batch.length === pointsTogether) {
      yield batch;
      batch = [];
    }
  }
  if (batch.length > 0) {
    yield batch;
  }
}

/** A full disk or a folder of ours that cannot be written would fail every other run as well. */
function isOurs(error: unknown): boolean {
  const { code, dest } = error as NodeJS.ErrnoException & { dest?: string };
  return (
    code !== undefined &&
    (['ENOSPC', 'EDQUOT', 'EROFS', 'EMFILE'].includes(code) || (code === 'EACCES' && !!dest))
  );
}
