import path from 'node:path';
import type { ContentName } from './cache.ts';
import type { Git } from './git.ts';
import type { PointerOrigin } from './origin.ts';
import { parsePointer } from './pointer.ts';

/** One version of a dataset: consecutive commits whose pointer names the same content are one. */
export interface HistoryEntry {
  /** 1 is the oldest. */
  readonly number: number;
  readonly content: ContentName;
  readonly bytes?: number | undefined;
  readonly files?: number | undefined;
  readonly executable: boolean;
  readonly origin?: PointerOrigin | undefined;
  readonly commit: string;
  readonly message: string;
  readonly author: string;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

/** Versions, oldest first, by the dataset's path relative to the repository's root. */
export type History = ReadonlyMap<string, readonly HistoryEntry[]>;

/**
 * Reads git history of every pointer at once: one `git log`, one `git cat-file --batch`. Kept until HEAD moves.
 *
 * All sides of merges are read, ordered by date, parents first; a merge counts with what it changed on its own side.
 */
export class HistoryReader {
  #head = '';
  #root = '';
  #history: Promise<History> | undefined;
  readonly #blobs = new Map<string, readonly Named[]>();

  read(git: Git, head: string | undefined): Promise<History> {
    if (!head) {
      return Promise.resolve(new Map());
    }
    if (!this.#history || this.#head !== head || this.#root !== git.root) {
      this.#head = head;
      this.#root = git.root;
      const reading = this.#read(git, head);
      this.#history = reading;
      reading.catch(() => {
        this.#history = undefined;
      });
    }
    return this.#history;
  }

  async #read(git: Git, head: string): Promise<History> {
    const log = await git.run([
      'log',
      '--full-history',
      '--diff-merges=first-parent',
      '--date-order',
      '--raw',
      '-z',
      '--no-abbrev',
      '--no-renames',
      '--no-show-signature',
      '--format=%x02%H%x1f%at%x1f%an%x1f%s',
      head,
      '--',
      ':(top,glob)**/*.dvc',
    ]);
    const changes = parseLog(log).reverse();
    await this.#loadBlobs(git, changes);
    return number(changes, this.#blobs);
  }

  async #loadBlobs(git: Git, changes: readonly Change[]): Promise<void> {
    const unknown = new Map<string, string>();
    for (const { blob, pointer } of changes) {
      if (!this.#blobs.has(blobKey(blob, pointer))) {
        unknown.set(blobKey(blob, pointer), blob);
      }
    }
    const contents = await git.blobs([...unknown.values()]);
    [...unknown.keys()].forEach((key, index) => {
      const pointer = key.slice(key.indexOf(':') + 1);
      this.#blobs.set(key, namedIn(contents[index]?.toString('utf8') ?? '', pointer));
    });
  }
}

interface Commit {
  readonly commit: string;
  readonly time: number;
  readonly author: string;
  readonly message: string;
}

interface Change extends Commit {
  readonly pointer: string;
  readonly blob: string;
}

interface Named {
  readonly dataset: string;
  readonly content: ContentName;
  readonly bytes: number | undefined;
  readonly files: number | undefined;
  readonly executable: boolean;
  readonly origin: PointerOrigin | undefined;
}

function blobKey(blob: string, pointer: string): string {
  return `${blob}:${pointer}`;
}

const headerStart = '\x02';

/** Fields end in NUL: a commit's line, then pairs of `:modes ids status` and path. */
function parseLog(log: string): Change[] {
  const changes: Change[] = [];
  let commit: Commit | undefined;
  let blob = '';
  for (const field of log.split('\0')) {
    const start = field.indexOf(headerStart);
    const raw = /^\n?:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) [A-Z]\d*$/.exec(field)?.[1];
    if (start !== -1) {
      const [id = '', seconds = '0', author = '', message = ''] = field.slice(start + 1).split('\x1f');
      commit = { commit: id, time: Number(seconds) * 1000, author, message };
    } else if (raw !== undefined) {
      blob = raw;
    } else if (commit && blob !== '') {
      if (!/^0+$/.test(blob)) {
        changes.push({ ...commit, pointer: field, blob });
      }
      blob = '';
    }
  }
  return changes;
}

/** A pointer that was damaged in some commit adds no version. */
function namedIn(text: string, pointer: string): Named[] {
  const parsed = parsePointer(text);
  if ('problem' in parsed) {
    return [];
  }
  const { outputs, workingFolder, origin } = parsed.pointer;
  return outputs.flatMap((output) =>
    output.hash && !output.unsupported
      ? [
          {
            dataset: outputPath(pointer, workingFolder, output.path),
            content: { hash: output.hash, legacy: output.legacy },
            bytes: output.bytes,
            files: output.files,
            executable: output.executable,
            origin,
          },
        ]
      : [],
  );
}

/** Where an output lies, relative to the same root as its pointer, with `/`. */
export function outputPath(pointer: string, workingFolder: string, output: string): string {
  return path.posix
    .normalize(path.posix.join(path.posix.dirname(pointer), workingFolder, output))
    .replace(/\/$/, '');
}

function number(changes: readonly Change[], blobs: ReadonlyMap<string, readonly Named[]>): History {
  const history = new Map<string, HistoryEntry[]>();
  for (const { pointer, blob, commit, message, author, time } of changes) {
    for (const { dataset, ...named } of blobs.get(blobKey(blob, pointer)) ?? []) {
      const versions = history.get(dataset) ?? [];
      if (versions.at(-1)?.content.hash !== named.content.hash) {
        versions.push({ number: versions.length + 1, ...named, commit, message, author, time });
      }
      history.set(dataset, versions);
    }
  }
  return history;
}
