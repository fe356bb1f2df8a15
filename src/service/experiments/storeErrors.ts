import { WorkbenchError } from '../../base/errors.ts';

/**
 * What can go wrong with recorded runs. Where MLflow has a sentence for it, that sentence is kept:
 * scripts and people search for it.
 */
export const storeErrorCodes = {
  experimentNotFound: 'experiments.experimentNotFound',
  experimentExists: 'experiments.experimentExists',
  experimentDeleted: 'experiments.experimentDeleted',
  runNotFound: 'experiments.runNotFound',
  runDeleted: 'experiments.runDeleted',
  parameterChanged: 'experiments.parameterChanged',
  tagNotFound: 'experiments.tagNotFound',
  foreignArtifacts: 'experiments.foreignArtifacts',
  unsafePath: 'experiments.unsafePath',
  artifactNotFound: 'experiments.artifactNotFound',
} as const;

export function experimentNotFound(id: string): WorkbenchError {
  return new WorkbenchError(storeErrorCodes.experimentNotFound, `No Experiment with id=${id} exists`);
}

export function experimentNameNotFound(name: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.experimentNotFound,
    `Could not find experiment with name '${name}'`,
  );
}

export function experimentExists(name: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.experimentExists,
    `Experiment(name=${name}) already exists. Nothing was changed. ` +
      'Choose another name, also when the existing one was deleted: a deleted experiment keeps its name.',
  );
}

export function experimentDeleted(id: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.experimentDeleted,
    `The experiment ${id} must be in the 'active' state. Current state is deleted. Nothing was changed. ` +
      'Restore it, or use another one.',
  );
}

export function runNotFound(runId: string): WorkbenchError {
  return new WorkbenchError(storeErrorCodes.runNotFound, `Run with id=${runId} not found`);
}

export function runDeleted(runId: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.runDeleted,
    `The run ${runId} must be in the 'active' state. Current state is deleted. Nothing was changed. ` +
      'Restore the run to change it.',
  );
}

export function parameterChanged(runId: string, key: string, old: string, wanted: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.parameterChanged,
    `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
      `value='${old}' for run ID='${runId}'. Attempted logging new value '${wanted}'.`,
  );
}

export function tagNotFound(key: string, owner: string): WorkbenchError {
  return new WorkbenchError(storeErrorCodes.tagNotFound, `No tag with name: ${key} in ${owner}`);
}

export function foreignArtifacts(uri: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.foreignArtifacts,
    `The artifacts of this run lie at ${uri}, which is not kept by MLOps Workbench and was not opened. ` +
      'Use the client of that storage to read them.',
  );
}

export function unsafePath(path: string): WorkbenchError {
  return new WorkbenchError(
    storeErrorCodes.unsafePath,
    `Invalid path: ${JSON.stringify(path)} is not a plain relative path. Nothing was read or written.`,
  );
}

export function artifactNotFound(path: string): WorkbenchError {
  return new WorkbenchError(storeErrorCodes.artifactNotFound, `No artifact at ${JSON.stringify(path)}`);
}
