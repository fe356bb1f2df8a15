import { WorkbenchError } from '../../base/errors.ts';

/** Every error about keys that a person can meet in the editor. None holds a key or anything derived from one. */

export function keyNameInvalid(id: string): WorkbenchError {
  return new WorkbenchError(
    'client.keyNameInvalid',
    `“${id}” cannot name a key. Nothing was changed. Use 1 to 64 letters, digits, dots, hyphens and underscores, ` +
      'beginning with a letter or digit.',
  );
}

export function keyNameTaken(id: string): WorkbenchError {
  return new WorkbenchError(
    'client.keyNameTaken',
    `There is a key named ${id} already. Nothing was changed. Choose another name, or rotate that key.`,
  );
}

export function noSuchKey(id: string): WorkbenchError {
  return new WorkbenchError(
    'client.noSuchKey',
    `The key ${id} is not known on this computer. Nothing was changed. Make it, or enter the copy that was exported.`,
  );
}

export function noKeys(): WorkbenchError {
  return new WorkbenchError(
    'client.noKeys',
    'No anonymisation key was made on this computer yet. Make one first, here or on the page Anonymise Data.',
    { actions: [{ kind: 'makeKey', title: 'Make Key…' }] },
  );
}

export function notAKey(): WorkbenchError {
  return new WorkbenchError(
    'client.notAKey',
    'What was entered is no key: a key is 32 bytes, as 64 hexadecimal digits or as 44 characters of base64. ' +
      'Nothing was changed.',
  );
}

export function keyAlreadyExported(id: string, time: number): WorkbenchError {
  return new WorkbenchError(
    'client.keyAlreadyExported',
    `The key ${id} was exported on ${new Date(time).toISOString().slice(0, 10)}, and a key is exported once. ` +
      'Nothing was changed. Use the copy that was made then, or rotate the key.',
  );
}

export function keyFileInWorkspace(): WorkbenchError {
  return new WorkbenchError(
    'client.keyFileInWorkspace',
    'A key must not lie in a workspace folder, where it could be committed with the data. Nothing was written. ' +
      'Choose a folder outside of it.',
  );
}
