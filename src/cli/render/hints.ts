import type { ErrorAction } from '../../base/errors.ts';

/** What a button of the editor is on the command line. */
const hints: Partial<Record<ErrorAction['kind'], string>> = {
  createRepository: 'Create one with: git init',
  signIn:
    'In a terminal: set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN',
  deleteAnyway: 'To delete it all the same: add --force',
  overwrite: 'To replace it all the same: add --overwrite',
  selectInterpreter: 'Choose another one with: mlops run --interpreter PATH …',
  writeParameters: 'To write them there: add --write-params',
  versionFirst: 'To keep it first: mlops version PATH',
};

export function hintFor({ kind }: Pick<ErrorAction, 'kind'>): string | undefined {
  return hints[kind];
}
