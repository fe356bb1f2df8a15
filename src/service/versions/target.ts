import fs from 'node:fs';
import path from 'node:path';
import { damagedPointer, noSuchData, notVersionable, outsideWorkspace } from './errors.ts';
import { isInside, toPosix } from './files.ts';
import { parsePointer } from './pointer.ts';
import { textOf } from './pointerFiles.ts';

/** What a person points at, as an absolute path inside the workspace, and its name in sentences. */
export interface Target {
  readonly data: string;
  /** Relative to the workspace folder, with `/`. */
  readonly name: string;
}

/** A `.dvc` pointer stands for the data it names. Does not ask whether the data exists. */
export function resolveTarget(workspace: string, asked: string): Target {
  const chosen = path.resolve(workspace, asked);
  const data = pointedAt(workspace, chosen) ?? chosen;
  const real = path.join(realFolder(path.dirname(data)), path.basename(data));
  const name = toPosix(path.relative(workspace, real));
  if (data === workspace) {
    throw notVersionable('the whole workspace folder', 'choose a file or a folder inside it.');
  }
  if (!isInside(data, workspace)) {
    throw outsideWorkspace(asked);
  }
  if (real !== data) {
    throw notVersionable(
      toPosix(path.relative(workspace, data)),
      `it is reached through a link; the data lies at ${isInside(real, workspace) ? name : real}. Choose it there.`,
    );
  }
  if (/[\n\r]/.test(name)) {
    throw notVersionable(JSON.stringify(name), 'its path has a line break, which .gitignore cannot express.');
  }
  const own = name.split('/').find((part) => ['.git', '.dvc', '.mlops'].includes(part));
  if (own) {
    throw notVersionable(name, `it lies in ${own}, which is not data.`);
  }
  return { data, name };
}

/** Refuses what cannot be a dataset before anything is read or written. */
export function requireData(target: Target, gitRoot: string): void {
  const stats = fs.lstatSync(target.data, { throwIfNoEntry: false });
  if (!stats) {
    throw noSuchData(target.name);
  }
  if (stats.isSymbolicLink() && fs.statSync(target.data, { throwIfNoEntry: false })?.isDirectory()) {
    throw notVersionable(target.name, 'it is a link to a folder. Choose the folder itself.');
  }
  if (target.data === gitRoot) {
    throw notVersionable(
      target.name,
      'it is the git repository itself. Choose a file or a folder inside it.',
    );
  }
  for (let folder = path.dirname(target.data); folder !== gitRoot; folder = path.dirname(folder)) {
    if (fs.existsSync(path.join(folder, '.git'))) {
      throw notVersionable(
        target.name,
        `it lies in another git repository (${folder}). Open that folder to version it.`,
      );
    }
    if (folder === path.dirname(folder)) {
      throw notVersionable(target.name, 'it lies outside the git repository of the workspace folder.');
    }
  }
}

function pointedAt(workspace: string, file: string): string | undefined {
  if (!file.endsWith('.dvc') || path.basename(file) === '.dvc') {
    return undefined;
  }
  const text = textOf(file);
  if (text === undefined) {
    return undefined;
  }
  const parsed = parsePointer(text);
  if ('problem' in parsed) {
    throw damagedPointer(toPosix(path.relative(workspace, file)), parsed.problem);
  }
  const { outputs, workingFolder } = parsed.pointer;
  return path.resolve(path.dirname(file), workingFolder, outputs[0]!.path);
}

function realFolder(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    return folder;
  }
}
