import { randomUUID } from 'node:crypto';
import { markSet, runTags } from '../../protocol/runTags.ts';
import type { Database, Statement } from '../storage/database.ts';
import { inventRunName } from './names.ts';
import { Nesting, type ParentLink } from './nesting.ts';
import type { Owned, RowNumbers } from './owned.ts';
import type {
  KeyValue,
  Lifecycle,
  NewRun,
  RunChange,
  RunRecord,
  RunStatus,
  StoredExperiment,
  StoredRun,
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
  readonly deleted_time: number | null;
  readonly version: number;
  readonly script: string | null;
  readonly details: string | null;
}

/** The tables `runs`, `parameters` and `tags`. Transactions belong to the caller. */
export class RunTable {
  readonly #statements: ReturnType<typeof prepare>;
  /** By experiment, until a run comes, goes or is put elsewhere: trees ask for it again and again. */
  readonly #nestings = new Map<number, Nesting>();

  constructor(database: Database) {
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
    this.forgetNesting();
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
    if (change.experiment !== undefined) {
      this.forgetNesting();
    }
  }

  setLifecycle(row: RunRow, lifecycle: Lifecycle): void {
    this.#statements.setLifecycle.run(lifecycle, lifecycle === 'deleted' ? Date.now() : null, row.id);
    this.forgetNesting();
  }

  deleteAll(experiment: string): void {
    this.#statements.deleteAll.run(Date.now(), Number(experiment));
    this.forgetNesting();
  }

  /** Brings back the runs that were deleted together with their experiment, and only those. */
  restoreAll(experiment: string): void {
    this.#statements.restoreAll.run(Number(experiment));
    this.forgetNesting();
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
    if (placesRun(tag.key)) {
      this.forgetNesting();
    }
  }

  deleteTag(row: RunRow, key: string): void {
    if (this.#statements.deleteTag.run(row.id, key).changes === 0) {
      throw tagNotFound(key, `run with id ${row.run_id}`);
    }
    if (placesRun(key)) {
      this.forgetNesting();
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

  hasMark(row: RunRow, key: string): boolean {
    return this.tag(row, key) === markSet;
  }

  /** The run that its tags name as its parent, if there is such a run, wherever it may be. */
  namedParent(row: RunRow): RunRow | undefined {
    const parent = this.tag(row, runTags.parent) || this.tag(row, runTags.startedBy);
    return parent ? this.find(parent) : undefined;
  }

  /** Only active runs, and only under one of their own experiment. */
  nesting(experiment: number): Nesting {
    let nesting = this.#nestings.get(experiment);
    if (!nesting) {
      nesting = new Nesting(this.#statements.parentLinks.all(experiment));
      this.#nestings.set(experiment, nesting);
    }
    return nesting;
  }

  /** Also to be called when a transaction was undone. */
  forgetNesting(): void {
    this.#nestings.clear();
  }

  byNumber(id: number): RunRow {
    return this.#statements.byNumber.get(id)!;
  }

  previous(run: StoredRun): RunRow | undefined {
    return run.script === undefined
      ? undefined
      : this.#statements.previous.get(run.script, run.startTime, run.runId);
  }

  underWay(): RunRow[] {
    return this.#statements.underWay.all();
  }

  /** Of several runs at once, ordered by run and key. */
  parametersOf(runs: RowNumbers): Owned<KeyValue>[] {
    return this.#statements.parametersOf.all(runs).map(([run, key, value]) => [run, { key, value }]);
  }

  tagsOf(runs: RowNumbers): Owned<KeyValue>[] {
    return this.#statements.tagsOf.all(runs).map(([run, key, value]) => [run, { key, value }]);
  }

  /** Those under the wanted run; without one all that are under any. */
  nested(parent: string | null, experiments: readonly string[] | undefined): readonly number[] {
    if (parent !== null) {
      const row = this.find(parent);
      return row ? this.nesting(row.experiment).childrenOf(row.id) : [];
    }
    const all = experiments?.map(Number) ?? this.#statements.experiments.all().map(({ id }) => id);
    return all.flatMap((experiment) => this.nesting(experiment).nested);
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
    ...(row.lifecycle_stage === 'deleted' && { deletedTime: row.deleted_time ?? 0 }),
    version: row.version,
    ...(row.script !== null && { script: row.script }),
    ...(details && { details }),
  };
}

/** SQL that is true for rows of `runs` with this mark; the key is one of ours and never a person's word. */
export function hasMark(key: string): string {
  return `EXISTS (SELECT 1 FROM tags WHERE tags.run = runs.id AND key = '${key}' AND value = '${markSet}')`;
}

/** Tags that decide under which run another is shown. */
export function placesRun(tag: string): boolean {
  return tag === runTags.parent || tag === runTags.startedBy;
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
    byNumber: database.prepare('SELECT * FROM runs WHERE id = ?') as Statement<[number], RunRow>,
    experiments: database.prepare('SELECT id FROM experiments') as Statement<[], { id: number }>,
    parentLinks: database.prepare(
      `SELECT child.id AS child, parent.id AS parent
       FROM runs AS child JOIN runs AS parent ON parent.run_id = coalesce(
         (SELECT nullif(value, '') FROM tags WHERE run = child.id AND key = '${runTags.parent}'),
         (SELECT value FROM tags WHERE run = child.id AND key = '${runTags.startedBy}'))
       WHERE child.experiment = ? AND child.lifecycle_stage = 'active' AND child.id <> parent.id
         AND parent.experiment = child.experiment AND parent.lifecycle_stage = 'active'`,
    ) as Statement<[number], ParentLink>,
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
    parametersOf: database
      .prepare(
        'SELECT run, key, value FROM parameters WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key',
      )
      .raw() as Statement<[RowNumbers], [number, string, string]>,
    tagsOf: database
      .prepare(
        'SELECT run, key, value FROM tags WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, key',
      )
      .raw() as Statement<[RowNumbers], [number, string, string]>,
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
