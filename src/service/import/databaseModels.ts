import type { KeyValue } from '../experiments/store.ts';
import type { ImportedVersion, LoggedModelMetric } from '../models/store.ts';
import type { Statement } from '../storage/database.ts';
import type { ForeignDatabase } from '../storage/foreignDatabase.ts';
import { artifactsOf } from './databaseArtifacts.ts';
import {
  deletedStage,
  isModelId,
  readModelStatus,
  readStage,
  type SourceModel,
  type SourceRegisteredModel,
  toLifecycle,
} from './source.ts';

interface ModelRow {
  readonly model_id: string;
  readonly name: string;
  readonly artifact_location: string;
  readonly creation_timestamp_ms: number;
  readonly last_updated_timestamp_ms: number;
  readonly status: number;
  readonly lifecycle_stage: string;
  readonly model_type: string | null;
  readonly source_run_id: string | null;
}

export interface LoggedModelReader {
  modelIds(experiment: number): string[];
  model(modelId: string): SourceModel;
}

/** Undefined before MLflow 3, which has them first. */
export function loggedModelReader(opened: ForeignDatabase, folder: string): LoggedModelReader | undefined {
  if (!opened.columns('logged_models').has('model_id')) {
    return undefined;
  }
  const { database } = opened;
  const ids = database.prepare(
    'SELECT model_id FROM logged_models WHERE experiment_id = ? ORDER BY creation_timestamp_ms, model_id',
  ) as Statement<[number], { model_id: string }>;
  const byId = database.prepare('SELECT * FROM logged_models WHERE model_id = ?') as Statement<
    [string],
    ModelRow
  >;
  const parameters = database.prepare(
    `SELECT param_key AS key, coalesce(param_value, '') AS value FROM logged_model_params WHERE model_id = ?`,
  ) as Statement<[string], KeyValue>;
  const tags = database.prepare(
    `SELECT tag_key AS key, coalesce(tag_value, '') AS value FROM logged_model_tags WHERE model_id = ?`,
  ) as Statement<[string], KeyValue>;
  const metrics = database.prepare(
    `SELECT model_id AS modelId, metric_name AS key, metric_value AS value, metric_timestamp_ms AS timestamp,
       metric_step AS step, coalesce(run_id, '') AS runId, coalesce(dataset_name, '') AS datasetName,
       coalesce(dataset_digest, '') AS datasetDigest
     FROM logged_model_metrics WHERE model_id = ?`,
  ) as Statement<[string], Omit<LoggedModelMetric, 'value'> & { value: number | null }>;
  return {
    modelIds: (experiment) => ids.all(experiment).map(({ model_id }) => model_id),
    model: (modelId) => {
      const row = byId.get(modelId)!;
      if (!isModelId(modelId)) {
        throw new Error('its id is none that MLflow gives');
      }
      return {
        model: {
          modelId,
          name: row.name,
          creationTime: row.creation_timestamp_ms,
          lastUpdatedTime: row.last_updated_timestamp_ms,
          status: readModelStatus(row.status),
          lifecycleStage: toLifecycle(row.lifecycle_stage),
          modelType: row.model_type ?? '',
          sourceRunId: row.source_run_id ?? '',
          tags: tags.all(modelId),
          parameters: parameters.all(modelId),
          // SQLite keeps NaN as nothing.
          metrics: metrics.all(modelId).map((metric) => ({ ...metric, value: metric.value ?? Number.NaN })),
        },
        artifacts: artifactsOf(modelId, row.artifact_location, folder),
      };
    },
  };
}

interface RegisteredRow {
  readonly name: string;
  readonly description: string | null;
  readonly creation_time: number | null;
  readonly last_updated_time: number | null;
}

interface VersionRow extends RegisteredRow {
  readonly version: number;
  readonly current_stage: string | null;
  readonly source: string | null;
  readonly storage_location?: string | null;
  readonly run_id: string | null;
  readonly run_link?: string | null;
}

export function readRegisteredModels(opened: ForeignDatabase): SourceRegisteredModel[] {
  const { database } = opened;
  if (!opened.columns('registered_models').has('name') || !opened.columns('model_versions').has('version')) {
    return [];
  }
  const models = database.prepare('SELECT * FROM registered_models ORDER BY name').all() as RegisteredRow[];
  const versions = database.prepare(
    'SELECT * FROM model_versions WHERE name = ? AND current_stage IS NOT ? ORDER BY version',
  ) as Statement<[string, string], VersionRow>;
  const tags = optional<[string], KeyValue>(
    opened,
    'registered_model_tags',
    `SELECT key, coalesce(value, '') AS value FROM registered_model_tags WHERE name = ?`,
  );
  const versionTags = optional<[string, number], KeyValue>(
    opened,
    'model_version_tags',
    `SELECT key, coalesce(value, '') AS value FROM model_version_tags WHERE name = ? AND version = ?`,
  );
  const aliases = optional<[string], { alias: string; version: number }>(
    opened,
    'registered_model_aliases',
    'SELECT alias, version FROM registered_model_aliases WHERE name = ?',
  );
  return models.map((row) => ({
    model: { ...described(row), name: row.name, tags: tags(row.name), aliases: aliases(row.name) },
    versions: versions
      .all(row.name, deletedStage)
      .map((version) => toVersion(version, versionTags(row.name, version.version))),
  }));
}

function toVersion(row: VersionRow, tags: readonly KeyValue[]): ImportedVersion {
  return {
    ...described(row),
    version: row.version,
    stage: readStage(row.current_stage),
    source: row.source ?? '',
    storageLocation: row.storage_location || (row.source ?? ''),
    runId: row.run_id ?? '',
    runLink: row.run_link ?? '',
    tags,
  };
}

function described(row: RegisteredRow) {
  return {
    ...(row.description && { description: row.description }),
    creationTime: row.creation_time ?? 0,
    lastUpdatedTime: row.last_updated_time ?? row.creation_time ?? 0,
  };
}

/** The rows of a table that early versions of MLflow do not have. */
function optional<Parameters extends unknown[], Row>(
  opened: ForeignDatabase,
  table: string,
  sql: string,
): (...parameters: Parameters) => readonly Row[] {
  if (opened.columns(table).size === 0) {
    return () => [];
  }
  const statement = opened.database.prepare(sql) as Statement<Parameters, Row>;
  return (...parameters) => statement.all(...parameters);
}
