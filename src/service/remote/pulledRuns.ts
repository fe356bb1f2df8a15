import { createHash } from 'node:crypto';
import type { KeyValue, Lifecycle, RunStore, StoredExperiment, StoredRun } from '../experiments/store.ts';
import { localRunTag } from './delivery.ts';
import type { Identities, KnownRun } from './identities.ts';
import { laneOfExperiment, laneOfRun, type Outbox } from './outbox.ts';
import type { RemoteExperiment, RemoteRun } from './wire.ts';

export interface PulledRunsOptions {
  /** Of the mirror, without forwarding: what comes from the server does not go back to it. */
  readonly store: RunStore;
  readonly identities: Identities;
  readonly outbox: Outbox;
  /** When something of a lane was last sent, in milliseconds since the epoch; 0 for never. */
  lastSent(lane: string): number;
}

/**
 * Writes what the server answered into the mirror. What still waits to be sent, or was sent after the question,
 * is newer than the answer, which then waits for the next one.
 */
export class PulledRuns {
  readonly #options: PulledRunsOptions;

  constructor(options: PulledRunsOptions) {
    this.#options = options;
  }

  experiments(pulled: readonly RemoteExperiment[], askedAt: number): void {
    this.#options.store.inOneTransaction(() => {
      for (const experiment of pulled) {
        this.#experiment(experiment, askedAt);
      }
    });
  }

  /** How many of them were new here. */
  runs(pulled: readonly RemoteRun[], askedAt: number): number {
    let created = 0;
    this.#options.store.inOneTransaction(() => {
      for (const run of pulled) {
        created += Number(this.#run(run, askedAt));
      }
    });
    return created;
  }

  /** A run that the server has no more, or only as deleted. */
  gone(run: string, askedAt: number): void {
    const { store } = this.#options;
    if (!this.#isNewerHere(laneOfRun(run), askedAt) && store.getRun(run)?.lifecycleStage === 'active') {
      store.deleteRun(run);
      this.#forget(run);
    }
  }

  #experiment(pulled: RemoteExperiment, askedAt: number): void {
    const { store, identities } = this.#options;
    const mapped = identities.localExperiment(pulled.experiment_id);
    const known =
      (mapped === undefined ? undefined : store.getExperiment(mapped)) ??
      store.getExperimentByName(pulled.name);
    if (!known) {
      if (pulled.lifecycle_stage === 'active') {
        const { id } = store.createExperiment({ name: pulled.name, tags: pulled.tags });
        identities.setExperiment(id, pulled.experiment_id);
      }
      return;
    }
    if (mapped === undefined) {
      identities.setExperiment(known.id, pulled.experiment_id);
    }
    if (!this.#isNewerHere(laneOfExperiment(known.id), askedAt)) {
      this.#updateExperiment(known, pulled);
    }
  }

  #updateExperiment(known: StoredExperiment, pulled: RemoteExperiment): void {
    const { store } = this.#options;
    if (known.lifecycleStage !== pulled.lifecycle_stage) {
      if (pulled.lifecycle_stage === 'deleted') {
        store.deleteExperiment(known.id);
        return;
      }
      store.restoreExperiment(known.id);
    }
    if (pulled.lifecycle_stage === 'deleted') {
      return;
    }
    if (known.name !== pulled.name && !store.getExperimentByName(pulled.name)) {
      store.renameExperiment(known.id, pulled.name);
    }
    const { changed, removed } = differences(known.tags, pulled.tags);
    for (const tag of changed) {
      store.setExperimentTag(known.id, tag);
    }
    for (const key of removed) {
      store.deleteExperimentTag(known.id, key);
    }
  }

  #run(pulled: RemoteRun, askedAt: number): boolean {
    const { store, identities } = this.#options;
    const experiment = identities.localExperiment(pulled.info.experiment_id);
    const isUsable = experiment !== undefined && store.getExperiment(experiment)?.lifecycleStage === 'active';
    if (!isUsable) {
      return false;
    }
    const own = this.#madeHere(pulled);
    const known = identities.runWithRemoteId(pulled.info.run_id) ?? own;
    if (own?.remoteId !== undefined && own.remoteId !== pulled.info.run_id) {
      // Where a run of ours was before it moved into another experiment.
      return false;
    }
    const run = known?.run ?? pulled.info.run_id;
    const seen = digest(pulled);
    if (known?.seen === seen || this.#isNewerHere(laneOfRun(run), askedAt)) {
      return false;
    }
    const stored = store.getRun(run);
    if (stored) {
      this.#update(stored, experiment, pulled);
    } else {
      this.#create(run, experiment, pulled);
    }
    const artifactUri = pulled.info.artifact_uri ?? known?.artifactUri;
    identities.setRun({
      run,
      remoteId: pulled.info.run_id,
      isOwn: known?.isOwn ?? false,
      seen,
      ...(artifactUri !== undefined && { artifactUri }),
    });
    return !stored;
  }

  /** By the tag that goes with each creation, also where the answer that named the run has not come. */
  #madeHere({ data }: RemoteRun): KnownRun | undefined {
    const own = data.tags.find(({ key }) => key === localRunTag)?.value;
    const known = own === undefined ? undefined : this.#options.identities.run(own);
    return known?.isOwn ? known : undefined;
  }

  #create(run: string, experiment: string, pulled: RemoteRun): void {
    const { store } = this.#options;
    const { info, data } = pulled;
    store.createRun({
      runId: run,
      experiment,
      status: info.status,
      startTime: info.start_time,
      userId: info.user_id ?? '',
      tags: this.#localTags(data.tags),
      ...(info.run_name && { name: info.run_name }),
    });
    store.logBatch(run, { parameters: data.params, metrics: data.metrics });
    this.#links(run, pulled);
    if (info.end_time !== undefined) {
      store.updateRun(run, { endTime: info.end_time });
    }
    this.#lifecycle(run, 'active', info.lifecycle_stage);
  }

  #update(stored: StoredRun, experiment: string, pulled: RemoteRun): void {
    const { store } = this.#options;
    const { info, data } = pulled;
    const run = stored.runId;
    this.#lifecycle(run, stored.lifecycleStage, 'active');
    const hasChanged =
      stored.status !== info.status ||
      stored.endTime !== info.end_time ||
      stored.experiment !== experiment ||
      stored.name !== (info.run_name || stored.name);
    if (hasChanged) {
      store.updateRun(run, {
        status: info.status,
        ...(info.end_time !== undefined && { endTime: info.end_time }),
        ...(info.run_name && { name: info.run_name }),
        ...(stored.experiment !== experiment && { experiment }),
      });
    }
    const tags = differences(store.tags(run), this.#localTags(data.tags));
    const parameters = new Set(store.parameters(run).map(({ key }) => key));
    store.logBatch(run, {
      metrics: data.metrics,
      parameters: data.params.filter(({ key }) => !parameters.has(key)),
      tags: tags.changed,
    });
    for (const key of tags.removed.filter((key) => key !== 'mlflow.runName')) {
      store.deleteTag(run, key);
    }
    this.#links(run, pulled);
    this.#lifecycle(run, 'active', info.lifecycle_stage);
  }

  #links(run: string, { inputs, outputs }: RemoteRun): void {
    const { store } = this.#options;
    if (inputs.dataset_inputs.length + inputs.model_inputs.length > 0) {
      store.logInputs(run, {
        datasets: inputs.dataset_inputs.map(({ tags, dataset }) => ({
          name: dataset.name,
          digest: dataset.digest,
          sourceType: dataset.source_type,
          source: dataset.source,
          tags,
          ...(dataset.schema !== undefined && { schema: dataset.schema }),
          ...(dataset.profile !== undefined && { profile: dataset.profile }),
        })),
        models: inputs.model_inputs.map(({ model_id }) => model_id),
      });
    }
    if (outputs.model_outputs.length > 0) {
      store.logOutputs(
        run,
        outputs.model_outputs.map(({ model_id, step }) => ({ modelId: model_id, step })),
      );
    }
  }

  #lifecycle(run: string, from: Lifecycle, to: Lifecycle): void {
    if (from === to) {
      return;
    }
    if (to === 'deleted') {
      this.#options.store.deleteRun(run);
    } else {
      this.#options.store.restoreRun(run);
    }
  }

  #localTags(tags: readonly KeyValue[]): KeyValue[] {
    const { identities } = this.#options;
    return tags
      .filter(({ key }) => key !== localRunTag)
      .map(({ key, value }) => ({ key, value: identities.runWithRemoteId(value)?.run ?? value }));
  }

  #isNewerHere(lane: string, askedAt: number): boolean {
    return this.#options.outbox.isWaiting(lane) || this.#options.lastSent(lane) >= askedAt;
  }

  #forget(run: string): void {
    const known = this.#options.identities.run(run);
    if (known) {
      const { seen: _, ...rest } = known;
      this.#options.identities.setRun(rest);
    }
  }
}

function differences(
  here: readonly KeyValue[],
  there: readonly KeyValue[],
): { readonly changed: KeyValue[]; readonly removed: string[] } {
  const known = new Map(here.map(({ key, value }) => [key, value]));
  const wanted = new Set(there.map(({ key }) => key));
  return {
    changed: there.filter(({ key, value }) => known.get(key) !== value),
    removed: here.map(({ key }) => key).filter((key) => !wanted.has(key)),
  };
}

function digest(run: RemoteRun): string {
  return createHash('sha256').update(JSON.stringify(run, named)).digest('base64').slice(0, 22);
}

/** JSON would write NaN and infinities all as null. */
function named(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
