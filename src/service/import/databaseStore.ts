import path from 'node:path';
import type { KeyValue, MetricPoint, RunInputs } from '../experiments/store.ts';
import type { Statement } from '../storage/database.ts';
import { type ForeignDatabase, openForeignDatabase } from '../storage/foreignDatabase.ts';
import { artifactsOf } from './databaseArtifacts.ts';
import { loggedModelReader, readRegisteredModels } from './databaseModels.ts';
import { unknownSchema } from './errors.ts';
import { type ImportSource, isRunId, readStatus, type SourceRun, toLifecycle } from './source.ts';

/** What MLflow 1.0 had already; what came later is read where it is. */
const required = {
  experiments: ['experiment_id', 'name', 'lifecycle_stage'],
  runs: ['run_uuid', 'experiment_id', 'status', 'start_time', 'end_time', 'artifact_uri', 'lifecycle_stage'],
  metrics: ['run_uuid', 'key', 'value', 'timestamp'],
  params: ['run_uuid', 'key', 'value'],
  tags: ['run_uuid', 'key', 'value'],
} as const;

interface ExperimentRow {
  readonly experiment_id: number;
  readonly name: string;
  readonly lifecycle_stage: string;
}

interface RunRow {
  readonly run_uuid: string;
  readonly name: string | null;
  readonly user_id: string | null;
  readonly status: string;
  readonly start_time: number | null;
  readonly end_time: number | null;
  readonly artifact_uri: string | null;
  readonly lifecycle_stage: string;
}

interface InputRow {
  readonly input_uuid: string;
  readonly source_type: string;
  readonly destination_type: string;
  readonly destination_id: string;
  readonly step: number;
  readonly name: string | null;
  readonly digest: string | null;
  readonly dataset_source_type: string | null;
  readonly dataset_source: string | null;
  readonly dataset_schema: string | null;
  readonly dataset_profile: string | null;
}

/** MLflow cannot keep infinities in a database: these stand for them. */
const largest = Number.MAX_VALUE;

/** A database of MLflow 1, 2 or 3. `folder` is ours, for a copy of it. */
export async function openDatabaseStore(file: string, folder: string): Promise<ImportSource> {
  const opened = await openForeignDatabase(file, folder);
  try {
    refuseUnknown(opened, file);
    const { database } = opened;
    // On the copy: without it each run would read all points of all runs.
    database.exec('CREATE INDEX IF NOT EXISTS workbench_metrics ON metrics (run_uuid)');
    const models = loggedModelReader(opened, path.dirname(file));
    const reader = new RunReader(opened, path.dirname(file));
    const experiments = database
      .prepare('SELECT experiment_id, name, lifecycle_stage FROM experiments ORDER BY experiment_id')
      .all() as ExperimentRow[];
    return {
      experiments: experiments.map(({ experiment_id, name, lifecycle_stage }) => ({
        name,
        lifecycle: toLifecycle(lifecycle_stage),
        tags: reader.experimentTags(experiment_id),
        runIds: reader.runIds(experiment_id),
        modelIds: models?.modelIds(experiment_id) ?? [],
        readRun: (runId) => reader.run(runId),
        readModel: (modelId) => models!.model(modelId),
      })),
      registeredModels: readRegisteredModels(opened),
      unreadable: [],
      dispose: () => opened.dispose(),
    };
  } catch (error) {
    opened.dispose();
    throw error;
  }
}

function refuseUnknown(opened: ForeignDatabase, file: string): void {
  for (const [table, columns] of Object.entries(required)) {
    const present = opened.columns(table);
    const missing = present.size === 0 ? `table “${table}”` : undefined;
    const absent = columns.find((column) => !present.has(column));
    if (missing ?? absent) {
      throw unknownSchema(file, missing ?? `column “${absent}” in its table “${table}”`);
    }
  }
}

class RunReader {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #folder: string;

  constructor(opened: ForeignDatabase, folder: string) {
    this.#statements = prepare(opened);
    this.#folder = folder;
  }

  experimentTags(experiment: number): KeyValue[] {
    return this.#statements.experimentTags?.all(experiment) ?? [];
  }

  runIds(experiment: number): string[] {
    return this.#statements.runIds.all(experiment).map(({ run_uuid }) => run_uuid);
  }

