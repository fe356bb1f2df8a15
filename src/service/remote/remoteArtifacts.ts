import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  isPlainPath,
  pathOfArtifactUri,
  resolveStored,
  type StoredArtifact,
  storedFile,
  uploadsFolder,
} from '../experiments/artifactStorage.ts';
import type { RunStore } from '../experiments/store.ts';
import { unsafePath } from '../experiments/storeErrors.ts';
import type { RemoteApi } from './api.ts';
import { isAway } from './errors.ts';
import type { Identities } from './identities.ts';

export interface RemoteArtifactsOptions {
  readonly api: RemoteApi;
  readonly store: RunStore;
  readonly identities: Identities;
  readonly artifactRoot: string;
}

/** Artifacts of runs that were made elsewhere: listed there, and copied here when somebody opens one. */
export class RemoteArtifacts {
  readonly #options: RemoteArtifactsOptions;

  constructor(options: RemoteArtifactsOptions) {
    this.#options = options;
  }

  /** Undefined for a run whose artifacts are here, and while the server is away. */
  async list(run: string, folder: string): Promise<StoredArtifact[] | undefined> {
    const remoteId = this.#foreign(run);
    if (remoteId === undefined) {
      return undefined;
    }
    if (!isPlainPath(folder)) {
      throw unsafePath(folder);
    }
    const found = await unlessAway(this.#options.api.artifacts(remoteId, folder));
    return found
      ?.filter(({ path: at }) => isPlainPath(at))
      .map(({ path: at, ...entry }) => ({ name: path.posix.basename(at), ...entry }));
  }

  /** Whole or not at all. A copy of the size that the server tells is taken as it is. */
  async load(run: string, file: string): Promise<void> {
    const remoteId = this.#foreign(run);
    if (remoteId === undefined) {
      return;
    }
    const { api, store, identities, artifactRoot } = this.#options;
    const own = pathOfArtifactUri(store.getRun(run)!.artifactUri);
    const relative = `${own}/${file}`;
    const target = await resolveStored(artifactRoot, relative);
    const here = await storedFile(artifactRoot, relative).catch(() => undefined);
    const listing = api.artifacts(remoteId, folderOf(file));
    const entries = await (here ? unlessAway(listing) : listing);
    const there = entries?.find((entry) => entry.path === file && !entry.isFolder);
    if (!there || (here && here.bytes === there.bytes)) {
      return;
    }
    const temporary = path.join(artifactRoot, uploadsFolder, randomUUID());
    try {
      const body = await api.downloadArtifact(remoteId, identities.run(run)?.artifactUri ?? '', file);
      await pipeline(body, createWriteStream(temporary, { flags: 'wx' }));
      await fs.mkdir(path.dirname(target), { recursive: true });
      await fs.rename(temporary, target);
    } catch (error) {
      await fs.rm(temporary, { force: true });
      throw error;
    }
  }

  #foreign(run: string): string | undefined {
    const known = this.#options.identities.run(run);
    return known?.isOwn ? undefined : known?.remoteId;
  }
}

/** While the server is away, what is here is all there is. */
async function unlessAway<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isAway(error)) {
      return undefined;
    }
    throw error;
  }
}

function folderOf(file: string): string {
  const folder = path.posix.dirname(file);
  return folder === '.' ? '' : folder;
}
