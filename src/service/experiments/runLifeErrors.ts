import { WorkbenchError } from '../../base/errors.ts';

/** What can be wrong with naming, tagging, deleting or restoring a run. */
export const runLifeErrorCodes = {
  emptyName: 'experiments.emptyRunName',
  badTagName: 'experiments.badTagName',
  underWay: 'experiments.runUnderWay',
  perhapsUnderWay: 'experiments.runPerhapsUnderWay',
} as const;

export function emptyRunName(name: string): WorkbenchError {
  return new WorkbenchError(
    runLifeErrorCodes.emptyName,
    `A run needs a name, so ${name} keeps its own. Give it a name with at least one letter.`,
  );
}

export function badTagName(name: string): WorkbenchError {
  return new WorkbenchError(
    runLifeErrorCodes.badTagName,
    `“${name}” cannot be the name of a tag. Nothing was changed. Use up to 250 letters, digits, spaces and ` +
      '_ - . : / , with no / at an end and no .. between two of them.',
  );
}

export function runUnderWay(name: string): WorkbenchError {
  return new WorkbenchError(
    runLifeErrorCodes.underWay,
    `The run ${name} is still under way. Nothing was deleted. Stop it first.`,
  );
}

export function runPerhapsUnderWay(name: string): WorkbenchError {
  return new WorkbenchError(
    runLifeErrorCodes.perhapsUnderWay,
    `The run ${name} was started outside MLOps Workbench and has not said that it ended. Nothing was deleted. ` +
      'End its script first, or delete it anyway when that is gone already: a script that still logs to it would fail.',
    { actions: [{ kind: 'deleteAnyway', title: 'Delete Anyway' }] },
  );
}
