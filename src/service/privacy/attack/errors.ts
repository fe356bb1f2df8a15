import { WorkbenchError } from '../../../base/errors.ts';

/** Every error about attacks on a release. */

const nothingChanged = 'Nothing was changed.';

export function noControl(): WorkbenchError {
  return new WorkbenchError(
    'privacy.noControl',
    `Attacks are measured against rows that the release was not made from, and the real table, the release or those rows are empty. ${nothingChanged} ` +
      'Set some rows aside before the release is made.',
  );
}

export function nothingShared(): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingShared',
    `The release has no column in common with the table that it was made from, so no attack can be tried on it. ${nothingChanged} ` +
      'Compare a release with the table that it was made from.',
  );
}
