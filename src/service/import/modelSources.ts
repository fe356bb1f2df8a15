import type { RunStore } from '../experiments/store.ts';
import type { ImportedVersion, ModelStore } from '../models/store.ts';

/**
 * A version whose files came here with their run or logged model has them here; what its source says by name
 * (`models:/…`, `runs:/…`) holds as it is.
 */
export function placedHere(version: ImportedVersion, runs: RunStore, models: ModelStore): ImportedVersion {
  const { source, storageLocation } = version;
  const [, modelId] = /^models:\/(m-[\w-]+)$/.exec(source) ?? [];
  const isHere = modelId !== undefined && models.hasLoggedModel(modelId);
  return {
    ...version,
    source: placeOf(source, runs, models),
    storageLocation: placeOf(storageLocation, runs, models),
    ...(isHere && { loggedModel: modelId }),
  };
}

/** `…/<run or model>/artifacts/…` */
function placeOf(uri: string, runs: RunStore, models: ModelStore): string {
  const [, owner, rest] = /[/\\]([\w-]+)[/\\]artifacts((?:[/\\].*)?)$/.exec(uri) ?? [];
  if (owner === undefined) {
    return uri;
  }
  const artifactUri = models.hasLoggedModel(owner)
    ? models.getLoggedModel(owner, { allowDeleted: true }).artifactUri
    : runs.getRun(owner)?.artifactUri;
  return artifactUri === undefined ? uri : `${artifactUri}${rest!.replaceAll('\\', '/')}`;
}
