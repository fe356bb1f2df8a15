import type { DataProfile } from '../../protocol/data.ts';
import type { Database, Statement } from '../storage/database.ts';

/** Grows when a profile of the same data would be another one. */
const edition = 3;

export interface ProfileKey {
  /** The md5 of the file's content. */
  readonly hash: string;
  /** The ending of the file's name decides how the content is read. */
  readonly extension: string;
  readonly target?: string | undefined;
}

/** Exact profiles by content: every version of a dataset has its own, and going back to one finds it again. */
export class ProfileStore {
  readonly #select: Statement<[string, string], { readonly profile: string }>;
  readonly #insert: Statement<[string, string, number, string]>;

  constructor(database: Database) {
    this.#select = database.prepare('SELECT profile FROM profiles WHERE hash = ? AND options = ?');
    this.#insert = database.prepare(
      'INSERT OR REPLACE INTO profiles (hash, options, made_at, profile) VALUES (?, ?, ?, ?)',
    );
  }

  find(key: ProfileKey): DataProfile | undefined {
    const row = this.#select.get(key.hash, optionsOf(key));
    return row && (JSON.parse(row.profile) as DataProfile);
  }

  keep(key: ProfileKey, profile: DataProfile): void {
    this.#insert.run(key.hash, optionsOf(key), Date.now(), JSON.stringify(profile));
  }
}

function optionsOf({ extension, target }: ProfileKey): string {
  return JSON.stringify({ edition, extension, target: target ?? null });
}
