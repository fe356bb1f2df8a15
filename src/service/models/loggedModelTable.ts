import { randomUUID } from 'node:crypto';
import { inventRunName } from '../experiments/names.ts';
import type { KeyValue, Lifecycle, StoredExperiment } from '../experiments/store.ts';
import type { Database, Statement } from '../storage/database.ts';
import { KeyedTable } from '../storage/keyedTable.ts';
import { loggedModelNotFound, loggedModelParameterChanged, loggedModelTagNotFound } from './errors.ts';
import { checkLoggedModelName } from './rules.ts';
import type { LoggedModel, LoggedModelMetric, LoggedModelStatus, NewLoggedModel } from './store.ts';

export interface LoggedModelRow {
  readonly id: number;
  readonly model_id: string;
  readonly experiment: number;
  readonly name: string;
  readonly artifact_uri: string;
  readonly creation_time: number;
  readonly last_updated_time: number;
  readonly status: LoggedModelStatus;
  readonly lifecycle_stage: Lifecycle;
  readonly model_type: string;
  readonly source_run_id: string;
}

interface MetricRow extends Omit<LoggedModelMetric, 'value' | 'modelId'> {
  /** NaN has no number in SQLite: it is stored under its name. */
  readonly value: number | 'NaN';
}

/** No limit, to SQLite. */
const everything = -1;

/** The tables `logged_models`, `logged_model_parameters`, `_tags` and `_metrics`. Transactions belong to the caller. */
export class LoggedModelTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #tags: KeyedTable;
  readonly #parameters: KeyedTable;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#tags = new KeyedTable(database, 'logged_model_tags', 'model');
    this.#parameters = new KeyedTable(database, 'logged_model_parameters', 'model');
  }

  create(model: NewLoggedModel, experiment: StoredExperiment): LoggedModelRow {
    if (model.name !== undefined) {
      checkLoggedModelName(model.name);
    }
    const number = Number(experiment.id);
    const modelId = `m-${randomUUID().replaceAll('-', '')}`;
    this.#statements.insert.run({
      modelId,
      experiment: number,
      name: model.name ?? inventRunName((wanted) => !!this.#statements.nameTaken.get(number, wanted)),
      artifactUri: `${experiment.artifactLocation.replace(/\/$/, '')}/models/${modelId}/artifacts`,
      now: Date.now(),
      modelType: model.modelType,
      sourceRunId: model.sourceRunId,
    });
    const row = this.require(modelId);
    this.addParameters(row, model.parameters);
    this.setTags(row, model.tags);
    return row;
  }

  has(modelId: string): boolean {
    return this.#statements.byModelId.get(modelId) !== undefined;
  }

  /** Deleted ones as well. */
  require(modelId: string): LoggedModelRow {
    const row = this.#statements.byModelId.get(modelId);
    if (!row) {
      throw loggedModelNotFound(modelId);
    }
    return row;
  }

  requireActive(modelId: string): LoggedModelRow {
    const row = this.require(modelId);
    if (row.lifecycle_stage !== 'active') {
      throw loggedModelNotFound(modelId);
    }
    return row;
  }

  setStatus(row: LoggedModelRow, status: LoggedModelStatus): void {
    this.#statements.setStatus.run(status, Date.now(), row.id);
  }

  delete(row: LoggedModelRow): void {
    this.#statements.delete.run(Date.now(), row.id);
  }

  setTags(row: LoggedModelRow, tags: readonly KeyValue[]): void {
    for (const tag of tags) {
      this.#tags.set(row.id, tag.key, tag.value);
    }
  }

  deleteTag(row: LoggedModelRow, key: string): void {
    if (!this.#tags.delete(row.id, key)) {
      throw loggedModelTagNotFound(row.model_id, key);
    }
  }

  tag(row: LoggedModelRow, key: string): string | undefined {
    return this.#tags.get(row.id, key);
  }

  addParameters(row: LoggedModelRow, parameters: readonly KeyValue[]): void {
    for (const { key, value } of parameters) {
      const old = this.#parameters.get(row.id, key);
      if (old === undefined) {
        this.#parameters.set(row.id, key, value);
      } else if (old !== value) {
        throw loggedModelParameterChanged(row.model_id, key, old, value);
      }
    }
  }

  addMetric(row: LoggedModelRow, metric: LoggedModelMetric): void {
    this.#statements.insertMetric.run({
      model: row.id,
      key: metric.key,
      timestamp: metric.timestamp,
      step: metric.step,
      runId: metric.runId,
      datasetName: metric.datasetName,
      datasetDigest: metric.datasetDigest,
      value: Number.isNaN(metric.value) ? 'NaN' : metric.value,
    });
  }

  /** With its newest metrics, as many as are wanted, or with all. */
  toLoggedModel(row: LoggedModelRow, metrics = everything): LoggedModel {
    return {
      modelId: row.model_id,
      experiment: String(row.experiment),
      name: row.name,
      artifactUri: row.artifact_uri,
      creationTime: row.creation_time,
      lastUpdatedTime: row.last_updated_time,
      status: row.status,
      lifecycleStage: row.lifecycle_stage,
      modelType: row.model_type,
      sourceRunId: row.source_run_id,
      tags: this.#tags.all(row.id),
      parameters: this.#parameters.all(row.id),
      metrics: this.#statements.metrics
        .all(row.id, metrics)
        .map((metric) => ({ ...metric, value: Number(metric.value), modelId: row.model_id })),
      registrations: this.#statements.registrations.all(row.model_id),
    };
  }
}

function prepare(database: Database) {
  return {
    insert: database.prepare(
      `INSERT INTO logged_models (model_id, experiment, name, artifact_uri, creation_time, last_updated_time,
         status, model_type, source_run_id)
       VALUES (@modelId, @experiment, @name, @artifactUri, @now, @now, 'PENDING', @modelType, @sourceRunId)`,
    ),
    byModelId: database.prepare('SELECT * FROM logged_models WHERE model_id = ?') as Statement<
      [string],
      LoggedModelRow
    >,
    nameTaken: database.prepare('SELECT 1 FROM logged_models WHERE experiment = ? AND name = ? LIMIT 1'),
    setStatus: database.prepare('UPDATE logged_models SET status = ?, last_updated_time = ? WHERE id = ?'),
    delete: database.prepare(
      `UPDATE logged_models SET lifecycle_stage = 'deleted', last_updated_time = ? WHERE id = ?`,
    ),
    metrics: database.prepare(
      `SELECT key, timestamp, step, run_id AS runId, dataset_name AS datasetName,
         dataset_digest AS datasetDigest, value
       FROM (SELECT * FROM logged_model_metrics WHERE model = ? ORDER BY timestamp DESC, step DESC LIMIT ?)
       ORDER BY key, timestamp, step, run_id`,
    ) as Statement<[number, number], MetricRow>,
    insertMetric: database.prepare(
      `INSERT OR IGNORE INTO logged_model_metrics
         (model, key, timestamp, step, run_id, dataset_name, dataset_digest, value)
       VALUES (@model, @key, @timestamp, @step, @runId, @datasetName, @datasetDigest, @value)`,
    ),
    registrations: database.prepare(
      `SELECT m.name, v.version FROM model_versions v JOIN registered_models m ON m.id = v.model
       WHERE v.logged_model = ? ORDER BY m.name, v.version`,
    ) as Statement<[string], { name: string; version: number }>,
  };
}
