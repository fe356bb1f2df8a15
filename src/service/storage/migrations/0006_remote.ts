import type { Migration } from './migration.ts';

/**
 * What a mirror of a remote tracking server keeps beside the runs: what is still to be sent there, and who is who.
 *
 * A lane is sent in order, and one lane does not wait for another: each run has its own, and each experiment.
 * `begun` says that a request was sent whose answer is not known, so it may have been carried out already.
 * `refusal` is the reason of the remote for a change that it will never take; it stays for people to read.
 */
export const remoteMigration: Migration = {
  number: 6,
  sql: `
    CREATE TABLE outbox (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      lane TEXT NOT NULL,
      operation TEXT NOT NULL,
      begun INTEGER NOT NULL DEFAULT 0,
      refusal TEXT
    ) STRICT;
    CREATE INDEX outbox_waiting ON outbox (lane, id) WHERE refusal IS NULL;
    CREATE INDEX outbox_refused ON outbox (id) WHERE refusal IS NOT NULL;

    CREATE TABLE remote_experiments (
      experiment TEXT PRIMARY KEY,
      remote_id TEXT NOT NULL UNIQUE
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE remote_runs (
      run TEXT PRIMARY KEY,
      remote_id TEXT UNIQUE,
      is_own INTEGER NOT NULL,
      artifact_uri TEXT,
      seen TEXT
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE remote_histories (
      run TEXT NOT NULL,
      key TEXT NOT NULL,
      latest TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;
  `,
};
