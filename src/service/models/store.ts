import type { Event } from '../../base/event.ts';
import type { KeyValue, Lifecycle, MetricPoint } from '../experiments/store.ts';
import type { Expression, OrderItem } from '../search/syntax.ts';

/**
 * The model registry (registered models, their versions and aliases) and the models that runs have logged.
 * `sqliteStore.ts` keeps them in the workspace.
 *
 * Every write is one transaction. Methods throw the named errors of `errors.ts`, also for what does not exist.
 */
export interface ModelStore {
  createRegisteredModel(model: NewRegisteredModel): RegisteredModel;
  getRegisteredModel(name: string): RegisteredModel;
  /** An absent description takes the old one away, as in MLflow. */
  describeRegisteredModel(name: string, description: string | undefined): RegisteredModel;
  renameRegisteredModel(name: string, newName: string): RegisteredModel;
  /** With all its versions, aliases and tags. Files are left where they are. */
  deleteRegisteredModel(name: string): void;
  setRegisteredModelTag(name: string, tag: KeyValue): void;
  /** Silent when there is no such tag. */
  deleteRegisteredModelTag(name: string, key: string): void;
  /** Prompts are left out unless the filter asks for them. */
  searchRegisteredModels(page: Page): Found<RegisteredModel>;

  /** Points the alias at this version, away from any other one. */
  setAlias(name: string, alias: string, version: number): void;
  /** Silent when there is no such alias. */
  deleteAlias(name: string, alias: string): void;
  /** `latest` is the highest version. */
  versionByAlias(name: string, alias: string): ModelVersion;

  createVersion(version: NewModelVersion): ModelVersion;
  getVersion(name: string, version: number): ModelVersion;
  describeVersion(name: string, version: number, description: string | undefined): ModelVersion;
  /** Its number is not given again, and its aliases go with it. */
  deleteVersion(name: string, version: number): void;
  /** `archiveOthers` moves what is in that stage to Archived; it needs Staging or Production. */
  moveToStage(name: string, version: number, stage: string, archiveOthers: boolean): ModelVersion;
  /** The highest version of each of these stages; of all when none is named. */
  latestVersions(name: string, stages: readonly string[]): readonly ModelVersion[];
  setVersionTag(name: string, version: number, tag: KeyValue): void;
  /** Silent when there is no such tag. */
  deleteVersionTag(name: string, version: number, key: string): void;
  /** Without aliases, as in MLflow; prompts are left out unless the filter asks for them. */
  searchVersions(page: Page): Found<ModelVersion>;

  createLoggedModel(model: NewLoggedModel): LoggedModel;
  getLoggedModel(modelId: string, options?: { readonly allowDeleted?: boolean }): LoggedModel;
  /** Also when it is deleted. */
  hasLoggedModel(modelId: string): boolean;
  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): LoggedModel;
  /** Marks it deleted; its files stay. */
  deleteLoggedModel(modelId: string): void;
  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): void;
  deleteLoggedModelTag(modelId: string, key: string): void;
  /** The same value again changes nothing; another one is refused. */
  addLoggedModelParameters(modelId: string, parameters: readonly KeyValue[]): void;
  /** An exact repeat is ignored. */
  addLoggedModelMetrics(metrics: readonly LoggedModelMetric[]): void;
  /** Each with its newest 1,000 metrics. */
  searchLoggedModels(search: LoggedModelSearch): Found<LoggedModel>;

  /** A model of another store, as it was there. */
  importLoggedModel(model: Omit<LoggedModel, 'registrations'>): void;
  /**
   * The same for a registered model with its versions, whose sources are not checked. Versions that are here are left
   * alone; answers how many were not.
   */
  importRegisteredModel(
    model: Omit<RegisteredModel, 'latestVersions'>,
    versions: readonly ImportedVersion[],
  ): number;

  /** After each committed write. */
  readonly onDidChange: Event<ModelChange>;
}

