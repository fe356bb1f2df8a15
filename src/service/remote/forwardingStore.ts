import type { SeriesQuery } from '../../protocol/experiments.ts';
import {
  isUnderWay,
  type KeyValue,
  type LogBatch,
  type ModelLink,
  type NewExperiment,
  type NewRun,
  type RunChange,
  type RunInputs,
  type RunStore,
  type StepRange,
  type StoredExperiment,
  type StoredExperimentQuery,
  type StoredRun,
  type StoredRunQuery,
} from '../experiments/store.ts';
import type { Database } from '../storage/database.ts';
import type { Identities } from './identities.ts';
import { laneOfExperiment, laneOfRun, type Operation, type Outbox } from './outbox.ts';

export interface ForwardingOptions {
  readonly inner: RunStore;
  /** The one that `inner` writes to. */
  readonly database: Database;
  readonly outbox: Outbox;
  readonly identities: Identities;
  /** A logged model that is here alone: the server would not know what is meant. */
  isOwnModel(id: string): boolean;
  /** After each commit that left something to send. */
  onAppend(): void;
  /** A run of ours whose script may still ask for another experiment. */
  onStarting(run: string): void;
  /** It has its experiment, or has ended. */
  onStarted(run: string): void;
}

/**
 * The store of a mirror: reads what is here, and puts every write into the outbox with the same commit.
 * So a script is answered at the speed of this machine, whatever becomes of the way to the remote server.
 */
export class ForwardingRunStore implements RunStore {
  readonly #inner: RunStore;
  readonly #options: ForwardingOptions;
  readonly onDidChange: RunStore['onDidChange'];
  #depth = 0;
  #appended = false;

  constructor(options: ForwardingOptions) {
    this.#options = options;
    this.#inner = options.inner;
    this.onDidChange = options.inner.onDidChange;
  }

