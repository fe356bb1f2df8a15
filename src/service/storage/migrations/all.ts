import { runsMigration } from './0001_runs.ts';
import { fileHashesMigration } from './0002_file_hashes.ts';
import { remoteMigration } from './0020_remote.ts';
import type { Migration } from './migration.ts';

export const migrations: readonly Migration[] = [runsMigration, fileHashesMigration, remoteMigration];
