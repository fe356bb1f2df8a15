import { WorkbenchError } from '../../base/errors.ts';

export function importNotFound(path: string): WorkbenchError {
  return new WorkbenchError(
    'import.notFound',
    `There is no ${path}. Nothing was changed. Choose a folder \`mlruns\` or a file \`mlflow.db\`.`,
  );
}

export function notMlflow(folder: string): WorkbenchError {
  return new WorkbenchError(
    'import.notMlflow',
    `${folder} is not a folder in which MLflow keeps runs: no experiment was found in it. Nothing was changed. ` +
      'Choose a folder `mlruns` or a file `mlflow.db`.',
  );
}

/** MLflow 3 keeps only artifacts in `mlruns`. */
export function recordsElsewhere(folder: string, database: string): WorkbenchError {
  return new WorkbenchError(
    'import.recordsElsewhere',
    `${folder} holds artifacts, but no records of runs. Nothing was changed. Import ${database} beside it instead.`,
  );
}

export function unknownSchema(file: string, missing: string): WorkbenchError {
  return new WorkbenchError(
    'import.unknownSchema',
    `${file} is not a database of MLflow that can be read: it has no ${missing}. It was not touched, and nothing was changed.`,
  );
}
