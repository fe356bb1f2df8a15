import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import { cannotWriteTable, targetExists } from './errors.ts';

interface Place {
  /** The target as a person knows it, for sentences; its path without it. */
  readonly targetName?: string;
  readonly overwrite?: boolean;
}

/**
 * Gives a finished file its name, in one step and with all of it on disk. What has the name already is replaced only
 * where that is wanted: of two who write the same target the second is refused. The draft may still be there afterwards.
 */
export function putInPlace(
  draft: string,
  target: string,
  { targetName = target, overwrite = false }: Place,
): void {
  // On another file system a copy beside the target comes first, so that the name is taken in one step there too.
  const beside = `${target}.mlops-${randomBytes(8).toString('hex')}`;
  try {
    flush(draft);
    try {
      takeName(draft, target, overwrite);
    } catch (error) {
      if (codeOf(error) !== 'EXDEV') {
        throw error;
      }
      fs.copyFileSync(draft, beside, fs.constants.COPYFILE_EXCL);
      flush(beside);
      takeName(beside, target, overwrite);
    }
  } catch (error) {
    throw codeOf(error) === 'EEXIST'
      ? targetExists(targetName)
      : cannotWriteTable(targetName, reasonOf(error as NodeJS.ErrnoException));
  } finally {
    fs.rmSync(beside, { force: true });
  }
}

/** A rename would replace what has come to that place meanwhile; a second name for the file does not. */
function takeName(file: string, target: string, overwrite: boolean): void {
  if (overwrite) {
    fs.renameSync(file, target);
    return;
  }
  try {
    fs.linkSync(file, target);
  } catch (error) {
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'EXDEV') {
      throw error;
    }
    // Some file systems know no second names: there the name is taken by an empty file first.
    fs.closeSync(fs.openSync(target, 'wx'));
    try {
      fs.renameSync(file, target);
    } catch (failure) {
      fs.rmSync(target, { force: true });
      throw failure;
    }
  }
}

/** A name that points to what is not on disk yet would be an empty file after a power cut. */
function flush(file: string): void {
  const handle = fs.openSync(file, 'r+');
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}

/** The system's own sentence has the whole path in it. */
function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'its folder is not there',
    EACCES: 'nobody may write there',
    EPERM: 'nobody may write there',
    EROFS: 'nobody may write there',
    ENOSPC: 'the disk is full',
    EISDIR: 'it is a folder',
    ENOTEMPTY: 'it is a folder',
    ENOTDIR: 'its folder is a file',
  };
  return reasons[code ?? ''] ?? message;
}
