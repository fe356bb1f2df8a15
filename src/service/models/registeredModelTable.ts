import type { KeyValue } from '../experiments/store.ts';
import type { Database, Statement } from '../storage/database.ts';
import { KeyedTable } from '../storage/keyedTable.ts';
import { registeredModelExists, registeredModelNotFound } from './errors.ts';
import { checkModelName } from './rules.ts';
import type { ModelAlias, NewRegisteredModel } from './store.ts';

export interface RegisteredModelRow {
  readonly id: number;
  readonly name: string;
  readonly description: string | null;
  readonly creation_time: number;
  readonly last_updated_time: number;
}

/** The tables `registered_models`, `registered_model_tags` and `model_aliases`. Transactions belong to the caller. */
export class RegisteredModelTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #tags: KeyedTable;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#tags = new KeyedTable(database, 'registered_model_tags', 'model');
  }

  create(model: NewRegisteredModel): RegisteredModelRow {
    checkModelName(model.name);
    if (this.#statements.byName.get(model.name)) {
      throw registeredModelExists(model.name);
    }
    const now = Date.now();
    const { lastInsertRowid } = this.#statements.insert.run(
      model.name,
      // As MLflow does, where the absent and the empty description are one here.
      model.description || null,
      now,
      now,
    );
    for (const tag of model.tags) {
      this.#tags.set(Number(lastInsertRowid), tag.key, tag.value);
    }
    return this.require(model.name);
  }

  require(name: string): RegisteredModelRow {
    checkModelName(name);
    const row = this.#statements.byName.get(name);
    if (!row) {
      throw registeredModelNotFound(name);
    }
    return row;
  }

  describe(row: RegisteredModelRow, description: string | undefined): void {
    this.#statements.describe.run(description || null, Date.now(), row.id);
  }

  rename(row: RegisteredModelRow, name: string, now: number): void {
    checkModelName(name, 'new_name');
    const other = this.#statements.byName.get(name);
    if (other && other.id !== row.id) {
      throw registeredModelExists(name);
    }
    this.#statements.rename.run(name, now, row.id);
  }

  delete(row: RegisteredModelRow): void {
    this.#statements.delete.run(row.id);
  }

  touch(row: RegisteredModelRow, now: number): void {
    this.#statements.touch.run(now, row.id);
  }

  /** Gives the next number away, also when the version that had the last one is gone. */
  nextVersion(row: RegisteredModelRow): number {
    return this.#statements.nextVersion.get(row.id)!.last_version;
  }

  setTag(row: RegisteredModelRow, tag: KeyValue): void {
    this.#tags.set(row.id, tag.key, tag.value);
  }

  deleteTag(row: RegisteredModelRow, key: string): void {
    this.#tags.delete(row.id, key);
  }

  tags(row: RegisteredModelRow): KeyValue[] {
    return this.#tags.all(row.id);
  }

  setAlias(row: RegisteredModelRow, alias: string, versionId: number): void {
    this.#statements.setAlias.run(row.id, alias, versionId);
  }

  deleteAlias(row: RegisteredModelRow, alias: string): void {
    this.#statements.deleteAlias.run(row.id, alias);
  }

  aliases(row: RegisteredModelRow): ModelAlias[] {
    return this.#statements.aliases.all(row.id);
  }
}

function prepare(database: Database) {
  return {
    insert: database.prepare(
      `INSERT INTO registered_models (name, description, creation_time, last_updated_time)
       VALUES (?, ?, ?, ?)`,
    ),
    byName: database.prepare('SELECT * FROM registered_models WHERE name = ?') as Statement<
      [string],
      RegisteredModelRow
    >,
    describe: database.prepare(
      'UPDATE registered_models SET description = ?, last_updated_time = ? WHERE id = ?',
    ),
    rename: database.prepare('UPDATE registered_models SET name = ?, last_updated_time = ? WHERE id = ?'),
    touch: database.prepare('UPDATE registered_models SET last_updated_time = ? WHERE id = ?'),
    delete: database.prepare('DELETE FROM registered_models WHERE id = ?'),
    nextVersion: database.prepare(
      'UPDATE registered_models SET last_version = last_version + 1 WHERE id = ? RETURNING last_version',
    ) as Statement<[number], { last_version: number }>,
    aliases: database.prepare(
      `SELECT a.alias, v.version FROM model_aliases a JOIN model_versions v ON v.id = a.version
       WHERE a.model = ? ORDER BY a.alias`,
    ) as Statement<[number], ModelAlias>,
    setAlias: database.prepare(
      `INSERT INTO model_aliases (model, alias, version) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET version = excluded.version`,
    ),
    deleteAlias: database.prepare('DELETE FROM model_aliases WHERE model = ? AND alias = ?'),
  };
}
