import fs from 'node:fs';
import path from 'node:path';
import type { KeyValue } from './store.ts';

/**
 * The script that made a run by itself, relative to the workspace, from the tags that MLflow's clients set.
 * They say it as it was typed: a path that does not begin at the root is tried from the workspace folder.
 */
export function scriptOfTags(tags: readonly KeyValue[], workspace: string): string | undefined {
  const name = tagValue(tags, 'mlflow.source.name');
  const type = tagValue(tags, 'mlflow.source.type') ?? 'LOCAL';
  if (!name || !['LOCAL', 'NOTEBOOK'].includes(type) || name.includes('\0')) {
    return undefined;
  }
  const relative = path.relative(workspace, path.resolve(workspace, name));
  const isOutside = relative === '' || path.isAbsolute(relative) || relative.split(path.sep)[0] === '..';
  const isFile = () =>
    fs.statSync(path.join(workspace, relative), { throwIfNoEntry: false })?.isFile() ?? false;
  return !isOutside && isFile() ? relative.split(path.sep).join('/') : undefined;
}

export function tagValue(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}
