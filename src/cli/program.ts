import fs from 'node:fs';
import path from 'node:path';
import type { StartRun } from '../protocol/experiments.ts';

export interface Place {
  /** Where the words were typed, and what paths in them are relative to. */
  readonly currentFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly interpreter?: string;
}

/**
 * What the words after `mlops run` ask for: a script with its arguments when the first word is one, else a command.
 * A command is passed on as it is: the service finds its program on this terminal's PATH and starts it in this folder.
 */
export function whatToRun(words: readonly string[], place: Place): StartRun {
  const [first = '', ...rest] = words;
  if (!isScript(first)) {
    return { command: words, workingFolder: place.currentFolder };
  }
  const interpreter = chosenInterpreter(place) ?? (/\.py$/i.test(first) ? activatedPython(place) : undefined);
  return { script: path.resolve(place.currentFolder, first), arguments: rest, interpreter };
}

export function isScript(word: string): boolean {
  return /\.(py|[mc]?js|[mc]?ts|ipynb)$/i.test(word);
}

/** A name is looked for on PATH, a path starts here. */
function chosenInterpreter({ interpreter, currentFolder }: Place): string | undefined {
  return interpreter && /[/\\]/.test(interpreter) ? path.resolve(currentFolder, interpreter) : interpreter;
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

function isFile(file: string): boolean {
  return fs.statSync(file, { throwIfNoEntry: false })?.isFile() ?? false;
}
