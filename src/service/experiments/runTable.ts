import { randomUUID } from 'node:crypto';
import type { Database, Statement } from '../storage/database.ts';
import { inventRunName } from './names.ts';
import type {
  KeyValue,
  Lifecycle,
  NewRun,
  RunChange,
  RunRecord,
  RunStatus,
  StoredExperiment,
  StoredRun,
  StoredRunQuery,
} from './store.ts';
import { parameterChanged, runDeleted, runNotFound, tagNotFound } from './storeErrors.ts';

/** MLflow keeps the name of a run in this tag as well; both always agree. */
export const runNameTag = 'mlflow.runName';

export interface RunRow {
  readonly id: number;
  readonly run_id: string;
  readonly experiment: number;
  readonly name: string;
  readonly user_id: string;
  readonly status: RunStatus;
  readonly start_time: number;
  readonly end_time: number | null;
  readonly artifact_uri: string;
  readonly lifecycle_stage: Lifecycle;
  readonly version: number;
  readonly script: string | null;
  readonly details: string | null;
}

/** The tables `runs`, `parameters` and `tags`. Transactions belong to the caller. */
export class RunTable {
  readonly #database: Database;
  readonly #statements: ReturnType<typeof prepare>;
  readonly #searches = new Map<string, Statement<[Record<string, unknown>], RunRow & { total: number }>>();

  constructor(database: Database) {
    this.#database = database;
    this.#statements = prepare(database);
  }

  create(run: NewRun, experiment: StoredExperiment): RunRow {
    const runId = run.runId ?? randomUUID().replaceAll('-', '');
    const number = Number(experiment.id);
    const name = run.name || inventRunName((wanted) => !!this.#statements.nameTaken.get(number, wanted));
    const { lastInsertRowid } = this.#statements.insert.run({
      runId,
      experiment: number,
      name,
      userId: run.userId,
      status: run.status,
      startTime: run.startTime,
      artifactUri: run.artifactUri ?? `${experiment.artifactLocation.replace(/\/$/, '')}/${runId}/artifacts`,
      script: run.script ?? null,
      details: run.details ? JSON.stringify(run.details) : null,
    });
    const id = Number(lastInsertRowid);
    for (const tag of run.tags ?? []) {
      this.#statements.setTag.run(id, tag.key, tag.value);
    }
    this.#statements.setTag.run(id, runNameTag, name);
    return this.require(runId);
  }

  find(runId: string): RunRow | undefined {
    return this.#statements.byRunId.get(runId);
  }

  require(runId: string): RunRow {
    const row = this.find(runId);
    if (!row) {
      throw runNotFound(runId);
    }
    return row;
  }

  requireActive(runId: string): RunRow {
    const row = this.require(runId);
    if (row.lifecycle_stage !== 'active') {
      throw runDeleted(runId);
    }
    return row;
  }

  update(row: RunRow, change: RunChange): void {
    const details = change.details && { ...parseDetails(row.details), ...change.details };
    this.#statements.update.run({
      id: row.id,
      status: change.status ?? row.status,
      endTime: change.endTime ?? row.end_time,
      name: change.name || row.name,
      experiment: change.experiment === undefined ? row.experiment : Number(change.experiment),
      details: details ? JSON.stringify(details) : row.details,
    });
    if (change.name) {
      this.#statements.setTag.run(row.id, runNameTag, change.name);
    }
  }

  setLifecycle(row: RunRow, lifecycle: Lifecycle): void {
    this.#statements.setLifecycle.run(lifecycle, lifecycle === 'deleted' ? Date.now() : null, row.id);
  }

  deleteAll(experiment: string): void {
    this.#statements.deleteAll.run(Date.now(), Number(experiment));
  }

  /** Brings back the runs that were deleted together with their experiment, and only those. */
  restoreAll(experiment: string): void {
    this.#statements.restoreAll.run(Number(experiment));
  }

  touch(row: RunRow): void {
    this.#statements.touch.run(row.id);
  }

  setParameter(row: RunRow, parameter: KeyValue): void {
    if (this.#statements.insertParameter.run(row.id, parameter.key, parameter.value).changes > 0) {
      return;
    }
    const old = this.#statements.parameter.get(row.id, parameter.key)!.value;
    if (old !== parameter.value) {
      throw parameterChanged(row.run_id, parameter.key, old, parameter.value);
    }
  }

  setTag(row: RunRow, tag: KeyValue): void {
    this.#statements.setTag.run(row.id, tag.key, tag.value);
    if (tag.key === runNameTag && tag.value !== '') {
      this.#statements.rename.run(tag.value, row.id);
    }
  }

  deleteTag(row: RunRow, key: string): void {
    if (this.#statements.deleteTag.run(row.id, key).changes === 0) {
      throw tagNotFound(key, `run with id ${row.run_id}`);
    }
  }

  parameters(row: RunRow): KeyValue[] {
    return this.#statements.parameters.all(row.id);
  }

  tags(row: RunRow): KeyValue[] {
    return this.#statements.tags.all(row.id);
  }

  tag(row: RunRow, key: string): string | undefined {
    return this.#statements.tag.get(row.id, key)?.value;
  }

  previous(run: StoredRun): RunRow | undefined {
    return run.script === undefined
      ? undefined
      : this.#statements.previous.get(run.script, run.startTime, run.runId);
  }

  underWay(): RunRow[] {
    return this.#statements.underWay.all();
  }

  search(query: StoredRunQuery): { readonly rows: readonly RunRow[]; readonly total: number } {
    const conditions = [
      query.experiments && 'experiment IN (SELECT CAST(value AS INTEGER) FROM json_each(@experiments))',
      query.statuses && 'status IN (SELECT value FROM json_each(@statuses))',
      query.runIds && 'run_id IN (SELECT value FROM json_each(@runIds))',
      query.lifecycle !== 'all' && 'lifecycle_stage = @lifecycle',
    ].filter((condition) => typeof condition === 'string');
    const where = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
    const first =
      query.order === 'newestFirst' ? '' : `status NOT IN ('SCHEDULED', 'RUNNING'), status = 'SCHEDULED',`;
    const order = `${first} start_time DESC, run_id`;
    const rows = this.#prepared(
      `SELECT *, 0 AS total FROM runs ${where} ORDER BY ${order} LIMIT @limit OFFSET @offset`,
    );
    const count = this.#prepared(`SELECT count(*) AS total FROM runs ${where}`);
    const bound = {
      ...(query.experiments && { experiments: JSON.stringify(query.experiments) }),
      ...(query.statuses && { statuses: JSON.stringify(query.statuses) }),
      ...(query.runIds && { runIds: JSON.stringify(query.runIds) }),
      ...(query.lifecycle !== 'all' && { lifecycle: query.lifecycle ?? 'active' }),
    };
    return {
      rows: rows.all({ ...bound, limit: query.limit, offset: query.offset }),
      total: count.get(bound)!.total,
    };
  }

  #prepared(sql: string): Statement<[Record<string, unknown>], RunRow & { total: number }> {
    let statement = this.#searches.get(sql);
    if (!statement) {
      statement = this.#database.prepare(sql) as Statement<
        [Record<string, unknown>],
        RunRow & { total: number }
      >;
      this.#searches.set(sql, statement);
    }
    return statement;
  }
}

