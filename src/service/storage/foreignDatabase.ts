import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import SqliteDatabase from 'better-sqlite3';
import type { Disposable } from '../../base/lifecycle.ts';
import type { Database } from './database.ts';
import { foreignDatabaseBusy, notADatabase } from './errors.ts';

export interface ForeignDatabase extends Disposable {
  readonly database: Database;
  /** The columns of a table; none when there is no such table. */
  columns(table: string): ReadonlySet<string>;
}

const copiesFolder = '.imports';
/** Of this process; what else lies there was left by one that was killed. */
const inUse = new Set<string>();
const attempts = 5;

/**
 * Another program's SQLite database, as a copy below `folder`: SQLite would write files beside the original, even to
 * read it. What is in its write-ahead log or in a journal that a crash left is read with it.
 */
export async function openForeignDatabase(file: string, folder: string): Promise<ForeignDatabase> {
  const own = path.join(folder, copiesFolder, randomUUID());
  inUse.add(own);
  try {
    await removeLeftovers(path.join(folder, copiesFolder));
    await fs.mkdir(own, { recursive: true });
    const copy = path.join(own, 'copy.db');
    await copyAtRest(file, copy);
    const database = new SqliteDatabase(copy);
    // Also finds out whether it is one.
    readOrRefuse(database, file);
    return {
      database,
      columns: (table) => columnsOf(database, table),
      dispose: () => {
        database.close();
        remove(own);
      },
    };
  } catch (error) {
    remove(own);
    throw error;
  }
}

/** At once: whoever was told that all is imported finds nothing left of it. */
function remove(own: string): void {
  inUse.delete(own);
  rmSync(own, { recursive: true, force: true });
}

async function removeLeftovers(copies: string): Promise<void> {
  const found = await fs.readdir(copies).catch(() => []);
  for (const place of found.map((name) => path.join(copies, name)).filter((each) => !inUse.has(each))) {
    await fs.rm(place, { recursive: true, force: true });
  }
}

/** Taken when nothing was written meanwhile. */
async function copyAtRest(file: string, copy: string): Promise<void> {
  const parts = ['', '-wal', '-journal'];
  for (let left = attempts; left > 0; left -= 1) {
    const before = await stateOf(file, parts);
    for (const part of parts) {
      await fs.rm(`${copy}${part}`, { force: true });
      await fs
        .copyFile(`${file}${part}`, `${copy}${part}`, fs.constants.COPYFILE_FICLONE)
        .catch((error: NodeJS.ErrnoException) => {
          if (part === '' || error.code !== 'ENOENT') {
            throw error;
          }
        });
    }
    if ((await stateOf(file, parts)) === before) {
      return;
    }
  }
  throw foreignDatabaseBusy(file);
}

async function stateOf(file: string, parts: readonly string[]): Promise<string> {
  const states = await Promise.all(
    parts.map((part) =>
      fs.stat(`${file}${part}`, { bigint: true }).then(
        ({ size, mtimeNs }) => `${size}@${mtimeNs}`,
        () => 'none',
      ),
    ),
  );
  return states.join();
}

function readOrRefuse(database: Database, file: string): void {
  try {
    database.prepare('SELECT count(*) FROM sqlite_master').get();
  } catch (error) {
    database.close();
    throw notADatabase(file, error);
  }
}

function columnsOf(database: Database, table: string): ReadonlySet<string> {
  const rows = database.prepare('SELECT name FROM pragma_table_info(?)').all(table) as { name: string }[];
  return new Set(rows.map(({ name }) => name));
}
