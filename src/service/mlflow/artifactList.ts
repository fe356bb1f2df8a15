import {
  isPlainPath,
  listStored,
  pathOfArtifactUri,
  type StoredArtifact,
} from '../experiments/artifactStorage.ts';
import { unsafePath } from '../experiments/storeErrors.ts';
import { list } from './encode.ts';

/**
 * What lies in a folder of a run's or a model's artifacts. Paths are relative to these, as in MLflow;
 * the proxy's own list differs in that. `elsewhere` is what a run made elsewhere has there.
 */
export async function listArtifactsOf(
  artifactUri: string,
  folder: string,
  artifactRoot: string,
  elsewhere?: readonly StoredArtifact[],
): Promise<object> {
  if (!isPlainPath(folder)) {
    throw unsafePath(folder);
  }
  const place = [pathOfArtifactUri(artifactUri), folder].filter((part) => part !== '').join('/');
  const entries = elsewhere ?? (await listStored(artifactRoot, place));
  const files = entries.map((entry) => ({
    path: folder ? `${folder.replace(/\/$/, '')}/${entry.name}` : entry.name,
    is_dir: entry.isFolder,
    ...(entry.bytes !== undefined && { file_size: entry.bytes }),
  }));
  return { root_uri: artifactUri, ...list('files', files) };
}
