import fs from 'node:fs';
import path from 'node:path';
import type { Progress } from '../../protocol/rpc.ts';
import type { VersionResult } from '../../protocol/versions.ts';
import type { Collection } from './collect.ts';
import { commitExactly } from './commit.ts';
import { type DvcRepository, initialFiles } from './dvcRepository.ts';
import { cannotWrite, commitFailed } from './errors.ts';
import { toPosix, writeAtomically } from './files.ts';
import { type Git, gitSaid } from './git.ts';
import { gitignoreEntry, hasEntry, withEntry } from './gitignore.ts';
import type { HistoryReader } from './history.ts';
import { type Origin, withOrigin } from './origin.ts';
import { type Dataset, textOf } from './pointerFiles.ts';
import { type Content, editPointer, newPointer } from './pointerText.ts';
import { statusOf } from './status.ts';
import type { Target } from './target.ts';

export interface PointerOptions {
  readonly target: Target;
  readonly dvc: DvcRepository;
  readonly pointerFile: string;
  readonly dataset: Dataset | undefined;
  readonly content: Content;
  /** Where this content comes from; undefined where nobody knows. */
  readonly origin?: Origin | undefined;
}

/** A new pointer, or the old one with the content changed and all else kept. */
export function writePointer(options: PointerOptions): void {
  const { target, dvc, pointerFile, dataset, content, origin } = options;
  const before = textOf(pointerFile);
  const edited =
    dataset && before !== undefined
      ? editPointer(before, dataset.output.path, content)
      : newPointer(path.basename(target.data), content);
  const text = withOrigin(edited, pointerFile, origin?.content === content.hash ? origin : undefined);
  if (text !== before) {
    try {
      writeAtomically(pointerFile, text, { temporary: dvc.unfinished });
    } catch (error) {
      throw cannotWrite(`version ${target.name}`, pointerFile, error as NodeJS.ErrnoException);
    }
  }
}

export interface CommitOptions {
  readonly workspace: string;
  readonly git: Git;
  readonly history: HistoryReader;
  readonly target: Target;
  readonly message?: string | undefined;
  readonly dvc: DvcRepository;
  readonly collection: Collection;
  readonly pointerFile: string;
  readonly hash: string;
  /** Git ignores the data already. */
  readonly ignored: boolean;
  report(progress: Progress): void;
}

/** `.gitignore`, then the commit. What failed here can be repeated: nothing is stored twice. */
export async function commitVersion(options: CommitOptions): Promise<VersionResult> {
  const { git, history, target, dvc, pointerFile, collection, hash } = options;
  options.report({ message: `Committing ${target.name}` });
  const pointer = toPosix(path.relative(options.workspace, pointerFile));
  try {
    if (!options.ignored) {
      ignoreData(target, dvc);
    }
    const [{ head }, own] = await Promise.all([
      statusOf(git, [git.relative(pointerFile)]),
      neverCommitted(git, dvc.root),
    ]);
    const line = gitignoreEntry(path.basename(target.data));
    const commit = await commitExactly(
      git,
      head,
      {
        files: [git.relative(pointerFile), ...own],
        ...(ignoreFileWithEntry(target)
          ? { ignoreLine: { file: git.relative(ignoreFile(target)), line } }
          : {}),
      },
      options.message?.trim() || `Version ${target.name}`,
    );
    const versions = (await history.read(git, commit)).get(git.relative(target.data)) ?? [];
    return {
      path: target.name,
      pointer,
      hash,
      bytes: collection.bytes,
      files: collection.files.length,
      version: versions.at(-1)?.number ?? 1,
      commit,
      unchanged: commit === head,
      warnings: collection.warnings,
    };
  } catch (error) {
    throw commitFailed(target.name, pointer, gitSaid(error));
  }
}

/** Everything that a version of this data needs to have in git, relative to the repository's root. */
export function filesToCommit(git: Git, root: string, pointerFile: string, target: Target): string[] {
  const own = initialFiles
    .map(({ path: file }) => path.join(root, file))
    .filter((file) => fs.existsSync(file));
  const ignore = ignoreFileWithEntry(target) ? [ignoreFile(target)] : [];
  return [pointerFile, ...own, ...ignore].map(git.relative);
}

/** DVC's own files that HEAD lacks; a user's later changes to them are the user's to commit. */
async function neverCommitted(git: Git, root: string): Promise<string[]> {
  const files = initialFiles
    .map(({ path: file }) => path.join(root, file))
    .filter((file) => fs.existsSync(file))
    .map(git.relative);
  const blobs = await git.blobs(files.map((file) => `HEAD:${file}`));
  return files.filter((_, index) => blobs[index] === undefined);
}

function ignoreData(target: Target, dvc: DvcRepository): void {
  const file = ignoreFile(target);
  // Latin-1 both ways keeps every byte, whatever the file's encoding is.
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'latin1') : '';
  const line = Buffer.from(gitignoreEntry(path.basename(target.data)), 'utf8').toString('latin1');
  const after = withEntry(before, line);
  if (after !== before) {
    writeAtomically(file, Buffer.from(after, 'latin1'), { temporary: dvc.unfinished });
  }
}

function ignoreFile(target: Target): string {
  return path.join(path.dirname(target.data), '.gitignore');
}

function ignoreFileWithEntry(target: Target): boolean {
  return hasEntry(textOf(ignoreFile(target)) ?? '', gitignoreEntry(path.basename(target.data)));
}
