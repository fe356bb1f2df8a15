import { hasCode } from '../../base/errors.ts';
import { runTags } from '../../protocol/runTags.ts';
import { pathOfArtifactUri, storedFile } from '../experiments/artifactStorage.ts';
import type { KeyValue, LogBatch, RunStore, StoredRun } from '../experiments/store.ts';
import { storeErrorCodes } from '../experiments/storeErrors.ts';
import { proxyPath, type RemoteApi } from './api.ts';
import { joinBatches } from './batches.ts';
import { foreignStorage, RemoteRefusal } from './errors.ts';
import type { Identities } from './identities.ts';
import { type Entry, laneOfRun, type Operation, type Outbox } from './outbox.ts';
import type { RemoteRun } from './wire.ts';

export interface DeliveryOptions {
  readonly api: RemoteApi;
  readonly store: RunStore;
  readonly outbox: Outbox;
  readonly identities: Identities;
  readonly artifactRoot: string;
}

/** By this tag a run is found again whose creation was sent, and whose answer was lost. */
export const localRunTag = 'mlops.localRun';

/** Tags whose value is the id of another run. */
const tagsThatNameRuns: ReadonlySet<string> = new Set([runTags.parent, runTags.startedBy]);

type Creation = Extract<Operation, { kind: 'createRun' }>;

const scanPage = 1000;

/** Carries one change out on the remote server; ids of the mirror become ids there on the way. */
export class Delivery {
  readonly #options: DeliveryOptions;
  /** Two lanes may need the same run or experiment first. */
  readonly #creating = new Map<string, Promise<string>>();

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Of an experiment's lane. */
  async experiment(id: string, { operation, begun }: Entry): Promise<void> {
    const { api } = this.#options;
    const remote = await this.#remoteExperiment(id);
    switch (operation.kind) {
      case 'createExperiment':
        return;
      case 'renameExperiment':
        return api.changeExperiment('update', remote, { new_name: operation.name });
      case 'deleteExperiment':
        return doneBefore(begun, api.changeExperiment('delete', remote));
      case 'restoreExperiment':
        return doneBefore(begun, api.changeExperiment('restore', remote));
      case 'setExperimentTag':
        return api.setExperimentTag(remote, operation.tag);
      case 'deleteExperimentTag':
        return doneBefore(begun, api.deleteExperimentTag(remote, operation.key));
      default:
        throw new Error(`${operation.kind} is no change of an experiment`);
    }
  }

  /** Of a run's lane. */
  async run(id: string, { operation, begun }: Entry): Promise<void> {
    const { api } = this.#options;
    const remote = await this.#remoteRun(id);
    switch (operation.kind) {
      case 'createRun':
        return;
      case 'moveRun':
        return this.#move(id, remote, operation.experiment);
      case 'updateRun':
        return api.updateRun(remote, operation);
      case 'deleteRun':
        return doneBefore(begun, api.deleteRun(remote));
      case 'restoreRun':
        return doneBefore(begun, api.restoreRun(remote));
      case 'logBatch':
        return this.batches(id, [operation.batch]);
      case 'deleteTag':
        return doneBefore(begun, api.deleteTag(remote, operation.key));
      case 'logInputs':
        return api.logInputs(remote, operation.inputs);
      case 'logOutputs':
        return api.logOutputs(remote, operation.models);
      case 'uploadArtifact':
        return this.#upload(id, operation.path);
      default:
        throw new Error(`${operation.kind} is no change of a run`);
    }
  }

  async batches(id: string, batches: readonly LogBatch[]): Promise<void> {
    const remote = await this.#remoteRun(id);
    for (const batch of joinBatches(batches)) {
      const tags = await this.#translated(batch.tags ?? []);
      await this.#options.api.logBatch(remote, { ...batch, tags });
    }
  }

