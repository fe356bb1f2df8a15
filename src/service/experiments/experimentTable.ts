import { Bindings } from '../search/bindings.ts';
import { compileFilter, compileOrder } from '../search/compile.ts';
import type { Database, Statement } from '../storage/database.ts';
import { StatementCache } from '../storage/statementCache.ts';
import { byOwner, type RowNumbers } from './owned.ts';
import { searchableExperiments } from './searchable.ts';
import type { KeyValue, Lifecycle, NewExperiment, StoredExperiment, StoredExperimentQuery } from './store.ts';
import {
  experimentDeleted,
  experimentExists,
  experimentNameNotFound,
  experimentNotFound,
  tagNotFound,
} from './storeErrors.ts';

interface ExperimentRow {
  readonly id: number;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: Lifecycle;
  readonly creation_time: number;
  readonly last_update_time: number;
}

export const defaultExperiment = { id: '0', name: 'Default' } as const;

/** Artifacts are reached through the tracking server that the client uses, whatever its port. */
const artifactScheme = 'mlflow-artifacts:';

/** The tables `experiments` and `experiment_tags`. Transactions belong to the caller. */
export class ExperimentTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #searches: StatementCache;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#searches = new StatementCache(database);
    this.#statements.insertDefault.run(
      defaultExperiment.name,
      `${artifactScheme}/${defaultExperiment.id}`,
      Date.now(),
      Date.now(),
    );
  }

  create(experiment: NewExperiment): StoredExperiment {
    if (this.#statements.byName.get(experiment.name)) {
      throw experimentExists(experiment.name);
    }
    const now = Date.now();
    const created = this.#statements.insert.run(experiment.name, experiment.artifactLocation ?? '', now, now);
    const id = Number(created.lastInsertRowid);
    if (!experiment.artifactLocation) {
      this.#statements.setLocation.run(`${artifactScheme}/${id}`, id);
    }
    for (const tag of experiment.tags ?? []) {
      this.#statements.setTag.run(id, tag.key, tag.value);
    }
    return this.require(String(id));
  }

  get(id: string): StoredExperiment | undefined {
    const row = /^\d{1,15}$/.test(id) ? this.#statements.byId.get(Number(id)) : undefined;
    return row && toExperiment(row, this.#statements.tags.all(row.id));
  }

  require(id: string): StoredExperiment {
    const experiment = this.get(id);
    if (!experiment) {
      throw experimentNotFound(id);
    }
    return experiment;
  }

  requireActive(id: string): StoredExperiment {
    const experiment = this.require(id);
    if (experiment.lifecycleStage !== 'active') {
      throw experimentDeleted(id);
    }
    return experiment;
  }

  getByName(name: string): StoredExperiment | undefined {
    const row = this.#statements.byName.get(name);
    return row && toExperiment(row, this.#statements.tags.all(row.id));
  }

  requireByName(name: string): StoredExperiment {
    const experiment = this.getByName(name);
    if (!experiment) {
      throw experimentNameNotFound(name);
    }
    return experiment;
  }

  list({
    lifecycle = 'active',
    filter,
    orderBy = [],
    limit = -1,
    offset = 0,
  }: StoredExperimentQuery): StoredExperiment[] {
    const bindings = new Bindings();
    const where = filter ? compileFilter(searchableExperiments, filter, bindings) : '1';
    const { joins, terms } = compileOrder(searchableExperiments, orderBy, bindings);
    const sql = `SELECT experiments.* FROM experiments ${joins}
      WHERE @lifecycle IN ('all', experiments.lifecycle_stage) AND ${where}
      ORDER BY ${terms} LIMIT @limit OFFSET @offset`;
    const rows = this.#searches.get<ExperimentRow>(sql).all({ ...bindings.values, lifecycle, limit, offset });
    const numbers = JSON.stringify(rows.map(({ id }) => id));
    const tags = byOwner(
      this.#statements.tagsOf.all(numbers).map(([experiment, key, value]) => [experiment, { key, value }]),
    );
    return rows.map((row) => toExperiment(row, tags(row.id)));
  }

  rename(id: string, name: string): StoredExperiment {
    this.requireActive(id);
    const other = this.getByName(name);
    if (other && other.id !== id) {
      throw experimentExists(name);
    }
    this.#statements.rename.run(name, Date.now(), Number(id));
    return this.require(id);
  }

  setLifecycle(id: string, from: Lifecycle, to: Lifecycle): void {
    if (this.require(id).lifecycleStage !== from) {
      throw experimentNotFound(id);
    }
    this.#statements.setLifecycle.run(to, Date.now(), Number(id));
  }

  setTag(id: string, tag: KeyValue): void {
    this.requireActive(id);
    this.#statements.setTag.run(Number(id), tag.key, tag.value);
    this.#statements.touch.run(Date.now(), Number(id));
  }

  deleteTag(id: string, key: string): void {
    this.requireActive(id);
    if (this.#statements.deleteTag.run(Number(id), key).changes === 0) {
      throw tagNotFound(key, `experiment with id ${id}`);
    }
    this.#statements.touch.run(Date.now(), Number(id));
  }
}

function toExperiment(row: ExperimentRow, tags: readonly KeyValue[]): StoredExperiment {
  return {
    id: String(row.id),
    name: row.name,
    artifactLocation: row.artifact_location,
    lifecycleStage: row.lifecycle_stage,
    creationTime: row.creation_time,
    lastUpdateTime: row.last_update_time,
    tags,
  };
}

function prepare(database: Database) {
  return {
    insertDefault: database.prepare(
      `INSERT OR IGNORE INTO experiments (id, name, artifact_location, creation_time, last_update_time)
       VALUES (0, ?, ?, ?, ?)`,
    ),
    insert: database.prepare(
      `INSERT INTO experiments (name, artifact_location, creation_time, last_update_time)
       VALUES (?, ?, ?, ?)`,
    ),
    setLocation: database.prepare('UPDATE experiments SET artifact_location = ? WHERE id = ?'),
    byId: database.prepare('SELECT * FROM experiments WHERE id = ?') as Statement<[number], ExperimentRow>,
    byName: database.prepare('SELECT * FROM experiments WHERE name = ?') as Statement<
      [string],
      ExperimentRow
    >,
    rename: database.prepare('UPDATE experiments SET name = ?, last_update_time = ? WHERE id = ?'),
    setLifecycle: database.prepare(
      'UPDATE experiments SET lifecycle_stage = ?, last_update_time = ? WHERE id = ?',
    ),
    touch: database.prepare('UPDATE experiments SET last_update_time = ? WHERE id = ?'),
    tags: database.prepare(
      'SELECT key, value FROM experiment_tags WHERE experiment = ? ORDER BY key',
    ) as Statement<[number], KeyValue>,
    tagsOf: database
      .prepare(
        `SELECT experiment, key, value FROM experiment_tags
         WHERE experiment IN (SELECT value FROM json_each(?)) ORDER BY experiment, key`,
      )
      .raw() as Statement<[RowNumbers], [number, string, string]>,
    setTag: database.prepare(
      `INSERT INTO experiment_tags (experiment, key, value) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
    deleteTag: database.prepare('DELETE FROM experiment_tags WHERE experiment = ? AND key = ?'),
  };
}
