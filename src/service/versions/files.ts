import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** Small things about files that several modules here do, each in one way. */

/** Never half written, not even when the process or the machine dies: a temporary name, synced, then renamed. */
export function writeAtomically(file: string, text: string | Buffer): void {
  const temporary = path.join(path.dirname(file), `.${randomBytes(8).toString('hex')}.mlops-tmp`);
  const before = fs.statSync(file, { throwIfNoEntry: false });
  try {
    const descriptor = fs.openSync(temporary, 'wx', before ? before.mode & 0o777 : 0o666);
    try {
      fs.writeFileSync(descriptor, text);
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
  return relative !== '' && relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
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
