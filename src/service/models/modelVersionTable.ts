import type { KeyValue } from '../experiments/store.ts';
import type { Database, Statement } from '../storage/database.ts';
import { KeyedTable } from '../storage/keyedTable.ts';
import { versionNotFound } from './errors.ts';
import type { ModelVersion, NewModelVersion, Stage } from './store.ts';

export interface ModelVersionRow {
  readonly id: number;
  readonly name: string;
  readonly version: number;
  readonly description: string | null;
  readonly creation_time: number;
  readonly last_updated_time: number;
  readonly stage: Stage;
  readonly source: string;
  readonly storage_location: string;
  readonly run_id: string;
  readonly run_link: string;
  readonly logged_model: string | null;
}

/** Everything of a version that its source decides. */
export interface Origin {
  readonly source: string;
  readonly storageLocation: string;
  readonly runId: string;
  readonly loggedModel?: string;
}

/** The tables `model_versions` and `model_version_tags`. Transactions belong to the caller. */
export class ModelVersionTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #tags: KeyedTable;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#tags = new KeyedTable(database, 'model_version_tags', 'version');
  }

  create(model: number, version: number, fields: NewModelVersion, origin: Origin, now: number): void {
    const { lastInsertRowid } = this.#statements.insert.run({
      model,
      version,
      now,
      description: fields.description ?? null,
      source: origin.source,
      storageLocation: origin.storageLocation,
      runId: origin.runId,
      runLink: fields.runLink ?? '',
      loggedModel: origin.loggedModel ?? null,
    });
    for (const tag of fields.tags) {
      this.#tags.set(Number(lastInsertRowid), tag.key, tag.value);
    }
  }

  require(name: string, version: number): ModelVersionRow {
    const row = this.#statements.byNumber.get(name, version);
    if (!row) {
      throw versionNotFound(name, version);
    }
    return row;
  }

  byAlias(model: number, alias: string): ModelVersionRow | undefined {
    return this.#statements.byAlias.get(model, alias);
  }

  /** In the order in which the stages were first used. */
  latest(model: number): ModelVersionRow[] {
    return this.#statements.latest.all(model, model);
  }

  describe(row: ModelVersionRow, description: string | undefined, now: number): void {
    this.#statements.describe.run(description ?? null, now, row.id);
  }

  setStage(row: ModelVersionRow, stage: Stage, now: number): void {
    this.#statements.setStage.run(stage, now, row.id);
  }

  archiveOthers(model: number, version: number, stage: Stage, now: number): void {
    this.#statements.archiveOthers.run(now, model, version, stage);
  }

  touchAll(model: number, now: number): void {
    this.#statements.touchAll.run(now, model);
  }

  delete(row: ModelVersionRow): void {
    this.#statements.delete.run(row.id);
  }

  setTag(row: ModelVersionRow, tag: KeyValue): void {
    this.#tags.set(row.id, tag.key, tag.value);
  }

  deleteTag(row: ModelVersionRow, key: string): void {
    this.#tags.delete(row.id, key);
  }

  aliases(row: ModelVersionRow): string[] {
    return this.#statements.aliases.all(row.id).map(({ alias }) => alias);
  }

  toModelVersion(row: ModelVersionRow, aliases: readonly string[]): ModelVersion {
    return {
      name: row.name,
      version: row.version,
      ...(row.description !== null && { description: row.description }),
      creationTime: row.creation_time,
      lastUpdatedTime: row.last_updated_time,
      stage: row.stage,
      source: row.source,
      storageLocation: row.storage_location,
      runId: row.run_id,
      runLink: row.run_link,
      ...(row.logged_model !== null && { loggedModel: row.logged_model }),
      tags: this.#tags.all(row.id),
      aliases,
    };
  }
}

/** Rows of versions with the name of their model. */
const versions = 'SELECT v.*, m.name FROM model_versions v JOIN registered_models m ON m.id = v.model';

function prepare(database: Database) {
  return {
    insert: database.prepare(
      `INSERT INTO model_versions (model, version, description, creation_time, last_updated_time, source,
         storage_location, run_id, run_link, logged_model)
       VALUES (@model, @version, @description, @now, @now, @source, @storageLocation, @runId, @runLink,
         @loggedModel)`,
    ),
    byNumber: database.prepare(`${versions} WHERE m.name = ? AND v.version = ?`) as Statement<
      [string, number],
      ModelVersionRow
    >,
    byAlias: database.prepare(
      `${versions} JOIN model_aliases a ON a.version = v.id WHERE a.model = ? AND a.alias = ?`,
    ) as Statement<[number, string], ModelVersionRow>,
    latest: database.prepare(
      `${versions} JOIN (
         SELECT stage, max(version) AS highest, min(version) AS lowest FROM model_versions
         WHERE model = ? GROUP BY stage
       ) s ON s.highest = v.version
       WHERE v.model = ? ORDER BY s.lowest`,
    ) as Statement<[number, number], ModelVersionRow>,
    describe: database.prepare(
      'UPDATE model_versions SET description = ?, last_updated_time = ? WHERE id = ?',
    ),
    setStage: database.prepare('UPDATE model_versions SET stage = ?, last_updated_time = ? WHERE id = ?'),
    archiveOthers: database.prepare(
      `UPDATE model_versions SET stage = 'Archived', last_updated_time = ?
       WHERE model = ? AND version <> ? AND stage = ?`,
    ),
    touchAll: database.prepare('UPDATE model_versions SET last_updated_time = ? WHERE model = ?'),
    delete: database.prepare('DELETE FROM model_versions WHERE id = ?'),
    aliases: database.prepare(
      'SELECT alias FROM model_aliases WHERE version = ? ORDER BY alias',
    ) as Statement<[number], { alias: string }>,
  };
}
