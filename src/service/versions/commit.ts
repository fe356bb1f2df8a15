import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { processExists } from './files.ts';
import { type Git, literally } from './git.ts';
import { withEntry } from './gitignore.ts';

/** What goes into a commit, by paths relative to the repository's root. */
export interface CommitContent {
  /** Files as they are on disk. */
  readonly files: readonly string[];
  /** One line of a `.gitignore`; other changes that the user made in that file stay out of the commit. */
  readonly ignoreLine?: { readonly file: string; readonly line: string } | undefined;
}

/**
 * Commits exactly this and nothing that the user has staged; hooks run as for any commit.
 *
 * The commit is made from an index of its own: HEAD's files plus ours. The user's index gets ours as well,
 * before the commit, so that a process killed in between leaves them staged rather than seemingly deleted;
 * all other entries stay as they are. When the commit fails, ours go back to what they were.
 *
 * `head` is HEAD, absent before the first commit. Answers the commit, or HEAD when it has all of this already. Throws what git said when the commit fails.
 */
export async function commitExactly(
  git: Git,
  head: string | undefined,
  content: CommitContent,
  message: string,
): Promise<string> {
  const indexFile = path.join(git.gitFolder, `mlops-index-${process.pid}-${randomBytes(4).toString('hex')}`);
  removeAbandoned(git.gitFolder);
  const preparing = prepareIndex(git, indexFile, head);
  try {
    const [before, wanted] = await Promise.all([
      indexEntries(git, pathsOf(content)),
      wantedBlobs(git, content),
      preparing,
    ]);
    const missing = wanted.filter(({ commit, committed }) => commit !== committed);
    if (missing.length === 0) {
      await stage(git, wanted, before);
      return head ?? '';
    }
    const entries = missing.map(({ path: file, commit }) => entry(file, commit));
    await Promise.all([updateIndex(git, entries, indexFile), stage(git, wanted, before)]);
    if ((await currentHead(git)) !== head) {
      // Somebody committed meanwhile; from the old files ours would undo that.
      await unstage(git, wanted, before);
      return await commitExactly(git, await currentHead(git), content, message);
    }
    try {
      await git.run(['commit', '--cleanup=whitespace', `--message=${message}`], { indexFile });
    } catch (error) {
      await unstage(git, wanted, before);
      throw error;
    }
  } finally {
    await preparing.catch(() => undefined);
    fs.rmSync(indexFile, { force: true });
    fs.rmSync(`${indexFile}.lock`, { force: true });
  }
  return (await currentHead(git)) ?? '';
}

async function currentHead(git: Git): Promise<string | undefined> {
  // Before the first commit the answer is the word itself.
  const answer = (await git.run(['rev-parse', 'HEAD'], { alsoFine: 128 })).trim();
  return /^[0-9a-f]{40,64}$/.test(answer) ? answer : undefined;
}

interface Wanted {
  readonly path: string;
  /** The blob that HEAD has, the one the commit shall have, and the one the index shall have. */
  readonly committed: string | undefined;
  readonly commit: string;
  readonly staged: string;
}

async function wantedBlobs(git: Git, { files, ignoreLine }: CommitContent): Promise<Wanted[]> {
  const [written, committed, line] = await Promise.all([
    files.length === 0 ? '' : git.run(['hash-object', '-w', '--', ...files]),
    blobsAt(git, files),
    ignoreLine ? wantedIgnoreFile(git, ignoreLine.file, ignoreLine.line) : undefined,
  ]);
  const ids = written.trim().split('\n');
  const whole = files.map((file, index) => {
    const id = ids[index] ?? '';
    return { path: file, committed: committed[index], commit: id, staged: id };
  });
  return line ? [...whole, line] : whole;
}

