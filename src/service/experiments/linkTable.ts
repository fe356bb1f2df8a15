import type { Database, Statement } from '../storage/database.ts';
import type { Owned, RowNumbers } from './owned.ts';
import type { DatasetInput, KeyValue, ModelLink, RunInputs } from './store.ts';

interface DatasetRow {
  readonly name: string;
  readonly digest: string;
  readonly source_type: string;
  readonly source: string;
  readonly schema: string | null;
  readonly profile: string | null;
  readonly tags: string;
}

interface DirectedLink extends ModelLink {
  readonly direction: 'input' | 'output';
}

/** What a run read and made: the tables `datasets`, `dataset_inputs` and `model_links`. */
export class LinkTable {
  readonly #statements: ReturnType<typeof prepare>;

  constructor(database: Database) {
    this.#statements = prepare(database);
  }

  addInputs(run: number, experiment: number, inputs: RunInputs): void {
    for (const input of inputs.datasets) {
      this.#statements.insertDataset.run(
        experiment,
        input.name,
        input.digest,
        input.sourceType,
        input.source,
        input.schema ?? null,
        input.profile ?? null,
      );
      const dataset = this.#statements.datasetId.get(experiment, input.name, input.digest)!.id;
      this.#statements.linkDataset.run(run, dataset, JSON.stringify(input.tags));
    }
    for (const model of inputs.models) {
      this.#statements.linkModel.run(run, 'input', model, 0);
    }
  }

  addOutputs(run: number, models: readonly ModelLink[]): void {
    for (const model of models) {
      this.#statements.linkModel.run(run, 'output', model.modelId, model.step);
    }
  }

  inputs(run: number): RunInputs {
    return {
      datasets: this.#statements.datasets.all(run).map(toDataset),
      models: this.#statements.models.all(run, 'input').map((link) => link.modelId),
    };
  }

  outputs(run: number): ModelLink[] {
    return this.#statements.models.all(run, 'output');
  }

  /** Of several runs at once, ordered by run. */
  datasetsOf(runs: RowNumbers): Owned<DatasetInput>[] {
    return this.#statements.datasetsOf.all(runs).map((row) => [row.run, toDataset(row)]);
  }

  modelsOf(runs: RowNumbers): Owned<DirectedLink>[] {
    return this.#statements.modelsOf.all(runs).map((row) => [row.run, row]);
  }
}

function toDataset(row: DatasetRow): DatasetInput {
  return {
    name: row.name,
    digest: row.digest,
    sourceType: row.source_type,
    source: row.source,
    ...(row.schema !== null && { schema: row.schema }),
    ...(row.profile !== null && { profile: row.profile }),
    tags: JSON.parse(row.tags) as KeyValue[],
  };
}

function prepare(database: Database) {
  return {
    insertDataset: database.prepare(
      `INSERT OR IGNORE INTO datasets (experiment, name, digest, source_type, source, schema, profile)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ),
    datasetId: database.prepare(
      'SELECT id FROM datasets WHERE experiment = ? AND name = ? AND digest = ?',
    ) as Statement<[number, string, string], { id: number }>,
    linkDataset: database.prepare(
      'INSERT OR IGNORE INTO dataset_inputs (run, dataset, tags) VALUES (?, ?, ?)',
    ),
    datasets: database.prepare(
      `SELECT d.*, i.tags FROM dataset_inputs i JOIN datasets d ON d.id = i.dataset
       WHERE i.run = ? ORDER BY d.id`,
    ) as Statement<[number], DatasetRow>,
    datasetsOf: database.prepare(
      `SELECT i.run, d.*, i.tags FROM dataset_inputs i JOIN datasets d ON d.id = i.dataset
       WHERE i.run IN (SELECT value FROM json_each(?)) ORDER BY i.run, d.id`,
    ) as Statement<[RowNumbers], DatasetRow & { run: number }>,
    modelsOf: database.prepare(
      `SELECT run, direction, model_id AS modelId, step FROM model_links
       WHERE run IN (SELECT value FROM json_each(?)) ORDER BY run, direction, step, model_id`,
    ) as Statement<[RowNumbers], DirectedLink & { run: number }>,
    linkModel: database.prepare(
      'INSERT OR IGNORE INTO model_links (run, direction, model_id, step) VALUES (?, ?, ?, ?)',
    ),
    models: database.prepare(
      `SELECT model_id AS modelId, step FROM model_links WHERE run = ? AND direction = ?
       ORDER BY step, model_id`,
    ) as Statement<[number, string], ModelLink>,
  };
}
