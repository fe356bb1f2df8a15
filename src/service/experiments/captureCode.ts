import { execFile } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { CodeState } from '../../protocol/experiments.ts';

/** Beyond these a file is data, not code, and a patch is no longer something to read. */
const longestUntrackedFile = 1_000_000;
const longestPatch = 10_000_000;
const patience = 60_000;

export const patchArtifact = 'code/uncommitted.patch';

interface CodeCaptureOptions {
  readonly workspace: string;
  /** The run's artifact folder; the patch is written below it. */
  readonly artifactFolder: string;
  /** A private folder of the run, for a copy of git's index. */
  readonly scratchFolder: string;
}

/**
 * The commit, and what differs from it: all tracked changes of the repository and new text files of the
 * workspace folder, as one patch that `git apply` takes. Undefined without git, a repository or a commit.
 *
 * The user's index and locks are left alone: new files are added to a copy of the index only.
 */
export async function captureCode(options: CodeCaptureOptions): Promise<CodeState | undefined> {
  const { workspace } = options;
  const [status, others] = await Promise.all([
    git(workspace, ['status', '--porcelain=v2', '--branch', '-z', '--untracked-files=no']),
    git(workspace, ['ls-files', '--others', '--exclude-standard', '-z', '--', '.', ':(exclude).mlops']),
  ]);
  const state = status === undefined ? undefined : parseStatus(status);
  if (!state) {
    return undefined;
  }
  const untracked = (others ?? '')
    .split('\0')
    .filter((name) => name !== '' && isText(path.join(workspace, name)));
  const changedFiles = state.changed + untracked.length;
  const hasPatch = changedFiles > 0 && (await writePatch(options, untracked));
  return {
    commit: state.commit,
    ...(state.branch !== undefined && { branch: state.branch }),
    changedFiles,
    ...(hasPatch && { patchArtifact }),
  };
}

export function parseStatus(
  status: string,
): { commit: string; branch?: string; changed: number } | undefined {
  let commit: string | undefined;
  let branch: string | undefined;
  let changed = 0;
  const fields = status.split('\0');
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at]!;
    if (field.startsWith('# branch.oid ')) {
      commit = field.slice('# branch.oid '.length);
    } else if (field.startsWith('# branch.head ')) {
      branch = field.slice('# branch.head '.length);
    } else if (/^[12u] /.test(field)) {
      changed += 1;
      // A rename is followed by the old name in a field of its own.
      at += field.startsWith('2 ') ? 1 : 0;
    }
  }
  if (commit === undefined || commit === '(initial)') {
    return undefined;
  }
  return { commit, ...(branch !== undefined && branch !== '(detached)' && { branch }), changed };
}

async function writePatch(options: CodeCaptureOptions, untracked: readonly string[]): Promise<boolean> {
  const { workspace, artifactFolder, scratchFolder } = options;
  const target = path.join(artifactFolder, patchArtifact);
  const temporary = path.join(scratchFolder, 'uncommitted.patch');
  const index = path.join(scratchFolder, 'git-index');
  try {
    const ownIndex = untracked.length > 0 && (await indexWith(options, index, untracked));
    const parameters = [
      'diff',
      'HEAD',
      '--binary',
      '--no-color',
      '--no-ext-diff',
      '--no-textconv',
      '--no-relative',
    ];
    const done = await git(workspace, [...parameters, `--output=${temporary}`], ownIndex ? index : undefined);
    if (
      done === undefined ||
      (fs.statSync(temporary, { throwIfNoEntry: false })?.size ?? Infinity) > longestPatch
    ) {
      return false;
    }
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.renameSync(temporary, target);
    return true;
  } finally {
    fs.rmSync(temporary, { force: true });
    fs.rmSync(index, { force: true });
  }
}

/** A copy of the index that knows the new files by name, which makes `git diff` show them. */
async function indexWith(
  { workspace, scratchFolder }: CodeCaptureOptions,
  index: string,
  untracked: readonly string[],
): Promise<boolean> {
  const own = await git(workspace, ['rev-parse', '--git-path', 'index']);
  if (own === undefined) {
    return false;
  }
  fs.copyFileSync(path.resolve(workspace, own.trimEnd()), index);
  const names = path.join(scratchFolder, 'git-names');
  fs.writeFileSync(names, untracked.join('\0'));
  try {
    const parameters = [`--pathspec-from-file=${names}`, '--pathspec-file-nul'];
    return (await git(workspace, ['add', '--intent-to-add', ...parameters], index)) !== undefined;
  } finally {
    fs.rmSync(names, { force: true });
  }
}

/** Undefined when git is not there or refuses: a run goes on without what it would have told. */
async function git(
  folder: string,
  parameters: readonly string[],
  index?: string,
): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)('git', parameters, {
      cwd: folder,
      env: {
        ...process.env,
        // Never take a lock that a commit of the user would wait for.
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
        ...(index !== undefined && { GIT_INDEX_FILE: index, GIT_LITERAL_PATHSPECS: '1' }),
      },
      maxBuffer: 64_000_000,
      timeout: patience,
      windowsHide: true,
    });
    return stdout;
  } catch {
    return undefined;
  }
}

/** As git sees it: no NUL in the first 8000 bytes. */
function isText(file: string): boolean {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size > longestUntrackedFile) {
    return false;
  }
  const bytes = Buffer.alloc(Math.min(8000, stat.size));
  try {
    const opened = fs.openSync(file, 'r');
    try {
      return !bytes.subarray(0, fs.readSync(opened, bytes)).includes(0);
    } finally {
      fs.closeSync(opened);
    }
  } catch {
    return false;
  }
}
