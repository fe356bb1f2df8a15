import fs from 'node:fs';
import { errorShape } from '../../base/errors.ts';
import { type CollectedFile, type Collection, collect } from './collect.ts';
import type { JobSettings } from './contentJobs.ts';
import { runJobs } from './contentPool.ts';
import { directoryObject } from './directoryObject.ts';
import type { FileHashes } from './fileHashes.ts';
import type { Dataset } from './pointerFiles.ts';

/** The md5 of each file, by absolute path. */
export type Hashes = ReadonlyMap<string, string>;

export interface HashOptions {
  readonly legacy?: boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onBytes?: ((bytes: number) => void) | undefined;
  /** Answer undefined rather than read more than so many bytes. */
  readonly mostBytes?: number;
}

export function knownHashes(files: readonly CollectedFile[], store: FileHashes, legacy = false): Hashes {
  const known = new Map<string, string>();
  for (const { file, identity } of files) {
    const md5 = store.find(file, identity, legacy);
    if (md5 !== undefined) {
      known.set(file, md5);
    }
  }
  return known;
}

/** Hashes of all files; what is unknown is read. Undefined when that is more than allowed, or a file changed meanwhile. */
export async function hashFiles(
  files: readonly CollectedFile[],
  store: FileHashes,
  options: HashOptions = {},
): Promise<Hashes | undefined> {
  const legacy = options.legacy ?? false;
  const known = new Map(knownHashes(files, store, legacy));
  const unknown = files.filter(({ file }) => !known.has(file));
  const bytes = unknown.reduce((sum, { identity }) => sum + identity.size, 0);
  if (bytes > (options.mostBytes ?? Number.POSITIVE_INFINITY)) {
    return undefined;
  }
  const outcomes = await runJobs(
    unknown.map(({ file, identity }) => ({
      action: legacy ? 'hashLegacy' : 'hash',
      file,
      identity,
      bytes: identity.size,
    })),
    noSettings,
    options,
  );
  const done = outcomes.flatMap((outcome, index) =>
    'done' in outcome ? [{ ...unknown[index]!, ...outcome.done }] : [],
  );
  store.remember(done, legacy);
  for (const { file, md5 } of done) {
    known.set(file, md5);
  }
  return known.size === files.length ? known : undefined;
}

/** Reading alone writes nowhere. */
const noSettings: JobSettings = { objects: '', temporary: '' };

/** The name of a collection's content, once every file's hash is known. */
export function contentHash(collection: Collection, hashes: Hashes): string {
  if (collection.kind === 'file') {
    return hashes.get(collection.files[0]!.file)!;
  }
  return directoryObject(collection.files.map(({ file, path }) => ({ path, md5: hashes.get(file)! }))).hash;
}

export type Comparison =
  | { readonly state: 'unchanged' | 'modified' | 'missing'; readonly problem?: string }
  /** Telling would mean reading more than allowed. */
  | { readonly state: 'unknown' };

export interface CompareOptions extends HashOptions {
  readonly dvcRoot: string;
  readonly store: FileHashes;
  readonly name: string;
}

/** What is on disk against what the pointer names; reads no content where sizes or counts already tell. */
export async function compare(dataset: Dataset, options: CompareOptions): Promise<Comparison> {
  const { output } = dataset;
  if (!fs.existsSync(dataset.data)) {
    return { state: 'missing' };
  }
  if (!output.hash) {
    return { state: 'modified' };
  }
  let collection: Collection;
  try {
    collection = await collect({
      target: dataset.data,
      name: options.name,
      dvcRoot: options.dvcRoot,
      signal: options.signal,
    });
  } catch (error) {
    return { state: 'modified', problem: errorShape(error).message };
  }
  if (differsAtAGlance(collection, dataset)) {
    return { state: 'modified' };
  }
  const hashes = await hashFiles(collection.files, options.store, { ...options, legacy: output.legacy });
  if (!hashes) {
    return { state: 'unknown' };
  }
  return { state: contentHash(collection, hashes) === output.hash ? 'unchanged' : 'modified' };
}

function differsAtAGlance(collection: Collection, { output }: Dataset): boolean {
  const isFolder = output.hash?.endsWith('.dir') ?? false;
  return (
    isFolder !== (collection.kind === 'folder') ||
    // DVC 2 took files that differ only in line ends for the same.
    (!output.legacy && output.bytes !== undefined && output.bytes !== collection.bytes) ||
    (isFolder && output.files !== undefined && output.files !== collection.files.length)
  );
}
