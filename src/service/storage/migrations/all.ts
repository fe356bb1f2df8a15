import { runsMigration } from './0001_runs.ts';
import { fileHashesMigration } from './0002_file_hashes.ts';
import { modelsMigration } from './0004_models.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [runsMigration, fileHashesMigration, modelsMigration];
