import fs from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isAtLeast, nodeVersion, type Program } from './interpreter.ts';

export interface EnvironmentOptions {
  readonly runId: string;
  readonly experiment: string;
  readonly trackingUri: string;
  readonly program: Program;
  /** What the script has anyway: its entries of lists such as PYTHONPATH come before ours. */
  readonly base: NodeJS.ProcessEnv;
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
    PYTHONPATH: appended(options.base.PYTHONPATH, options.pythonModulePath, path.delimiter),
    // The supervisor is a Node as well, and these are not meant for it.
    ...(options.base.NODE_OPTIONS !== undefined && { NODE_OPTIONS: options.base.NODE_OPTIONS }),
    ...(await nodeEnvironment(options)),
    ...options.program.environment,
  };
}

async function nodeEnvironment({
  program,
  base,
  nodeModulePath,
}: EnvironmentOptions): Promise<Record<string, string>> {
  if (program.language !== 'node') {
    return {};
  }
  const register = path.join(nodeModulePath, 'register.mjs');
  const environment = { NODE_PATH: appended(base.NODE_PATH, nodeModulePath, path.delimiter) };
  // An older Node refuses to start with an option that it does not know.
  if (!fs.existsSync(register) || !isAtLeast(await nodeVersion(program.interpreter), 20, 0)) {
    return environment;
  }
  // A file address has no spaces and no quotes left, so it needs none around it.
  const option = `--import=${pathToFileURL(register).href}`;
  return { ...environment, NODE_OPTIONS: appended(base.NODE_OPTIONS, option, ' ') };
}

/**
 * An environment without what belongs to the editor or to another run, and without the keys of anonymisation: a script
 * that learns from an anonymised table is not to be able to undo it.
 * A name of an experiment would contradict MLFLOW_EXPERIMENT_ID.
 */
export function ordinaryEnvironment(own: Readonly<NodeJS.ProcessEnv>): NodeJS.ProcessEnv {
  const isForeign = (name: string) =>
    /^(ELECTRON_|VSCODE_|MLOPS_ANONYMISE_KEY)/.test(name) ||
    ['MLOPS_RUN_ID', 'MLOPS_PARAMS', 'MLFLOW_RUN_ID', 'MLFLOW_EXPERIMENT_NAME'].includes(name);
  return Object.fromEntries(Object.entries(own).filter(([name]) => !isForeign(name)));
}

/** The script inherits it from its supervisor, so that no secret in it is ever written down. */
export function supervisorEnvironment(base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...own } = base;
  return { ...own, ELECTRON_RUN_AS_NODE: '1' };
}

function appended(before: string | undefined, entry: string, separator: string): string {
  return before ? `${before}${separator}${entry}` : entry;
}
