import { WorkbenchError } from '../../base/errors.ts';

/** What a person can meet when starting, stopping or reading a run. Nothing was started when one of these is told. */
export const launchErrorCodes = {
  nothingToRun: 'experiments.nothingToRun',
  scriptNotFound: 'experiments.scriptNotFound',
  scriptOutside: 'experiments.scriptOutside',
  scriptNotRunnable: 'experiments.scriptNotRunnable',
  workingFolderNotFound: 'experiments.workingFolderNotFound',
  workingFolderOutside: 'experiments.workingFolderOutside',
  programNotFound: 'experiments.programNotFound',
  pythonNotFound: 'experiments.pythonNotFound',
  nodeTooOld: 'experiments.nodeTooOld',
  parametersInvalid: 'experiments.parametersInvalid',
  parametersInFile: 'experiments.parametersInFile',
  parametersNotRead: 'experiments.parametersNotRead',
  nameOfDeletedExperiment: 'experiments.nameOfDeletedExperiment',
  notStoppable: 'experiments.notStoppable',
} as const;

export function nothingToRun(): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.nothingToRun,
    'Neither a script nor a command was given, so nothing was started. Name a file of the workspace, or a program.',
  );
}

export function scriptNotFound(script: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.scriptNotFound,
    `There is no file ${script}. Nothing was started. Save it first, or choose another script.`,
  );
}

export function scriptOutside(script: string, workspace: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.scriptOutside,
    `${script} lies outside the workspace folder ${workspace}, where its runs would be kept. ` +
      'Nothing was started. Open the folder that holds the script and run it there.',
  );
}

export function scriptNotRunnable(script: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.scriptNotRunnable,
    `${script} is neither a Python nor a JavaScript or TypeScript file, so it is not known what would run it. ` +
      'Nothing was started. Give the whole command instead, such as `mlops run -- bash train.sh`.',
  );
}

export function workingFolderNotFound(folder: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.workingFolderNotFound,
    `There is no folder ${folder} to run the command in. Nothing was started. Name a folder of the workspace.`,
  );
}

export function workingFolderOutside(folder: string, workspace: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.workingFolderOutside,
    `${folder} lies outside the workspace folder ${workspace}, where its runs would be kept. ` +
      'Nothing was started. Run the command from a folder of the workspace.',
  );
}

export function programNotFound(program: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.programNotFound,
    `${program} was not found. Nothing was started. Install it, put it on PATH, or give its full path.`,
  );
}

/** `asked` is the interpreter that was chosen, when one was. */
export function pythonNotFound(asked?: string): WorkbenchError {
  const what = asked
    ? `The chosen Python interpreter ${asked} does not exist.`
    : 'No Python was found: neither a .venv beside the script nor python3 on PATH.';
  return new WorkbenchError(
    launchErrorCodes.pythonNotFound,
    `${what} Nothing was started. Select an interpreter, or install Python 3.`,
    { actions: [{ kind: 'selectInterpreter', title: 'Select Interpreter' }] },
  );
}

export function nodeTooOld(script: string, version: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.nodeTooOld,
    `Node.js ${version} cannot run ${script} by itself. Nothing was started. ` +
      'Add tsx to the project (npm install --save-dev tsx), or use Node.js 22.18 or newer.',
  );
}

/** `file` is relative to the workspace folder; line and column count from 1. */
export function parametersInvalid(
  file: string,
  line: number,
  column: number,
  reason: string,
): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.parametersInvalid,
    `${file} cannot be read, line ${line}, column ${column}: ${reason} Nothing was started. ` +
      'Correct the file and run again.',
    { actions: [{ kind: 'openFile', title: 'Open File', subject: `${file}:${line}:${column}` }] },
  );
}

export function parametersInFile(script: string, file: string, keys: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.parametersInFile,
    `${script} reads its parameters from ${file} itself, so changed values of ${list(keys)} would not reach it. ` +
      `Nothing was started, and ${file} is as it was. Write them into ${file}, or let the script read the file ` +
      'that the variable MLOPS_PARAMS names.',
    { actions: [{ kind: 'writeParameters', title: `Write to ${file}`, subject: file }] },
  );
}

export function parametersNotRead(script: string, keys: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.parametersNotRead,
    `${script} has no command line option for ${list(keys)} and there is no params.yaml, so the values would ` +
      'not reach it. Nothing was started. Give the script such options, or let it read a params.yaml.',
  );
}

export function nameOfDeletedExperiment(name: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.nameOfDeletedExperiment,
    `The experiment “${name}” was deleted and keeps its name. Nothing was started. ` +
      'Restore it, or run under another name.',
  );
}

export function notStoppable(name: string): WorkbenchError {
  return new WorkbenchError(
    launchErrorCodes.notStoppable,
    `The run ${name} was started outside MLOps Workbench, which therefore cannot stop it. It goes on. ` +
      'End its script where it was started.',
  );
}

function list(keys: readonly string[]): string {
  const named = keys.slice(0, 3).join(', ');
  return keys.length > 3 ? `${named} and ${keys.length - 3} more` : named;
}
