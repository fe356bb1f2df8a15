import { errorShape } from '../../base/errors.ts';
import { Emitter } from '../../base/event.ts';
import type { ExperimentSummary, RunSummary, Series, SeriesQuery } from '../../protocol/experiments.ts';
import { toWireNumber } from '../../protocol/numbers.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import { Contents } from './contents.ts';
import { evenSample } from './evenSample.ts';
import { ExperimentTable } from './experimentTable.ts';
import { LinkTable } from './linkTable.ts';
import { MetricTable } from './metricTable.ts';
import { RunSearch } from './runSearch.ts';
import { placesRun, type RunRow, RunTable, toStoredRun } from './runTable.ts';
import { reduceSeries } from './series.ts';
import { compareValues, type SeriesColumns } from './seriesPoints.ts';
import type {
  KeyValue,
  LogBatch,
  MetricPoint,
  ModelLink,
  NewExperiment,
  NewRun,
  RunChange,
  RunContents,
  RunInputs,
  RunStore,
  StepRange,
  StoreChange,
  StoredExperiment,
  StoredExperimentQuery,
  StoredMetricSummary,
  StoredRun,
  StoredRunPage,
  StoredRunQuery,
} from './store.ts';
import { Summaries } from './summaries.ts';

export interface RunStoreOptions {
  /** Opened with `migrations/all.ts`; this store is the only writer of its tables. */
  readonly database: Database;
  readonly log: Log;
}

export function createRunStore(options: RunStoreOptions): RunStore {
  return new SqliteRunStore(options);
}

class SqliteRunStore implements RunStore {
  readonly #experiments: ExperimentTable;
  readonly #runs: RunTable;
  readonly #search: RunSearch;
  readonly #metrics: MetricTable;
  readonly #links: LinkTable;
  readonly #contents: Contents;
  readonly #summaries: Summaries;
  readonly #transaction: (work: () => unknown) => unknown;
  readonly #changed: Emitter<StoreChange>;
  readonly #versions = new Map<string, number>();
  readonly #firstVersion = Date.now() * 1000;
  /** News of writes whose common commit is still to come. */
  #held: StoreChange[] | undefined;
  readonly onDidChange: RunStore['onDidChange'];

