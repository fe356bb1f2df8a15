import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { Cache, ContentName } from './cache.ts';
import { type CollectedFile, type Collection, collect } from './collect.ts';
import { type Hashes, hashFiles } from './contents.ts';
import type { DvcRepository } from './dvcRepository.ts';
import { changedWhileReading, contentMissing, obstructed, unversionedChanges } from './errors.ts';
import type { FileHashes } from './fileHashes.ts';
import { errorCode, toPosix } from './files.ts';
import type { Git } from './git.ts';
import type { HistoryEntry, HistoryReader } from './history.ts';
import type { Target } from './target.ts';

export interface CheckoutOptions {
  readonly workspace: string;
  readonly git: Git;
  readonly store: FileHashes;
  readonly history: HistoryReader;
  readonly target: Target;
  /** The pointer's own version when absent. */
  readonly version?: number | undefined;
  /** Replaces data that is in no version. */
  readonly overwrite?: boolean | undefined;
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/** The content that is asked for; counts are absent where an old pointer left them out. */
export interface WantedContent {
  readonly hash: string;
  readonly legacy: boolean;
  readonly bytes?: number | undefined;
  readonly files?: number | undefined;
  readonly executable: boolean;
}

/** What has to be written and removed, in absolute paths; everything about it has been checked. */
export interface CheckoutPlan {
  readonly kind: 'file' | 'folder';
  readonly write: readonly PlannedFile[];
  readonly remove: readonly string[];
  /** Of the whole version. */
  readonly bytes: number;
  readonly executable: boolean;
}

export interface PlannedFile {
  readonly file: string;
  readonly content: ContentName;
  readonly bytes: number;
}

export interface PlanOptions extends CheckoutOptions {
  readonly cache: Cache;
  readonly dvc: DvcRepository;
  readonly versions: readonly HistoryEntry[];
  readonly wanted: WantedContent;
}

/** Throws before anything is touched: content that is not here, data that would be lost, things in the way. */
export async function planCheckout(options: PlanOptions): Promise<CheckoutPlan> {
  const { target, wanted } = options;
  const kind = wanted.hash.endsWith('.dir') ? 'folder' : 'file';
  const files = wantedFiles(options);
  const current = await currentFiles(options);
  const write = files.filter(({ file, content }) => current.hash(file, content.legacy) !== content.hash);
  for (const { file, content } of write) {
    if (!options.cache.has(content)) {
      throw contentMissing(target.name, content.hash, kind === 'folder' ? nameOf(options, file) : undefined);
    }
  }
  const names = new Set(files.map(({ file }) => file));
  const remove = current.files.filter(({ file }) => !names.has(file));
  const written = new Set(write.map(({ file }) => file));
  const lost = [...remove, ...current.files.filter(({ file }) => written.has(file))];
  if (!options.overwrite) {
    refuseLoss(options, lost, current);
  }
  const removed = remove.map(({ file }) => file);
  refuseObstacles(options, write, new Set(removed), new Set(current.files.map(({ file }) => file)));
  return {
    kind,
    write,
    remove: removed,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    executable: wanted.executable,
  };
}

function wantedFiles({ cache, target, wanted }: PlanOptions): PlannedFile[] {
  const { hash, legacy } = wanted;
  const planned = (file: string, md5: string) => {
    const content = { hash: md5, legacy };
    const bytes = fs.statSync(cache.objectFile(content), { throwIfNoEntry: false })?.size ?? 0;
    return { file, content, bytes };
  };
  if (!hash.endsWith('.dir')) {
    return [planned(target.data, hash)];
  }
  const entries = cache.directory({ hash, legacy });
  if (!entries) {
    throw contentMissing(target.name, hash);
  }
  return entries.map((entry) => planned(path.join(target.data, ...entry.path.split('/')), entry.md5));
}

interface Current {
  readonly files: readonly CollectedFile[];
  hash(file: string, legacy: boolean): string | undefined;
}

/** What is on disk now; read where its hash is not known, because only content tells whether it would be lost. */
async function currentFiles(options: PlanOptions): Promise<Current> {
  const { target, dvc, signal, versions, wanted } = options;
  const found = fs.lstatSync(target.data, { throwIfNoEntry: false });
  if (!found) {
    return { files: [], hash: () => undefined };
  }
  if (found.isSymbolicLink() && !fs.statSync(target.data, { throwIfNoEntry: false })?.isFile()) {
    throw obstructed(target.name, 'a link');
  }
  const collection: Collection = await collect({
    target: target.data,
    name: target.name,
    dvcRoot: dvc.root,
    signal,
  });
  const hashes = await requireHashes(options, collection, false);
  const needsLegacy = wanted.legacy || versions.some(({ content }) => content.legacy);
  const legacyHashes = needsLegacy ? await requireHashes(options, collection, true) : hashes;
  return {
    files: collection.files,
    hash: (file, legacy) => (legacy ? legacyHashes : hashes).get(file),
  };
}

async function requireHashes(
  { store, signal, target }: PlanOptions,
  { files }: Collection,
  legacy: boolean,
): Promise<Hashes> {
  const hashes = await hashFiles(files, store, { legacy, signal });
  if (signal.aborted) {
    throw cancelled();
  }
  if (!hashes) {
    throw changedWhileReading(target.name);
  }
  return hashes;
}

/** A file may go only if some committed version has its content and the cache holds it. */
function refuseLoss(options: PlanOptions, lost: readonly CollectedFile[], current: Current): void {
  const { cache, versions, target } = options;
  let open = [...lost];
  for (const { content } of [...versions].reverse()) {
    if (open.length === 0) {
      return;
    }
    const contained = hashesIn(cache, content);
    open = open.filter(({ file }) => {
      const hash = current.hash(file, content.legacy);
      return !hash || !contained.has(hash) || !cache.has({ hash, legacy: content.legacy });
    });
  }
  const first = open[0];
  if (first) {
    throw unversionedChanges(
      target.name,
      first.file === target.data ? undefined : nameOf(options, first.file),
    );
  }
}

function hashesIn(cache: Cache, content: ContentName): ReadonlySet<string> {
  return new Set(
    content.hash.endsWith('.dir') ? cache.directory(content)?.map(({ md5 }) => md5) : [content.hash],
  );
}

/** Nothing is written through a link, and nothing takes the place of what is not part of the dataset. */
function refuseObstacles(
  options: PlanOptions,
  write: readonly PlannedFile[],
  removed: ReadonlySet<string>,
  collected: ReadonlySet<string>,
): void {
  const { target } = options;
  const parents = new Set(write.flatMap(({ file }) => foldersAbove(file, target.data)));
  for (const folder of parents) {
    const found = look(folder);
    if (found && !found.isDirectory() && !removed.has(folder)) {
      throw obstructed(target.name, nameOf(options, folder));
    }
  }
  for (const { file } of write) {
    const found = look(file);
    if (found?.isDirectory()) {
      refuseLeftovers(options, file, removed);
    } else if (found && !collected.has(file) && !options.overwrite) {
      throw obstructed(target.name, nameOf(options, file));
    }
  }
}

/** From the dataset's own folder down to the one that holds the file. */
function foldersAbove(file: string, dataset: string): string[] {
  const folders: string[] = [];
  for (let folder = path.dirname(file); folder.length >= dataset.length; folder = path.dirname(folder)) {
    folders.push(folder);
  }
  return folders;
}

/** Not through a link; nothing is there either when a parent is a file. */
function look(file: string): fs.Stats | undefined {
  try {
    return fs.lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    if (errorCode(error) === 'ENOTDIR') {
      return undefined;
    }
    throw error;
  }
}

/** A folder gives way to a file only when everything in it belongs to the dataset and goes. */
function refuseLeftovers(options: PlanOptions, folder: string, removed: ReadonlySet<string>): void {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (!entry.isDirectory() && !removed.has(file)) {
      throw obstructed(options.target.name, nameOf(options, file));
    }
  }
}

function nameOf({ workspace }: PlanOptions, file: string): string {
  return toPosix(path.relative(workspace, file));
}
