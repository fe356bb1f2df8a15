import { runsMigration } from './0001_runs.ts';
import { fileHashesMigration } from './0002_file_hashes.ts';
import { latestMetricsMigration } from './0003_latest_metrics.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [runsMigration, fileHashesMigration, latestMetricsMigration];
