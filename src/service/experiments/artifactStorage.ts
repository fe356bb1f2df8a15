import fs from 'node:fs/promises';
import path from 'node:path';
import { artifactNotFound, foreignArtifacts, unsafePath } from './storeErrors.ts';

/** Uploads under way lie here, in the artifact folder, so that the last step is a rename on one disk. */
export const uploadsFolder = '.uploads';

export interface StoredArtifact {
  readonly name: string;
  readonly isFolder: boolean;
  readonly bytes?: number;
}

/** Where below the artifact folder `mlflow-artifacts:/…` points; other addresses are never opened by us. */
export function pathOfArtifactUri(uri: string): string {
  const match = /^mlflow-artifacts:\/(?!\/)(.*)$/.exec(uri);
  if (!match) {
    throw foreignArtifacts(uri);
  }
  return match[1]!;
}

/** The run to whose artifacts a path below the artifact folder belongs, and the path among these. */
export function runOfArtifact(relative: string): { readonly run: string; readonly path: string } | undefined {
  const match = /^(?:.*\/)?([^/]+)\/artifacts(?:\/(.*))?$/.exec(relative);
  return match ? { run: match[1]!, path: match[2] ?? '' } : undefined;
}

/**
 * The absolute place of a path below `root`, for reading and for writing. Nothing on the way may lead outside:
 * the path is checked at every further decoding, and so is where the links that exist already point.
 */
export async function resolveStored(root: string, relative: string): Promise<string> {
  if (!isPlainPath(relative)) {
    throw unsafePath(relative);
  }
  const target = path.join(root, ...relative.split('/').filter((segment) => segment && segment !== '.'));
  const realRoot = await fs.realpath(root);
  const real = await realPathOfExisting(target);
  if (real === undefined || (real !== realRoot && !real.startsWith(realRoot + path.sep))) {
    throw unsafePath(relative);
  }
  return target;
}

/** The files and folders in a folder, by name; empty where there is no such folder. Links are left out. */
export async function listStored(root: string, relative: string): Promise<StoredArtifact[]> {
  const folder = await resolveStored(root, relative);
  const entries = await fs.readdir(folder, { withFileTypes: true }).catch(emptyWhenAbsent);
  const listed = await Promise.all(
    entries
      .filter((entry) => entry.name !== uploadsFolder && (entry.isFile() || entry.isDirectory()))
      .map((entry) => describe(folder, entry.name, entry.isDirectory())),
  );
  return listed.flat().sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The place of an existing regular file. */
export async function storedFile(root: string, relative: string): Promise<{ file: string; bytes: number }> {
  const file = await resolveStored(root, relative);
  const found = await fs.lstat(file).catch(() => undefined);
  if (!found?.isFile()) {
    throw artifactNotFound(relative);
  }
  return { file, bytes: found.size };
}

/** Plain relative segments, as both POSIX and Windows would read them, also after decoding once more and again. */
export function isPlainPath(text: string): boolean {
  const next = decoded(text);
  return isPlainAsItIs(text) && (next === text || isPlainPath(next));
}

function isPlainAsItIs(text: string): boolean {
  // NUL would end the path in the calls of the system.
  if (/[\\\0#?]/.test(text) || text.startsWith('/') || /^[a-z]:/i.test(text)) {
    return false;
  }
  const segments = text.split('/');
  return (
    !segments.includes('..') &&
    segments.find((segment) => segment !== '' && segment !== '.') !== uploadsFolder &&
    !(process.platform === 'win32' && segments.some((segment) => /:|[. ]$/.test(segment)))
  );
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Of the nearest thing on the way that exists; undefined for a link to nowhere, which a write would follow. */
async function realPathOfExisting(target: string): Promise<string | undefined> {
  try {
    return await fs.realpath(target);
  } catch (error) {
    if (!isAbsent(error) || (await isLink(target))) {
      return undefined;
    }
    return realPathOfExisting(path.dirname(target));
  }
}

async function isLink(file: string): Promise<boolean> {
  const found = await fs.lstat(file).catch(() => undefined);
  return found?.isSymbolicLink() ?? false;
}

async function describe(folder: string, name: string, isFolder: boolean): Promise<StoredArtifact[]> {
  if (isFolder) {
    return [{ name, isFolder }];
  }
  const found = await fs.stat(path.join(folder, name)).catch(() => undefined);
  return found ? [{ name, isFolder, bytes: found.size }] : [];
}

function emptyWhenAbsent(error: unknown): [] {
  if (isAbsent(error)) {
    return [];
  }
  throw error;
}

function isAbsent(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
