import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Small things about files that several modules here do, each in one way. */

/** Never half written, not even when the process or the machine dies: a temporary file, synced, then renamed. */
export function writeAtomically(file: string, text: string | Buffer, options: WriteOptions = {}): void {
  try {
    writeThrough(file, text, options.temporary ?? path.dirname(file), options.mode);
  } catch (error) {
    if (errorCode(error) !== 'EXDEV') {
      throw error;
    }
    writeThrough(file, text, path.dirname(file), options.mode);
  }
}

export interface WriteOptions {
  /** Where the unfinished file may lie, out of the user's sight; beside the file when absent. */
  readonly temporary?: string | undefined;
  /** That of the file it replaces when absent. */
  readonly mode?: number;
}

function writeThrough(file: string, text: string | Buffer, folder: string, mode: number | undefined): void {
  fs.mkdirSync(folder, { recursive: true });
  const temporary = path.join(folder, `${process.pid}-${randomBytes(8).toString('hex')}.mlops-tmp`);
  const before = fs.statSync(file, { throwIfNoEntry: false });
  try {
    const descriptor = fs.openSync(temporary, 'wx', mode ?? (before ? before.mode & 0o777 : 0o666));
    try {
      fs.writeFileSync(descriptor, text);
      if (mode !== undefined) {
        // Whatever the user's mask is.
        fs.fchmodSync(descriptor, mode);
      }
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.rmSync(temporary, { force: true });
    throw error;
  }
}

/** With `/` on every system. */
export function toPosix(file: string): string {
  return path.sep === '/' ? file : file.replaceAll(path.sep, '/');
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return (
    relative !== '' &&
    relative !== '..' &&
    !relative.startsWith(`..${path.sep}`) &&
    !path.isAbsolute(relative)
  );
}

export function errorCode(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

export function isDiskFull(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ENOSPC' || code === 'EDQUOT';
}

/** Bytes that this user may still write on the file system that will hold `folder`. */
export function freeBytes(folder: string): number {
  let current = folder;
  while (!fs.existsSync(current)) {
    current = path.dirname(current);
  }
  const { bavail, bsize } = fs.statfsSync(current);
  return bavail * bsize;
}

export function processExists(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/**
 * A folder of one's own for unfinished files, gone afterwards. What killed processes left in `parent`, such folders
 * and single files of `writeAtomically`, goes too: names begin with the process that made them.
 */
export async function withTemporaryFolder<T>(
  parent: string,
  work: (folder: string) => Promise<T>,
): Promise<T> {
  fs.mkdirSync(parent, { recursive: true });
  for (const name of fs.readdirSync(parent)) {
    const owner = Number(/^(\d+)-/.exec(name)?.[1]);
    if (owner > 0 && !processExists(owner)) {
      fs.rmSync(path.join(parent, name), { recursive: true, force: true });
    }
  }
  const own = path.join(parent, `${process.pid}-${randomBytes(6).toString('hex')}`);
  fs.mkdirSync(own);
  try {
    return await work(own);
  } finally {
    fs.rmSync(own, { recursive: true, force: true });
  }
}
