import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAtLeast, nodeVersion, type Program } from './interpreter.ts';

export interface EnvironmentOptions {
  readonly runId: string;
  readonly experiment: string;
  readonly trackingUri: string;
  readonly program: Program;
  /** The run's own copy of params.yaml, when there is one. */
  readonly parametersFile?: string;
  readonly pythonModulePath: string;
  readonly nodeModulePath: string;
}

/** What a script gets beside its ordinary environment, so that it can log with what it already uses. */
export async function runEnvironment(options: EnvironmentOptions): Promise<Record<string, string>> {
  return {
    MLFLOW_TRACKING_URI: options.trackingUri,
    // No MLFLOW_RUN_ID: the tracking address names the run, which the script's first `runs/create` adopts,
    // in whatever experiment the script has set before.
    MLFLOW_EXPERIMENT_ID: options.experiment,
    MLFLOW_DISABLE_TELEMETRY: 'true',
    MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT: 'true',
    MLOPS_RUN_ID: options.runId,
    ...(options.parametersFile !== undefined && { MLOPS_PARAMS: options.parametersFile }),
    // Otherwise Python holds back what a script prints until it ends, because its output is not a terminal.
    PYTHONUNBUFFERED: '1',
    PYTHONPATH: appended(process.env.PYTHONPATH, options.pythonModulePath, path.delimiter),
    ...(await nodeEnvironment(options)),
    ...options.program.environment,
  };
}

async function nodeEnvironment({
  program,
  nodeModulePath,
}: EnvironmentOptions): Promise<Record<string, string>> {
  if (program.language !== 'node') {
    return {};
  }
  const register = path.join(nodeModulePath, 'register.mjs');
  const environment = { NODE_PATH: appended(process.env.NODE_PATH, nodeModulePath, path.delimiter) };
  // An older Node refuses to start with an option that it does not know.
  if (!fs.existsSync(register) || !isAtLeast(await nodeVersion(program.interpreter), 20, 0)) {
    return environment;
  }
  // A file address has no spaces and no quotes left, so it needs none around it.
  const option = `--import=${pathToFileURL(register).href}`;
  return { ...environment, NODE_OPTIONS: appended(process.env.NODE_OPTIONS, option, ' ') };
}

/**
 * The environment of a supervisor, which its script inherits: the service's own without what belongs to the
 * editor or to another run. A name of an experiment would contradict MLFLOW_EXPERIMENT_ID.
 */
export function supervisorEnvironment(own: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const isForeign = (name: string) =>
    /^(ELECTRON_|VSCODE_)/.test(name) ||
    ['MLOPS_RUN_ID', 'MLOPS_PARAMS', 'MLFLOW_RUN_ID', 'MLFLOW_EXPERIMENT_NAME'].includes(name);
  const kept = Object.entries(own).filter(([name]) => !isForeign(name));
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1' };
}

function appended(before: string | undefined, entry: string, separator: string): string {
  return before ? `${before}${separator}${entry}` : entry;
}
