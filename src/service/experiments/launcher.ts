import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { errorShape } from '../../base/errors.ts';
import type { StartRun } from '../../protocol/experiments.ts';
import { defaultSystemMetricsInterval } from '../../protocol/systemMetrics.ts';
import { folderNotWritable } from '../storage/errors.ts';
import { type CaptureOptions, captureRun } from './capture.ts';
import { nameOfDeletedExperiment } from './launchErrors.ts';
import { type LaunchPlan, planRun } from './launchPlan.ts';
import { ordinaryEnvironment, runEnvironment } from './runEnvironment.ts';
import { RunFolder, requireWritable, writeWhole } from './runFolder.ts';
import type { StoredRun } from './store.ts';
import type { Supervision } from './supervision.ts';

export interface LauncherOptions extends CaptureOptions {
  readonly tracking: { uriForRun(runId: string): string };
  readonly runtime: {
    readonly nodePath: string;
    readonly pythonModulePath: string;
    readonly nodeModulePath: string;
  };
}

/** How long a script may take to leave after it was asked to. */
const graceMilliseconds = 5_000;
/** More often would cost more than it tells. */
const shortestSampling = 500;

/** Starts runs: everything that can be refused is refused before the run exists, and it exists before its script starts. */
export class Launcher {
  readonly #options: LauncherOptions;
  readonly #supervision: Supervision;
  readonly #captures = new Set<Promise<void>>();

  constructor(options: LauncherOptions, supervision: Supervision) {
    this.#options = options;
    this.#supervision = supervision;
  }

  /** Runs of which something is still being captured. */
  get capturing(): number {
    return this.#captures.size;
  }

  /** When nothing is being captured any more of the runs there are now. */
  async captured(): Promise<void> {
    await Promise.allSettled(this.#captures);
  }

  async start(request: StartRun): Promise<StoredRun> {
    const { workspace, store, runtime } = this.#options;
    const environment = ordinaryEnvironment(request.environment ?? process.env);
    const plan = await planRun(request, { workspace, nodePath: runtime.nodePath, environment });
    const experiment = this.#findExperiment(plan.experimentName);
    requireWritable(workspace);
    if (plan.writeTo !== undefined) {
      writeParametersFile(plan.writeTo, plan.parametersText!);
    }
    const run = store.createRun({
      experiment: experiment ?? store.createExperiment({ name: plan.experimentName }).id,
      status: 'SCHEDULED',
      startTime: Date.now(),
      userId: userName(),
      ...(plan.script !== undefined && { script: plan.script }),
      tags: sourceTags(plan),
      details: { command: plan.command, workingFolder: plan.workingFolder, parameters: plan.parameters },
    });
    const folder = new RunFolder(workspace, run.runId);
    try {
      await this.#writeOrder(run, plan, folder, sampleMilliseconds(request, environment));
    } catch (error) {
      const failure = `Could not start: ${errorShape(error).message}`;
      store.updateRun(run.runId, { status: 'FAILED', endTime: Date.now(), details: { failure } });
      throw folderNotWritable(folder.path, error);
    }
    this.#supervision.start(run.runId, plan.environment);
    this.#capture(run, plan, folder);
    return run;
  }

  #findExperiment(name: string): string | undefined {
    const known = this.#options.store.getExperimentByName(name);
    if (known && known.lifecycleStage !== 'active') {
      throw nameOfDeletedExperiment(name);
    }
    return known?.id;
  }

  async #writeOrder(
    run: StoredRun,
    plan: LaunchPlan,
    folder: RunFolder,
    sampleMilliseconds: number | undefined,
  ): Promise<void> {
    const { tracking, runtime } = this.#options;
    folder.create();
    if (plan.parametersText !== undefined) {
      folder.writeParameters(plan.parametersText);
    }
    const environment = await runEnvironment({
      runId: run.runId,
      experiment: run.experiment,
      trackingUri: tracking.uriForRun(run.runId),
      program: plan.program,
      base: plan.environment,
      ...(plan.parametersText !== undefined && { parametersFile: folder.parameters }),
      pythonModulePath: runtime.pythonModulePath,
      nodeModulePath: runtime.nodeModulePath,
    });
    folder.writeOrder({
      command: plan.command,
      workingFolder: plan.workingFolder,
      environment,
      graceMilliseconds,
      ...(sampleMilliseconds !== undefined && { sampleMilliseconds }),
    });
  }

  #capture(run: StoredRun, plan: LaunchPlan, folder: RunFolder): void {
    const capture = captureRun(this.#options, run, plan, folder).finally(() =>
      this.#captures.delete(capture),
    );
    this.#captures.add(capture);
  }
}

/** None when it was not wanted, or when MLflow's client in the script measures the same under the same names. */
function sampleMilliseconds(
  { systemMetricsSeconds = defaultSystemMetricsInterval }: StartRun,
  { MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING = '' }: NodeJS.ProcessEnv,
): number | undefined {
  const clientMeasures = /^(true|1)$/i.test(MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING);
  return clientMeasures || !(systemMetricsSeconds > 0)
    ? undefined
    : Math.max(shortestSampling, systemMetricsSeconds * 1000);
}

/** What the user keeps in params.yaml, its permissions included, changes only where a value changes. */
function writeParametersFile(file: string, text: string): void {
  try {
    // The file behind a link is written, not the link replaced.
    const target = fs.realpathSync(file);
    writeWhole(target, text, fs.statSync(target).mode & 0o777);
  } catch (error) {
    throw folderNotWritable(path.dirname(file), error);
  }
}

function sourceTags(plan: LaunchPlan) {
  return [
    { key: 'mlflow.source.type', value: 'LOCAL' },
    { key: 'mlflow.source.name', value: plan.script ?? path.basename(plan.program.interpreter) },
    { key: 'mlflow.user', value: userName() },
  ];
}

/** A container may run under a number that has no name. */
export function userName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'unknown';
  }
}
