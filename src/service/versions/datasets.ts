import path from 'node:path';
import type { RunDataset } from '../../protocol/experiments.ts';
import type { DatasetList, DatasetOrigin, DatasetSummary, DatasetVersion } from '../../protocol/versions.ts';
import { Cache } from './cache.ts';
import { type Comparison, compare } from './contents.ts';
import { dvcRoot, openDvc } from './dvcRepository.ts';
import { noSuchVersion, notVersioned, versionIsFolder, versionNotHere } from './errors.ts';
import type { FileHashes } from './fileHashes.ts';
import { isInside, toPosix } from './files.ts';
import type { Git } from './git.ts';
import type { History, HistoryEntry, HistoryReader } from './history.ts';
import type { PointerOrigin } from './origin.ts';
import { type DamagedPointer, type Dataset, readPointers } from './pointerFiles.ts';
import { type Status, statusOfPointers } from './status.ts';
import type { Target } from './target.ts';
import { findUnversioned } from './unversionedData.ts';

export interface DatasetsOptions {
  readonly workspace: string;
  readonly git: Git;
  readonly store: FileHashes;
  readonly history: HistoryReader;
  /** Asked to hash a dataset when that takes longer than the answer may. */
  hashLater(dataset: Dataset, dvcRoot: string): void;
}

/** More than this is not read while somebody waits for the tree, or for a run to start. */
const mostBytesForList = 256_000_000;
const mostBytesForRun = 16_000_000;

export async function listDatasets(options: DatasetsOptions): Promise<DatasetList> {
  const { workspace, git } = options;
  const [pointers, status] = await Promise.all([readPointers(git), statusOfPointers(git)]);
  const history = await options.history.read(git, status.head);
  const here = (file: string) => isInside(file, workspace);
  const summaries: DatasetSummary[] = pointers.damaged
    .filter(({ pointerFile }) => here(pointerFile))
    .map((damaged) => damagedSummary(options, damaged, status));
  for (const dataset of pointers.datasets.filter(({ data }) => here(data))) {
    summaries.push(await summary(options, dataset, status, history));
  }
  return {
    repository: true,
    datasets: summaries.sort((a, b) => (a.path < b.path ? -1 : 1)),
    unversioned: await findUnversioned(workspace, new Set(pointers.datasets.map(({ data }) => data))),
  };
}

export async function summarise(options: DatasetsOptions, target: Target): Promise<DatasetSummary> {
  const { git } = options;
  const [{ datasets }, status] = await Promise.all([readPointers(git), statusOfPointers(git)]);
  const dataset = datasets.find(({ data }) => data === target.data);
  if (!dataset) {
    throw notVersioned(target.name);
  }
  const history = await options.history.read(git, status.head);
  return summary(options, dataset, status, history);
}

/** Newest first. */
export async function listVersions(options: DatasetsOptions, target: Target): Promise<DatasetVersion[]> {
  const { git } = options;
  const [{ datasets }, status] = await Promise.all([readPointers(git), statusOfPointers(git)]);
  const dataset = datasets.find(({ data }) => data === target.data);
  const history = await options.history.read(git, status.head);
  const versions = history.get(git.relative(target.data)) ?? [];
  if (!dataset && versions.length === 0) {
    throw notVersioned(target.name);
  }
  const cache = new Cache(openDvc(dvcRoot(path.dirname(target.data), git.root).root));
  const current = dataset && currentEntry(dataset, versions);
  return [...versions].reverse().map((entry) => ({
    number: entry.number,
    hash: entry.content.hash,
    ...counts(entry),
    ...originOf(options, `${target.data}.dvc`, entry.origin, history),
    commit: entry.commit,
    message: entry.message,
    author: entry.author,
    time: entry.time,
    cached: isCached(cache, entry),
    current: entry === current,
  }));
}

/** The file of the cache with the content of a version. Throws where it is not there, or is a folder's. */
export async function contentOfVersion(
  options: DatasetsOptions,
  target: Target,
  version: number,
): Promise<{ readonly file: string; readonly hash?: string }> {
  const { git } = options;
  const { head } = await statusOfPointers(git);
  const versions = (await options.history.read(git, head)).get(git.relative(target.data)) ?? [];
  if (versions.length === 0) {
    throw notVersioned(target.name);
  }
  const entry = versions.find(({ number }) => number === version);
  if (!entry) {
    throw noSuchVersion(target.name, version, versions.length);
  }
  const { content, bytes } = entry;
  if (content.hash.endsWith('.dir')) {
    throw versionIsFolder(target.name, version);
  }
  const cache = new Cache(openDvc(dvcRoot(path.dirname(target.data), git.root).root));
  const file = cache.objectFile(content);
  if (!cache.has(content, content.legacy ? undefined : bytes)) {
    throw versionNotHere(target.name, version, relative(options, file));
  }
  // What DVC 2 called a hash is not always one of the content as it is.
  return { file, ...(!content.legacy && { hash: content.hash }) };
}

