import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import type { Progress } from '../../protocol/rpc.ts';
import type { VersionResult } from '../../protocol/versions.ts';
import { Cache, type ContentName } from './cache.ts';
import { type Collection, collect } from './collect.ts';
import { contentHash, type Hashes, hashFiles, knownHashes } from './contents.ts';
import { type DvcRepository, dvcRoot, initialiseDvc, openDvc } from './dvcRepository.ts';
import {
  cannotWrite,
  damagedPointer,
  notVersionable,
  overlappingDataset,
  unsupportedPointer,
} from './errors.ts';
import type { FileHashes } from './fileHashes.ts';
import { isInside, toPosix } from './files.ts';
import type { Git } from './git.ts';
import { checkGit } from './gitChecks.ts';
import type { HistoryReader } from './history.ts';
import type { Origin } from './origin.ts';
import {
  type Dataset,
  type PointerFiles,
  readPointer,
  readPointers,
  readStageOutputs,
  textOf,
} from './pointerFiles.ts';
import { commitVersion, filesToCommit, writePointer } from './recordVersion.ts';
import { statusOf } from './status.ts';
import { storeContent } from './storeContent.ts';
import { requireData, type Target } from './target.ts';

export interface VersioningOptions {
  readonly workspace: string;
  readonly git: Git;
  readonly store: FileHashes;
  readonly history: HistoryReader;
  readonly target: Target;
  readonly message?: string | undefined;
  /** Where the content comes from, where this program made it. */
  readonly origin?: Origin | undefined;
  readonly signal: AbortSignal;
  report(progress: Progress): void;
}

/**
 * Makes a version: objects, then the folder's list, then the pointer, then `.gitignore`, then the commit.
 *
 * In that order a process killed at any instant leaves the data as it was and nothing that names content which
 * is not whole in the cache. The data itself is only read: no links, no permissions, no times are changed.
 * Cancelling works until the pointer is written; what follows takes a moment and is not left half done.
 */
export async function makeVersion(options: VersioningOptions): Promise<VersionResult> {
  const { git, target, signal } = options;
  requireData(target, git.root);
  const { root, exists } = dvcRoot(path.dirname(target.data), git.root);
  const collection = await collect({ target: target.data, name: target.name, dvcRoot: root, signal });
  const unchanged = exists ? await unchangedVersion(options, openDvc(root), collection) : undefined;
  if (unchanged) {
    return unchanged;
  }
  const pointers = await readPointers(git);
  const dataset = pointers.datasets.find(({ data }) => data === target.data);
  const pointerFile = dataset?.pointerFile ?? `${target.data}.dvc`;
  requireUsable(options, pointerFile, pointers);
  const { ignored } = await checkGit(git, target, pointerFile);
  refuseStageOutput(target, pointers);
  requireWritable(options, [path.dirname(pointerFile), root]);
  stopIfAborted(signal);

  const made = initialiseDvc(root);
  const dvc = openDvc(root);
  let pointerWritten = false;
  try {
    const hash = await keepContent(options, dvc, collection, dataset, (content) => {
      stopIfAborted(signal);
      writePointer({ ...options, dvc, pointerFile, dataset, content });
      pointerWritten = true;
    });
    return await commitVersion({ ...options, dvc, collection, pointerFile, hash, ignored });
  } catch (error) {
    if (!pointerWritten) {
      takeBack(root, exists, made);
    }
    throw error;
  }
}

/** Puts the content into the cache and hands it to `name`; when that throws, the cache is as it was. */
async function keepContent(
  options: VersioningOptions,
  dvc: DvcRepository,
  collection: Collection,
  dataset: Dataset | undefined,
  name: (content: Parameters<typeof writePointer>[0]['content']) => void,
): Promise<string> {
  const cache = new Cache(dvc);
  if (dataset && (await isLegacyUnchanged(options, cache, collection, dataset))) {
    return dataset.output.hash!;
  }
  const stored = await storeContent({ ...options, collection, cache });
  try {
    name({
      hash: stored.hash,
      bytes: collection.bytes,
      ...(collection.kind === 'folder' ? { files: collection.files.length } : {}),
      ...(collection.executable ? { executable: true } : {}),
    });
  } catch (error) {
    cache.remove(stored.added);
    throw error;
  }
  return stored.hash;
}

