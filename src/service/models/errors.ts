import { WorkbenchError } from '../../base/errors.ts';
import { pythonQuoted } from '../../base/pythonJson.ts';

/** What can go wrong with models. Where MLflow has a sentence for it, that sentence is kept. */
export const modelErrorCodes = {
  registeredModelNotFound: 'models.registeredModelNotFound',
  registeredModelExists: 'models.registeredModelExists',
  versionNotFound: 'models.versionNotFound',
  loggedModelNotFound: 'models.loggedModelNotFound',
  tagNotFound: 'models.tagNotFound',
  aliasNotFound: 'models.aliasNotFound',
  invalidName: 'models.invalidName',
  invalidAlias: 'models.invalidAlias',
  invalidStage: 'models.invalidStage',
  invalidSource: 'models.invalidSource',
  parameterChanged: 'models.parameterChanged',
  invalidOrder: 'models.invalidOrder',
} as const;

export function registeredModelNotFound(name: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.registeredModelNotFound,
    `Registered Model with name=${name} not found`,
  );
}

export function registeredModelExists(name: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.registeredModelExists,
    `Registered Model (name=${name}) already exists.`,
  );
}

export function versionNotFound(name: string, version: number): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.versionNotFound,
    `Model Version (name=${name}, version=${version}) not found`,
  );
}

export function latestVersionNotFound(name: string): WorkbenchError {
  return new WorkbenchError(modelErrorCodes.versionNotFound, `Latest version not found for model ${name}.`);
}

export function loggedModelNotFound(modelId: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.loggedModelNotFound,
    `Logged model with ID '${modelId}' not found.`,
  );
}

export function loggedModelTagNotFound(modelId: string, key: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.tagNotFound,
    `No tag with key ${pythonQuoted(key)} found for model with ID '${modelId}'.`,
  );
}

export function aliasNotFound(alias: string): WorkbenchError {
  return new WorkbenchError(modelErrorCodes.aliasNotFound, `Registered model alias ${alias} not found.`);
}

export function missingName(field: string): WorkbenchError {
  return new WorkbenchError(modelErrorCodes.invalidName, `Missing value for required parameter '${field}'.`);
}

export function invalidModelName(name: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidName,
    `Invalid model name '${name}'. Names cannot contain '/' or ':'.`,
  );
}

export function nameLikePath(name: string, resolved: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidName,
    `Invalid value ${JSON.stringify(name)} for parameter 'name' supplied: Names may be treated as files in ` +
      'certain cases, and must not resolve to other names when treated as such. ' +
      `This name would resolve to '${resolved}'`,
  );
}

export function invalidLoggedModelName(name: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidName,
    `Invalid model name (${pythonQuoted(name)}) provided. Model name must be a non-empty string and cannot contain the ` +
      `following characters: ('/', ':', '.', '%', '"', "'")`,
  );
}

export function invalidAlias(alias: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidAlias,
    `Invalid alias name: '${alias}'. Names may only contain alphanumerics, underscores (_), and dashes (-).`,
  );
}

export function aliasTooLong(limit: number): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidAlias,
    `'Registered model alias name' exceeds the maximum length of ${limit} characters`,
  );
}

export function latestIsReserved(): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidAlias,
    "'latest' alias name (case insensitive) is reserved.",
  );
}

export function versionAliasIsReserved(alias: string): WorkbenchError {
  return new WorkbenchError(modelErrorCodes.invalidAlias, `Version alias name '${alias}' is reserved.`);
}

export function invalidStage(stage: string, known: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidStage,
    `Invalid Model Version stage: ${stage}. Value must be one of ${known.join(', ')}.`,
  );
}

export function stageNotActive(stage: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidStage,
    'Model version transition cannot archive existing model versions because ' +
      `'${stage}' is not an Active stage. Valid stages are ['Staging', 'Production']`,
  );
}

export function sourceNotPlain(source: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid model version source: '${source}'. If supplying a source as an http, https, local file path, ` +
      'ftp, objectstore, or mlflow-artifacts uri, an absolute path must be provided without relative path ' +
      'references present. Please provide an absolute path.',
  );
}

export function sourceOutside(source: string, field: 'run_id' | 'model_id'): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid model version source: '${source}'. The ${field} request parameter must identify the resource ` +
      'that contains the source.',
  );
}

export function localSource(source: string, field: 'run_id' | 'model_id'): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid model version source: '${source}'. To use a local path as a model version source, the ${field} ` +
      'request parameter has to be specified and the local path has to be contained within the artifact ' +
      `directory of the run specified by the ${field}.`,
  );
}

export function promptSource(source: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid prompt source: '${source}'. Prompt sources must use an MLflow placeholder.`,
  );
}

export function promptVersionSource(source: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid model version source: '${source}'. Prompt versions cannot be used as model version sources.`,
  );
}

export function lineageDiffers(source: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidSource,
    `Invalid model version source: '${source}'. The run_id and model_id request parameters must match the ` +
      'referenced model version.',
  );
}

export function loggedModelParameterChanged(
  modelId: string,
  key: string,
  old: string,
  wanted: string,
): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.parameterChanged,
    `Changing param values is not allowed. Param with key='${key}' was already logged with ` +
      `value='${old}' for model ID='${modelId}'. Attempted logging new value '${wanted}'.`,
  );
}

export function unknownOrderField(field: string): WorkbenchError {
  return new WorkbenchError(modelErrorCodes.invalidOrder, `Invalid order by field name: ${field}`);
}

export function orderOnlyByMetrics(field: string): WorkbenchError {
  return new WorkbenchError(
    modelErrorCodes.invalidOrder,
    `Invalid order by field name: ${field}. Only metrics are supported.`,
  );
}
