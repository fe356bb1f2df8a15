import path from 'node:path';
import { errorShape } from '../../base/errors.ts';
import type { RunDataset } from '../../protocol/experiments.ts';
import type { Log } from '../log.ts';
import { pathOfArtifactUri } from './artifactStorage.ts';
import { captureCode } from './captureCode.ts';
import { captureEnvironment } from './captureEnvironment.ts';
import type { LaunchPlan } from './launchPlan.ts';
import type { RunFolder } from './runFolder.ts';
import type { RunStore, StoredRun } from './store.ts';

export interface CaptureOptions {
  readonly workspace: string;
  readonly store: RunStore;
  readonly datasets: { datasetsForRun(): Promise<readonly RunDataset[]> };
  readonly log: Log;
}

/**
 * Code, data and environment of a run, while it already goes on: a script never waits for a listing.
 * Code and data first, because the user may go on editing. What cannot be captured is left out and logged.
 */
export async function captureRun(
  options: CaptureOptions,
  run: StoredRun,
  plan: LaunchPlan,
  folder: RunFolder,
): Promise<void> {
  await Promise.all([
    attempt(options, run, 'code', () => recordCode(options, run, folder)),
    attempt(options, run, 'datasets', () => recordDatasets(options, run)),
  ]);
  await attempt(options, run, 'environment', async () => {
    const environment = await captureEnvironment(plan, options.workspace);
    if (environment) {
      options.store.updateRun(run.runId, { details: { environment } });
    }
  });
}

async function recordCode(
  { workspace, store }: CaptureOptions,
  run: StoredRun,
  folder: RunFolder,
): Promise<void> {
  const artifactFolder = path.join(workspace, '.mlops', 'artifacts', pathOfArtifactUri(run.artifactUri));
  const code = await captureCode({ workspace, artifactFolder, scratchFolder: folder.path });
  if (code) {
    store.updateRun(run.runId, { details: { code } });
    const branch = code.branch === undefined ? [] : [{ key: 'mlflow.source.git.branch', value: code.branch }];
    store.logBatch(run.runId, { tags: [{ key: 'mlflow.source.git.commit', value: code.commit }, ...branch] });
  }
}

/** Also as MLflow's dataset inputs, so that its clients see them. */
async function recordDatasets({ store, datasets }: CaptureOptions, run: StoredRun): Promise<void> {
  const found = await datasets.datasetsForRun();
  if (found.length > 0) {
    store.updateRun(run.runId, { details: { datasets: found } });
    const inputs = found.map(({ path, hash }) => ({
      name: path,
      digest: hash,
      sourceType: 'local',
      source: JSON.stringify({ uri: path }),
      tags: [],
    }));
    store.logInputs(run.runId, { datasets: inputs, models: [] });
  }
}

async function attempt(
  { log }: CaptureOptions,
  run: StoredRun,
  what: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.write(
      'warning',
      'experiments',
      `Run ${run.name}: its ${what} were not captured: ${errorShape(error).message}`,
    );
  }
}
