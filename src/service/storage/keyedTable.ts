import type { Database, Statement } from './database.ts';

export interface KeyedRow {
  readonly key: string;
  readonly value: string;
}

/** A table of words about things: a column for whose they are, and the columns `key` and `value`. */
export class KeyedTable {
  readonly #statements: ReturnType<typeof prepare>;

  /** Names of the table and of its column for whose a row is; they become part of the SQL. */
  constructor(database: Database, table: string, owner: string) {
    this.#statements = prepare(database, table, owner);
  }

  set(owner: number, key: string, value: string): void {
    this.#statements.set.run(owner, key, value);
  }

  get(owner: number, key: string): string | undefined {
    return this.#statements.get.get(owner, key)?.value;
  }

  /** Ordered by key. */
  all(owner: number): KeyedRow[] {
    return this.#statements.all.all(owner);
  }

  /** False when there is no such key. */
  delete(owner: number, key: string): boolean {
    return this.#statements.delete.run(owner, key).changes > 0;
  }
}

function prepare(database: Database, table: string, owner: string) {
  return {
    set: database.prepare(
      `INSERT INTO ${table} (${owner}, key, value) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
    get: database.prepare(`SELECT key, value FROM ${table} WHERE ${owner} = ? AND key = ?`) as Statement<
      [number, string],
      KeyedRow
    >,
    all: database.prepare(`SELECT key, value FROM ${table} WHERE ${owner} = ? ORDER BY key`) as Statement<
      [number],
      KeyedRow
    >,
    delete: database.prepare(`DELETE FROM ${table} WHERE ${owner} = ? AND key = ?`),
  };
}
