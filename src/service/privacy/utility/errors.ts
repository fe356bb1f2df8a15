import { WorkbenchError } from '../../../base/errors.ts';

/** Every error about the use that a released table still has. */

const nothingChanged = 'Nothing was changed.';

export function nothingToCompare(): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingToCompare',
    `The real and the released table have no column in common, or one of them has no rows, so they cannot be compared. ${nothingChanged} ` +
      'Compare a release with the table that it was made from.',
  );
}

export function noTarget(target: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noTarget',
    `There is no column "${target}" in the real, the released and the hold-out table, so no model can be trained to predict it. ${nothingChanged} ` +
      'Choose a target column that all of them have.',
  );
}

export function targetNotBinary(target: string, classes: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.targetClasses',
    `The target column "${target}" has ${classes === 1 ? 'one value' : `${classes} values`}, and models are trained to tell 2 to 50 classes apart. ${nothingChanged} ` +
      'Choose another target column.',
  );
}
