import fs from 'node:fs';
import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';
import type { Cache } from './cache.ts';
import type { CheckoutOptions, CheckoutPlan, PlannedFile } from './checkoutPlan.ts';
import type { JobDone, JobFailure } from './contentJobs.ts';
import { runJobs } from './contentPool.ts';
import type { DvcRepository } from './dvcRepository.ts';
import {
  cannotWrite,
  checkoutStopped,
  contentDamaged,
  contentMissing,
  diskFull,
  unreadableData,
} from './errors.ts';
import { fromStats } from './fileIdentity.ts';
import { errorCode, freeBytes, isDiskFull, withTemporaryFolder } from './files.ts';

export interface ApplyOptions extends CheckoutOptions {
  readonly cache: Cache;
  readonly dvc: DvcRepository;
  readonly plan: CheckoutPlan;
}

/** First every new file whole and checked, beside the workspace; then the renames, which take a moment. */
export async function applyPlan(options: ApplyOptions): Promise<void> {
  const { plan, target, dvc } = options;
  const needed = plan.write.reduce((sum, { bytes }) => sum + bytes, 0);
  const free = freeBytes(path.dirname(target.data));
  if (needed > free && plan.write.some(({ bytes }) => bytes > 0)) {
    throw diskFull(`check out ${target.name}`, free, needed);
  }
  await withTemporaryFolder(dvc.unfinished, async (folder) => {
    const staged = await stage(options, folder, needed);
    if (options.signal.aborted) {
      throw cancelled();
    }
    swap(options, staged);
  });
}

interface Staged extends PlannedFile {
  readonly temporary: string;
  readonly done: JobDone;
}

async function stage(options: ApplyOptions, folder: string, needed: number): Promise<Staged[]> {
  const { plan, cache, target, signal, report } = options;
  const outcomes = await runJobs(
    plan.write.map(({ content, bytes }, index) => ({
      action: 'restore',
      file: cache.objectFile(content),
      target: path.join(folder, String(index)),
      expected: { md5: content.hash, legacy: content.legacy },
      bytes,
    })),
    { objects: cache.objects, temporary: folder },
    {
      signal,
      onBytes: (bytes) =>
        report({
          message: `Writing ${target.name}: ${formatBytes(bytes)} of ${formatBytes(needed)}`,
          ...(needed > 0 ? { fraction: Math.min(1, bytes / needed) } : {}),
        }),
    },
  );
  const failures = outcomes.flatMap((outcome, index) =>
    'failure' in outcome ? [{ failure: outcome.failure, planned: plan.write[index]! }] : [],
  );
  const first = failures.find(({ failure }) => failure.reason !== 'cancelled');
  if (first) {
    throw stagingFailed(options, first.failure, first.planned, needed);
  }
  if (failures.length > 0) {
    throw cancelled();
  }
  return plan.write.map((planned, index) => {
    const outcome = outcomes[index]!;
    return {
      ...planned,
      temporary: path.join(folder, String(index)),
      done: (outcome as { done: JobDone }).done,
    };
  });
}

function stagingFailed(
  { target }: ApplyOptions,
  failure: JobFailure,
  { content, file }: PlannedFile,
  needed: number,
): Error {
  if (failure.reason === 'mismatch' || failure.reason === 'changed') {
    return contentDamaged(target.name, content.hash);
  }
  if (failure.reason === 'read') {
    return failure.code === 'ENOENT'
      ? contentMissing(target.name, content.hash, file === target.data ? undefined : path.basename(file))
      : unreadableData(failure.file, failure.message);
  }
  const error = Object.assign(new Error(failure.message), { code: failure.code });
  return isDiskFull(error)
    ? diskFull(`check out ${target.name}`, freeBytes(path.dirname(target.data)), needed)
    : cannotWrite(`check out ${target.name}`, path.dirname(failure.file), error);
}

function swap(options: ApplyOptions, staged: readonly Staged[]): void {
  const { plan, target, store } = options;
  let current = target.data;
  try {
    for (const file of plan.remove) {
      current = file;
      fs.rmSync(file, { force: true });
      removeEmptyFolders(path.dirname(file), target.data);
    }
    if (plan.kind === 'folder') {
      current = target.data;
      fs.mkdirSync(target.data, { recursive: true });
    }
    const known = [];
    for (const { file, temporary, content, done } of staged) {
      current = file;
      fs.chmodSync(temporary, modeFor(file, plan.executable));
      const readAt = Date.now();
      place(temporary, file);
      const identity = fromStats(fs.statSync(file, { bigint: true }));
      known.push({ file, identity, readAt, md5: done.md5, expected: content.hash });
    }
    // Nobody could write to a file before it was renamed, so what it was checked against then still holds.
    store.remember(known);
    if (staged.some(({ content }) => content.legacy)) {
      store.remember(
        known.map((entry) => ({ ...entry, md5: entry.expected })),
        true,
      );
    }
  } catch (error) {
    throw checkoutStopped(target.name, current, error as NodeJS.ErrnoException);
  }
}

function place(temporary: string, file: string): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  if (fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) {
    removeEmptyTree(file);
  }
  try {
    fs.renameSync(temporary, file);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') {
      throw error;
    }
    // The data is a mount of its own: the last step then goes through a copy beside it.
    const beside = path.join(path.dirname(file), `.${path.basename(temporary)}.mlops-tmp`);
    fs.copyFileSync(temporary, beside);
    fs.renameSync(beside, file);
  }
}

/** The permissions that the file had, unless a link into the cache had made it read-only. */
function modeFor(file: string, executable: boolean): number {
  const before = fs.lstatSync(file, { throwIfNoEntry: false });
  const kept =
    before?.isFile() && (before.mode & 0o200) !== 0 ? before.mode & 0o777 : 0o666 & ~process.umask();
  return executable ? kept | 0o100 : kept;
}

/** Upward from `folder`, not above the dataset. */
function removeEmptyFolders(folder: string, dataset: string): void {
  for (let current = folder; current.length > dataset.length; current = path.dirname(current)) {
    try {
      fs.rmdirSync(current);
    } catch {
      return;
    }
  }
}

function removeEmptyTree(folder: string): void {
  for (const entry of fs.readdirSync(folder)) {
    removeEmptyTree(path.join(folder, entry));
  }
  fs.rmdirSync(folder);
}
