import { WorkbenchError } from '../base/errors.ts';

export function otherVersion(own: string, asked: string): WorkbenchError {
  return new WorkbenchError(
    'service.otherVersion',
    `The MLOps service of this folder is version ${own}; version ${asked} asked. Nothing was changed.`,
  );
}

export function folderNotFound(folder: string): WorkbenchError {
  return new WorkbenchError('service.folderNotFound', `There is no folder ${folder}. Nothing was changed.`);
}

export function artifactsNotWritable(folder: string, cause: unknown): WorkbenchError {
  return new WorkbenchError(
    'service.artifactsNotWritable',
    `Artifacts cannot be kept in ${folder}: it is not a folder that you may write to. Nothing was started. ` +
      'Make it, change its permissions, or choose another one.',
    { cause },
  );
}

/** `present` is where they lie, `asked` where they were wanted. */
export function artifactsElsewhere(present: string, asked: string): WorkbenchError {
  return new WorkbenchError(
    'service.artifactsElsewhere',
    `The artifacts of earlier runs lie in ${present}, and would not be found from ${asked}. Nothing was started. ` +
      `Move them to ${asked} first, or leave --artifacts out.`,
  );
}

export function artifactsGone(link: string, folder: string): WorkbenchError {
  return new WorkbenchError(
    'service.artifactsGone',
    `The artifacts of this folder are kept in ${folder}, which is not there. Nothing was started. ` +
      `Bring it back, or delete the link ${link} to begin a new folder.`,
  );
}
