import type { Migration } from './migration.ts';

/**
 * What a file hashed to, so that an unchanged one is not read again. Keyed by path; believed only when
 * inode, size and both times (nanoseconds, as text: they exceed a double) still agree.
 */
export const fileHashesMigration: Migration = {
  number: 2,
  sql: `
    CREATE TABLE file_hashes (
      path TEXT PRIMARY KEY,
      inode TEXT NOT NULL,
      size INTEGER NOT NULL,
      modified_ns TEXT NOT NULL,
      changed_ns TEXT NOT NULL,
      hashed_at INTEGER NOT NULL,
      md5 TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
  `,
};