/**
 * Which versioned data a run starts with. Never holds a run up: content is read only up to 16 MB in a dataset;
 * where that would not tell, `modified` is true, for only what is known to be unchanged may be called so,
 * and the dataset is hashed afterwards so that the next run knows.
 */
export async function datasetsForRun(options: DatasetsOptions): Promise<RunDataset[]> {
  const { git, workspace } = options;
  const [{ datasets }, status] = await Promise.all([readPointers(git), statusOfPointers(git)]);
  const history = await options.history.read(git, status.head);
  const result: RunDataset[] = [];
  for (const dataset of datasets.filter(({ data }) => isInside(data, workspace))) {
    const comparison = await compareOrLater(options, dataset, mostBytesForRun);
    if (comparison.state !== 'missing' && dataset.output.hash) {
      const version = currentEntry(dataset, history.get(dataset.key) ?? [])?.number;
      result.push({
        path: relative(options, dataset.data),
        hash: dataset.output.hash,
        ...(version === undefined ? {} : { version }),
        modified: comparison.state !== 'unchanged',
      });
    }
  }
  return result;
}

async function summary(
  options: DatasetsOptions,
  dataset: Dataset,
  status: Status,
  history: History,
): Promise<DatasetSummary> {
  const { output, pointer, pointerFile } = dataset;
  const versions = history.get(dataset.key) ?? [];
  const comparison = await compareOrLater(options, dataset, mostBytesForList);
  const current = currentEntry(dataset, versions);
  const problem = problemOf(comparison, dataset);
  return {
    path: relative(options, dataset.data),
    pointer: relative(options, dataset.pointerFile),
    kind: output.hash?.endsWith('.dir') ? 'folder' : 'file',
    state: comparison.state === 'unknown' ? 'modified' : comparison.state,
    hash: output.hash ?? '',
    ...counts(output),
    ...originOf(options, pointerFile, pointer.origin, history),
    ...(current ? { currentVersion: current.number } : {}),
    versionCount: versions.length,
    uncommitted: status.changed.has(options.git.relative(dataset.pointerFile)),
    ...(problem ? { problem } : {}),
  };
}

async function compareOrLater(
  options: DatasetsOptions,
  dataset: Dataset,
  mostBytes: number,
): Promise<Comparison> {
  const { root } = dvcRoot(path.dirname(dataset.data), options.git.root);
  const comparison = await compare(dataset, {
    dvcRoot: root,
    store: options.store,
    name: relative(options, dataset.data),
    mostBytes,
  });
  if (comparison.state === 'unknown') {
    options.hashLater(dataset, root);
  }
  return comparison;
}

function problemOf(comparison: Comparison, { output }: Dataset): string | undefined {
  if (comparison.state === 'unknown') {
    return 'It was written to; whether its content changed is being found out.';
  }
  return comparison.problem ?? (output.unsupported && `The pointer ${output.unsupported}`);
}

function damagedSummary(
  options: DatasetsOptions,
  { pointerFile, problem }: DamagedPointer,
  status: Status,
): DatasetSummary {
  const pointer = relative(options, pointerFile);
  return {
    path: pointer.replace(/\.dvc$/, ''),
    pointer,
    kind: 'file',
    state: 'damaged',
    hash: '',
    versionCount: 0,
    uncommitted: status.changed.has(options.git.relative(pointerFile)),
    problem: `${pointer} ${problem}`,
  };
}

/** The newest version with the content that the pointer names. */
function currentEntry({ output }: Dataset, versions: readonly HistoryEntry[]): HistoryEntry | undefined {
  return versions.findLast(({ content }) => content.hash === output.hash);
}

/** With the input's version, where git's history knows that content of it. */
function originOf(
  options: DatasetsOptions,
  pointerFile: string,
  origin: PointerOrigin | undefined,
  history: History,
): { readonly origin?: DatasetOrigin } {
  if (!origin) {
    return {};
  }
  const { madeFrom, recipe, release, epsilon, delta } = origin;
  const file = (name: string) => path.resolve(path.dirname(pointerFile), name);
  const versions = history.get(options.git.relative(file(madeFrom.path))) ?? [];
  const version = versions.findLast(({ content }) => content.hash === madeFrom.md5)?.number;
  return {
    origin: {
      path: relative(options, file(madeFrom.path)),
      hash: madeFrom.md5,
      ...(version !== undefined && { version }),
      recipe: relative(options, file(recipe.path)),
      recipeHash: recipe.sha256,
      release,
      ...(epsilon !== undefined && { epsilon, delta: delta ?? 0 }),
    },
  };
}

function counts({ bytes, files }: { bytes?: number | undefined; files?: number | undefined }) {
  return { ...(bytes === undefined ? {} : { bytes }), ...(files === undefined ? {} : { files }) };
}

/** A damaged list of files cannot be checked out, so it is not cached. */
function isCached(cache: Cache, { content, bytes }: HistoryEntry): boolean {
  try {
    return cache.hasAll(content, bytes);
  } catch {
    return false;
  }
}

function relative({ workspace }: DatasetsOptions, file: string): string {
  return toPosix(path.relative(workspace, file));
}
