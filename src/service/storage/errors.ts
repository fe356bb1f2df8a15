import { WorkbenchError } from '../../base/errors.ts';

export function databaseFromNewerVersion(file: string, found: number, newest: number): WorkbenchError {
  return new WorkbenchError(
    'storage.newerDatabase',
    `${file} was written by a newer MLOps Workbench (format ${found}; this one knows up to ${newest}). ` +
      'It was not touched. Update the extension to open it.',
  );
}

export function databaseDamaged(file: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'storage.damagedDatabase',
    `${file} is not a readable database. It was not touched. ` +
      'Move it aside to start a new one, or put a backup in its place.',
    { cause },
  );
}

export function folderNotWritable(folder: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'storage.readOnlyFolder',
    `Cannot write in ${folder}, so runs and versions cannot be recorded there. Nothing was changed. ` +
      'Open a folder you may write to, or change its permissions.',
    { cause },
  );
}

export function notADatabase(file: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'storage.notADatabase',
    `${file} is not a readable SQLite database. It was not touched, and nothing was changed.`,
    { cause },
  );
}

export function foreignDatabaseBusy(file: string): WorkbenchError {
  return new WorkbenchError(
    'storage.foreignDatabaseBusy',
    `Another program keeps writing to ${file}. Nothing was changed. Try again when it is done.`,
    { actions: [{ kind: 'retry', title: 'Try Again' }] },
  );
}
