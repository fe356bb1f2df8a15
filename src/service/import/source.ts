import type { Disposable } from '../../base/lifecycle.ts';
import type {
  KeyValue,
  Lifecycle,
  MetricPoint,
  ModelLink,
  RunInputs,
  RunStatus,
} from '../experiments/store.ts';

/** A store of MLflow's own, read from its start to its end. What cannot be read is told, and left out. */
export interface ImportSource extends Disposable {
  readonly experiments: readonly SourceExperiment[];
  /** Folders and files that could not be read, each with the reason. */
  readonly unreadable: readonly string[];
}

export interface SourceExperiment {
  readonly name: string;
  readonly lifecycle: Lifecycle;
  readonly tags: readonly KeyValue[];
  readonly runIds: readonly string[];
  /** Throws what is wrong with it. */
  readRun(runId: string): SourceRun;
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
  /** As the store names it. */
  readonly artifactUri: string;
  /** Where the artifacts may lie on this machine, the likeliest first. */
  readonly artifactFolders: readonly string[];
  /** A folder that is there when the storage that the address names is on this machine. */
  readonly artifactStorage?: string | undefined;
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
