import { WorkbenchError } from '../../../base/errors.ts';
import { plural } from '../../../base/format.ts';

/** Every error about guarantees and risk that a person can meet. */

const nothingChanged = 'Nothing was changed.';

/** Labels as a sentence shows them: the first few, shortened, and how many there are beyond. */
function named(values: readonly (string | null)[], shown = 5): string {
  const texts = values.slice(0, shown).map((value) => quoted(value));
  const rest = values.length - texts.length;
  return rest > 0 ? `${texts.join(', ')} and ${rest} more` : texts.join(', ');
}

function quoted(value: string | null): string {
  if (value === null) {
    return 'the missing value';
  }
  return `"${value.length > 40 ? `${value.slice(0, 40)}…` : value}"`;
}

export function noRows(what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noRows',
    `${what} needs rows, and the table has none. ${nothingChanged} Choose a table with at least one row.`,
  );
}

export function noQuasiIdentifiers(what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noQuasiIdentifiers',
    `${what} needs at least one quasi-identifier, and none was given. ${nothingChanged} ` +
      'Give the role quasi-identifier to the columns by which somebody could be recognised.',
  );
}

export function wrongSetting(setting: string, value: unknown, wanted: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.wrongSetting',
    `${setting} is ${String(value)}, but must be ${wanted}. ${nothingChanged} Correct it and try again.`,
  );
}

export function columnMissing(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.columnMissing',
    `The table has no column "${column}". ${nothingChanged} Correct the name, or choose another column.`,
  );
}

export function raggedHierarchy(
  column: string,
  row: number,
  value: string | null,
  found: number,
  wanted: number,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyRagged',
    `The hierarchy of ${column} has ${found} levels in row ${row} (${quoted(value)}), but ${wanted} in row 1. ` +
      `${nothingChanged} Give every value a label on every level.`,
  );
}

export function emptyHierarchy(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyEmpty',
    `The hierarchy of ${column} has no rows. ${nothingChanged} Write one line for each value: value;level 1;…;*`,
  );
}

export function unclosedQuote(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyQuote',
    `The hierarchy of ${column} opens a quotation mark in row ${row} that is never closed. ${nothingChanged} ` +
      'Close it, or write it twice where it belongs to the value.',
  );
}

export function valueTwice(
  column: string,
  value: string | null,
  first: number,
  second: number,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyValueTwice',
    `The hierarchy of ${column} names ${quoted(value)} in row ${first} and again, otherwise, in row ${second}. ` +
      `${nothingChanged} Keep one of them.`,
  );
}

/** `level` counts from 0, the values themselves. */
export function notAFunction(
  column: string,
  level: number,
  label: string | null,
  values: readonly [string | null, string | null],
  parents: readonly [string | null, string | null],
): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyNotAFunction',
    `In the hierarchy of ${column}, ${quoted(label)} on level ${level} becomes ${quoted(parents[0])} for the value ` +
      `${quoted(values[0])}, but ${quoted(parents[1])} for ${quoted(values[1])} on level ${level + 1}. ` +
      `${nothingChanged} What is one label on a level must be one label on the next.`,
  );
}

export function valuesNotInHierarchy(column: string, values: readonly (string | null)[]): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyValuesMissing',
    `The hierarchy of ${column} does not know ${named(values)}. ${nothingChanged} ` +
      'Add a line for each of them, or let a hierarchy be proposed from the data.',
  );
}

export function unreadableValue(column: string, value: string | null, wanted: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyUnreadable',
    `The hierarchy of ${column} needs ${wanted}, and the column has ${quoted(value)}. ${nothingChanged} ` +
      'Correct the value, or choose another kind of hierarchy for this column.',
  );
}

export function outsideBounds(
  column: string,
  value: string | null,
  low: number | undefined,
  high: number | undefined,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyOutsideBounds',
    `The column ${column} has ${quoted(value)}, outside the bounds ${low ?? '−∞'} to ${high ?? '∞'} of its hierarchy. ` +
      `${nothingChanged} Widen the bounds, or leave them out so that the outer intervals are open.`,
  );
}

export function unreachable(
  criteria: string,
  violating: number,
  rows: number,
  limit: number,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.guaranteeUnreachable',
    `No generalisation reaches ${criteria}: fully generalised, ${violating} of ${rows} rows still break it, and at most ` +
      `${limit} may be suppressed. ${nothingChanged} Ask for less, allow more suppression, or let the hierarchies end in "*".`,
  );
}

export function nothingLeft(criteria: string, rows: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingLeft',
    `What changes least and reaches ${criteria} is to leave out all ${plural(rows, 'row')}. ${nothingChanged} Allow less suppression (guarantee.suppressionLimit), or ask for less.`,
  );
}

export function nothingInTime(
  criteria: string,
  seconds: number,
  tried: number,
  generalisations: number,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingFoundInTime',
    `No generalisation that reaches ${criteria} was found in ${seconds} s; ${tried} of ${generalisations} were tried, so there may be one. ` +
      `${nothingChanged} Give the search more time (guarantee.searchSeconds, or --seconds), ask for less, or group the rows by Mondrian.`,
  );
}

export function keptLevelsBreak(
  criteria: string,
  levels: readonly string[],
  violating: number,
  rows: number,
  limit: number,
): WorkbenchError {
  return new WorkbenchError(
    'privacy.keptLevelsBreak',
    `With the levels that are kept (${levels.join(', ')}) these rows do not reach ${criteria}: ${violating} of ${rows} break it, and at most ` +
      `${limit} may be left out. ${nothingChanged} Let the levels be searched anew, ask for less, or allow more rows to be left out.`,
  );
}

export function tooManyGeneralisations(quasiIdentifiers: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooManyGeneralisations',
    `${quasiIdentifiers} quasi-identifiers with these hierarchies have more than 9,000,000,000,000,000 generalisations, too many to search. ` +
      `${nothingChanged} Group the rows by Mondrian instead, or give fewer columns the role quasi-identifier.`,
  );
}

export function populationTooSmall(detail: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.populationTooSmall',
    `The population must hold the sample, but ${detail}. ${nothingChanged} Check which table is the population.`,
  );
}
