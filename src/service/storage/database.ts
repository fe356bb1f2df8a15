import fs from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import type { Disposable } from '../../base/lifecycle.ts';
import { databaseDamaged, databaseFromNewerVersion } from './errors.ts';
import type { Migration } from './migrations/migration.ts';
import { addTextMatching } from './textMatching.ts';

export type Database = SqliteDatabase.Database;
export type Statement<Parameters extends unknown[] = unknown[], Row = unknown> = SqliteDatabase.Statement<
  Parameters,
  Row
>;

export interface OpenedDatabase extends Disposable {
  readonly database: Database;
}

/**
 * Opens the store and brings it to the newest migration, each in its own transaction.
 *
 * A database with a higher number than the last migration is refused before anything is written to it.
 * Durability: WAL with `synchronous = NORMAL`, so that no acknowledged write is lost when the process dies.
 */
export function openDatabase(file: string, migrations: readonly Migration[]): OpenedDatabase {
  const database = new SqliteDatabase(file, { timeout: 20_000 });
  try {
    refuseNewer(database, file, migrations);
    database.pragma('journal_mode = WAL');
    database.pragma('synchronous = NORMAL');
    database.pragma('foreign_keys = ON');
    database.pragma('cache_size = -65536');
    addTextMatching(database);
    migrate(database, migrations);
  } catch (error) {
    database.close();
    throw named(error, file);
  }
  return { database, dispose: () => database.close() };
}

/** Bytes on disk, with the write-ahead log. */
export function databaseBytes(file: string): number {
  return [file, `${file}-wal`].reduce(
    (sum, name) => sum + (fs.statSync(name, { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

function refuseNewer(database: Database, file: string, migrations: readonly Migration[]): void {
  const newest = migrations.at(-1)?.number ?? 0;
  const found = database.pragma('user_version', { simple: true }) as number;
  if (found > newest) {
    throw databaseFromNewerVersion(file, found, newest);
  }
}

function migrate(database: Database, migrations: readonly Migration[]): void {
  for (const migration of migrations) {
    const step = database.transaction(() => {
      const current = database.pragma('user_version', { simple: true }) as number;
      if (current < migration.number) {
        database.exec(migration.sql);
        database.pragma(`user_version = ${migration.number}`);
      }
    });
    step.immediate();
  }
}

function named(error: unknown, file: string): unknown {
  const code = error instanceof SqliteDatabase.SqliteError ? error.code : '';
  return code === 'SQLITE_NOTADB' || code.startsWith('SQLITE_CORRUPT') ? databaseDamaged(file, error) : error;
}
