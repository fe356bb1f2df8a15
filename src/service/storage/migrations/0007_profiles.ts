import type { Migration } from './migration.ts';

/** Profiles of data by its content, as JSON; `options` is what else they depend on. They can all be made again. */
export const profilesMigration: Migration = {
  number: 7,
  sql: `
    CREATE TABLE profiles (
      hash TEXT NOT NULL,
      options TEXT NOT NULL,
      made_at INTEGER NOT NULL,
      profile TEXT NOT NULL,
      PRIMARY KEY (hash, options)
    ) STRICT, WITHOUT ROWID;
  `,
};
