import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import { formatBytes, plural } from '../../base/format.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Cache } from './cache.ts';
import type { CollectedFile, Collection } from './collect.ts';
import type { JobFailure, JobOutcome, JobSettings } from './contentJobs.ts';
import { runJobs } from './contentPool.ts';
import { hashFiles, knownHashes } from './contents.ts';
import { directoryObject } from './directoryObject.ts';
import { cannotWrite, changedWhileReading, diskFull, unreadableData } from './errors.ts';
import type { FileHashes } from './fileHashes.ts';
import { freeBytes, isDiskFull, toPosix, writeAtomically } from './files.ts';
import type { Target } from './target.ts';

export interface StoreOptions {
  readonly collection: Collection;
  readonly cache: Cache;
  readonly store: FileHashes;
  readonly target: Target;
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

export interface Stored {
  /** md5, with `.dir` for a folder. */
  readonly hash: string;
  /** Objects that were not in the cache before. */
  readonly added: readonly string[];
}

/** Puts every file's content into the cache, and a folder's list last. On failure the cache is as it was. */
export async function storeContent(options: StoreOptions): Promise<Stored> {
  return await options.cache.withTemporary((settings) => storeFiles(options, settings));
}

async function storeFiles(options: StoreOptions, settings: JobSettings): Promise<Stored> {
  const { collection, cache, target } = options;
  const known = presentFiles(options);
  const { present, needed } = await requireSpace(options, known, settings);
  const wanted = collection.files.filter(({ file }) => !present.has(file));
  const added: string[] = [];
  try {
    const hashes = new Map(present);
    const outcomes = await runJobs(
      wanted.map(({ file, identity }) => ({ action: 'store', file, identity, bytes: identity.size })),
      settings,
      { signal: options.signal, onBytes: progress(options, wanted) },
    );
    keep(options, wanted, outcomes, hashes, added);
    refuseFailures(options, outcomes, needed);
    if (collection.kind === 'file') {
      return { hash: hashes.get(target.data)!, added };
    }
    const list = directoryObject(
      collection.files.map(({ file, path }) => ({ path, md5: hashes.get(file)! })),
    );
    storeList(cache, list, settings.temporary, added);
    return { hash: list.hash, added };
  } catch (error) {
    cache.remove(added);
    const written = error as NodeJS.ErrnoException;
    if (isDiskFull(written)) {
      throw diskFull(`version ${target.name}`, freeBytes(cache.folder), needed);
    }
    throw written.syscall ? cannotWrite(`version ${target.name}`, cache.folder, written) : error;
  }
}

/** Files whose hash is known and whose object is whole. */
function presentFiles({ collection, cache, store }: StoreOptions): Map<string, string> {
  const known = new Map(knownHashes(collection.files, store));
  for (const { file, identity } of collection.files) {
    const hash = known.get(file);
    if (hash && !cache.has({ hash, legacy: false }, identity.size)) {
      known.delete(file);
    }
  }
  return known;
}

const block = 4096;

/**
 * Refuses before anything is written when the disk cannot hold what is missing from the cache. Only when it looks
 * too small is it worth the time to find out whether the content is there already under another name, or whether
 * the file system clones files for nothing.
 */
async function requireSpace(
  { collection, cache, store, target, signal }: StoreOptions,
  known: ReadonlyMap<string, string>,
  settings: JobSettings,
): Promise<{ readonly present: ReadonlyMap<string, string>; readonly needed: number }> {
  const free = freeBytes(cache.folder);
  const unknown = collection.files.filter(({ file }) => !known.has(file));
  const needed = bytesOnDisk(unknown);
  if (needed <= free) {
    return { present: known, needed };
  }
  const hashes = await hashFiles(collection.files, store, { signal });
  if (signal.aborted) {
    throw cancelled();
  }
  if (!hashes) {
    throw changedWhileReading(target.name);
  }
  const present = new Map(known);
  const missing = new Map<string, CollectedFile>();
  for (const file of unknown) {
    const hash = hashes.get(file.file)!;
    if (cache.has({ hash, legacy: false }, file.identity.size)) {
      present.set(file.file, hash);
    } else {
      missing.set(hash, file);
    }
  }
  const least = bytesOnDisk([...missing.values()]);
  if (least > free && !clones(unknown[0]!, settings)) {
    throw diskFull(`version ${target.name}`, free, least);
  }
  return { present, needed: least };
}

function bytesOnDisk(files: readonly CollectedFile[]): number {
  return files.reduce((sum, { identity }) => sum + Math.ceil(identity.size / block) * block, 0);
}

function clones({ file }: CollectedFile, { temporary }: JobSettings): boolean {
  const probe = path.join(temporary, 'clone');
  try {
    fs.copyFileSync(file, probe, fs.constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    fs.rmSync(probe, { force: true });
  }
}

function progress(
  { target, report }: StoreOptions,
  wanted: readonly CollectedFile[],
): (bytes: number) => void {
  const total = wanted.reduce((sum, { identity }) => sum + identity.size, 0);
  const what = wanted.length === 1 ? target.name : `${target.name} (${plural(wanted.length, 'file')})`;
  return (bytes) =>
    report({
      message: `Reading ${what}: ${formatBytes(bytes)} of ${formatBytes(total)}`,
      ...(total > 0 ? { fraction: Math.min(1, bytes / total) } : {}),
    });
}

function keep(
  { store }: StoreOptions,
  wanted: readonly CollectedFile[],
  outcomes: readonly JobOutcome[],
  hashes: Map<string, string>,
  added: string[],
): void {
  const done = outcomes.flatMap((outcome, index) =>
    'done' in outcome ? [{ ...wanted[index]!, ...outcome.done }] : [],
  );
  store.remember(done);
  for (const { file, md5, added: object } of done) {
    hashes.set(file, md5);
    if (object) {
      added.push(object);
    }
  }
}

function refuseFailures(
  { target, signal, cache }: StoreOptions,
  outcomes: readonly JobOutcome[],
  needed: number,
): void {
  const failures = outcomes.flatMap((outcome) => ('failure' in outcome ? [outcome.failure] : []));
  const first = failures.find(({ reason }) => reason !== 'cancelled');
  if (first) {
    throw storingFailed(first, target, cache, needed);
  }
  if (signal.aborted || failures.length > 0) {
    throw cancelled();
  }
}

function innerName(target: Target, file: string): string {
  return path.posix.join(
    path.posix.dirname(target.name),
    toPosix(path.relative(path.dirname(target.data), file)),
  );
}

function storingFailed(failure: JobFailure, target: Target, cache: Cache, needed: number): Error {
  const name = innerName(target, failure.file);
  if (failure.reason === 'changed' || failure.code === 'ENOENT') {
    return changedWhileReading(name);
  }
  if (failure.reason === 'read') {
    return unreadableData(
      name,
      failure.code === 'EACCES' ? 'you have no permission to read it' : failure.message,
    );
  }
  const error = Object.assign(new Error(failure.message), { code: failure.code });
  return isDiskFull(error)
    ? diskFull(`version ${target.name}`, freeBytes(cache.folder), needed)
    : cannotWrite(`version ${target.name}`, cache.folder, error);
}

function storeList(
  cache: Cache,
  list: { readonly hash: string; readonly bytes: Buffer },
  temporary: string,
  added: string[],
): void {
  const name = { hash: list.hash, legacy: false };
  if (cache.has(name, list.bytes.length)) {
    return;
  }
  const object = cache.objectFile(name);
  fs.mkdirSync(path.dirname(object), { recursive: true });
  writeAtomically(object, list.bytes, { temporary, mode: 0o444 });
  added.push(object);
}
