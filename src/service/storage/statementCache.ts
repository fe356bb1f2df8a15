import type { Database, Statement } from './database.ts';

const kept = 100;

/** Prepared statements by their SQL, for SQL that is put together: the latest ones used are kept. */
export class StatementCache {
  readonly #database: Database;
  readonly #statements = new Map<string, Statement>();

  constructor(database: Database) {
    this.#database = database;
  }

  get<Row>(sql: string): Statement<[Record<string, unknown>], Row> {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.delete(sql);
    this.#statements.set(sql, statement);
    if (this.#statements.size > kept) {
      this.#statements.delete(this.#statements.keys().next().value!);
    }
    return statement as Statement<[Record<string, unknown>], Row>;
  }
}
