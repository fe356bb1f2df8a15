import type { Migration } from './migration.ts';

/**
 * Times are milliseconds since the epoch. Rows of a model hang on its small integer `id`: a renamed model keeps them.
 *
 * A deleted version keeps its number: `last_version` is the highest that was ever given.
 * `storage_location` is where the files of a version are, its source followed to the end.
 * Values of metrics have no affinity: SQLite turns NaN into NULL, so NaN is stored as the text 'NaN'.
 */
export const modelsMigration: Migration = {
  number: 4,
  sql: `
    CREATE TABLE registered_models (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL UNIQUE,
      description TEXT,
      creation_time INTEGER NOT NULL,
      last_updated_time INTEGER NOT NULL,
      last_version INTEGER NOT NULL DEFAULT 0
    ) STRICT;

    CREATE TABLE registered_model_tags (
      model INTEGER NOT NULL REFERENCES registered_models ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE model_versions (
      id INTEGER PRIMARY KEY,
      model INTEGER NOT NULL REFERENCES registered_models ON DELETE CASCADE,
      version INTEGER NOT NULL,
      description TEXT,
      creation_time INTEGER NOT NULL,
      last_updated_time INTEGER NOT NULL,
      stage TEXT NOT NULL DEFAULT 'None',
      source TEXT NOT NULL,
      storage_location TEXT NOT NULL,
      run_id TEXT NOT NULL,
      run_link TEXT NOT NULL,
      logged_model TEXT,
      UNIQUE (model, version)
    ) STRICT;
    CREATE INDEX model_versions_by_time ON model_versions (last_updated_time DESC);
    CREATE INDEX model_versions_by_run ON model_versions (run_id);
    CREATE INDEX model_versions_by_logged_model ON model_versions (logged_model) WHERE logged_model IS NOT NULL;

    CREATE TABLE model_version_tags (
      version INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (version, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE model_aliases (
      model INTEGER NOT NULL REFERENCES registered_models ON DELETE CASCADE,
      alias TEXT NOT NULL,
      version INTEGER NOT NULL REFERENCES model_versions ON DELETE CASCADE,
      PRIMARY KEY (model, alias)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX model_aliases_by_version ON model_aliases (version);

    CREATE TABLE logged_models (
      id INTEGER PRIMARY KEY,
      model_id TEXT NOT NULL UNIQUE,
      experiment INTEGER NOT NULL REFERENCES experiments,
      name TEXT NOT NULL,
      artifact_uri TEXT NOT NULL,
      creation_time INTEGER NOT NULL,
      last_updated_time INTEGER NOT NULL,
      status TEXT NOT NULL,
      lifecycle_stage TEXT NOT NULL DEFAULT 'active',
      model_type TEXT NOT NULL,
      source_run_id TEXT NOT NULL
    ) STRICT;
    CREATE INDEX logged_models_by_experiment ON logged_models (experiment, creation_time DESC, model_id);
    CREATE INDEX logged_models_by_name ON logged_models (experiment, name);
    CREATE INDEX logged_models_by_run ON logged_models (source_run_id);

    CREATE TABLE logged_model_parameters (
      model INTEGER NOT NULL REFERENCES logged_models ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE logged_model_tags (
      model INTEGER NOT NULL REFERENCES logged_models ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (model, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE logged_model_metrics (
      model INTEGER NOT NULL REFERENCES logged_models ON DELETE CASCADE,
      key TEXT NOT NULL,
      timestamp INTEGER NOT NULL,
      step INTEGER NOT NULL,
      run_id TEXT NOT NULL,
      dataset_name TEXT NOT NULL,
      dataset_digest TEXT NOT NULL,
      value ANY NOT NULL,
      PRIMARY KEY (model, key, timestamp, step, run_id, dataset_name, dataset_digest, value)
    ) STRICT, WITHOUT ROWID;
  `,
};