  createExperiment(experiment: NewExperiment): StoredExperiment {
    return this.#together(() => {
      // Where a remote server keeps artifacts is its own affair: the mirror keeps its copies in the workspace.
      const { artifactLocation: _, ...rest } = experiment;
      const created = this.#inner.createExperiment(rest);
      this.#append(laneOfExperiment(created.id), { kind: 'createExperiment' });
      return created;
    });
  }

  renameExperiment(id: string, name: string): StoredExperiment {
    return this.#together(() => {
      this.#append(laneOfExperiment(id), { kind: 'renameExperiment', name });
      return this.#inner.renameExperiment(id, name);
    });
  }

  deleteExperiment(id: string): void {
    this.#forward(laneOfExperiment(id), { kind: 'deleteExperiment' }, () => this.#inner.deleteExperiment(id));
  }

  restoreExperiment(id: string): void {
    this.#forward(laneOfExperiment(id), { kind: 'restoreExperiment' }, () =>
      this.#inner.restoreExperiment(id),
    );
  }

  setExperimentTag(id: string, tag: KeyValue): void {
    this.#forward(laneOfExperiment(id), { kind: 'setExperimentTag', tag }, () =>
      this.#inner.setExperimentTag(id, tag),
    );
  }

  deleteExperimentTag(id: string, key: string): void {
    this.#forward(laneOfExperiment(id), { kind: 'deleteExperimentTag', key }, () =>
      this.#inner.deleteExperimentTag(id, key),
    );
  }

  createRun(run: NewRun): StoredRun {
    return this.#together(() => {
      const created = this.#inner.createRun(run);
      const { runId, experiment, name, userId, startTime } = created;
      const tags = this.#inner.tags(runId);
      this.#options.identities.setRun({ run: runId, isOwn: true });
      if (run.status === 'SCHEDULED') {
        this.#options.onStarting(runId);
      }
      this.#append(laneOfRun(runId), { kind: 'createRun', experiment, name, userId, startTime, tags });
      if (!isUnderWay(run.status)) {
        this.#append(laneOfRun(runId), { kind: 'updateRun', status: run.status });
      }
      return created;
    });
  }

  updateRun(runId: string, change: RunChange): StoredRun {
    const updated = this.#together(() => {
      const { status, endTime, name, experiment } = change;
      const before = this.#inner.getRun(runId);
      if (experiment !== undefined && before && before.experiment !== experiment) {
        this.#moveRun(runId, experiment);
      }
      // A run that waits for its process to start is under way for everybody else.
      const told = status === 'SCHEDULED' ? undefined : status;
      if (told !== undefined || endTime !== undefined || name) {
        this.#append(laneOfRun(runId), {
          kind: 'updateRun',
          ...(told !== undefined && { status: told }),
          ...(endTime !== undefined && { endTime }),
          ...(name && { name }),
        });
      }
      const patch = change.details?.code?.patchArtifact;
      if (patch !== undefined) {
        this.#append(laneOfRun(runId), { kind: 'uploadArtifact', path: patch });
      }
      return this.#inner.updateRun(runId, change);
    });
    if (change.details?.adoptedStart !== undefined || updated.endTime !== undefined) {
      this.#options.onStarted(runId);
    }
    return updated;
  }

  deleteRun(runId: string): void {
    this.#forward(laneOfRun(runId), { kind: 'deleteRun' }, () => this.#inner.deleteRun(runId));
  }

  restoreRun(runId: string): void {
    this.#forward(laneOfRun(runId), { kind: 'restoreRun' }, () => this.#inner.restoreRun(runId));
  }

  logBatch(runId: string, batch: LogBatch): void {
    this.#forward(laneOfRun(runId), { kind: 'logBatch', batch }, () => this.#inner.logBatch(runId, batch));
  }

  deleteTag(runId: string, key: string): void {
    this.#forward(laneOfRun(runId), { kind: 'deleteTag', key }, () => this.#inner.deleteTag(runId, key));
  }

  logInputs(runId: string, inputs: RunInputs): void {
    const models = inputs.models.filter((id) => !this.#options.isOwnModel(id));
    this.#forward(laneOfRun(runId), { kind: 'logInputs', inputs: { ...inputs, models } }, () =>
      this.#inner.logInputs(runId, inputs),
    );
  }

  logOutputs(runId: string, models: readonly ModelLink[]): void {
    const theirs = models.filter(({ modelId }) => !this.#options.isOwnModel(modelId));
    this.#together(() => {
      if (theirs.length > 0) {
        this.#append(laneOfRun(runId), { kind: 'logOutputs', models: theirs });
      }
      this.#inner.logOutputs(runId, models);
    });
  }

  /** A file that lies in the run's artifact folder is to be sent; `path` is relative to that. */
  artifactWritten(runId: string, path: string): void {
    this.#together(() => this.#append(laneOfRun(runId), { kind: 'uploadArtifact', path }));
  }

  inOneTransaction(work: () => void): void {
    this.#together(() => this.#inner.inOneTransaction(work));
  }

  /** Runs of other machines are under way there, and nothing here waits for them. */
  runsUnderWay(): readonly StoredRun[] {
    return this.#inner.runsUnderWay().filter(({ runId }) => this.#options.identities.isOwn(runId));
  }

  getExperiment(id: string) {
    return this.#inner.getExperiment(id);
  }

  getExperimentByName(name: string) {
    return this.#inner.getExperimentByName(name);
  }

  listExperiments(query?: StoredExperimentQuery) {
    return this.#inner.listExperiments(query);
  }

  summarizeExperiments() {
    return this.#inner.summarizeExperiments();
  }

  getRun(runId: string) {
    return this.#inner.getRun(runId);
  }

  searchRuns(query: StoredRunQuery) {
    return this.#inner.searchRuns(query);
  }

  previousRun(run: StoredRun) {
    return this.#inner.previousRun(run);
  }

  parentRun(runId: string) {
    return this.#inner.parentRun(runId);
  }

  summarizeRuns(runs: readonly StoredRun[]) {
    return this.#inner.summarizeRuns(runs);
  }

  parameters(runId: string) {
    return this.#inner.parameters(runId);
  }

  tags(runId: string) {
    return this.#inner.tags(runId);
  }

  metrics(runId: string) {
    return this.#inner.metrics(runId);
  }

  metricHistory(runId: string, key: string, limit: number, offset: number) {
    return this.#inner.metricHistory(runId, key, limit, offset);
  }

  sampleMetricHistory(runId: string, key: string, limit: number, range?: StepRange) {
    return this.#inner.sampleMetricHistory(runId, key, limit, range);
  }

  contents(runIds: readonly string[]) {
    return this.#inner.contents(runIds);
  }

  series(query: SeriesQuery) {
    return this.#inner.series(query);
  }

  inputs(runId: string) {
    return this.#inner.inputs(runId);
  }

  outputs(runId: string) {
    return this.#inner.outputs(runId);
  }

  /** The remote run is not there yet: then it is created in the right place. */
  #moveRun(runId: string, experiment: string): void {
    const { outbox } = this.#options;
    const creation = outbox.creation(laneOfRun(runId));
    if (creation && !creation.begun && creation.operation.kind === 'createRun') {
      outbox.replace(creation.id, { ...creation.operation, experiment });
    } else {
      this.#append(laneOfRun(runId), { kind: 'moveRun', experiment });
    }
  }

  #forward(lane: string, operation: Operation, write: () => void): void {
    this.#together(() => {
      this.#append(lane, operation);
      write();
    });
  }

  #append(lane: string, operation: Operation): void {
    this.#options.outbox.append(lane, operation);
    this.#appended = true;
  }

  /**
   * The write and what it leaves to send, both or neither, also where several writes share a commit.
   * News is held back by the inner store until then.
   */
  #together<T>(work: () => T): T {
    const { database, outbox } = this.#options;
    let result: T;
    this.#depth += 1;
    try {
      this.#inner.inOneTransaction(() => {
        result = database.transaction(work)();
      });
    } catch (error) {
      outbox.recount();
      throw error;
    } finally {
      this.#depth -= 1;
    }
    if (this.#depth === 0 && this.#appended) {
      this.#appended = false;
      this.#options.onAppend();
    }
    return result!;
  }
}
