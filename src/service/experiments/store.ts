import type { Event } from '../../base/event.ts';
import type {
  CodeState,
  ExperimentSummary,
  RunDataset,
  RunEnvironment,
  RunSummary,
  Series,
  SeriesQuery,
} from '../../protocol/experiments.ts';
import type { Expression, OrderItem } from '../search/syntax.ts';

/**
 * Experiments, runs and what they log. `sqliteStore.ts` keeps them in the workspace;
 * `remote/forwardingStore.ts` also sends every write to a remote MLflow server.
 *
 * Every write is one transaction. Methods throw the named errors of `storeErrors.ts`.
 */
export interface RunStore {
  createExperiment(experiment: NewExperiment): StoredExperiment;
  getExperiment(id: string): StoredExperiment | undefined;
  getExperimentByName(name: string): StoredExperiment | undefined;
  listExperiments(query?: StoredExperimentQuery): readonly StoredExperiment[];
  renameExperiment(id: string, name: string): StoredExperiment;
  /** Marks the experiment and its active runs deleted; restoring undoes both. */
  deleteExperiment(id: string): void;
  restoreExperiment(id: string): void;
  setExperimentTag(id: string, tag: KeyValue): void;
  deleteExperimentTag(id: string, key: string): void;
  /** For the tree: active experiments with their counts and best value, newest activity first. */
  summarizeExperiments(): readonly ExperimentSummary[];

  createRun(run: NewRun): StoredRun;
  getRun(runId: string): StoredRun | undefined;
  updateRun(runId: string, change: RunChange): StoredRun;
  deleteRun(runId: string): void;
  restoreRun(runId: string): void;
  searchRuns(query: StoredRunQuery): StoredRunPage;
  runsUnderWay(): readonly StoredRun[];
  /** The newest run of this script that started before the given one. */
  previousRun(run: StoredRun): StoredRun | undefined;
  /** The run that this one is under: an active one of the same experiment. */
  parentRun(runId: string): StoredRun | undefined;
  /** For lists: with the headline metric and a few values of its history. */
  summarizeRuns(runs: readonly StoredRun[]): readonly RunSummary[];

  /** Parameters, then metrics, then tags, all or none. An exact repeat of a metric is ignored. */
  logBatch(runId: string, batch: LogBatch): void;
  deleteTag(runId: string, key: string): void;
  /** A dataset is known in its experiment by name and digest; linking it twice changes nothing. */
  logInputs(runId: string, inputs: RunInputs): void;
  logOutputs(runId: string, models: readonly ModelLink[]): void;

  parameters(runId: string): readonly KeyValue[];
  tags(runId: string): readonly KeyValue[];
  /** The latest value, count and range of each metric, ordered by key. */
  metrics(runId: string): readonly StoredMetricSummary[];
  /** Ordered by (timestamp, step, value), MLflow's order; `limit` and `offset` count points. */
  metricHistory(runId: string, key: string, limit: number, offset: number): readonly MetricPoint[];
  /** At most `limit` points spread evenly over the history or a part of it, by (step, timestamp, value). */
  sampleMetricHistory(runId: string, key: string, limit: number, range?: StepRange): readonly MetricPoint[];
  /** Reduced to `points`; a run or metric that does not exist is left out. Others are answered while long ones are read. */
  series(query: SeriesQuery): Promise<readonly Series[]>;
  inputs(runId: string): RunInputs;
  outputs(runId: string): readonly ModelLink[];
  /** All that MLflow shows of each of these runs, in their order; a page costs little more than one run. */
  contents(runIds: readonly string[]): readonly RunContents[];

  /** Several writes with one commit: each still succeeds or fails by itself, and none is told before all are kept. */
  inOneTransaction(work: () => void): void;

  /** After each committed write, at most once per write. */
  readonly onDidChange: Event<StoreChange>;
}

export interface StoreChange {
  readonly experiment: string;
  readonly runId?: string;
  /** Grows with each change of that experiment, also over restarts of the service. */
  readonly version: number;
}

export type Lifecycle = 'active' | 'deleted';

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface NewExperiment {
  readonly name: string;
  readonly artifactLocation?: string;
  readonly tags?: readonly KeyValue[];
}

export interface StoredExperiment {
  /** Digits; `0` is the one named Default that always exists. */
  readonly id: string;
  readonly name: string;
  readonly artifactLocation: string;
  readonly lifecycleStage: Lifecycle;
  readonly creationTime: number;
  readonly lastUpdateTime: number;
  readonly tags: readonly KeyValue[];
}

/** MLflow's words; `protocol/experiments.ts` has ours in lower case. */
export type RunStatus = 'SCHEDULED' | 'RUNNING' | 'FINISHED' | 'FAILED' | 'KILLED';

export function isUnderWay(status: RunStatus): boolean {
  return status === 'SCHEDULED' || status === 'RUNNING';
}

