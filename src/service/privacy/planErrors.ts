import { WorkbenchError } from '../../base/errors.ts';
import { groupDigits, plural } from '../../base/format.ts';

/** Every error between a recipe and its table that a person can meet. */

const nothing = 'The input is as it was, and nothing was written.';

export function missingColumn(column: string, nearest: string | undefined): WorkbenchError {
  const advice = nearest
    ? `Did you mean ${nearest}?`
    : 'Take it out of the recipe, or choose the right table.';
  return new WorkbenchError(
    'privacy.missingColumn',
    `The recipe names the column ${column}, which the table does not have. ${advice} ${nothing}`,
  );
}

export function unlistedColumns(columns: readonly string[]): WorkbenchError {
  const some = columns.slice(0, 5).join(', ') + (columns.length > 5 ? ', …' : '');
  return new WorkbenchError(
    'privacy.unlistedColumns',
    `The recipe says nothing of ${plural(columns.length, 'column')} of the table: ${some}. ${nothing} ` +
      'Give each a method, or set otherColumns to keep or drop.',
  );
}

export function nothingKept(): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingKept',
    `The recipe drops every column of the table, so there would be no output. ${nothing} Keep one column at least.`,
  );
}

export function keyNotNamed(column: string, method: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyNotNamed',
    `The method ${method} of ${column} needs a key, and the recipe names none. ${nothing} Write its name as key.id.`,
  );
}

export function subjectNotNamed(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.subjectNotNamed',
    `The dates of ${column} are to move with their subject, and the recipe does not say which column that is. ${nothing} ` +
      'Write its name as subject.',
  );
}

/** `alias` is another name of the same file, by a link for instance. */
export function outputIsInput(file: string, alias = file): WorkbenchError {
  const also = alias === file ? '' : ` (${alias} is the same file)`;
  return new WorkbenchError(
    'privacy.outputIsInput',
    `The recipe would write its output over its input ${file}${also}. ${nothing} Choose another output path.`,
  );
}

export function outputOfOtherKind(output: string, input: string, ending: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.outputOfOtherKind',
    `The output ${output} cannot be written: an output is of the kind of its input, ${input}. ${nothing} Let its name end with ${ending}.`,
  );
}

export function noSuchHierarchy(
  column: string,
  hierarchy: string,
  nearest: string | undefined,
): WorkbenchError {
  const advice = nearest ? `Did you mean ${nearest}?` : 'Describe it under guarantee.hierarchies.';
  return new WorkbenchError(
    'privacy.noSuchHierarchy',
    `The hierarchy ${hierarchy} of ${column} is not in the recipe. ${advice} ${nothing}`,
  );
}

export function nothingToRestore(): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingToRestore',
    `No column of this recipe can be brought back with a key. ${nothing}`,
  );
}

export function tooManyCells(counts: string, cells: number, most: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooManyCells',
    `The counts ${counts} would have ${groupDigits(cells)} combinations of categories, and ${groupDigits(most)} are the most. ${nothing} ` +
      'Count by fewer columns, or by fewer categories or bins.',
  );
}
