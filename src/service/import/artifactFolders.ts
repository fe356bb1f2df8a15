import { randomUUID } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resolveStored, uploadsFolder } from '../experiments/artifactStorage.ts';
import type { SourceArtifacts } from './source.ts';

/** The path that an address of artifacts names on this machine; undefined for any other storage. */
export function localPath(uri: string, base: string): string | undefined {
  if (/^file:/i.test(uri)) {
    // `file:relative` and `file://host/…` are no paths that we know how to read.
    return /^file:(\/\/)?\/(?!\/)/i.test(uri) ? pathOfUrl(uri) : undefined;
  }
  const isPath = uri !== '' && !/^[a-z][a-z\d+.-]+:/i.test(uri);
  return isPath ? path.resolve(base, uri) : undefined;
}

/** Of `<root>/<experiment>/<run>/artifacts` the folder in which the root lies; the top of a disk says nothing. */
export function storageOf(folder: string): string | undefined {
  const storage = path.resolve(folder, '..', '..', '..', '..');
  return storage === path.parse(storage).root ? undefined : storage;
}

/** Such as `s3://…`; a drive of Windows is a path. */
function isOtherStorage(uri: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(uri) && !/^(file|mlflow-artifacts):/i.test(uri);
}

interface CopiedArtifacts {
  /** The folder in which copies lie, to be moved to their place; absent when there was nothing to copy. */
  readonly folder?: string;
  /** Paths relative to their owner that could not be copied; `''` when the whole folder is out of reach. */
  readonly missing: readonly string[];
}

/**
 * Copies what lies in the first of the folders that exists. MLflow makes it with the first artifact, so where it
 * is absent and the storage is there, there were none.
 */
async function copyArtifacts(
  { owner, uri, folders, storage }: SourceArtifacts,
  artifactRoot: string,
  signal: AbortSignal,
): Promise<CopiedArtifacts> {
  for (const folder of folders) {
    const real = await fs.realpath(folder).catch(() => undefined);
    // What a store that somebody else wrote names could be any folder of this machine.
    if (real !== undefined && isArtifactFolder(real, owner)) {
      return copyFolder(real, path.join(artifactRoot, uploadsFolder, randomUUID()), signal);
    }
  }
  const isThere = storage !== undefined && (await exists(storage));
  return { missing: uri === '' || isThere || isOtherStorage(uri) ? [] : [''] };
}

/**
 * Brings the files to `relative` in our artifact folder, then lets `record` write down whose they are; without a record
 * they are removed again. Answers the paths that could not be copied.
 */
export async function takeArtifacts(
  artifacts: SourceArtifacts,
  place: {
    readonly artifactRoot: string;
    readonly relative: string;
    readonly signal: AbortSignal;
    /** Nothing of the same owner is here yet. */
    readonly isNew: boolean;
  },
  record: (uri: string) => void,
): Promise<readonly string[]> {
  const { artifactRoot, relative, signal, isNew } = place;
  const { folder, missing } = await copyArtifacts(artifacts, artifactRoot, signal);
  if (folder !== undefined) {
    await moveArtifacts(folder, artifactRoot, relative);
  }
  try {
    // The client of another storage reads it as before.
    const isElsewhere = folder === undefined && isOtherStorage(artifacts.uri);
    record(isElsewhere ? artifacts.uri : `mlflow-artifacts:/${relative}`);
  } catch (error) {
    if (isNew) {
      await fs.rm(await resolveStored(artifactRoot, path.posix.dirname(relative)), {
        recursive: true,
        force: true,
      });
    }
    throw error;
  }
  return missing;
}

/** Whole, by one rename; what lies there is of an import that was killed before it recorded the run. */
async function moveArtifacts(from: string, artifactRoot: string, relative: string): Promise<void> {
  const target = await resolveStored(artifactRoot, relative);
  await fs.rm(target, { recursive: true, force: true });
  await fs.mkdir(path.dirname(target), { recursive: true });
  await fs.rename(from, target);
}

async function copyFolder(from: string, to: string, signal: AbortSignal): Promise<CopiedArtifacts> {
  const missing: string[] = [];
  let files = 0;
  const copy = async (relative: string): Promise<void> => {
    for (const entry of await fs.readdir(path.join(from, relative), { withFileTypes: true })) {
      signal.throwIfAborted();
      const place = path.join(relative, entry.name);
      if (entry.isDirectory()) {
        await fs.mkdir(path.join(to, place), { recursive: true });
        await copy(place);
      } else if (await copyFile(from, place, path.join(to, place))) {
        files += 1;
      } else {
        missing.push(place.split(path.sep).join('/'));
      }
    }
  };
  try {
    await fs.mkdir(to, { recursive: true });
    await copy('');
  } catch (error) {
    await fs.rm(to, { recursive: true, force: true });
    throw error;
  }
  if (files === 0) {
    await fs.rm(to, { recursive: true, force: true });
    return { missing };
  }
  return { folder: to, missing };
}

/** False for what is no file, leads out of the folder or cannot be read. */
async function copyFile(from: string, relative: string, target: string): Promise<boolean> {
  try {
    const real = await fs.realpath(path.join(from, relative));
    if (!real.startsWith(from + path.sep) || !(await fs.stat(real)).isFile()) {
      return false;
    }
    await fs.copyFile(real, target, fs.constants.COPYFILE_FICLONE | fs.constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (['ENOENT', 'EACCES', 'EPERM', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')) {
      return false;
    }
    throw error;
  }
}

function isArtifactFolder(folder: string, owner: string): boolean {
  return path.basename(folder) === 'artifacts' && path.basename(path.dirname(folder)) === owner;
}

async function exists(place: string): Promise<boolean> {
  return (await fs.stat(place).catch(() => undefined)) !== undefined;
}

function pathOfUrl(uri: string): string | undefined {
  try {
    return fileURLToPath(uri);
  } catch {
    return undefined;
  }
}
