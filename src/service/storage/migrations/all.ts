import { runsMigration } from './0001_runs.ts';
import { fileHashesMigration } from './0002_file_hashes.ts';
import { latestMetricsMigration } from './0003_latest_metrics.ts';
import { modelsMigration } from './0004_models.ts';
import { tracesMigration } from './0005_traces.ts';
import { remoteMigration } from './0006_remote.ts';
import { profilesMigration } from './0007_profiles.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [
  runsMigration,
  fileHashesMigration,
  latestMetricsMigration,
  modelsMigration,
  tracesMigration,
  remoteMigration,
  profilesMigration,
];