async function wantedIgnoreFile(git: Git, file: string, line: string): Promise<Wanted> {
  const [[headBlob, indexBlob], [committed]] = await Promise.all([
    git.blobs([`HEAD:${file}`, `:${file}`]),
    blobsAt(git, [file]),
  ]);
  const add = (blob: Buffer | undefined) =>
    git.run(['hash-object', '-w', '--stdin'], {
      // Latin-1 both ways keeps every byte, whatever the file's encoding is.
      input: Buffer.from(withEntry((blob ?? Buffer.alloc(0)).toString('latin1'), latin1(line)), 'latin1'),
    });
  const [commit, staged] = await Promise.all([add(headBlob), add(indexBlob ?? headBlob)]);
  return { path: file, committed, commit: commit.trim(), staged: staged.trim() };
}

function latin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Blob ids in HEAD. */
async function blobsAt(git: Git, files: readonly string[]): Promise<(string | undefined)[]> {
  if (files.length === 0) {
    return [];
  }
  const input = `${files.map((file) => `HEAD:${file}`).join('\n')}\n`;
  const answer = await git.run(['cat-file', '--batch-check=%(objectname)'], { input });
  return answer.split('\n').map((text) => (/^[0-9a-f]{40,64}$/.test(text) ? text : undefined));
}

type Entries = ReadonlyMap<string, string>;

/** `mode id` of what is staged for these paths. */
async function indexEntries(git: Git, files: readonly string[]): Promise<Entries> {
  const answer = await git.run(['ls-files', '--stage', '-z', '--', ...files.map(literally)]);
  const lines = answer.split('\0').filter((text) => text !== '');
  return new Map(
    lines.map((text) => {
      const [info = '', file = ''] = text.split('\t', 2);
      const [mode, id] = info.split(' ');
      return [file, `${mode} ${id}`];
    }),
  );
}

/** A copy keeps what git knows about unchanged files, so that the commit does not read them all. */
async function prepareIndex(git: Git, indexFile: string, head: string | undefined): Promise<void> {
  const own = path.join(git.gitFolder, 'index');
  if (head && fs.existsSync(own)) {
    fs.copyFileSync(own, indexFile);
  }
  await git.run(head ? ['read-tree', '--reset', head] : ['read-tree', '--empty'], { indexFile });
}

async function stage(git: Git, wanted: readonly Wanted[], before: Entries): Promise<void> {
  const changed = wanted.filter(({ path: file, staged }) => before.get(file) !== `100644 ${staged}`);
  await updateIndex(
    git,
    changed.map(({ path: file, staged }) => entry(file, staged)),
  );
}

async function unstage(git: Git, wanted: readonly Wanted[], before: Entries): Promise<void> {
  await updateIndex(
    git,
    wanted.map(({ path: file }) => {
      const old = before.get(file);
      return old ? `${old}\t${file}` : `0 ${'0'.repeat(40)}\t${file}`;
    }),
  );
}

function entry(file: string, id: string): string {
  return `100644 ${id}\t${file}`;
}

async function updateIndex(git: Git, lines: readonly string[], indexFile?: string): Promise<void> {
  if (lines.length === 0) {
    return;
  }
  const input = lines.map((line) => `${line}\0`).join('');
  await whenUnlocked(() =>
    git.run(['update-index', '--verbose', '-z', '--index-info'], {
      input,
      ...(indexFile ? { indexFile } : {}),
    }),
  );
}

/** The user, or their editor, may be using git at this very moment. */
async function whenUnlocked<T>(action: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      const locked = error instanceof Error && error.message.includes('index.lock');
      if (!locked || attempt === 20) {
        throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function pathsOf({ files, ignoreLine }: CommitContent): string[] {
  return ignoreLine ? [...files, ignoreLine.file] : [...files];
}

function removeAbandoned(gitFolder: string): void {
  for (const name of fs.readdirSync(gitFolder)) {
    const owner = Number(/^mlops-index-(\d+)-/.exec(name)?.[1]);
    if (owner > 0 && owner !== process.pid && !processExists(owner)) {
      fs.rmSync(path.join(gitFolder, name), { force: true });
    }
  }
}