  constructor({ database, log }: RunStoreOptions) {
    this.#experiments = new ExperimentTable(database);
    this.#runs = new RunTable(database);
    this.#search = new RunSearch(database, this.#runs);
    this.#metrics = new MetricTable(database);
    this.#links = new LinkTable(database);
    this.#contents = new Contents(this.#runs, this.#metrics, this.#links);
    this.#summaries = new Summaries(database, this.#experiments, this.#runs, this.#metrics, (experiment) =>
      this.#version(experiment),
    );
    const transaction = database.transaction((work: () => unknown) => work());
    this.#transaction = (work) => transaction.immediate(work);
    this.#changed = new Emitter((error) =>
      log.write('error', 'experiments', `A listener failed: ${errorShape(error).message}`),
    );
    this.onDidChange = this.#changed.event;
  }

  createExperiment(experiment: NewExperiment): StoredExperiment {
    const created = this.#write(() => this.#experiments.create(experiment));
    this.#fire(created.id);
    return created;
  }

  getExperiment(id: string): StoredExperiment | undefined {
    return this.#experiments.get(id);
  }

  getExperimentByName(name: string): StoredExperiment | undefined {
    return this.#experiments.getByName(name);
  }

  listExperiments(query: StoredExperimentQuery = {}): readonly StoredExperiment[] {
    return this.#experiments.list(query);
  }

  renameExperiment(id: string, name: string): StoredExperiment {
    const renamed = this.#write(() => this.#experiments.rename(id, name));
    this.#fire(id);
    return renamed;
  }

  deleteExperiment(id: string): void {
    this.#write(() => {
      this.#experiments.setLifecycle(id, 'active', 'deleted');
      this.#runs.deleteAll(id);
    });
    this.#fire(id);
  }

  restoreExperiment(id: string): void {
    this.#write(() => {
      this.#experiments.setLifecycle(id, 'deleted', 'active');
      this.#runs.restoreAll(id);
    });
    this.#fire(id);
  }

  setExperimentTag(id: string, tag: KeyValue): void {
    this.#write(() => this.#experiments.setTag(id, tag));
    this.#fire(id);
  }

  deleteExperimentTag(id: string, key: string): void {
    this.#write(() => this.#experiments.deleteTag(id, key));
    this.#fire(id);
  }

  summarizeExperiments(): readonly ExperimentSummary[] {
    return this.#summaries.experiments();
  }

  createRun(run: NewRun): StoredRun {
    const row = this.#write(() => this.#runs.create(run, this.#experiments.requireActive(run.experiment)));
    this.#fire(run.experiment, row.run_id);
    this.#fireAbove(row);
    return toStoredRun(row);
  }

  getRun(runId: string): StoredRun | undefined {
    const row = this.#runs.find(runId);
    return row && toStoredRun(row);
  }

  updateRun(runId: string, change: RunChange): StoredRun {
    const before = this.#change(runId, (row) => {
      if (change.experiment !== undefined) {
        this.#experiments.requireActive(change.experiment);
      }
      this.#runs.update(row, change);
    });
    if (change.experiment !== undefined && change.experiment !== String(before.experiment)) {
      this.#fire(change.experiment, runId);
    }
    const row = this.#runs.require(runId);
    if (row.status !== before.status || row.name !== before.name) {
      this.#fireAbove(row);
    }
    return toStoredRun(row);
  }

  deleteRun(runId: string): void {
    this.#fireAbove(this.#change(runId, (row) => this.#runs.setLifecycle(row, 'deleted')));
  }

  restoreRun(runId: string): void {
    const row = this.#write(() => {
      const found = this.#runs.require(runId);
      this.#runs.setLifecycle(found, 'active');
      this.#runs.touch(found);
      return found;
    });
    this.#fire(String(row.experiment), runId);
    this.#fireAbove(row);
  }

  searchRuns(query: StoredRunQuery): StoredRunPage {
    const { rows, ...page } = this.#search.search(query);
    return { runs: rows.map(toStoredRun), ...page };
  }

  runsUnderWay(): readonly StoredRun[] {
    return this.#runs.underWay().map(toStoredRun);
  }

  previousRun(run: StoredRun): StoredRun | undefined {
    const row = this.#runs.previous(run);
    return row && toStoredRun(row);
  }

  parentRun(runId: string): StoredRun | undefined {
    const row = this.#runs.require(runId);
    const parent = this.#runs.nesting(row.experiment).parentOf(row.id);
    return parent === undefined ? undefined : toStoredRun(this.#runs.byNumber(parent));
  }

  summarizeRuns(runs: readonly StoredRun[]): readonly RunSummary[] {
    return runs.map((run) => this.#summaries.run(run));
  }

  logBatch(runId: string, batch: LogBatch): void {
    const row = this.#change(runId, (row) => {
      for (const parameter of batch.parameters ?? []) {
        this.#runs.setParameter(row, parameter);
      }
      if (batch.metrics) {
        this.#metrics.insert(row.id, batch.metrics);
      }
      for (const tag of batch.tags ?? []) {
        this.#runs.setTag(row, tag);
      }
    });
    if (batch.tags?.some(({ key }) => placesRun(key))) {
      this.#fireAbove(row);
    }
  }

  deleteTag(runId: string, key: string): void {
    this.#change(runId, (row) => this.#runs.deleteTag(row, key));
  }

  logInputs(runId: string, inputs: RunInputs): void {
    this.#change(runId, (row) => this.#links.addInputs(row.id, row.experiment, inputs));
  }

  logOutputs(runId: string, models: readonly ModelLink[]): void {
    this.#change(runId, (row) => this.#links.addOutputs(row.id, models));
  }

  parameters(runId: string): readonly KeyValue[] {
    return this.#runs.parameters(this.#runs.require(runId));
  }

  tags(runId: string): readonly KeyValue[] {
    return this.#runs.tags(this.#runs.require(runId));
  }

  metrics(runId: string): readonly StoredMetricSummary[] {
    return this.#metrics.summaries(this.#runs.require(runId).id);
  }

  metricHistory(runId: string, key: string, limit: number, offset: number): readonly MetricPoint[] {
    const columns = this.#metrics.columns(this.#runs.require(runId).id, key);
    return columns ? byTime(columns, key, limit, offset) : [];
  }

  sampleMetricHistory(runId: string, key: string, limit: number, range?: StepRange): readonly MetricPoint[] {
    const columns = this.#metrics.columns(this.#runs.require(runId).id, key);
    return columns ? sampled(columns, key, limit, range) : [];
  }

  async series(query: SeriesQuery): Promise<readonly Series[]> {
    const all: Series[] = [];
    for (const runId of query.runs) {
      const row = this.#runs.find(runId);
      const metrics = row && (query.metrics ?? this.#metrics.summaries(row.id).map(({ key }) => key));
      for (const metric of metrics ?? []) {
        const columns = await this.#metrics.read(row!.id, metric);
        if (columns) {
          const reduced = reduceSeries(columns, query);
          all.push({ run: runId, metric, ...reduced, values: reduced.values.map(toWireNumber) });
        }
      }
    }
    return all;
  }

  inputs(runId: string): RunInputs {
    return this.#links.inputs(this.#runs.require(runId).id);
  }

  outputs(runId: string): readonly ModelLink[] {
    return this.#links.outputs(this.#runs.require(runId).id);
  }

  contents(runIds: readonly string[]): readonly RunContents[] {
    return this.#contents.of(runIds.map((runId) => this.#runs.require(runId).id));
  }

  inOneTransaction(work: () => void): void {
    if (this.#held) {
      work();
      return;
    }
    const held: StoreChange[] = [];
    this.#held = held;
    try {
      this.#transaction(work);
    } catch (error) {
      this.#metrics.forgetAll();
      this.#runs.forgetNesting();
      throw error;
    } finally {
      this.#held = undefined;
    }
    for (const change of held) {
      this.#changed.fire(change);
    }
  }

  /** One transaction around a change of an active run, then the news of it. */
  #change(runId: string, work: (row: RunRow) => void): RunRow {
    const row = this.#write(() => {
      const found = this.#runs.requireActive(runId);
      work(found);
      this.#runs.touch(found);
      return found;
    });
    this.#fire(String(row.experiment), runId);
    return row;
  }

  #write<T>(work: () => T): T {
    try {
      const result = this.#transaction(work) as T;
      this.#metrics.committed();
      return result;
    } catch (error) {
      this.#metrics.rolledBack();
      this.#runs.forgetNesting();
      throw error;
    }
  }

  #version(experiment: string): number {
    return this.#versions.get(experiment) ?? this.#firstVersion;
  }

  /** The page of a run lists those under it, so it hears of them. */
  #fireAbove(row: RunRow): void {
    const parent = this.#runs.namedParent(row);
    if (parent) {
      this.#fire(String(parent.experiment), parent.run_id);
    }
  }

  #fire(experiment: string, runId?: string): void {
    const version = this.#version(experiment) + 1;
    this.#versions.set(experiment, version);
    const change = { experiment, version, ...(runId !== undefined && { runId }) };
    if (this.#held) {
      this.#held.push(change);
    } else {
      this.#changed.fire(change);
    }
  }
}

