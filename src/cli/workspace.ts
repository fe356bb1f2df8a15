import fs from 'node:fs';
import path from 'node:path';

/** The folder that was asked for, else the nearest one upwards with runs or a repository, else the present one. */
export function findWorkspace(currentFolder: string, asked?: string): string {
  if (asked !== undefined) {
    return path.resolve(currentFolder, asked);
  }
  for (let folder = currentFolder; ; folder = path.dirname(folder)) {
    if (['.mlops', '.git'].some((name) => fs.existsSync(path.join(folder, name)))) {
      return folder;
    }
    if (folder === path.dirname(folder)) {
      return currentFolder;
    }
  }
}

/**
 * What a person typed in `currentFolder`, relative to the workspace with `/`, as the service names data.
 * A path outside stays absolute, so that the service can say so.
 */
export function pathInWorkspace(workspace: string, currentFolder: string, typed: string): string {
  const absolute = path.resolve(realFolder(currentFolder), typed);
  const relative = path.relative(realFolder(workspace), absolute);
  const isOutside = path.isAbsolute(relative) || relative.split(path.sep)[0] === '..';
  return isOutside ? absolute : relative.split(path.sep).join('/');
}

export function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return folder;
  }
}
