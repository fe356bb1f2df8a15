import { WorkbenchError } from '../../../base/errors.ts';

/** Every error about synthetic tables that a person can meet. */

const nothingChanged = 'Nothing was written, and the data was not touched.';

export function tooFewRows(rows: number, needed: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooFewRows',
    `The table has ${rows === 1 ? 'one row' : `${rows} rows`}, and a synthetic table learned from fewer than ${needed} would repeat them. ${nothingChanged} ` +
      'Use a larger table, or lower the size below which values count as rare.',
  );
}

export function tooManyColumns(columns: number, most: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooManyColumns',
    `The table has ${columns} columns, and how all pairs of them belong together can be learned for ${most} at the most, of which a column of numbers with missing values takes two. ${nothingChanged} ` +
      'Choose the columns that matter.',
  );
}

export function tooWide(most: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooWide',
    `The table's columns and their categories are more than ${most} inputs for a neural network, which it does not take. ${nothingChanged} ` +
      'Choose the columns that matter, or take the Gaussian copula.',
  );
}

export function diverged(epoch: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.diverged',
    `The neural network lost its way in epoch ${epoch}: its losses are no numbers any more, and it would draw nonsense. ${nothingChanged} ` +
      'Ask for fewer epochs, or take another method.',
  );
}

export function noSuchColumn(column: string, what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noSuchColumn',
    `${what} names the column "${column}", which the table does not have. ${nothingChanged} Mend the name, or leave it out.`,
  );
}

export function notOrdered(column: string, what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.notOrdered',
    `${what} compares the column "${column}", whose values are neither numbers nor dates. ${nothingChanged} ` +
      'Choose a column of numbers or dates.',
  );
}

export function notInOrder(constraint: string, value: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.notInOrder',
    `${constraint} has the limit "${value}", which is neither a number nor a date. ${nothingChanged} Write it as the column does.`,
  );
}

export function constraintBroken(
  constraint: string,
  row: number,
  columns: readonly string[],
): WorkbenchError {
  return new WorkbenchError(
    'privacy.constraintBroken',
    `${constraint} does not hold in the real table: row ${row + 1} breaks it (${columns.map((name) => `"${name}"`).join(', ')}). ${nothingChanged} ` +
      'Mend the row, or leave the constraint out.',
  );
}

export function constraintsOverlap(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.constraintsOverlap',
    `The column "${column}" is in more than one constraint about combinations or inequalities, which cannot be learned together. ${nothingChanged} ` +
      'Leave one of them out.',
  );
}

export function noFrequentCombination(columns: readonly string[], rareBelow: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.noFrequentCombination',
    `No combination of ${columns.map((name) => `"${name}"`).join(', ')} is shared by ${rareBelow} rows, so each would give persons away. ${nothingChanged} ` +
      'Leave the constraint out, or lower the size below which values count as rare.',
  );
}

export function unreachable(found: number, wanted: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.unreachable',
    `Only ${found} of ${wanted} rows could be drawn that obey every constraint and condition. ${nothingChanged} ` +
      'Ask for fewer rows, or loosen the constraints and conditions.',
  );
}

export function conditionUnknown(column: string, value: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.conditionUnknown',
    `The condition ${column} = ${value} cannot be met: the model knows no such value, or it was so rare that it was merged with others. ${nothingChanged} ` +
      'Choose a value that more rows have.',
  );
}

export function conditionDerived(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.conditionDerived',
    `The column "${column}" follows from an inequality, so rows cannot be drawn by its value. ${nothingChanged} ` +
      'Put the condition on the lower column of the inequality, or leave the inequality out.',
  );
}

export function notLearned(column: string, what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.notLearned',
    `${what} names the column "${column}", which is not learned: the recipe drops it, or it names people. ${nothingChanged} ` +
      'Choose another column, or another role or method for this one.',
  );
}

export function nothingToLearn(rareBelow: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingToLearn',
    `The table has nothing that can be learned without giving rows away: its columns are empty, left out, or have values that fewer than ${rareBelow} rows share. ${nothingChanged} ` +
      'Use a table with columns that repeat their values, or lower the size below which values count as rare.',
  );
}
