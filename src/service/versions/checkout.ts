import path from 'node:path';
import { cancelled } from '../../base/errors.ts';
import { Cache } from './cache.ts';
import { type CheckoutOptions, planCheckout, type WantedContent } from './checkoutPlan.ts';
import { applyPlan } from './checkoutWriting.ts';
import { dvcRoot, openDvc } from './dvcRepository.ts';
import { damagedPointer, noSuchVersion, notVersioned, unsupportedPointer } from './errors.ts';
import { toPosix } from './files.ts';
import type { HistoryEntry } from './history.ts';
import { type Dataset, type PointerFiles, readPointers } from './pointerFiles.ts';
import type { Content } from './pointerText.ts';
import { writePointer } from './recordVersion.ts';
import { statusOf } from './status.ts';

/**
 * Brings a version back into the workspace and makes the pointer name it.
 *
 * Every new file is first made whole in a folder of its own, its content checked against the hash; only then are
 * files renamed into place one by one. What they replace is content of some version, which the cache has, so that
 * a process killed half way loses nothing and the same checkout can be asked for again.
 */
export async function checkOut(options: CheckoutOptions): Promise<void> {
  const { git, history, target, signal } = options;
  const dataset = requireDataset(options, await readPointers(git));
  const { head } = await statusOf(git, [git.relative(dataset.pointerFile)]);
  const versions = (await history.read(git, head)).get(dataset.key) ?? [];
  const wanted = wantedVersion(options, dataset, versions);
  const dvc = openDvc(dvcRoot(path.dirname(target.data), git.root).root);
  const cache = new Cache(dvc);
  const plan = await planCheckout({ ...options, cache, dvc, versions, wanted });
  if (signal.aborted) {
    throw cancelled();
  }
  await applyPlan({ ...options, cache, dvc, plan });
  const content: Content = { ...wanted, bytes: wanted.bytes ?? plan.bytes, legacy: wanted.legacy };
  writePointer({ target, dvc, pointerFile: dataset.pointerFile, dataset, content });
}

function requireDataset({ target, workspace }: CheckoutOptions, pointers: PointerFiles): Dataset {
  const dataset = pointers.datasets.find(({ data }) => data === target.data);
  const relative = (file: string) => toPosix(path.relative(workspace, file));
  if (!dataset) {
    const damaged = pointers.damaged.find(({ pointerFile }) => pointerFile === `${target.data}.dvc`);
    throw damaged
      ? damagedPointer(relative(damaged.pointerFile), damaged.problem)
      : notVersioned(target.name);
  }
  if (dataset.output.unsupported) {
    throw unsupportedPointer(relative(dataset.pointerFile), dataset.output.unsupported);
  }
  return dataset;
}

function wantedVersion(
  { target, version }: CheckoutOptions,
  { output, pointer, pointerFile }: Dataset,
  versions: readonly HistoryEntry[],
): WantedContent {
  if (version === undefined) {
    if (!output.hash) {
      throw notVersioned(target.name);
    }
    return { ...output, hash: output.hash };
  }
  const entry = versions.find(({ number }) => number === version);
  if (!entry) {
    throw noSuchVersion(target.name, version, versions.length);
  }
  if (pointer.imported && entry.content.hash !== output.hash) {
    throw unsupportedPointer(
      path.basename(pointerFile),
      'was made by dvc import, so dvc update has to change it.',
    );
  }
  const { bytes, files, executable } = entry;
  return { ...entry.content, bytes, files, executable };
}
