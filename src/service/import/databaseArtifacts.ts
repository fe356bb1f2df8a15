import path from 'node:path';
import { localPath, storageOf } from './artifactFolders.ts';
import type { SourceArtifacts } from './source.ts';

/**
 * Where the address says; of a server's own storage, its folder beside the database; and, for a database that came
 * here with its artifacts, the places beside it. `folder` is the one of the database.
 */
export function artifactsOf(owner: string, uri: string, folder: string): SourceArtifacts {
  const served = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.*)$/.exec(uri)?.[1];
  const local = localPath(uri, folder);
  const named = served ?? local;
  if (named === undefined) {
    return { owner, uri, folders: [] };
  }
  const steps = named.split(/[/\\]/);
  // Files of a logged model lie one folder deeper than those of a run.
  const tail = steps.slice(steps.at(-3) === 'models' ? -4 : -3).join('/');
  const ofServer = path.join(folder, 'mlartifacts');
  return {
    owner,
    uri,
    folders: [
      ...(local === undefined ? [] : [local]),
      path.join(ofServer, served ?? tail),
      path.join(ofServer, tail),
      path.join(folder, 'mlruns', tail),
    ],
    storage: local === undefined ? ofServer : storageOf(local),
  };
}
