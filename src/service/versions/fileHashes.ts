import type { Database, Statement } from '../storage/database.ts';
import { type FileIdentity, sameIdentity } from './fileIdentity.ts';

export interface KnownHash {
  readonly md5: string;
  readonly identity: FileIdentity;
  /** Milliseconds since the epoch, before the first byte was read. */
  readonly readAt: number;
}

/** What files hashed to, so that an unchanged one is not read again. `legacy` hashes are kept apart. */
export class FileHashes {
  readonly #database: Database;
  readonly #select: Statement<[string], Row>;
  readonly #insert: Statement<(string | number)[]>;

  constructor(database: Database) {
    this.#database = database;
    this.#select = database.prepare('SELECT * FROM file_hashes WHERE path = ?');
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO file_hashes (path, inode, size, modified_ns, changed_ns, hashed_at, md5) ' +
        'VALUES (?, ?, ?, ?, ?, ?, ?)',
    );
  }

  /** Undefined unless the file is surely the one that was hashed. */
  find(file: string, identity: FileIdentity, legacy = false): string | undefined {
    const row = this.#select.get(key(file, legacy));
    if (!row) {
      return undefined;
    }
    const known = {
      inode: row.inode,
      size: row.size,
      modifiedNs: row.modified_ns,
      changedNs: row.changed_ns,
    };
    return sameIdentity(known, identity) && isSettled(known, row.hashed_at) ? row.md5 : undefined;
  }

  remember(known: Iterable<KnownHash & { readonly file: string }>, legacy = false): void {
    this.#database.transaction(() => {
      for (const { file, md5, identity, readAt } of known) {
        const { inode, size, modifiedNs, changedNs } = identity;
        this.#insert.run(key(file, legacy), inode, size, modifiedNs, changedNs, readAt, md5);
      }
    })();
  }
}

interface Row {
  readonly path: string;
  readonly inode: string;
  readonly size: number;
  readonly modified_ns: string;
  readonly changed_ns: string;
  readonly hashed_at: number;
  readonly md5: string;
}

function key(file: string, legacy: boolean): string {
  return legacy ? `legacy:${file}` : file;
}

const fineTickMs = 100;
const coarseTickMs = 2000;

/**
 * A write in the same tick of the file system's clock as the one before leaves the same times behind. So a hash
 * is believed only when reading began clearly after the last write: two seconds where times are that coarse
 * (FAT, some network drives), a tenth where they are finer (a kernel tick is at most 10 ms). A later write would
 * change both times, so it is enough when one of them is old: a restored time of writing may lie in the future,
 * and a file renamed into place has a new time of change.
 */
export function isSettled({ modifiedNs, changedNs }: FileIdentity, readAt: number): boolean {
  return isPast(modifiedNs, readAt) || isPast(changedNs, readAt);
}

function isPast(nanoseconds: string, readAt: number): boolean {
  const time = BigInt(nanoseconds);
  const tick = time % 1_000_000n === 0n ? coarseTickMs : fineTickMs;
  return readAt - Number(time / 1_000_000n) > tick;
}
