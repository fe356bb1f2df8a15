import { WorkbenchError } from '../../base/errors.ts';
import { groupDigits } from '../../base/format.ts';
import { whereTerminalsLook } from '../../keys/keyVariable.ts';
import { keyMissingCode } from '../../protocol/privacy.ts';

/** Every error about recipes and their application that a person can meet; none holds a key or anything made from one. */

const untouched = 'The input is as it was, and nothing was written.';

export function keyMissing(keyId: string): WorkbenchError {
  return new WorkbenchError(
    keyMissingCode,
    `The key ${keyId} has not been handed over. ${untouched} ` +
      `Choose or make it in the editor, or ${whereTerminalsLook(keyId)}.`,
  );
}

export function recipeIsNewer(recipe: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.recipeChanged',
    `${recipe} was changed by somebody else meanwhile. The change was not made, and the file is as they left it. ` +
      'Look at it again and repeat the change.',
  );
}

export function noSuchRecipe(recipe: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noSuchRecipe',
    `There is no recipe ${recipe}. ${untouched} Propose one with: mlops anonymise suggest TABLE`,
  );
}

export function recipeHasProblems(recipe: string, problem: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.recipeInvalid',
    `${recipe} cannot be changed as it stands: ${problem} It is as it was. Correct it in the editor first.`,
  );
}

export function cannotWriteRecipe(recipe: string, error: unknown): WorkbenchError {
  const reason = error instanceof Error ? error.message : String(error);
  return new WorkbenchError(
    'privacy.cannotWriteRecipe',
    `Could not write ${recipe}: ${reason}. What was there is as it was.`,
    { cause: error },
  );
}

export function noSuchColumn(recipe: string, column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noSuchColumn',
    `The table of ${recipe} has no column ${column}. Nothing was changed. Look at the recipe again.`,
  );
}

export function columnsDifferByCase(table: string, first: string, second: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.columnsDifferByCase',
    `${table} has the columns ${first} and ${second}, which differ by capitals or by how accents are written alone. ${untouched} Rename one of them.`,
  );
}

export function columnNameTaken(table: string, column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.columnNameTaken',
    `${table} has a column named ${column}, a name that is needed for the numbers of its rows. ${untouched} Rename it.`,
  );
}

export function nothingSensitive(): WorkbenchError {
  return new WorkbenchError(
    'privacy.nothingSensitive',
    `The guarantee asks for l-diversity or t-closeness, and no column has the role sensitive. ${untouched} ` +
      'Give one that role, name columns under l or t, or take l and t out.',
  );
}

export function sensitiveIsGrouped(column: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.sensitiveIsGrouped',
    `The values of ${column} are to be diverse in each group, and ${column} is itself one of the columns that make the groups. ` +
      `${untouched} Name the columns of l and t without it, or give it another role and method.`,
  );
}

export function rowsMayHaveMoved(table: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.rowsMayHaveMoved',
    `${table} is no longer as it was written, and its noise goes by the number of the row: in another order wrong values ` +
      `would come back. ${untouched} Restore from the file as it was written. Where only other columns were changed and ` +
      'every row is in its place, give the file another name first.',
  );
}

export function rowKeyRepeats(keys: readonly string[], rows: readonly [number, number]): WorkbenchError {
  return new WorkbenchError(
    'privacy.rowKeyRepeats',
    `Rows ${groupDigits(rows[0])} and ${groupDigits(rows[1])} have the same row key (${keys.join(', ')}). They would get the ` +
      `same noise, and the difference between them would be the true one. ${untouched} ` +
      'Name further columns as rowKey, so that it is another one for each row, or none: then the number of the row counts.',
  );
}

export function pseudonymsClash(column: string, length: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.pseudonymsClash',
    `Two different values of ${column} would get the same pseudonym: ${length} characters are too few for so many values. ` +
      `${untouched} Raise \`length\`; with 16 it hardly ever happens.`,
  );
}

/** `row` as people count the rows of that file; `kind` in the plural. */
export function columnHasOtherType(table: string, column: string, row: number, kind: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.columnHasOtherType',
    `Column ${column} was a column of ${kind} when the recipe was first applied, and in ${table} it has something else in row ${groupDigits(row)}. ${untouched} ` +
      `Mend that value, or take \`type\` out of the column’s section in the recipe.`,
    { actions: [{ kind: 'openFile', title: 'Open Row', subject: `${table}:${row}` }] },
  );
}

export function hierarchyFileMissing(column: string, file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyFileMissing',
    `The hierarchy of ${column} is to be read from ${file}, which cannot be read. ${untouched} Correct its path, which starts at the recipe.`,
  );
}

