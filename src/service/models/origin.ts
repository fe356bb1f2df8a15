import type { KeyValue, RunStore } from '../experiments/store.ts';
import { lineageDiffers, localSource, promptSource, promptVersionSource, sourceOutside } from './errors.ts';
import { liesWithin, readModelSource } from './modelSource.ts';
import type { Origin } from './modelVersionTable.ts';
import type { LoggedModel, ModelVersion, NewModelVersion } from './store.ts';

/** A prompt is a registered model whose text is a tag; its source is one of these words. */
export const promptTag = 'mlflow.prompt.is_prompt';
const promptPlaceholders = ['dummy-source', 'prompt-template'];

/** What a source may refer to. */
export interface Known {
  readonly runs: RunStore;
  loggedModel(modelId: string): LoggedModel;
  hasLoggedModel(modelId: string): boolean;
  /** The version that an address names: by number, by alias, by stage, or the latest. */
  version(name: string, which: { number: number } | { alias: string } | { stage: string }): ModelVersion;
  isPrompt(name: string): boolean;
}

export function isPrompt(tags: readonly KeyValue[]): boolean {
  return tags.findLast((tag) => tag.key === promptTag)?.value.toLowerCase() === 'true';
}

/**
 * Where a new version comes from and where its files are. A source inside our own artifacts has to lie in the run
 * or logged model that the request names; what the request does not name follows from the source.
 */
export function originOf(version: NewModelVersion, known: Known): Origin {
  if (isPrompt(version.tags)) {
    return promptOrigin(version);
  }
  const { source } = version;
  const from = readModelSource(source);
  switch (from.kind) {
    case 'loggedModel':
      return loggedModelOrigin(version, from.modelId, known);
    case 'version':
      return copyOrigin(version, known.version(from.name, { number: from.version }), known);
    case 'alias':
      return copyOrigin(version, known.version(from.name, { alias: from.alias }), known);
    case 'stage':
      return copyOrigin(version, known.version(from.name, { stage: from.stage }), known);
    case 'run':
      return runOrigin(version, from.runId);
    case 'malformed':
      throw sourceOutside(source, from.names === 'model' ? 'model_id' : 'run_id');
    case 'ownArtifacts':
    case 'local':
      return folderOrigin(version, from.kind, known);
    case 'foreign':
      return { ...named(version, known), source, storageLocation: source };
  }
}

function promptOrigin({ source, runId = '' }: NewModelVersion): Origin {
  if (!promptPlaceholders.includes(source)) {
    throw promptSource(source);
  }
  return { source, storageLocation: source, runId };
}

function loggedModelOrigin(version: NewModelVersion, modelId: string, known: Known): Origin {
  const isAnother = version.loggedModel ? version.loggedModel !== modelId : !known.hasLoggedModel(modelId);
  if (isAnother) {
    throw sourceOutside(version.source, 'model_id');
  }
  const model = known.loggedModel(modelId);
  return {
    source: version.source,
    storageLocation: model.artifactUri,
    runId: version.runId || model.sourceRunId,
    loggedModel: modelId,
  };
}

/** A copy of a version: of the same run and logged model. */
function copyOrigin(version: NewModelVersion, original: ModelVersion, known: Known): Origin {
  if (known.isPrompt(original.name)) {
    throw promptVersionSource(version.source);
  }
  const { runId, loggedModel } = version;
  const differs =
    (runId !== undefined && runId !== original.runId) ||
    (loggedModel !== undefined && loggedModel !== (original.loggedModel ?? ''));
  if (differs) {
    throw lineageDiffers(version.source);
  }
  return {
    source: `models:/${original.name}/${original.version}`,
    storageLocation: original.storageLocation,
    runId: original.runId,
    ...(original.loggedModel && { loggedModel: original.loggedModel }),
  };
}

function runOrigin(version: NewModelVersion, runId: string): Origin {
  if (version.loggedModel) {
    throw sourceOutside(version.source, 'model_id');
  }
  if (version.runId && version.runId !== runId) {
    throw sourceOutside(version.source, 'run_id');
  }
  return { source: version.source, storageLocation: version.source, runId };
}

function folderOrigin(version: NewModelVersion, kind: 'ownArtifacts' | 'local', known: Known): Origin {
  const { source } = version;
  const field = version.loggedModel ? 'model_id' : 'run_id';
  const owner = named(version, known);
  const root = version.loggedModel
    ? known.loggedModel(version.loggedModel).artifactUri
    : known.runs.getRun(owner.runId)?.artifactUri;
  // Clients of MLflow 2 may name no run at all; their source is a plain path in our own folder nevertheless.
  const isUnclaimed = kind === 'ownArtifacts' && owner.runId === '' && root === undefined;
  if (!isUnclaimed && (root === undefined || !liesWithin(source, root))) {
    throw kind === 'local' ? localSource(source, field) : sourceOutside(source, field);
  }
  return { ...owner, source, storageLocation: source };
}

/** The run and the logged model that the request names; the model knows its run. */
function named({ loggedModel, runId }: NewModelVersion, known: Known): Pick<Origin, 'runId' | 'loggedModel'> {
  return loggedModel
    ? { loggedModel, runId: runId || known.loggedModel(loggedModel).sourceRunId }
    : { runId: runId ?? '' };
}
