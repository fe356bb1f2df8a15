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
