import type { Disposable } from '../../base/lifecycle.ts';
import type {
  KeyValue,
  Lifecycle,
  MetricPoint,
  ModelLink,
  RunInputs,
  RunStatus,
} from '../experiments/store.ts';
import {
  type ImportedVersion,
  type LoggedModel,
  type LoggedModelStatus,
  type RegisteredModel,
  type Stage,
  stages,
} from '../models/store.ts';

/** A store of MLflow's own, read from its start to its end. What cannot be read is told, and left out. */
export interface ImportSource extends Disposable {
  readonly experiments: readonly SourceExperiment[];
  readonly registeredModels: readonly SourceRegisteredModel[];
  /** Folders and files that could not be read, each with the reason. */
  readonly unreadable: readonly string[];
}

export interface SourceExperiment {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly tags: readonly KeyValue[];
  readonly runIds: readonly string[];
  readonly modelIds: readonly string[];
  /** Throws what is wrong with it. */
  readRun(runId: string): SourceRun;
  readModel(modelId: string): SourceModel;
}

export interface SourceRegisteredModel {
  readonly model: Omit<RegisteredModel, 'latestVersions'>;
  readonly versions: readonly ImportedVersion[];
}

export interface SourceModel {
  readonly model: Omit<LoggedModel, 'experiment' | 'artifactUri' | 'registrations'>;
  readonly artifacts: SourceArtifacts;
}

/** The files of a run or a logged model. */
export interface SourceArtifacts {
  /** The id of the run or model: its folder is called so. */
  readonly owner: string;
  /** As the store names it. */
  readonly uri: string;
  /** Where they may lie on this machine, the likeliest first. */
  readonly folders: readonly string[];
  /** A folder that is there when the storage that the address names is on this machine. */
  readonly storage?: string | undefined;
}

export interface SourceRun {
  readonly runId: string;
  readonly name?: string | undefined;
  readonly userId: string;
  readonly status: RunStatus;
  readonly startTime: number;
  readonly endTime?: number;
  readonly lifecycle: Lifecycle;
  readonly parameters: readonly KeyValue[];
  readonly tags: readonly KeyValue[];
  readonly inputs: RunInputs;
  readonly outputs: readonly ModelLink[];
  /** Read as they are asked for: there may be millions. */
  points(): Iterable<MetricPoint>;
  readonly artifacts: SourceArtifacts;
}

/** As MLflow's own servers accept them; what is not of this form is no run, and no path either. */
export function isRunId(text: string): boolean {
  return /^[a-zA-Z0-9][\w-]{0,255}$/.test(text);
}

const statuses: readonly RunStatus[] = ['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED'];

/** The database has the words, files have the numbers of MLflow's protocol, from 1. */
export function readStatus(status: string | number): RunStatus {
  const found = statuses.find((word, index) => status === word || Number(status) === index + 1);
  if (!found) {
    throw new Error(`“${status}” is no status of a run`);
  }
  return found;
}

/** As MLflow's own servers accept them. */
export function isModelId(text: string): boolean {
  return /^m-[\w-]{1,100}$/.test(text);
}

const modelStatuses = ['STATUS_UNSPECIFIED', 'PENDING', 'READY', 'UPLOAD_FAILED'] as const;

/** Numbers of MLflow's protocol, from 0. */
export function readModelStatus(status: number): LoggedModelStatus {
  return modelStatuses[status] ?? 'STATUS_UNSPECIFIED';
}

export function readStage(stage: string | null | undefined): Stage {
  return stages.find((known) => known.toLowerCase() === stage?.toLowerCase()) ?? 'None';
}

/** MLflow keeps a deleted version under this stage. */
export const deletedStage = 'Deleted_Internal';

/** Anything but the word that deletes is active. */
export function toLifecycle(stage: string): Lifecycle {
  return stage === 'deleted' ? 'deleted' : 'active';
}
