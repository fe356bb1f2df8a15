import fs from 'node:fs';
import path from 'node:path';
import { Sequence } from '../../base/async.ts';
import { cancelled, hasCode } from '../../base/errors.ts';
import { Emitter, type Event } from '../../base/event.ts';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';
import type { RunDataset } from '../../protocol/experiments.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type {
  CheckoutVersion,
  DatasetList,
  DatasetSummary,
  DatasetVersion,
  VersionDataset,
  VersionResult,
} from '../../protocol/versions.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import { checkOut } from './checkout.ts';
import { compare, hashFiles } from './contents.ts';
import {
  contentOfVersion,
  type DatasetsOptions,
  datasetsForRun,
  listDatasets,
  listVersions,
  summarise,
} from './datasets.ts';
import { repositoryExists } from './errors.ts';
import { FileHashes } from './fileHashes.ts';
import { type FileIdentity, fromStats } from './fileIdentity.ts';
import { type Git, initialiseGit, openGit } from './git.ts';
import { HistoryReader } from './history.ts';
import type { Origin } from './origin.ts';
import type { Dataset } from './pointerFiles.ts';
import { resolveTarget } from './target.ts';
import { findUnversioned } from './unversionedData.ts';
import { makeVersion } from './versioning.ts';

/** What an operation gets from whoever asked for it. */
export interface Operation {
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** Versions of the workspace's data in DVC's formats and git's history. Changes happen one at a time. */
export interface Versions extends Disposable {
  /** Something about datasets changed: ask again. */
  readonly onDidChange: Event<void>;
  listDatasets(): Promise<DatasetList>;
  /** Newest first. */
  listVersions(path: string): Promise<readonly DatasetVersion[]>;
  versionDataset(asked: VersionDataset, operation: Operation): Promise<VersionResult>;
  checkoutVersion(asked: CheckoutVersion, operation: Operation): Promise<DatasetSummary>;
  createRepository(): Promise<void>;
  /** The md5 of a file's content where it is known without reading it. */
  knownContentHash(file: string): string | undefined;
  /** The same, reading the file where it must be. Undefined when there is none, or when it changes meanwhile. */
  contentHash(file: string, signal: AbortSignal): Promise<string | undefined>;
  /** The file of the cache with a version's content, and its md5; for a version of a single file. */
  contentOf(path: string, version: number): Promise<{ readonly file: string; readonly hash?: string }>;
  /** Cheap: reads little content. See `datasets.ts` for what `modified` then means. */
  datasetsForRun(): Promise<readonly RunDataset[]>;
  /** Somebody else may have changed data, pointers or git. */
  notifyPossibleChange(): void;
}

export interface VersionsOptions {
  /** A real path. */
  readonly workspace: string;
  readonly database: Database;
  readonly log: Log;
  /** Where a file comes from that another domain made. */
  readonly originOf?: (file: string) => Origin | undefined;
}

/** Milliseconds. News makes windows ask again; where a hash cannot be kept, that must not become a circle. */
const hashAgainAfter = 20_000;

export function createVersions({ workspace, database, log, originOf }: VersionsOptions): Versions {
  const store = new FileHashes(database);
  const history = new HistoryReader();
  const changed = new Emitter<void>();
  const operations = new Sequence();
  const background = new Sequence();
  const hashedAt = new Map<string, number>();
  const disposed = new AbortController();
  const repository = cachedRepository(workspace);

  const hashLater = (dataset: Dataset, dvcRoot: string) => {
    const last = hashedAt.get(dataset.data);
    if (disposed.signal.aborted || (last !== undefined && performance.now() - last < hashAgainAfter)) {
      return;
    }
    hashedAt.set(dataset.data, Number.POSITIVE_INFINITY);
    void background
      .run(() => compare(dataset, { dvcRoot, store, name: dataset.key, signal: disposed.signal }))
      .catch((error: unknown) => log.write('warning', 'versions', `Hashing ${dataset.key}: ${String(error)}`))
      .finally(() => {
        hashedAt.set(dataset.data, performance.now());
        if (!disposed.signal.aborted) {
          changed.fire();
        }
      });
  };
  const options = async (): Promise<DatasetsOptions> => ({
    workspace,
    git: await repository(),
    store,
    history,
    hashLater,
  });
  const exclusively = <T>(operation: Operation, work: (operation: Operation) => Promise<T>): Promise<T> => {
    const signal = AbortSignal.any([operation.signal, disposed.signal]);
    return operations.run(async () => {
      if (signal.aborted) {
        throw cancelled();
      }
      try {
        return await work({ signal, report: (progress) => operation.report(progress) });
      } finally {
        changed.fire();
      }
    });
  };

  return {
    onDidChange: changed.event,
    async listDatasets() {
      try {
        return await listDatasets(await options());
      } catch (error) {
        if (!hasCode(error, 'versions.noRepository')) {
          throw error;
        }
        return { repository: false, datasets: [], unversioned: await findUnversioned(workspace, new Set()) };
      }
    },
    listVersions: async (asked) => listVersions(await options(), resolveTarget(workspace, asked)),
    versionDataset: (asked, operation) =>
      exclusively(operation, async (own) => {
        const started = performance.now();
        const target = resolveTarget(workspace, asked.path);
        const shared = await options();
        const result = await makeVersion({
          ...shared,
          ...own,
          target,
          message: asked.message,
          origin: originOf?.(target.data),
        });
        log.write('info', 'versions', `Versioned ${result.path}`, {
          version: result.version,
          unchanged: result.unchanged,
          bytes: result.bytes,
          files: result.files,
          milliseconds: Math.round(performance.now() - started),
        });
        return result;
      }),
    checkoutVersion: (asked, operation) =>
      exclusively(operation, async (own) => {
        const target = resolveTarget(workspace, asked.path);
        const shared = await options();
        await checkOut({ ...shared, ...own, target, version: asked.version, overwrite: asked.overwrite });
        log.write('info', 'versions', `Checked out ${target.name}`, { version: asked.version ?? 'current' });
        return summarise(shared, target);
      }),
    createRepository: () =>
      operations.run(async () => {
        const existing = await repository().catch(() => undefined);
        if (existing) {
          throw repositoryExists(workspace);
        }
        await initialiseGit(workspace);
        log.write('info', 'versions', `Created a git repository in ${workspace}`);
        changed.fire();
      }),
    knownContentHash: (file) => {
      const identity = identityOfFile(file);
      return identity && store.find(file, identity);
    },
    contentHash: async (file, signal) => {
      const identity = identityOfFile(file);
      if (!identity) {
        return undefined;
      }
      const hashes = await hashFiles([{ file, path: path.basename(file), identity }], store, { signal });
      return hashes?.get(file);
    },
    contentOf: async (asked, version) =>
      contentOfVersion(await options(), resolveTarget(workspace, asked), version),
    datasetsForRun: async () => {
      try {
        return await datasetsForRun(await options());
      } catch (error) {
        if (hasCode(error, 'versions.noRepository') || hasCode(error, 'versions.gitMissing')) {
          return [];
        }
        throw error;
      }
    },
    notifyPossibleChange: () => changed.fire(),
    dispose: toDisposable(() => disposed.abort()).dispose,
  };
}

function identityOfFile(file: string): FileIdentity | undefined {
  const stats = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
  return stats?.isFile() ? fromStats(stats) : undefined;
}

/** Asking git where its repository is costs a process; a look at the disk tells whether the answer still holds. */
function cachedRepository(workspace: string): () => Promise<Git> {
  let known: Git | undefined;
  return async () => {
    const nearer = fs.existsSync(path.join(workspace, '.git')) && known?.root !== workspace;
    if (!known || nearer || !fs.existsSync(path.join(known.gitFolder, 'HEAD'))) {
      known = undefined;
      known = await openGit(workspace);
    }
    return known;
  };
}
