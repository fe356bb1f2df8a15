import { WorkbenchError } from '../../base/errors.ts';
import { groupDigits } from '../../base/format.ts';

/** Every error about tables that a person can meet. `data` is the path as it was asked for. */

const nothingChanged = 'Nothing was changed.';

export function noSuchTable(data: string): WorkbenchError {
  return new WorkbenchError(
    'data.noSuchFile',
    `There is no file ${data}. ${nothingChanged} Check the path; a dataset that is only a pointer is brought back with: mlops checkout`,
  );
}

export function tableIsFolder(data: string): WorkbenchError {
  return new WorkbenchError(
    'data.folder',
    `${data} is a folder, and a table is one file. ${nothingChanged} Choose a file in it.`,
  );
}

export function unreadableTable(data: string, reason: string): WorkbenchError {
  return new WorkbenchError('data.unreadable', `Could not read ${data}: ${reason}. ${nothingChanged}`);
}

export function emptyTable(data: string): WorkbenchError {
  return new WorkbenchError(
    'data.empty',
    `${data} is empty: it has no header and no row. ${nothingChanged} Choose a file with data in it.`,
  );
}

export function notATable(data: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'data.notATable',
    `${data} is no table: ${reason}. ${nothingChanged} CSV, TSV, JSON, JSON lines, Parquet and Arrow files can be read.`,
  );
}

export function raggedRow(data: string, row: number, expected: number, found: number): WorkbenchError {
  const first = Math.min(expected, found) + 1;
  const what =
    found < expected ? `ends before column ${first}` : `has a value too many, from column ${first} on`;
  return new WorkbenchError(
    'data.raggedRow',
    `Row ${groupDigits(row)} of ${data} ${what}: it has ${found} values, and the header has ${expected} columns. ${nothingChanged} ` +
      'Mend that row, or quote the value that has the delimiter in it, and try again.',
    { actions: [{ kind: 'openFile', title: 'Open Row', subject: `${data}:${row}` }] },
  );
}

export function unterminatedQuote(data: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'data.unterminatedQuote',
    `In row ${groupDigits(row)} of ${data} a quoted value does not end where it should. ${nothingChanged} ` +
      'Write a quote inside a quoted value twice, or close the value, and try again.',
    { actions: [{ kind: 'openFile', title: 'Open Row', subject: `${data}:${row}` }] },
  );
}

export function wrongEncoding(data: string, row: number, encoding: string): WorkbenchError {
  return new WorkbenchError(
    'data.wrongEncoding',
    `Row ${groupDigits(row)} of ${data} has bytes that are not ${encoding}, in which its beginning is written. ${nothingChanged} ` +
      'Save the file in one encoding, best UTF-8, and try again.',
  );
}

/** `row` is the first one that ends otherwise, where that is the reason. */
export function mixedLineEnds(data: string, row: number | undefined): WorkbenchError {
  const what =
    row === undefined
      ? `${data} cannot be divided into rows: perhaps a quote stands in the middle of a value.`
      : `Row ${groupDigits(row)} of ${data} ends otherwise than the rows before it: Windows and Unix line ends are mixed.`;
  return new WorkbenchError(
    'data.mixedLineEnds',
    `${what} ${nothingChanged} Save it with one kind of line end and try again.`,
  );
}

export function lineTooLong(data: string, row: number): WorkbenchError {
  return new WorkbenchError(
    'data.lineTooLong',
    `Row ${groupDigits(row)} of ${data} is longer than 16 MB; perhaps a quote is not closed. ${nothingChanged} ` +
      'Mend that row and try again.',
  );
}

export function emptyHeader(data: string, column: number): WorkbenchError {
  return new WorkbenchError(
    'data.emptyHeader',
    `Column ${groupDigits(column)} of ${data} has no name in row 1. ${nothingChanged} Give it a name and try again.`,
    { actions: [{ kind: 'openFile', title: 'Open File', subject: `${data}:1` }] },
  );
}

export function duplicateHeader(data: string, name: string, first: number, second: number): WorkbenchError {
  return new WorkbenchError(
    'data.duplicateHeader',
    `Columns ${groupDigits(first)} and ${groupDigits(second)} of ${data} are both named “${name}” in row 1. ${nothingChanged} ` +
      'Rename one of them and try again.',
    { actions: [{ kind: 'openFile', title: 'Open File', subject: `${data}:1` }] },
  );
}

export function malformedJson(data: string, row: number | undefined, reason: string): WorkbenchError {
  const where = row === undefined ? '' : ` in row ${groupDigits(row)}`;
  return new WorkbenchError(
    'data.malformedJson',
    `${data} is not valid JSON${where}: ${reason}. ${nothingChanged} Mend it and try again.`,
  );
}

export function damagedTable(data: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'data.damaged',
    `${data} is damaged or cut off: ${reason}. ${nothingChanged} Write or fetch it again.`,
  );
}

/** The value itself may be a person's, and errors are logged: it is not quoted. */
export function valueDoesNotFit(data: string): WorkbenchError {
  return new WorkbenchError(
    'data.valueDoesNotFit',
    `A value of ${data} is too large for what it is to be computed or written as. ${nothingChanged} ` +
      'Ask for fewer decimals, or leave the column as it is.',
  );
}

/** Thrown only where types were taken from the beginning of a file: `settle` looks at all of it. */
export function typeChanged(
  data: string,
  column: string,
  row: number | undefined,
  type: string,
): WorkbenchError {
  const where = row === undefined ? 'further down' : `in row ${groupDigits(row)}`;
  return new WorkbenchError(
    'data.typeChanged',
    `Column “${column}” of ${data} begins as ${type} but has something else ${where}. ${nothingChanged} Read it as text.`,
  );
}

export function noSuchColumn(data: string, column: string, known: readonly string[]): WorkbenchError {
  const some = known.slice(0, 12).join(', ');
  return new WorkbenchError(
    'data.noSuchColumn',
    `${data} has no column “${column}”. ${nothingChanged} It has: ${some}${known.length > 12 ? ', …' : ''}.`,
  );
}

export function targetIsSource(target: string): WorkbenchError {
  return new WorkbenchError(
    'data.targetIsSource',
    `${target} is the file that is read, so writing it would destroy the original. ${nothingChanged} Choose another name.`,
  );
}

export function targetExists(target: string): WorkbenchError {
  return new WorkbenchError(
    'data.targetExists',
    `${target} exists already. ${nothingChanged} Choose another name, or overwrite it.`,
    { actions: [{ kind: 'overwrite', title: 'Overwrite', subject: target }] },
  );
}

export function cannotWriteTable(target: string, reason: string): WorkbenchError {
  return new WorkbenchError(
    'data.cannotWrite',
    `${target} could not be written: ${reason}. Nothing of it was left behind, and the input is untouched.`,
  );
}

export function changedWhileWriting(data: string): WorkbenchError {
  return new WorkbenchError(
    'data.changedWhileReading',
    `${data} changed while it was being read. Nothing was written. Wait until the program that writes it is done, then try again.`,
    { actions: [{ kind: 'retry', title: 'Try Again' }] },
  );
}

export function notEnoughRoom(data: string, what: 'memory' | 'disk', cause: unknown): WorkbenchError {
  const advice =
    what === 'disk'
      ? 'Make room on the disk of the workspace folder'
      : 'Close other programs, or choose fewer columns,';
  return new WorkbenchError(
    'data.notEnoughRoom',
    `There is not enough ${what} to work on ${data}. ${nothingChanged} ${advice} and try again.`,
    { cause },
  );
}
