import { WorkbenchError } from '../../../base/errors.ts';
import { groupDigits } from '../../../base/format.ts';
import { type ColumnKind, nameOfKind } from './columnType.ts';

/** Every error of a method that a person can meet. Values are named by their row: a message may be seen by many. */

const untouched = 'The input is as it was, and no output was written.';

export function impossibleMethod(
  column: string,
  method: string,
  kind: ColumnKind,
  instead: string,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.impossibleMethod',
    `The method ${method} cannot be used on ${column}, a column of ${nameOfKind(kind)}. ${untouched} ${instead}`,
  );
}

export function invalidOption(column: string, option: string, problem: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.invalidOption',
    `The option ${option} of ${column} cannot be used: ${problem} ${untouched} Change it in the recipe.`,
  );
}

/** `row` counts from 1, as people do. */
export function notANumber(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.notANumber',
    `Row ${groupDigits(row)} of ${column} is not a number. ${untouched} Mend it, or choose another method for the column.`,
  );
}

export function moreDecimals(column: string, row: number, decimals: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.moreDecimals',
    `Row ${groupDigits(row)} of ${column} has more than ${decimals} decimals, and rounding could not be undone. ${untouched} ` +
      'Raise `decimals` in the recipe, or write `round: true` there to round.',
  );
}

export function notADate(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.notADate',
    `Row ${groupDigits(row)} of ${column} is not a date as YYYY-MM-DD, nor a point in time. ${untouched} ` +
      'Mend it, or choose another method for the column.',
  );
}

export function dateLeavesCalendar(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.dateLeavesCalendar',
    `Row ${groupDigits(row)} of ${column} would leave the years 1 to 9999 when it is moved. ${untouched} ` +
      'Choose fewer days in the recipe.',
  );
}

export function wrongFormat(column: string, row: number, format: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.wrongFormat',
    `Row ${groupDigits(row)} of ${column} does not have the format ${format}. ${untouched} ` +
      'Mend it, or choose a pseudonym for the column.',
  );
}

export function emptyInGroup(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.emptyInGroup',
    `Row ${groupDigits(row)} of ${column} is empty or no number, and microaggregation needs one in each row. ${untouched} ` +
      'Leave such rows out first, or choose another method for the column.',
  );
}

/** SP 800-38G r1 asks for a million values at least. */
export function domainTooSmall(column: string, row: number, count: number, radix: number): WorkbenchError {
  const needed = Math.ceil(Math.log(1_000_000) / Math.log(radix));
  return new WorkbenchError(
    'privacy.domainTooSmall',
    `Row ${groupDigits(row)} of ${column} has ${count} characters to encrypt, too few to be safe: at least ${needed} are needed ` +
      `so that there are a million possible values. ${untouched} Keep less of it clear, or choose a pseudonym for the column.`,
  );
}

export function missingRowKey(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.missingRowKey',
    `Row ${groupDigits(row)} has no value in its row key, so the noise of ${column} has nothing to come from. ${untouched} ` +
      'Choose row key columns that are never empty, or leave `rowKey` out to use the row number.',
  );
}