export interface NewRun {
  /** For a run that had one before it came here. */
  readonly runId?: string;
  /** Where its artifacts are, when not in the place of its experiment. */
  readonly artifactUri?: string;
  readonly experiment: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly userId: string;
  /** An adjective and a noun when absent. */
  readonly name?: string;
  /** Relative to the workspace folder. */
  readonly script?: string;
  readonly tags?: readonly KeyValue[];
  readonly details?: RunRecord;
}

export interface StoredRun {
  /** 32 hexadecimal digits. */
  readonly runId: string;
  readonly experiment: string;
  readonly name: string;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly endTime?: number;
  /** `mlflow-artifacts:/<experiment>/<run>/artifacts`, which lies in `.mlops/artifacts/`. */
  readonly artifactUri: string;
  readonly lifecycleStage: Lifecycle;
  /** Milliseconds since the epoch, while it is deleted. */
  readonly deletedTime?: number;
  /** Grows with each change of the run. */
  readonly version: number;
  readonly script?: string;
  /** Absent for runs that a script started by itself. */
  readonly details?: RunRecord;
}

/** What the Workbench captured when it started a run, kept as JSON; every part may be absent. */
export interface RunRecord {
  readonly command?: readonly string[];
  readonly workingFolder?: string;
  /** As the run started with them. They become MLflow parameters at its end, where the script has not logged its own. */
  readonly parameters?: readonly KeyValue[];
  readonly code?: CodeState;
  readonly datasets?: readonly RunDataset[];
  readonly environment?: RunEnvironment;
  readonly exitCode?: number;
  readonly signal?: string;
  readonly failure?: string;
  /** The start time with which a client took this run as its own; a repeated request gets the run again. */
  readonly adoptedStart?: number;
  /** What the script said about its own end; the end of its process decides. */
  readonly reportedStatus?: RunStatus;
}

export interface RunChange {
  readonly status?: RunStatus;
  readonly endTime?: number;
  readonly name?: string;
  readonly experiment?: string;
  /** Merged over what is there. */
  readonly details?: RunRecord;
}

export interface StoredExperimentQuery {
  /** Active ones when absent. */
  readonly lifecycle?: Lifecycle | 'all';
  /** By `searchableExperiments`; what that does not have is `search.invalidFilter`. */
  readonly filter?: Expression | undefined;
  /** The newest first when absent. */
  readonly orderBy?: readonly OrderItem[];
  /** All of them when absent. */
  readonly limit?: number;
  readonly offset?: number;
}

export interface StoredRunQuery {
  /** All experiments when absent. */
  readonly experiments?: readonly string[];
  readonly statuses?: readonly RunStatus[];
  readonly runIds?: readonly string[];
  /** Active ones when absent. */
  readonly lifecycle?: Lifecycle | 'all';
  /** By `searchableRuns`; what that does not have is `search.invalidFilter`. */
  readonly filter?: Expression | undefined;
  /** Before `order`. */
  readonly orderBy?: readonly OrderItem[];
  /** Those directly under this run; `null`: those under none. */
  readonly parent?: string | null;
  readonly hideArchived?: boolean;
  /** Before the rest of the order. */
  readonly starredFirst?: boolean;
  /** Those under way first, when absent; then the newest first, then by id. */
  readonly order?: 'underWayFirst' | 'newestFirst';
  readonly limit: number;
  readonly offset: number;
  /** What the asker has no use for: counting and reading these take time. */
  readonly leaveOut?: readonly ('total' | 'details')[];
}

export interface StoredRunPage {
  readonly runs: readonly StoredRun[];
  /** Whether there are more after these. */
  readonly more: boolean;
  /** How many there are in all; when left out of the query, only how many are known of. */
  readonly total: number;
}

export interface MetricPoint {
  readonly key: string;
  /** NaN and infinities included. */
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly step: number;
}

/** Both included. */
export interface StepRange {
  readonly first: number;
  readonly last: number;
}

export interface LogBatch {
  readonly metrics?: readonly MetricPoint[];
  readonly parameters?: readonly KeyValue[];
  readonly tags?: readonly KeyValue[];
}

export interface StoredMetricSummary {
  readonly key: string;
  readonly latest: MetricPoint;
  readonly count: number;
  readonly lowest: number;
  readonly highest: number;
}

export interface DatasetInput {
  readonly name: string;
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly schema?: string;
  readonly profile?: string;
  readonly tags: readonly KeyValue[];
}

export interface ModelLink {
  readonly modelId: string;
  readonly step: number;
}

export interface RunContents {
  /** The latest point of each, ordered by key. */
  readonly metrics: readonly MetricPoint[];
  readonly parameters: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly inputs: RunInputs;
  readonly outputs: readonly ModelLink[];
}

export interface RunInputs {
  readonly datasets: readonly DatasetInput[];
  readonly models: readonly string[];
}
