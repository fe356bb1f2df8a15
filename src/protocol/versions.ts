import { notification, request } from './rpc.ts';

export const listDatasets = request<null, DatasetList>('versions/listDatasets');
/** From git history of the pointer, newest first. */
export const listVersions = request<{ path: string }, readonly DatasetVersion[]>('versions/listVersions');
/** Content into the cache, pointer, `.gitignore` and a git commit of exactly those files. Reports progress. */
export const versionDataset = request<VersionDataset, VersionResult>('versions/versionDataset');
/** Refuses with `versions.unversionedChanges` unless `overwrite`. Reports progress. */
export const checkoutVersion = request<CheckoutVersion, DatasetSummary>('versions/checkoutVersion');
/** `git init` in the workspace folder. */
export const createRepository = request<null, null>('versions/createRepository');

/** Something about datasets changed: read the list again. */
export const datasetsChanged = notification<{ version: number }>('versions/datasetsChanged');

export interface DatasetList {
  readonly repository: boolean;
  readonly datasets: readonly DatasetSummary[];
  /** Data files and folders of the workspace that no pointer names. */
  readonly unversioned: readonly UnversionedData[];
}

/**
 * - `unchanged`: the data on disk is what the pointer names
 * - `modified`: it differs
 * - `missing`: the pointer is there, the data is not
 * - `damaged`: the pointer cannot be read; `problem` says why
 */
export type DatasetState = 'unchanged' | 'modified' | 'missing' | 'damaged';

export interface DatasetSummary {
  /** Relative to the workspace folder, with `/`. */
  readonly path: string;
  /** The `.dvc` file, relative to the workspace folder. */
  readonly pointer: string;
  readonly kind: 'file' | 'folder';
  readonly state: DatasetState;
  readonly hash: string;
  readonly bytes?: number;
  readonly files?: number;
  /** The number of the version that the pointer names; absent before its first commit. */
  readonly currentVersion?: number;
  readonly versionCount: number;
  /** The pointer file differs from the last commit. */
  readonly uncommitted: boolean;
  readonly origin?: DatasetOrigin;
  readonly problem?: string;
}

/** Where data comes from that this program made of other data. */
export interface DatasetOrigin {
  /** Relative to the workspace folder. */
  readonly path: string;
  /** The md5 of what it was then, and the number of that version where git's history has it. */
  readonly hash: string;
  readonly version?: number;
  readonly recipe: string;
  /** SHA-256 of what the recipe said. */
  readonly recipeHash: string;
  readonly release: string;
  /** What its differentially private parts spend. */
  readonly epsilon?: number;
  readonly delta?: number;
}

export interface UnversionedData {
  readonly path: string;
  readonly kind: 'file' | 'folder';
  readonly bytes: number;
}

export interface DatasetVersion {
  /** 1 is the oldest. */
  readonly number: number;
  readonly hash: string;
  readonly bytes?: number;
  readonly files?: number;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
  /** Its content is in the local cache, so that it can be checked out. */
  readonly cached: boolean;
  readonly current: boolean;
  readonly origin?: DatasetOrigin;
}

export interface VersionDataset {
  /** Absolute, or relative to the workspace folder. */
  readonly path: string;
  readonly message?: string;
}

export interface VersionResult {
  readonly path: string;
  readonly pointer: string;
  readonly hash: string;
  readonly bytes: number;
  readonly files: number;
  readonly version: number;
  readonly commit: string;
  /** The content is the one already versioned: nothing was written and nothing committed. */
  readonly unchanged: boolean;
  /** Sentences about what other tools would do differently with this data: links, empty folders, execute bits. */
  readonly warnings: readonly string[];
}

export interface CheckoutVersion {
  readonly path: string;
  /** A version number; the pointer's own version when absent. */
  readonly version?: number;
  /** Replaces data that is in no version. */
  readonly overwrite?: boolean;
}