/** The usual second click: hashes known, content whole in the cache, all committed. Reads no content. */
async function unchangedVersion(
  options: VersioningOptions,
  dvc: DvcRepository,
  collection: Collection,
): Promise<VersionResult | undefined> {
  const { git, store, history, target, workspace } = options;
  const dataset = datasetBeside(git, target);
  const name = dataset && contentName(dataset);
  if (!name || dataset.output.unsupported || dataset.pointer.imported) {
    return undefined;
  }
  const hashes = knownHashes(collection.files, store, name.legacy);
  const known = hashes.size === collection.files.length;
  if (
    !known ||
    contentHash(collection, hashes) !== name.hash ||
    !isWhole(new Cache(dvc), collection, hashes, name)
  ) {
    return undefined;
  }
  const { head, changed } = await statusOf(git, filesToCommit(git, dvc.root, dataset.pointerFile, target));
  const entry = (await history.read(git, head)).get(dataset.key)?.at(-1);
  if (changed.size > 0 || entry?.content.hash !== name.hash) {
    return undefined;
  }
  return {
    path: target.name,
    pointer: toPosix(path.relative(workspace, dataset.pointerFile)),
    hash: name.hash,
    bytes: collection.bytes,
    files: collection.files.length,
    version: entry.number,
    commit: entry.commit,
    unchanged: true,
    warnings: collection.warnings,
  };
}

/** The dataset of the pointer with the usual name, when there is one and it can be read. */
function datasetBeside(git: Git, target: Target): Dataset | undefined {
  const pointerFile = `${target.data}.dvc`;
  const text = textOf(pointerFile);
  const read = text === undefined ? undefined : readPointer(git, pointerFile, text);
  return read && 'datasets' in read ? read.datasets.find(({ data }) => data === target.data) : undefined;
}

function isWhole(cache: Cache, collection: Collection, hashes: Hashes, name: ContentName): boolean {
  const list = collection.kind === 'file' || cache.has(name);
  return (
    list &&
    collection.files.every(({ file, identity }) =>
      cache.has({ hash: hashes.get(file)!, legacy: name.legacy }, name.legacy ? undefined : identity.size),
    )
  );
}

/** As DVC does, a pointer of DVC 2 stays one until its data changes. */
async function isLegacyUnchanged(
  { store, signal }: VersioningOptions,
  cache: Cache,
  collection: Collection,
  dataset: Dataset,
): Promise<boolean> {
  const name = contentName(dataset);
  if (!name?.legacy || !cache.hasAll(name)) {
    return false;
  }
  const hashes = await hashFiles(collection.files, store, { legacy: true, signal });
  stopIfAborted(signal);
  return hashes !== undefined && contentHash(collection, hashes) === name.hash;
}

function contentName({ output }: Dataset): ContentName | undefined {
  return output.hash ? { hash: output.hash, legacy: output.legacy } : undefined;
}

function requireUsable(options: VersioningOptions, pointerFile: string, pointers: PointerFiles): void {
  const { target, workspace } = options;
  const relative = (file: string) => toPosix(path.relative(workspace, file));
  const damaged = pointers.damaged.find((pointer) => pointer.pointerFile === pointerFile);
  if (damaged) {
    throw damagedPointer(relative(pointerFile), damaged.problem);
  }
  const own = pointers.datasets.filter(({ data }) => data === target.data);
  if (own.length > 1) {
    const files = own.map((dataset) => relative(dataset.pointerFile)).join(' and ');
    throw notVersionable(target.name, `more than one pointer names it: ${files}. Delete one of them.`);
  }
  const dataset = own[0];
  if (dataset?.pointer.imported) {
    throw unsupportedPointer(
      relative(pointerFile),
      'was made by dvc import, so its data comes from elsewhere.',
    );
  }
  if (dataset?.output.unsupported) {
    throw unsupportedPointer(relative(pointerFile), dataset.output.unsupported);
  }
  if (!dataset && fs.existsSync(pointerFile)) {
    throw notVersionable(target.name, `${relative(pointerFile)} exists and names other data.`);
  }
  const other = pointers.datasets.find(
    ({ data }) => isInside(data, target.data) || isInside(target.data, data),
  );
  if (other) {
    throw overlappingDataset(target.name, relative(other.data));
  }
}

function refuseStageOutput(target: Target, pointers: PointerFiles): void {
  const outputs = readStageOutputs(pointers);
  if (
    outputs.some(
      (output) => output === target.data || isInside(output, target.data) || isInside(target.data, output),
    )
  ) {
    throw notVersionable(target.name, 'a stage of dvc.yaml writes it. Use dvc commit for it.');
  }
}

/** Better before reading gigabytes than after. */
function requireWritable({ target }: VersioningOptions, folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      fs.accessSync(folder, fs.constants.W_OK);
    } catch (error) {
      throw cannotWrite(`version ${target.name}`, folder, error as NodeJS.ErrnoException);
    }
  }
}

/** Without a pointer that needs it, what `dvc init` makes is not left behind. */
function takeBack(root: string, existed: boolean, made: readonly string[]): void {
  for (const file of made) {
    fs.rmSync(file, { force: true });
  }
  if (!existed) {
    fs.rmSync(path.join(root, '.dvc'), { recursive: true, force: true });
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) {
    throw cancelled();
  }
}
