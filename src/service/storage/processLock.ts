import SqliteDatabase from 'better-sqlite3';
import { type Disposable, toDisposable } from '../../base/lifecycle.ts';

/** Referred to for as long as they are held: a database that nobody refers to is collected, and its lock with it. */
const held = new Set<SqliteDatabase.Database>();

/**
 * One process per file, for as long as it lives.
 *
 * Node has no `flock`; SQLite's exclusive transaction is the same promise on every system,
 * and the operating system takes it back when the process dies, however it dies.
 */
export function acquireProcessLock(file: string): Disposable | undefined {
  const lock = new SqliteDatabase(file, { timeout: 0 });
  try {
    lock.pragma('journal_mode = DELETE');
    lock.pragma('locking_mode = EXCLUSIVE');
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof SqliteDatabase.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      return undefined;
    }
    throw error;
  }
  held.add(lock);
  return toDisposable(() => {
    held.delete(lock);
    lock.close();
  });
}