export interface ModelChange {
  /** The name of the registered model that changed; after renaming, there is one for each name. */
  readonly registeredModel?: string;
  /** The id of the logged model that changed. */
  readonly loggedModel?: string;
  /** Grows with each change of any model, also over restarts of the service. */
  readonly version: number;
}

export interface Page {
  readonly filter?: Expression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number;
  readonly offset: number;
}

export interface Found<Item> {
  readonly items: readonly Item[];
  readonly more: boolean;
}

export interface NewRegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly tags: readonly KeyValue[];
}

export interface RegisteredModel {
  readonly name: string;
  readonly description?: string;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly ModelAlias[];
  /** The highest version of each stage, without their aliases. */
  readonly latestVersions: readonly ModelVersion[];
}

export interface ModelAlias {
  readonly alias: string;
  readonly version: number;
}

export const stages = ['None', 'Staging', 'Production', 'Archived'] as const;

export type Stage = (typeof stages)[number];

export interface NewModelVersion {
  readonly name: string;
  /** Where the model came from; checked by `modelSource.ts`. */
  readonly source: string;
  readonly runId?: string;
  readonly loggedModel?: string;
  readonly runLink?: string;
  readonly description?: string;
  readonly tags: readonly KeyValue[];
}

export interface ModelVersion {
  readonly name: string;
  readonly version: number;
  readonly description?: string;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly stage: Stage;
  readonly source: string;
  /** Where its files are: the source, when that names another model, followed to the end. */
  readonly storageLocation: string;
  /** Empty when no run is known. */
  readonly runId: string;
  readonly runLink: string;
  readonly loggedModel?: string;
  readonly tags: readonly KeyValue[];
  readonly aliases: readonly string[];
}

/** Aliases come with the registered model. */
export type ImportedVersion = Omit<ModelVersion, 'name' | 'aliases'>;

/** MLflow's words, without their prefix `LOGGED_MODEL_`. */
export type LoggedModelStatus = 'STATUS_UNSPECIFIED' | 'PENDING' | 'READY' | 'UPLOAD_FAILED';

export interface NewLoggedModel {
  readonly experiment: string;
  /** An adjective and a noun when absent. */
  readonly name?: string;
  readonly modelType: string;
  readonly sourceRunId: string;
  readonly parameters: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
}

export interface LoggedModel {
  /** `m-` and 32 hexadecimal digits. */
  readonly modelId: string;
  readonly experiment: string;
  readonly name: string;
  readonly artifactUri: string;
  readonly creationTime: number;
  readonly lastUpdatedTime: number;
  readonly status: LoggedModelStatus;
  readonly lifecycleStage: Lifecycle;
  readonly modelType: string;
  /** Empty when no run made it. */
  readonly sourceRunId: string;
  readonly tags: readonly KeyValue[];
  readonly parameters: readonly KeyValue[];
  readonly metrics: readonly LoggedModelMetric[];
  /** The versions that were registered of it. */
  readonly registrations: readonly { readonly name: string; readonly version: number }[];
}

export interface LoggedModelMetric extends MetricPoint {
  readonly modelId: string;
  readonly runId: string;
  /** Empty when no dataset is named. */
  readonly datasetName: string;
  readonly datasetDigest: string;
}

export interface LoggedModelSearch extends Omit<Page, 'orderBy'> {
  readonly experiments: readonly string[];
  /** Metrics of these alone count in the filter; without such, models with any metric of these. */
  readonly datasets: readonly DatasetChoice[];
  readonly orderBy: readonly LoggedModelOrder[];
}

export interface DatasetChoice {
  readonly name: string;
  readonly digest?: string;
}

export interface LoggedModelOrder {
  /** A name of its own, or `metrics.<key>`. */
  readonly field: string;
  readonly descending: boolean;
  /** The latest value on this dataset counts; on any when absent. */
  readonly dataset?: Partial<DatasetChoice>;
}
