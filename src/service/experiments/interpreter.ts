import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { nodeTooOld, programNotFound, pythonNotFound, scriptNotRunnable } from './launchErrors.ts';
import { foldersUp } from './parametersFile.ts';

export type Language = 'python' | 'node' | 'other';

/** What runs a script: the command without the script's own arguments. */
export interface Program {
  readonly language: Language;
  /** The full path of Python, Node or another program. */
  readonly interpreter: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface Surroundings {
  readonly workspace: string;
  /** The service's own Node, for machines that have no other. */
  readonly nodePath: string;
  /** Of the one who asks: programs are found as they would find them. */
  readonly environment: NodeJS.ProcessEnv;
}

const pythonScript = /\.py$/i;
const nodeScript = /\.[mc]?js$/i;
const typeScript = /\.[mc]?ts$/i;

/** `script` is absolute; `chosen` is the interpreter that the Python extension has selected. */
export async function programForScript(
  script: string,
  chosen: string | undefined,
  surroundings: Surroundings,
): Promise<Program> {
  if (pythonScript.test(script)) {
    const interpreter = findPython(script, chosen, surroundings);
    return {
      language: 'python',
      interpreter,
      command: [interpreter, script],
      environment: virtualEnvironment(interpreter, surroundings.environment),
    };
  }
  if (nodeScript.test(script)) {
    const { interpreter, environment } = findNode(chosen, surroundings);
    return { language: 'node', interpreter, command: [interpreter, script], environment };
  }
  if (typeScript.test(script)) {
    return typeScriptProgram(script, chosen, surroundings);
  }
  throw scriptNotRunnable(path.relative(surroundings.workspace, script));
}

/** A command as given, with its program found on PATH; relative programs start from the working folder. */
export function programForCommand(
  command: readonly string[],
  workingFolder: string,
  { environment }: Surroundings,
): Program {
  const [asked, ...rest] = command;
  const interpreter = findProgram(asked!, workingFolder, environment);
  if (!interpreter) {
    throw /^python[\d.]*$/.test(asked!) ? pythonNotFound() : programNotFound(asked!);
  }
  return {
    language: languageOf(interpreter),
    interpreter,
    command: [interpreter, ...rest],
    environment: virtualEnvironment(interpreter, environment),
  };
}

/** The argument of a command that is a script of the workspace, so that its runs are known as that script's. */
export function scriptOfCommand(command: readonly string[], workingFolder: string): string | undefined {
  return command
    .map((argument) => path.resolve(workingFolder, argument))
    .find(
      (file) =>
        (pythonScript.test(file) || nodeScript.test(file) || typeScript.test(file)) &&
        fs.statSync(file, { throwIfNoEntry: false })?.isFile(),
    );
}

function languageOf(interpreter: string): Language {
  const name = path.basename(interpreter).toLowerCase();
  if (/^(python|pypy)[\d.]*(\.exe)?$/.test(name)) {
    return 'python';
  }
  return /^node(\.exe)?$/.test(name) ? 'node' : 'other';
}

function findPython(
  script: string,
  chosen: string | undefined,
  { workspace, environment }: Surroundings,
): string {
  if (chosen !== undefined) {
    const found = findProgram(chosen, workspace, environment);
    if (!found) {
      throw pythonNotFound(chosen);
    }
    return found;
  }
  const local = foldersUp(workspace, path.dirname(script))
    .flatMap((folder) => ['.venv', 'venv'].map((name) => path.join(folder, name)))
    .map((folder) => path.join(folder, ...(isWindows ? ['Scripts', 'python.exe'] : ['bin', 'python'])))
    .find(isExecutable);
  const found = local ?? findProgram(isWindows ? 'python' : 'python3', workspace, environment);
  if (!found) {
    throw pythonNotFound();
  }
  return found;
}

function findNode(
  chosen: string | undefined,
  surroundings: Surroundings,
): { interpreter: string; environment: Record<string, string> } {
  const asked = chosen !== undefined && languageOf(chosen) === 'node' ? chosen : 'node';
  const found = findProgram(asked, surroundings.workspace, surroundings.environment);
  if (found) {
    return { interpreter: found, environment: {} };
  }
  // In the desktop editor the service's own Node is Electron, which only this variable makes a plain Node.
  const environment: Record<string, string> = process.versions.electron ? { ELECTRON_RUN_AS_NODE: '1' } : {};
  return { interpreter: surroundings.nodePath, environment };
}

async function typeScriptProgram(
  script: string,
  chosen: string | undefined,
  surroundings: Surroundings,
): Promise<Program> {
  const { interpreter, environment } = findNode(chosen, surroundings);
  const tsx = findTsx(script, surroundings.workspace);
  if (tsx) {
    return { language: 'node', interpreter, command: [interpreter, tsx, script], environment };
  }
  const version = await nodeVersion(interpreter);
  if (!isAtLeast(version, 22, 18)) {
    throw nodeTooOld(path.relative(surroundings.workspace, script), version);
  }
  return { language: 'node', interpreter, command: [interpreter, script], environment };
}

/** The command that the project's own `tsx` package declares. */
function findTsx(script: string, workspace: string): string | undefined {
  for (const folder of foldersUp(workspace, path.dirname(script))) {
    const own = path.join(folder, 'node_modules', 'tsx');
    try {
      const { bin } = JSON.parse(fs.readFileSync(path.join(own, 'package.json'), 'utf8')) as {
        bin: string | { tsx: string };
      };
      return path.join(own, typeof bin === 'string' ? bin : bin.tsx);
    } catch {
      // Not here: the next folder up may have it.
    }
  }
  return undefined;
}

const versions = new Map<string, string>();

/** Without the leading v; asked once for each file. */
export async function nodeVersion(interpreter: string): Promise<string> {
  if (interpreter === process.execPath) {
    return process.versions.node;
  }
  const key = `${interpreter} ${fs.statSync(interpreter).mtimeMs}`;
  let version = versions.get(key);
  if (version === undefined) {
    const { stdout } = await promisify(execFile)(interpreter, ['--version'], { timeout: 10_000 });
    version = stdout.trim().replace(/^v/, '');
    versions.set(key, version);
  }
  return version;
}

export function isAtLeast(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

/** As activating it in a terminal does, so that programs which the script starts are those beside its Python. */
function virtualEnvironment(interpreter: string, environment: NodeJS.ProcessEnv): Record<string, string> {
  const programs = path.dirname(interpreter);
  const folder = path.dirname(programs);
  if (!fs.existsSync(path.join(folder, 'pyvenv.cfg'))) {
    return {};
  }
  const search = [programs, searchPath(environment)].join(path.delimiter);
  return { VIRTUAL_ENV: folder, [pathVariable(environment)]: search };
}

const isWindows = process.platform === 'win32';

function findProgram(asked: string, folder: string, environment: NodeJS.ProcessEnv): string | undefined {
  if (asked.includes('/') || (isWindows && asked.includes('\\'))) {
    return withExtension(path.resolve(folder, asked));
  }
  return searchPath(environment)
    .split(path.delimiter)
    .filter((entry) => path.isAbsolute(entry) && !isStoreStub(entry))
    .map((entry) => withExtension(path.join(entry, asked)))
    .find((file) => file !== undefined);
}

/** Windows puts programs there that only open the Microsoft Store. */
function isStoreStub(folder: string): boolean {
  return isWindows && /WindowsApps\\?$/i.test(folder);
}

function withExtension(file: string): string | undefined {
  return (isWindows ? [file, `${file}.exe`] : [file]).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}

/** Windows spells it `Path`, and two spellings in one environment would be two variables. */
function pathVariable(environment: NodeJS.ProcessEnv): string {
  return Object.keys(environment).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
}

function searchPath(environment: NodeJS.ProcessEnv): string {
  return environment[pathVariable(environment)] ?? '';
}
