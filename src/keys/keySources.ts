import fs from 'node:fs';
import path from 'node:path';
import {
  keyFileAppeared,
  keyFileInWorkspace,
  keyFileMissing,
  keyFileNotText,
  keyFileOpenToOthers,
  keyNameInvalid,
  keyNameTaken,
  keyNotNamedInVariable,
  notAKey,
} from './errors.ts';
import { hasOwnVariable, keyFileVariable, keyVariable } from './keyVariable.ts';
import { isKeyName, type KeyRing, MasterKey, makeMasterKey, parseKeyText } from './masterKey.ts';

/**
 * The keys of the command line: `KEY` or `ID = KEY` in `MLOPS_ANONYMISE_KEY_<ID>`, else the line `ID = KEY` of a file
 * outside the workspace that its owner alone may read and that `MLOPS_ANONYMISE_KEY_FILE` names.
 */
export function environmentKeyRing(
  environment: Readonly<Record<string, string | undefined>>,
  workspace: string,
): KeyRing {
  const file = environment[keyFileVariable];
  let inFile: ReadonlyMap<string, MasterKey> | undefined;
  return {
    get(keyId) {
      const variable = keyVariable(keyId);
      const held = variable === undefined ? undefined : keyInVariable(variable, environment[variable]);
      if (held && (held.name ?? (hasOwnVariable(keyId) ? keyId : undefined)) === keyId) {
        return new MasterKey(keyId, held.bytes);
      }
      if (file !== undefined && file !== '') {
        inFile ??= readKeyFile(file, workspace);
      }
      const found = inFile?.get(keyId);
      if (!found && held && held.name === undefined) {
        throw keyNotNamedInVariable(keyId, variable!);
      }
      return found;
    },
  };
}

/** With its name where that stands there. */
function keyInVariable(
  variable: string,
  text: string | undefined,
): { readonly name: string | undefined; readonly bytes: Buffer } | undefined {
  if (text === undefined || text === '') {
    return undefined;
  }
  // A key in base64 ends with an equals sign, so it is asked first whether all of it is one.
  const all = parseKeyText(text);
  if (all) {
    return { name: undefined, bytes: all };
  }
  const { name, key } = namedKey(text) ?? {};
  const bytes = key === undefined ? undefined : parseKeyText(key);
  if (!bytes) {
    throw notAKey(variable);
  }
  return { name, bytes };
}

/** `NAME = KEY`. */
function namedKey(line: string): { readonly name: string; readonly key: string } | undefined {
  const [, name, key] = /^\s*([^\s=]+)\s*=\s*(\S+)\s*$/.exec(line) ?? [];
  return name === undefined || key === undefined ? undefined : { name, key };
}

/** Keys by id. `file` is refused inside `workspace`, links followed, and when others may open it. */
export function readKeyFile(file: string, workspace: string): ReadonlyMap<string, MasterKey> {
  const real = realPath(file);
  if (real === undefined) {
    throw keyFileMissing(file);
  }
  if (isInWorkspace(file, real, workspace)) {
    throw keyFileInWorkspace(file);
  }
  return parseKeyFile(readOwnFile(real, file), file);
}

/** The named place counts as well as the one it leads to: a link inside the workspace could be committed. */
function isInWorkspace(file: string, real: string | undefined, workspace: string): boolean {
  const places = [path.resolve(file), real ?? path.resolve(file)];
  const workspaces = [path.resolve(workspace), realPath(workspace) ?? workspace];
  return places.some((place) => workspaces.some((folder) => contains(folder, place)));
}

/** The mode is asked of the open file, so that it is the one that is read. */
function readOwnFile(real: string, file: string): string {
  let handle: number;
  try {
    handle = fs.openSync(real, 'r');
  } catch {
    throw keyFileMissing(file);
  }
  try {
    const { mode } = fs.fstatSync(handle);
    // Windows has no such bits; a file in the profile folder is its user's own there.
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw keyFileOpenToOthers(file, mode);
    }
    return fs.readFileSync(handle, 'utf8');
  } finally {
    fs.closeSync(handle);
  }
}

/**
 * A new key as another line of the file, which is made when it is not there. An id that it holds already is refused:
 * the key under it may be needed to restore.
 */
export function makeKeyInFile(file: string, workspace: string, keyId: string): MasterKey {
  const real = realPath(file);
  const present = real === undefined ? new Map() : readKeyFile(file, workspace);
  // A link to nowhere is not followed: nobody meant the place it names.
  if (real === undefined && isInWorkspace(file, realPath(path.dirname(path.resolve(file))), workspace)) {
    throw keyFileInWorkspace(file);
  }
  if (!isKeyName(keyId)) {
    throw keyNameInvalid(keyId);
  }
  if (present.has(keyId)) {
    throw keyNameTaken(keyId);
  }
  const key = makeMasterKey(keyId);
  const isCutOff = real !== undefined && /[^\n]$/.test(readOwnFile(real, file));
  appendLine(real ?? file, `${isCutOff ? '\n' : ''}${keyId} = ${key.exportText()}\n`, real === undefined);
  // Another terminal may have made one of this name at the same moment, and the first line counts.
  if (readKeyFile(file, workspace).get(keyId)?.checkValue !== key.checkValue) {
    throw keyNameTaken(keyId);
  }
  return key;
}

/** At the end of what is there, and never in its place: two terminals that make a key at once would lose one. */
function appendLine(place: string, line: string, isNew: boolean): void {
  let handle: number;
  try {
    handle = fs.openSync(place, isNew ? 'ax' : 'a', 0o600);
  } catch (error) {
    if (isNew && (error as NodeJS.ErrnoException).code === 'EEXIST') {
      // A file that came meanwhile, or a link to nowhere, which is not followed.
      throw keyFileAppeared(place);
    }
    throw error;
  }
  try {
    fs.writeSync(handle, line);
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}

function parseKeyFile(text: string, file: string): ReadonlyMap<string, MasterKey> {
  const keys = new Map<string, MasterKey>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (/^\s*(#|$)/.test(line)) {
      continue;
    }
    const found = namedKey(line);
    if (!found) {
      throw keyFileNotText(file, index + 1);
    }
    const bytes = parseKeyText(found.key);
    if (!bytes) {
      throw notAKey(`Line ${index + 1} of ${file}`);
    }
    if (!keys.has(found.name)) {
      keys.set(found.name, new MasterKey(found.name, bytes));
    }
  }
  return keys;
}

function realPath(file: string): string | undefined {
  try {
    return fs.realpathSync(file);
  } catch {
    return undefined;
  }
}

function contains(folder: string, place: string): boolean {
  const relative = path.relative(folder, place);
  return (
    relative === '' ||
    (!relative.startsWith(`..${path.sep}`) && relative !== '..' && !path.isAbsolute(relative))
  );
}