  #remoteExperiment(id: string): Promise<string> {
    const known = this.#options.identities.remoteExperiment(id);
    return known === undefined
      ? this.#once(`experiment:${id}`, () => this.#findOrCreateExperiment(id))
      : Promise.resolve(known);
  }

  /** By name, which is unique there and here; so a creation that was sent twice makes one experiment. */
  async #findOrCreateExperiment(id: string): Promise<string> {
    const { api, store, identities } = this.#options;
    const experiment = store.getExperiment(id)!;
    const found = await api.experimentByName(experiment.name);
    const remote = found?.experiment_id ?? (await api.createExperiment(experiment.name, experiment.tags));
    identities.setExperiment(id, remote);
    return remote;
  }

  #remoteRun(id: string): Promise<string> {
    const known = this.#options.identities.run(id)?.remoteId;
    return known === undefined ? this.#once(laneOfRun(id), () => this.#create(id)) : Promise.resolve(known);
  }

  /** Exactly once, also when an answer was lost or the service was restarted in between. */
  async #create(id: string): Promise<string> {
    const { outbox } = this.#options;
    const entry = outbox.creation(laneOfRun(id));
    if (entry?.operation.kind !== 'createRun') {
      throw new RemoteRefusal('RESOURCE_DOES_NOT_EXIST', 'the server did not take the run itself');
    }
    const experiment = await this.#remoteExperiment(entry.operation.experiment);
    const found = entry.begun ? await this.#find(id, experiment, entry.operation.startTime) : undefined;
    if (!found) {
      outbox.begin(entry.id);
    }
    return this.#remember(id, found ?? (await this.#createAs(id, entry.operation, experiment)));
  }

  async #createAs(
    id: string,
    { name, userId, startTime, tags }: Creation,
    experiment: string,
  ): Promise<RemoteRun> {
    const own = [...(await this.#translated(tags)), { key: localRunTag, value: id }];
    return this.#options.api.createRun({ experiment, name, userId, startTime, tags: own });
  }

  /** Without a filter, which not every server knows: runs come newest first, so those before it are soon passed. */
  async #find(id: string, experiment: string, startTime: number): Promise<RemoteRun | undefined> {
    let token: string | undefined;
    do {
      const page = await this.#options.api.runs([experiment], scanPage, token, true);
      const found = page.runs.find(({ data }) =>
        data.tags.some(({ key, value }) => key === localRunTag && value === id),
      );
      if (found) {
        return found;
      }
      token = page.runs.some(({ info }) => info.start_time >= startTime) ? page.next : undefined;
    } while (token);
    return undefined;
  }

  #remember(id: string, { info }: RemoteRun): string {
    this.#options.identities.setRun({
      run: id,
      remoteId: info.run_id,
      isOwn: true,
      ...(info.artifact_uri !== undefined && { artifactUri: info.artifact_uri }),
    });
    return info.run_id;
  }

  /** Everything that the mirror knows goes into a new run; the one in the wrong experiment is deleted. */
  async #move(id: string, old: string, target: string): Promise<void> {
    const { api, store } = this.#options;
    const run = store.getRun(id)!;
    const experiment = await this.#remoteExperiment(target);
    const { name, userId, startTime } = run;
    const creation: Creation = { kind: 'createRun', experiment: target, name, userId, startTime, tags: [] };
    const moved =
      (await this.#find(id, experiment, startTime)) ?? (await this.#createAs(id, creation, experiment));
    this.#remember(id, moved);
    await this.batches(id, [this.#everything(run)]);
    await api.logInputs(moved.info.run_id, store.inputs(id));
    if (old !== moved.info.run_id) {
      await doneBefore(true, api.deleteRun(old));
    }
  }

  #everything({ runId }: StoredRun): LogBatch {
    const { store } = this.#options;
    const metrics = store
      .metrics(runId)
      .flatMap(({ key }) => store.metricHistory(runId, key, Number.MAX_SAFE_INTEGER, 0));
    return { metrics, parameters: store.parameters(runId), tags: store.tags(runId) };
  }

  async #upload(id: string, path: string): Promise<void> {
    const { api, store, artifactRoot } = this.#options;
    const target = await this.#artifactUri(id);
    const below = proxyPath(target);
    if (below === undefined) {
      throw foreignStorage(target);
    }
    const own = pathOfArtifactUri(store.getRun(id)!.artifactUri);
    try {
      const { file, bytes } = await storedFile(artifactRoot, `${own}/${path}`);
      await api.uploadArtifact(below, path, file, bytes);
    } catch (error) {
      // Deleted since: there is nothing to send any more.
      if (!hasCode(error, storeErrorCodes.artifactNotFound)) {
        throw error;
      }
    }
  }

  async #artifactUri(id: string): Promise<string> {
    const { api, identities } = this.#options;
    const remote = await this.#remoteRun(id);
    const known = identities.run(id)!;
    if (known.artifactUri !== undefined) {
      return known.artifactUri;
    }
    const artifactUri = (await api.run(remote))?.info.artifact_uri ?? '';
    identities.setRun({ ...known, artifactUri });
    return artifactUri;
  }

  async #translated(tags: readonly KeyValue[]): Promise<KeyValue[]> {
    const { outbox, identities } = this.#options;
    const translated: KeyValue[] = [];
    for (const tag of tags) {
      const isOwn = tagsThatNameRuns.has(tag.key) && identities.isOwn(tag.value);
      const isThere = isOwn && (identities.run(tag.value)?.remoteId ?? outbox.creation(laneOfRun(tag.value)));
      translated.push(isThere ? { key: tag.key, value: await this.#remoteRun(tag.value) } : tag);
    }
    return translated;
  }

  #once(key: string, create: () => Promise<string>): Promise<string> {
    const under = this.#creating.get(key);
    if (under) {
      return under;
    }
    const creating = create().finally(() => this.#creating.delete(key));
    this.#creating.set(key, creating);
    return creating;
  }
}

/** A repeat of what was carried out already is refused; then all is as it should be. */
async function doneBefore(mayBe: boolean, work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!(mayBe && error instanceof RemoteRefusal)) {
      throw error;
    }
  }
}