/** A page of points in MLflow's order (timestamp, step, value); mostly that is the order they are kept in. */
function byTime(columns: SeriesColumns, key: string, limit: number, offset: number): MetricPoint[] {
  const { steps, times, values } = columns;
  const sorted = times.every((time, at) => at === 0 || times[at - 1]! <= time);
  const order = sorted
    ? undefined
    : Uint32Array.from(times.keys()).sort(
        (a, b) => times[a]! - times[b]! || steps[a]! - steps[b]! || compareValues(values[a]!, values[b]!),
      );
  const length = Math.max(0, Math.min(limit, times.length - offset));
  return Array.from({ length }, (_, index) => {
    const at = order ? order[offset + index]! : offset + index;
    return { key, value: values[at]!, timestamp: times[at]!, step: steps[at]! };
  });
}

function sampled(
  { steps, times, values }: SeriesColumns,
  key: string,
  limit: number,
  range: StepRange | undefined,
): MetricPoint[] {
  const from = range ? firstAt(steps, (step) => step >= range.first) : 0;
  const to = range ? firstAt(steps, (step) => step > range.last) : steps.length;
  return evenSample(Math.max(0, to - from), limit).map((position) => {
    const at = from + position;
    return { key, value: values[at]!, timestamp: times[at]!, step: steps[at]! };
  });
}

function firstAt(steps: ArrayLike<number>, matches: (step: number) => boolean): number {
  let [low, high] = [0, steps.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (matches(steps[middle]!)) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
