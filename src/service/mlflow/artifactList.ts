import { isPlainPath, listStored, pathOfArtifactUri } from '../experiments/artifactStorage.ts';
import { unsafePath } from '../experiments/storeErrors.ts';
import { list } from './encode.ts';

/**
 * What lies in a folder of a run's or a model's artifacts. Paths are relative to these, as in MLflow;
 * the proxy's own list differs in that.
 */
export async function listArtifactsOf(
  artifactUri: string,
  folder: string,
  artifactRoot: string,
): Promise<object> {
  if (!isPlainPath(folder)) {
    throw unsafePath(folder);
  }
  const entries = await listStored(
    artifactRoot,
    [pathOfArtifactUri(artifactUri), folder].filter((part) => part !== '').join('/'),
  );
  const files = entries.map((entry) => ({
    path: folder ? `${folder.replace(/\/$/, '')}/${entry.name}` : entry.name,
    is_dir: entry.isFolder,
    ...(entry.bytes !== undefined && { file_size: entry.bytes }),
  }));
  return { root_uri: artifactUri, ...list('files', files) };
}
