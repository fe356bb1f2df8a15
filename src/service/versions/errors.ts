import { WorkbenchError } from '../../base/errors.ts';
import { formatBytes } from '../../base/format.ts';

/** Every error about versions that a person can meet. `data` is a path relative to the workspace folder. */

const nothingChanged = 'Nothing was changed.';

export function noRepository(folder: string): WorkbenchError {
  return new WorkbenchError(
    'versions.noRepository',
    `${folder} is not in a git repository, and versions are kept in git history. ${nothingChanged} Create a repository first.`,
    { actions: [{ kind: 'createRepository', title: 'Create Git Repository' }] },
  );
}

export function gitMissing(cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'versions.gitMissing',
    `The program git was not found. ${nothingChanged} Install git, make sure it is on PATH, and try again.`,
    { cause },
  );
}

export function gitRefused(doing: string, reason: string): WorkbenchError {
  return new WorkbenchError('versions.gitRefused', `git refused to ${doing}: ${reason}`, {
    actions: [{ kind: 'showLog', title: 'Show Log' }],
  });
}

export function repositoryExists(folder: string): WorkbenchError {
  return new WorkbenchError(
    'versions.repositoryExists',
    `${folder} is in a git repository already. ${nothingChanged}`,
  );
}

export function noIdentity(data: string): WorkbenchError {
  return new WorkbenchError(
    'versions.noIdentity',
    `Could not version ${data}: git does not know who you are, so it cannot make the commit. ${nothingChanged} ` +
      'Run: git config --global user.name "Your Name" and git config --global user.email you@example.com',
  );
}

export function operationInProgress(data: string, operation: string): WorkbenchError {
  return new WorkbenchError(
    'versions.gitOperationInProgress',
    `Could not version ${data}: a ${operation} is in progress in this repository. ${nothingChanged} ` +
      `Finish the ${operation} or abort it, then try again.`,
  );
}

export function conflictedIndex(data: string, file: string): WorkbenchError {
  return new WorkbenchError(
    'versions.conflicts',
    `Could not version ${data}: git has unresolved conflicts, among them ${file}. ${nothingChanged} ` +
      'Resolve them, then try again.',
    { actions: [{ kind: 'openFile', title: 'Open File', subject: file }] },
  );
}

