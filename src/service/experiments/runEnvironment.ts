import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { StoredRun } from './store.ts';

export interface RunEnvironmentOptions {
  /** The tracking server's address with its secret path. */
  readonly trackingUri: string;
  /** The built `runners/` folder: `python/` and `node/logging/` lie in it. */
  readonly runners: string;
  /** What the script would get without us. */
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/**
 * What a script needs to log to its run: with the ordinary mlflow client, or with our own modules.
 *
 * MLFLOW_RUN_ID is left out on purpose: with it, `mlflow.set_experiment` followed by `start_run` fails inside
 * the client when the experiments differ. Instead the address names the run, and the first run that a client
 * creates there *is* this run (see `mlflow/runScope.ts`).
 */
export function trackingEnvironment(run: StoredRun, options: RunEnvironmentOptions): Record<string, string> {
  const logging = path.join(options.runners, 'node', 'logging');
  const register = `--import=${pathToFileURL(path.join(logging, 'register.mjs')).href}`;
  return {
    MLOPS_RUN_ID: run.runId,
    MLFLOW_TRACKING_URI: `${options.trackingUri}/run/${run.runId}`,
    MLFLOW_EXPERIMENT_ID: run.experiment,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    // The line "View run at" would print the secret path.
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true',
    PYTHONPATH: joined(path.delimiter, path.join(options.runners, 'python'), options.inherited.PYTHONPATH),
    NODE_OPTIONS: joined(' ', options.inherited.NODE_OPTIONS, register),
  };
}

function joined(separator: string, ...parts: (string | undefined)[]): string {
  return parts.filter((part) => part).join(separator);
}
