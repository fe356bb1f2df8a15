import { request } from './rpc.ts';

/** Reports its progress by runs. Cancelled, it answers what it has taken until then: every run is whole. */
export const importRuns = request<ImportRuns, ImportResult>('experiments/import');

export interface ImportRuns {
  /** A folder `mlruns` or a file `mlflow.db`; relative to the workspace folder, or absolute. */
  readonly path: string;
}

export interface ImportResult {
  readonly imported: number;
  /** Runs that were here already, and were left as they are. */
  readonly present: number;
  /** Runs that the store has. */
  readonly total: number;
  /** Experiments to which a run came. */
  readonly experiments: number;
  /** Models that runs logged. */
  readonly loggedModels: number;
  /** Versions of registered models. */
  readonly modelVersions: number;
  readonly missingArtifacts: Listed;
  readonly unreadable: Listed;
  readonly cancelled: boolean;
}

/** How many there are, and the first of them by name. */
export interface Listed {
  readonly count: number;
  readonly some: readonly string[];
}
