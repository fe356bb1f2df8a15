import { WorkbenchError } from '../base/errors.ts';
import { keyFileVariable, whereTerminalsLook } from './keyVariable.ts';

/** Every error about keys that a person can meet. None holds a key, a part of one, or anything derived from one. */

const nothingWritten = 'Nothing was written.';

export function noSuchKey(keyId: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.noSuchKey',
    `The key ${keyId} is not known here. ${nothingWritten} ` +
      `Make or import it in the editor, or ${whereTerminalsLook(keyId)}.`,
  );
}

/** A key without a name in a variable that several names share. */
export function keyNotNamedInVariable(keyId: string, variable: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyNotNamedInVariable',
    `The variable ${variable} holds a key without its name, and keys of other names than ${keyId} have that variable as well, ` +
      `so it was not used. ${nothingWritten} Set it to \`${keyId} = KEY\`, or write that line into the file that ${keyFileVariable} names.`,
  );
}

export function wrongKey(keyId: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.wrongKey',
    `The key ${keyId} is not the one that the recipe was made with: its check value differs. ${nothingWritten} ` +
      'Use the key under which the recipe was first applied, or make a new release with a new key.',
  );
}

export function notAKey(where: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.notAKey',
    `${where} does not hold a key: a key is 32 bytes, as 64 hexadecimal digits or as 44 characters of base64. ${nothingWritten}`,
  );
}

export function keyFileMissing(file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyFileMissing',
    `The key file ${file} cannot be read. ${nothingWritten} Correct MLOPS_ANONYMISE_KEY_FILE.`,
  );
}

export function keyFileOpenToOthers(file: string, mode: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyFileOpenToOthers',
    `The key file ${file} can be read or written by others (mode ${(mode & 0o777).toString(8).padStart(4, '0')}), so it was not used. ` +
      `${nothingWritten} Run: chmod 600 '${file.replaceAll("'", `'\\''`)}'`,
  );
}

export function keyFileInWorkspace(file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyFileInWorkspace',
    `The key file ${file} lies inside the workspace, where it could be committed with the data, so it was not used. ` +
      `${nothingWritten} Move it to a folder outside the workspace.`,
  );
}

export function keyFileAppeared(file: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyFileAppeared',
    `The key file ${file} was made by somebody else at this moment, or is a link to nowhere. ${nothingWritten} Try again.`,
  );
}

export function keyFileNotText(file: string, line: number): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyFileNotText',
    `Line ${line} of the key file ${file} is not \`NAME = KEY\`. ${nothingWritten} ` +
      'Write one key a line: its id, an equals sign, and 64 hexadecimal digits or 44 characters of base64.',
  );
}

export function keyNameTaken(name: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyNameTaken',
    `There is a key named ${name} already. Nothing was changed. Choose another name, or rotate that key.`,
  );
}

export function keyNameInvalid(name: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyNameInvalid',
    `“${name}” cannot name a key. Nothing was changed. Use 1 to 64 letters, digits, dots, hyphens and underscores, beginning with a letter or digit.`,
  );
}

export function keyAlreadyExported(keyId: string, exported: string): WorkbenchError {
  return new WorkbenchError(
    'privacy.keyAlreadyExported',
    `The key ${keyId} was exported on ${exported.slice(0, 10)}, and a key is exported once. Nothing was changed. ` +
      'Use the copy that was made then, or rotate the key.',
  );
}