export function toStoredRun(row: RunRow): StoredRun {
  const details = parseDetails(row.details);
  return {
    runId: row.run_id,
    experiment: String(row.experiment),
    name: row.name,
    userId: row.user_id,
    status: row.status,
    startTime: row.start_time,
    ...(row.end_time !== null && { endTime: row.end_time }),
    artifactUri: row.artifact_uri,
    lifecycleStage: row.lifecycle_stage,
    version: row.version,
    ...(row.script !== null && { script: row.script }),
    ...(details && { details }),
  };
}

function parseDetails(text: string | null): RunRecord | undefined {
  return text === null ? undefined : (JSON.parse(text) as RunRecord);
}

function prepare(database: Database) {
  return {
    insert: database.prepare(
      `INSERT INTO runs (run_id, experiment, name, user_id, status, start_time, artifact_uri, version, script, details)
       VALUES (@runId, @experiment, @name, @userId, @status, @startTime, @artifactUri, 1, @script, @details)`,
    ),
    nameTaken: database.prepare('SELECT 1 FROM runs WHERE experiment = ? AND name = ? LIMIT 1'),
    byRunId: database.prepare('SELECT * FROM runs WHERE run_id = ?') as Statement<[string], RunRow>,
    update: database.prepare(
      `UPDATE runs SET status = @status, end_time = @endTime, name = @name, experiment = @experiment,
         details = @details WHERE id = @id`,
    ),
    rename: database.prepare('UPDATE runs SET name = ? WHERE id = ?'),
    touch: database.prepare('UPDATE runs SET version = version + 1 WHERE id = ?'),
    setLifecycle: database.prepare(
      'UPDATE runs SET lifecycle_stage = ?, deleted_time = ?, deleted_with_experiment = 0 WHERE id = ?',
    ),
    deleteAll: database.prepare(
      `UPDATE runs SET lifecycle_stage = 'deleted', deleted_time = ?, deleted_with_experiment = 1
       WHERE experiment = ? AND lifecycle_stage = 'active'`,
    ),
    restoreAll: database.prepare(
      `UPDATE runs SET lifecycle_stage = 'active', deleted_time = NULL, deleted_with_experiment = 0
       WHERE experiment = ? AND deleted_with_experiment = 1`,
    ),
    insertParameter: database.prepare('INSERT OR IGNORE INTO parameters (run, key, value) VALUES (?, ?, ?)'),
    parameter: database.prepare('SELECT value FROM parameters WHERE run = ? AND key = ?') as Statement<
      [number, string],
      { value: string }
    >,
    parameters: database.prepare('SELECT key, value FROM parameters WHERE run = ? ORDER BY key') as Statement<
      [number],
      KeyValue
    >,
    setTag: database.prepare(
      `INSERT INTO tags (run, key, value) VALUES (?, ?, ?)
       ON CONFLICT DO UPDATE SET value = excluded.value`,
    ),
    tag: database.prepare('SELECT value FROM tags WHERE run = ? AND key = ?') as Statement<
      [number, string],
      { value: string }
    >,
    tags: database.prepare('SELECT key, value FROM tags WHERE run = ? ORDER BY key') as Statement<
      [number],
      KeyValue
    >,
    deleteTag: database.prepare('DELETE FROM tags WHERE run = ? AND key = ?'),
    previous: database.prepare(
      `SELECT * FROM runs WHERE script = ? AND lifecycle_stage = 'active'
         AND (start_time, id) < (?, (SELECT id FROM runs WHERE run_id = ?))
       ORDER BY start_time DESC, id DESC LIMIT 1`,
    ) as Statement<[string, number, string], RunRow>,
    underWay: database.prepare(
      `SELECT * FROM runs WHERE status IN ('SCHEDULED', 'RUNNING') AND lifecycle_stage = 'active'
       ORDER BY start_time`,
    ) as Statement<[], RunRow>,
  };
}
