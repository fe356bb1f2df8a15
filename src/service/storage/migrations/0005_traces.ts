import type { Migration } from './migration.ts';

/** Times and durations are milliseconds. What a trace recorded in full is a file among the artifacts. */
export const tracesMigration: Migration = {
  number: 5,
  sql: `
    CREATE TABLE traces (
      id INTEGER PRIMARY KEY,
      trace_id TEXT NOT NULL UNIQUE,
      experiment INTEGER NOT NULL REFERENCES experiments,
      request_time INTEGER NOT NULL,
      duration INTEGER,
      state TEXT NOT NULL,
      client_request_id TEXT,
      request_preview TEXT,
      response_preview TEXT,
      assessments TEXT NOT NULL
    ) STRICT;
    CREATE INDEX traces_by_experiment ON traces (experiment, request_time DESC, trace_id);

    CREATE TABLE trace_tags (
      trace INTEGER NOT NULL REFERENCES traces ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (trace, key)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE trace_metadata (
      trace INTEGER NOT NULL REFERENCES traces ON DELETE CASCADE,
      key TEXT NOT NULL,
      value TEXT NOT NULL,
      PRIMARY KEY (trace, key)
    ) STRICT, WITHOUT ROWID;
  `,
};
