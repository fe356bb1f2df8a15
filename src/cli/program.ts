import fs from 'node:fs';
import path from 'node:path';
import type { StartRun } from '../protocol/experiments.ts';

export interface Place {
  /** Where the words were typed, and what paths in them are relative to. */
  readonly currentFolder: string;
  /** The terminal's own: the service may have been started elsewhere, with another PATH. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interpreter?: string;
}

/**
 * What the words after `mlops run` ask for: a script with its arguments when the first word is one, else a command.
 *
 * Scripts and programs are named in full, as this terminal finds them: `python` is that of the environment
 * activated here, and `train.py` the file in this folder. Other arguments are passed on as they are.
 */
export function whatToRun(words: readonly string[], place: Place): StartRun {
  const [first = '', ...rest] = words;
  if (isScript(first)) {
    const interpreter =
      chosenInterpreter(place) ?? (/\.py$/i.test(first) ? activatedPython(place) : undefined);
    return { script: path.resolve(place.currentFolder, first), arguments: rest, interpreter };
  }
  const at = rest.findIndex((word) => isScript(word) && isFile(path.resolve(place.currentFolder, word)));
  const known = rest.map((word, index) => (index === at ? path.resolve(place.currentFolder, word) : word));
  return { command: [findProgram(first, place) ?? first, ...known] };
}

export function isScript(word: string): boolean {
  return /\.(py|[mc]?js|[mc]?ts|ipynb)$/i.test(word);
}

function chosenInterpreter(place: Place): string | undefined {
  return place.interpreter && (findProgram(place.interpreter, place) ?? place.interpreter);
}

/** The Python of the virtual or conda environment that is active in this terminal; conda's base counts as none. */
function activatedPython({ environment }: Place): string | undefined {
  const { VIRTUAL_ENV, CONDA_PREFIX, CONDA_DEFAULT_ENV } = environment;
  const folder = VIRTUAL_ENV || (CONDA_DEFAULT_ENV === 'base' ? undefined : CONDA_PREFIX);
  if (!folder) {
    return undefined;
  }
  return ['bin/python', 'Scripts/python.exe', 'python.exe']
    .map((name) => path.join(folder, name))
    .find(isFile);
}

/** Undefined when this terminal does not find it; the service then says so. */
function findProgram(name: string, { currentFolder, environment }: Place): string | undefined {
  const isWindows = process.platform === 'win32';
  const endings = isWindows ? ['', ...(environment.PATHEXT ?? '.EXE').split(';')] : [''];
  const isPath = name.includes('/') || (isWindows && name.includes('\\'));
  const searchPath = environment.PATH ?? environment.Path ?? '';
  const folders = isPath ? [currentFolder] : searchPath.split(path.delimiter).filter(path.isAbsolute);
  return folders
    .flatMap((folder) => endings.map((ending) => path.resolve(folder, `${name}${ending}`)))
    .find(isProgram);
}

function isProgram(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return isFile(file);
  } catch {
    return false;
  }
}

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