  run(runId: string): SourceRun {
    const row = this.#statements.run.get(runId)!;
    if (!isRunId(runId)) {
      throw new Error('its id is none that MLflow gives');
    }
    const tags = this.#statements.tags.all(runId);
    const inputs = this.#statements.inputs?.all({ run: runId }) ?? [];
    return {
      runId,
      name: tags.find(({ key }) => key === 'mlflow.runName')?.value || row.name || undefined,
      userId: row.user_id ?? '',
      status: readStatus(row.status),
      startTime: row.start_time ?? row.end_time ?? 0,
      ...(row.end_time !== null && { endTime: row.end_time }),
      lifecycle: toLifecycle(row.lifecycle_stage),
      parameters: this.#statements.parameters.all(runId),
      tags,
      inputs: this.#inputs(inputs),
      outputs: inputs
        .filter(({ destination_type }) => destination_type === 'MODEL_OUTPUT')
        .map(({ destination_id, step }) => ({ modelId: destination_id, step })),
      points: () => this.#points(runId),
      artifacts: artifactsOf(runId, row.artifact_uri ?? '', this.#folder),
    };
  }

  #inputs(rows: readonly InputRow[]): RunInputs {
    return {
      datasets: rows
        .filter(({ source_type, name }) => source_type === 'DATASET' && name !== null)
        .map((row) => ({
          name: row.name!,
          digest: row.digest ?? '',
          sourceType: row.dataset_source_type ?? '',
          source: row.dataset_source ?? '',
          ...(row.dataset_schema && { schema: row.dataset_schema }),
          ...(row.dataset_profile && { profile: row.dataset_profile }),
          tags: this.#statements.inputTags?.all(row.input_uuid) ?? [],
        })),
      models: rows
        .filter(({ destination_type }) => destination_type === 'MODEL_INPUT')
        .map(({ destination_id }) => destination_id),
    };
  }

  *#points(runId: string): Iterable<MetricPoint> {
    for (const { key, value, timestamp, step, is_nan } of this.#statements.points.iterate(runId)) {
      yield { key, value: toValue(value, is_nan), timestamp, step };
    }
  }
}

function toValue(value: number, isNan: number): number {
  return isNan ? Number.NaN : Math.abs(value) >= largest ? Math.sign(value) * Infinity : value;
}

function prepare(opened: ForeignDatabase) {
  const { database } = opened;
  const has = (table: string, ...columns: readonly string[]) => {
    const present = opened.columns(table);
    return present.size > 0 && columns.every((column) => present.has(column));
  };
  const orNull = (table: string, column: string) => (has(table, column) ? column : `NULL AS ${column}`);
  const orZero = (table: string, column: string) => (has(table, column) ? column : `0 AS ${column}`);
  const pairs = (table: string, owner: string) =>
    database.prepare(
      `SELECT key, coalesce(value, '') AS value FROM ${table} WHERE ${owner} = ? ORDER BY key`,
    );
  return {
    experimentTags: has('experiment_tags', 'experiment_id', 'key', 'value')
      ? (pairs('experiment_tags', 'experiment_id') as Statement<[number], KeyValue>)
      : undefined,
    runIds: database.prepare(
      'SELECT run_uuid FROM runs WHERE experiment_id = ? ORDER BY start_time, run_uuid',
    ) as Statement<[number], { run_uuid: string }>,
    run: database.prepare(
      `SELECT run_uuid, ${orNull('runs', 'name')}, ${orNull('runs', 'user_id')}, status, start_time, end_time,
         artifact_uri, lifecycle_stage FROM runs WHERE run_uuid = ?`,
    ) as Statement<[string], RunRow>,
    parameters: pairs('params', 'run_uuid') as Statement<[string], KeyValue>,
    tags: pairs('tags', 'run_uuid') as Statement<[string], KeyValue>,
    points: database.prepare(
      `SELECT key, value, timestamp, ${orZero('metrics', 'step')}, ${orZero('metrics', 'is_nan')}
       FROM metrics WHERE run_uuid = ? ORDER BY key, step, timestamp`,
    ) as Statement<[string], { key: string; value: number; timestamp: number; step: number; is_nan: number }>,
    inputs:
      has('inputs', 'source_id', 'destination_id') && has('datasets', 'dataset_uuid')
        ? (database.prepare(
            `SELECT input_uuid, source_type, destination_type, i.destination_id, ${orZero('inputs', 'step')},
             d.name, d.digest, d.dataset_source_type, d.dataset_source, d.dataset_schema, d.dataset_profile
           FROM inputs i LEFT JOIN datasets d ON source_type = 'DATASET' AND d.dataset_uuid = i.source_id
           WHERE (destination_type = 'RUN' AND i.destination_id = @run)
             OR (source_type LIKE 'RUN%' AND i.source_id = @run)
           ORDER BY input_uuid`,
          ) as unknown as { all(run: { run: string }): InputRow[] })
        : undefined,
    inputTags: has('input_tags', 'input_uuid', 'name', 'value')
      ? (database.prepare(
          'SELECT name AS key, value FROM input_tags WHERE input_uuid = ? ORDER BY name',
        ) as Statement<[string], KeyValue>)
      : undefined,
  };
}
