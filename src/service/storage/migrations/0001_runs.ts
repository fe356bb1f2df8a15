import type { Migration } from './migration.ts';

/**
 * Times are milliseconds since the epoch. Rows of a run hang on its small integer `id`, not on its 32 digits.
 *
 * `points.value` has no affinity: SQLite turns NaN into NULL, so NaN is stored as the text 'NaN'.
 * A series keeps its latest value (greatest step, timestamp, value), count and range at write time.
 * `lowest` and `highest` leave NaN out; they are NaN while there is nothing else.
 */
export const runsMigration: Migration = {
  number: 1,
  sql: `
    CREATE TABLE experiments (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      artifact_location TEXT NOT NULL,
      lifecycle_stage TEXT NOT NULL DEFAULT 'active',
      creation_time INTEGER NOT NULL,
      last_update_time INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE experiment_tags (
      experiment INTEGER NOT NULL REFERENCES experiments ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (experiment, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      run_id TEXT NOT NULL UNIQUE,
      experiment INTEGER NOT NULL REFERENCES experiments,
      name TEXT NOT NULL,
      user_id TEXT NOT NULL,
      status TEXT NOT NULL,
      start_time INTEGER NOT NULL,
      end_time INTEGER,
      artifact_uri TEXT NOT NULL,
      lifecycle_stage TEXT NOT NULL DEFAULT 'active',
      deleted_time INTEGER,
      deleted_with_experiment INTEGER NOT NULL DEFAULT 0,
      version INTEGER NOT NULL,
      script TEXT,
      details TEXT
    ) STRICT;
    CREATE INDEX runs_by_experiment ON runs (experiment, start_time DESC, run_id);
    CREATE INDEX runs_by_name ON runs (experiment, name);
    CREATE INDEX runs_by_script ON runs (script, start_time DESC) WHERE script IS NOT NULL;
    CREATE INDEX runs_under_way ON runs (status) WHERE status IN ('SCHEDULED', 'RUNNING');

    CREATE TABLE parameters (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE tags (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (run, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE series (
      id INTEGER PRIMARY KEY,
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      key TEXT NOT NULL,
      count INTEGER NOT NULL,
      last_step INTEGER NOT NULL,
      last_timestamp INTEGER NOT NULL,
      last_value ANY NOT NULL,
      lowest ANY NOT NULL,
      highest ANY NOT NULL,
      UNIQUE (run, key)
    ) STRICT;

    CREATE TABLE points (
      series INTEGER NOT NULL REFERENCES series ON DELETE CASCADE,
      step INTEGER NOT NULL,
      timestamp INTEGER NOT NULL,
      value ANY NOT NULL,
      PRIMARY KEY (series, step, timestamp, value)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE datasets (
      id INTEGER PRIMARY KEY,
      experiment INTEGER NOT NULL REFERENCES experiments,
      name TEXT NOT NULL,
      digest TEXT NOT NULL,
      source_type TEXT NOT NULL,
      source TEXT NOT NULL,
      schema TEXT,
      profile TEXT,
      UNIQUE (experiment, name, digest)
    ) STRICT;

    CREATE TABLE dataset_inputs (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      dataset INTEGER NOT NULL REFERENCES datasets,
      tags TEXT NOT NULL,
      PRIMARY KEY (run, dataset)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE model_links (
      run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
      direction TEXT NOT NULL CHECK (direction IN ('input', 'output')),
      model_id TEXT NOT NULL,
      step INTEGER NOT NULL,
      PRIMARY KEY (run, direction, model_id, step)
    ) STRICT, WITHOUT ROWID;
  `,
};
