import fs from 'node:fs';
import path from 'node:path';
import { type SimpleGit, simpleGit } from 'simple-git';
import { gitMissing, gitRefused, noRepository } from './errors.ts';
import { toPosix } from './files.ts';

export interface GitRun {
  /** Given on standard input. */
  readonly input?: string | Buffer;
  /** Another index than the user's. */
  readonly indexFile?: string;
  /** An exit code beside 0 that is an answer, not a failure. */
  readonly alsoFine?: number;
}

/** The git repository around a folder. Paths in and out are relative to its root, with `/`. */
export interface Git {
  readonly root: string;
  /** Of this working tree. */
  readonly gitFolder: string;
  /** Runs in the root; throws `GitError` with what git said. */
  run(commandArguments: readonly string[], options?: GitRun): Promise<string>;
  /** The bytes of blobs by any name (`HEAD:path`, `:path`, an id); undefined for one that does not exist. */
  blobs(names: readonly string[]): Promise<readonly (Buffer | undefined)[]>;
  relative(file: string): string;
}

/** Throws `versions.noRepository` outside a working tree. */
export async function openGit(folder: string): Promise<Git> {
  let answer: string;
  try {
    answer = await runGit(folder, ['rev-parse', '--show-toplevel', '--absolute-git-dir']);
  } catch (error) {
    if (!insideRepository(folder)) {
      throw noRepository(folder);
    }
    throw gitRefused(`work in ${folder}`, gitSaid(error));
  }
  const [top = '', gitFolder = ''] = answer.split('\n');
  const root = path.resolve(top);
  return {
    root,
    gitFolder: path.resolve(gitFolder),
    run: (commandArguments, options) => runGit(root, commandArguments, options),
    blobs: (names) => readBlobs(root, names),
    relative: (file) => toPosix(path.relative(root, file)),
  };
}

export async function initialiseGit(folder: string): Promise<void> {
  try {
    await runGit(folder, ['init']);
  } catch (error) {
    throw gitRefused(`create a repository in ${folder}`, gitSaid(error));
  }
}

/** Names a path and nothing else, whatever characters it has. */
export function literally(file: string): string {
  return `:(top,literal)${file}`;
}

/** The first line of git's own sentence, without its prefix. */
export function gitSaid(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const lines = text
    .split('\n')
    .map((line) => line.replace(/^(fatal|error): /, '').trim())
    .filter((line) => line !== '' && !line.startsWith('hint:'));
  return lines.slice(0, 3).join(' ') || 'it gave no reason (perhaps a hook).';
}

async function runGit(
  folder: string,
  commandArguments: readonly string[],
  options: GitRun = {},
): Promise<string> {
  return await named(folder, startGit(folder, options).raw([...commandArguments]));
}

async function readBlobs(folder: string, names: readonly string[]): Promise<(Buffer | undefined)[]> {
  if (names.length === 0) {
    return [];
  }
  const input = `${names.join('\n')}\n`;
  const answer = await named(folder, startGit(folder, { input }).binaryCatFile(['--batch']));
  return parseBatch(answer as Buffer, names.length);
}

/** `<id> blob <size>\n<bytes>\n` for each, or a line that ends in `missing`. */
function parseBatch(answer: Buffer, count: number): (Buffer | undefined)[] {
  const blobs: (Buffer | undefined)[] = [];
  for (let position = 0; blobs.length < count && position < answer.length; ) {
    const end = answer.indexOf(0x0a, position);
    const size = / blob (\d+)$/.exec(answer.toString('utf8', position, end))?.[1];
    position = end + 1;
    if (size === undefined) {
      blobs.push(undefined);
    } else {
      blobs.push(answer.subarray(position, position + Number(size)));
      position += Number(size) + 1;
    }
  }
  return blobs;
}

/** A new instance for each command: those of one instance wait for each other. */
function startGit(folder: string, { input, indexFile, alsoFine }: GitRun): SimpleGit {
  return simpleGit({
    baseDir: folder,
    completion: { onClose: true, onExit: false },
    ...(input === undefined ? {} : { input: () => input }),
    // The library alone takes a failure without a word on standard error, such as a silent hook's, for success.
    errors: (error, { exitCode, stdErr, stdOut }) =>
      exitCode === 0 || exitCode === alsoFine ? undefined : (error ?? Buffer.concat([...stdErr, ...stdOut])),
    allowEnvironment: allowedVariables,
    // Hooks inherit our environment, and theirs may abbreviate options.
    unsafe: { allowAbbreviatedOptions: true, allowUnsafeConfigPaths: true },
  }).env(environment(indexFile));
}

async function named<T>(folder: string, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Error && /\bENOENT\b/.test(error.message) && fs.existsSync(folder)) {
      throw gitMissing(error);
    }
    throw error;
  }
}

const allowedVariables = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_CEILING_DIRECTORIES',
  'GIT_OPTIONAL_LOCKS',
  'GIT_TERMINAL_PROMPT',
  'GIT_INDEX_FILE',
];

/** Without what would point git at another repository or start a program of its own, such as an editor. */
function environment(indexFile: string | undefined): Record<string, string> {
  const kept = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && (isAllowed(name) || !isGuarded(name)),
  ) as [string, string][];
  return {
    ...Object.fromEntries(kept),
    // Never refresh the user's index behind their back, and never wait for a password.
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    ...(indexFile ? { GIT_INDEX_FILE: indexFile } : {}),
  };
}

function isAllowed(name: string): boolean {
  return name !== 'GIT_INDEX_FILE' && allowedVariables.includes(name);
}

function isGuarded(name: string): boolean {
  return /^(git_.*|editor|visual|pager|prefix|ssh_askpass)$/i.test(name);
}

/** Git's refusals (another owner, a broken repository) are not the same as no repository. */
function insideRepository(folder: string): boolean {
  for (let current = folder; ; current = path.dirname(current)) {
    if (fs.existsSync(path.join(current, '.git'))) {
      return true;
    }
    if (current === path.dirname(current)) {
      return false;
    }
  }
}