/** `highest` is undefined where nothing is generalised in the column. */
export function noSuchLevel(column: string, level: number, highest: number | undefined): WorkbenchError {
  const why =
    highest === undefined
      ? 'but it is no quasi-identifier of the table that a hierarchy generalises'
      : `but the hierarchy has the levels 0 to ${highest} for these values`;
  return new WorkbenchError(
    'privacy.noSuchLevel',
    `guarantee.levels keeps ${column} on level ${level}, ${why}. ${untouched} Correct it in the recipe, or take it out so that a level is searched.`,
  );
}

export function tooManyForTable(column: string, values: number, most: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooManyForTable',
    `${column} has ${groupDigits(values)} values, and a table of at most ${groupDigits(most)} can be edited. ${untouched} ` +
      'Write a rule for it in the recipe instead, such as intervals or redaction.',
  );
}

export function hierarchyFileTaken(file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.hierarchyFileTaken',
    `The hierarchy would be written to ${file}, which is there already. It is as it was, and the recipe too. ` +
      'Name it in the recipe, or move it away.',
  );
}

export function tooManyTuples(columns: readonly string[], most: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.tooManyCombinations',
    `The quasi-identifiers ${columns.join(', ')} have more than ${groupDigits(most)} combinations, too many to search. ${untouched} ` +
      'Drop the column that is different in nearly every row, or give it a pseudonym or wider groups of its own.',
  );
}

export function noiseTooLarge(column: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.noiseTooLarge',
    `With its noise, row ${groupDigits(row)} of ${column} is too large for 64 bits. ${untouched} Make the scale smaller.`,
  );
}

export function outputWrong(output: string, what: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.outputWrong',
    `What was to become ${output} is not what it should be: ${what}. It was thrown away. ${untouched} ` +
      'Please report this with the recipe.',
  );
}

export function originalSurvives(column: string, values: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.originalSurvives',
    `${groupDigits(values)} values of the direct identifier ${column} would still stand in the output. ${untouched} ` +
      'Choose another method for the column, or drop it.',
  );
}

export function outputExists(output: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.outputExists',
    `${output} is there already, and it is not known to come from an application of this recipe. It is as it was. ` +
      'Choose another output, or move it away.',
  );
}

export function noSuchSynthesis(run: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noSuchSynthesis',
    `The run ${run} is not a synthesis that this service has started. What it wrote, if it ended, is where it was to be. ` +
      'Look at the run in the Experiments tree.',
  );
}

export function outputIsFolder(output: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.outputIsFolder',
    `The output ${output} is a folder. ${untouched} Choose the name of a file.`,
  );
}

export function countsPathTaken(counts: string, file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.countsPathTaken',
    `The counts ${counts} would be written over ${file}, which is something else of this recipe. ${untouched} ` +
      'Give them another path in the recipe.',
  );
}

export function countsFolderMissing(counts: string, folder: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.countsFolderMissing',
    `The counts ${counts} are to be written in the folder ${folder}, which is not there. ${untouched} Make it, or correct the path in the recipe.`,
  );
}

export function releaseIsTaken(
  recipe: string,
  release: string,
  input: string,
  columns: readonly string[],
): WorkbenchError {
  return new WorkbenchError(
    'privacy.releaseIsTaken',
    `The release ${release} was made from a table of other content than ${input} has now. With the same noise in both ` +
      `(${columns.join(', ')}), their differences would tell it. ${untouched} ` +
      `Give it a release of its own: mlops anonymise apply ${recipe} --release NAME, or another \`release\` in the recipe.`,
    { actions: [{ kind: 'openFile', title: 'Open Recipe', subject: recipe }] },
  );
}

export function noiseIsTaken(sibling: string, release: string, columns: readonly string[]): WorkbenchError {
  return new WorkbenchError(
    'privacy.noiseIsTaken',
    `${sibling} has given another table of the release ${release} the noise of ${columns.join(', ')}: with the same ` +
      `noise in both, their differences would tell it. ${untouched} ` +
      'Give this recipe another `dataset` or another `release`; pseudonyms alone may be shared.',
  );
}

export function restoreKeyMissing(keyId: string, release: string): WorkbenchError {
  return new WorkbenchError(
    keyMissingCode,
    `The key ${keyId}, with which the release ${release} was made, is not here, and nothing else can restore it. ${untouched} ` +
      `Enter the copy that was exported when it was made (a new key of that name would not do), or ${whereTerminalsLook(keyId)}.`,
  );
}

export function noReport(recipe: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noReport',
    `${recipe} has not been applied yet, so there is no report. Apply it with: mlops anonymise apply ${recipe}`,
  );
}

export function notInWorkspace(file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.outsideWorkspace',
    `${file} lies outside the workspace folder. ${untouched} Choose a place inside it.`,
  );
}
export function jobCrashed(error: unknown): WorkbenchError {
  const reason = error instanceof Error ? error.message : String(error);
  return new WorkbenchError(
    'privacy.crashed',
    `The work ended unexpectedly: ${reason}. ${untouched} Try again; with less memory in use elsewhere where that was the reason.`,
    { cause: error },
  );
}