export function trackedByGit(data: string, count: number): WorkbenchError {
  const what = count === 1 && data ? `${data} is` : `${count} files in ${data} are`;
  return new WorkbenchError(
    'versions.trackedByGit',
    `Could not version ${data}: ${what} already tracked by git itself. ${nothingChanged} ` +
      `To version the data instead, run: git rm -r --cached -- '${data.replaceAll("'", `'\\''`)}', commit, and try again. ` +
      'The files stay on disk.',
  );
}

export function pointerIgnored(data: string, pointer: string, rule: string): WorkbenchError {
  return new WorkbenchError(
    'versions.pointerIgnored',
    `Could not version ${data}: git ignores ${pointer}, which has to be committed (rule ${rule}). ${nothingChanged} ` +
      'Change that rule and try again.',
  );
}

export function noSuchData(data: string): WorkbenchError {
  return new WorkbenchError('versions.noSuchData', `There is no file or folder ${data}. ${nothingChanged}`);
}

export function outsideWorkspace(data: string): WorkbenchError {
  return new WorkbenchError(
    'versions.outsideWorkspace',
    `${data} is not inside the workspace folder, so it cannot be versioned here. ${nothingChanged} Move or copy it into the folder.`,
  );
}

export function notVersionable(data: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'versions.notVersionable',
    `Could not version ${data}: ${reason} ${nothingChanged}`,
  );
}

export function overlappingDataset(data: string, other: string): WorkbenchError {
  return new WorkbenchError(
    'versions.overlap',
    `Could not version ${data}: ${other} is versioned already, and one lies inside the other. ${nothingChanged} ` +
      `Version ${other}, or move the data apart.`,
  );
}

export function unreadableData(data: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'versions.unreadableData',
    `Could not read ${data}: ${reason}. ${nothingChanged}`,
  );
}

export function changedWhileReading(data: string): WorkbenchError {
  return new WorkbenchError(
    'versions.changedWhileReading',
    `Could not version ${data}: it changed while it was being read. No version was made and the data was not touched. ` +
      'Wait until the program that writes it is done, then try again.',
    { actions: [{ kind: 'retry', title: 'Try Again' }] },
  );
}

export function diskFull(doing: string, free: number, needed: number): WorkbenchError {
  return new WorkbenchError(
    'versions.diskFull',
    `Could not ${doing}: the disk has ${formatBytes(free)} free and ${formatBytes(needed)} are needed. ${nothingChanged}`,
  );
}

export function cannotWrite(doing: string, file: string, cause: NodeJS.ErrnoException): WorkbenchError {
  const why =
    cause.code === 'EROFS' || cause.code === 'EACCES' || cause.code === 'EPERM'
      ? 'it is read-only for you'
      : (cause.message ?? String(cause));
  return new WorkbenchError(
    'versions.cannotWrite',
    `Could not ${doing}: ${file} cannot be written (${why}). ${nothingChanged}`,
    { cause },
  );
}

export function damagedPointer(pointer: string, problem: string): WorkbenchError {
  return new WorkbenchError(
    'versions.damagedPointer',
    `${pointer} ${problem} Neither it nor the data was changed. Mend it, or take it back with git, and try again.`,
    { actions: [{ kind: 'openFile', title: 'Open Pointer', subject: pointer }] },
  );
}

export function unsupportedPointer(pointer: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'versions.unsupportedPointer',
    `${pointer} ${reason} ${nothingChanged} Use the dvc command line for it.`,
    { actions: [{ kind: 'openFile', title: 'Open Pointer', subject: pointer }] },
  );
}

export function damagedDirectoryObject(name: string, problem: string): WorkbenchError {
  return new WorkbenchError(
    'versions.damagedObject',
    `The list of files ${name} in the cache is not safe to use: ${problem}. ${nothingChanged}`,
  );
}

export function unsupportedConfig(file: string, problem: string): WorkbenchError {
  return new WorkbenchError('versions.unsupportedConfig', `${file} ${problem} ${nothingChanged}`, {
    actions: [{ kind: 'openFile', title: 'Open Configuration', subject: file }],
  });
}

export function commitFailed(data: string, pointer: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'versions.commitFailed',
    `The content of ${data} is safe in the cache and ${pointer} names it, but git could not make the commit: ${reason} ` +
      `What you had staged is as it was. Mend the cause and version ${data} again, or commit ${pointer} yourself.`,
    { actions: [{ kind: 'retry', title: 'Try Again' }] },
  );
}

export function notVersioned(data: string): WorkbenchError {
  return new WorkbenchError('versions.notVersioned', `${data} has no versions yet. ${nothingChanged}`);
}

export function noSuchVersion(data: string, version: number, count: number): WorkbenchError {
  const range =
    count === 0 ? 'It has none yet.' : count === 1 ? 'It has version 1.' : `It has versions 1 to ${count}.`;
  return new WorkbenchError(
    'versions.noSuchVersion',
    `${data} has no version ${version}. ${range} ${nothingChanged}`,
  );
}

export function unversionedChanges(data: string, example: string | undefined): WorkbenchError {
  const what = example ? `${example} has changes` : 'it has changes';
  return new WorkbenchError(
    'versions.unversionedChanges',
    `Could not check out ${data}: ${what} that are in no version and would be lost. ${nothingChanged} ` +
      'Version the data first, or overwrite it.',
    {
      actions: [
        { kind: 'versionFirst', title: 'Version It First', subject: data },
        { kind: 'overwrite', title: 'Overwrite', subject: data },
      ],
    },
  );
}

export function contentMissing(data: string, object: string, file?: string): WorkbenchError {
  const what = file ? `the content of ${file}` : 'its content';
  return new WorkbenchError(
    'versions.contentMissing',
    `Could not check out ${data}: ${what} (${object}) is not in the cache of this computer. The data on disk was not touched. ` +
      'Get it from where it is kept, for example with: dvc pull',
  );
}

export function versionNotHere(data: string, version: number, object: string): WorkbenchError {
  return new WorkbenchError(
    'versions.contentMissing',
    `Version ${version} of ${data} cannot be read: its content (${object}) is not in the cache of this computer. ${nothingChanged} ` +
      'Get it from where it is kept, for example with: dvc pull',
  );
}

export function versionIsFolder(data: string, version: number): WorkbenchError {
  return new WorkbenchError(
    'versions.versionIsFolder',
    `Version ${version} of ${data} is a folder, and a table is one file. ${nothingChanged} Check it out and choose a file in it.`,
  );
}

export function contentDamaged(data: string, object: string): WorkbenchError {
  return new WorkbenchError(
    'versions.contentDamaged',
    `Could not check out ${data}: the cached object ${object} is damaged, its content no longer has that hash. ` +
      'The data on disk was not touched. Delete that object and get it again, for example with: dvc pull',
  );
}

export function obstructed(data: string, obstacle: string): WorkbenchError {
  return new WorkbenchError(
    'versions.obstructed',
    `Could not check out ${data}: ${obstacle} is in the way. ${nothingChanged} Move it aside and try again.`,
  );
}

export function checkoutStopped(data: string, file: string, cause: NodeJS.ErrnoException): WorkbenchError {
  return new WorkbenchError(
    'versions.checkoutStopped',
    `Checking out ${data} stopped half way: ${file} could not be put in place (${cause.message}). ` +
      'What was replaced is safe in the cache. Mend the cause and check out again.',
    { actions: [{ kind: 'retry', title: 'Try Again' }], cause },
  );
}
