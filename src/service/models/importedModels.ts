import type { Database } from '../storage/database.ts';
import type { LoggedModelTable } from './loggedModelTable.ts';
import type { ModelVersionTable } from './modelVersionTable.ts';
import type { RegisteredModelRow, RegisteredModelTable } from './registeredModelTable.ts';
import { checkModelName } from './rules.ts';
import type { ImportedVersion, LoggedModel, RegisteredModel } from './store.ts';

/** Puts models that were elsewhere before into the tables as they were, times and numbers included. Transactions belong to the caller. */
export class ImportedModels {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #models: RegisteredModelTable;
  readonly #versions: ModelVersionTable;
  readonly #logged: LoggedModelTable;

  constructor(
    database: Database,
    models: RegisteredModelTable,
    versions: ModelVersionTable,
    logged: LoggedModelTable,
  ) {
    this.#statements = prepare(database);
    this.#models = models;
    this.#versions = versions;
    this.#logged = logged;
  }

  addLoggedModel(model: Omit<LoggedModel, 'registrations'>): void {
    this.#statements.insertLogged.run({
      modelId: model.modelId,
      experiment: Number(model.experiment),
      name: model.name,
      artifactUri: model.artifactUri,
      creationTime: model.creationTime,
      lastUpdatedTime: model.lastUpdatedTime,
      status: model.status,
      lifecycleStage: model.lifecycleStage,
      modelType: model.modelType,
      sourceRunId: model.sourceRunId,
    });
    const row = this.#logged.require(model.modelId);
    this.#logged.addParameters(row, model.parameters);
    this.#logged.setTags(row, model.tags);
    for (const metric of model.metrics) {
      this.#logged.addMetric(row, metric);
    }
  }

  /** Answers how many of the versions were not here before. What is here keeps its tags and aliases. */
  addRegisteredModel(
    model: Omit<RegisteredModel, 'latestVersions'>,
    versions: readonly ImportedVersion[],
  ): number {
    checkModelName(model.name);
    const isNew =
      this.#statements.insertModel.run(
        model.name,
        model.description || null,
        model.creationTime,
        model.lastUpdatedTime,
      ).changes > 0;
    const row = this.#models.require(model.name);
    if (isNew) {
      for (const tag of model.tags) {
        this.#models.setTag(row, tag);
      }
    }
    const added = versions.filter((version) => this.#addVersion(row, version));
    const taken = new Set(this.#models.aliases(row).map(({ alias }) => alias));
    for (const { alias, version } of model.aliases) {
      if (!taken.has(alias) && added.some((each) => each.version === version)) {
        this.#models.setAlias(row, alias, this.#versions.require(model.name, version).id);
      }
    }
    return added.length;
  }

  #addVersion(model: RegisteredModelRow, version: ImportedVersion): boolean {
    const { changes } = this.#statements.insertVersion.run({
      model: model.id,
      version: version.version,
      description: version.description ?? null,
      creationTime: version.creationTime,
      lastUpdatedTime: version.lastUpdatedTime,
      stage: version.stage,
      source: version.source,
      storageLocation: version.storageLocation,
      runId: version.runId,
      runLink: version.runLink,
      loggedModel: version.loggedModel ?? null,
    });
    if (changes === 0) {
      return false;
    }
    this.#statements.countVersion.run(version.version, model.id);
    const row = this.#versions.require(model.name, version.version);
    for (const tag of version.tags) {
      this.#versions.setTag(row, tag);
    }
    return true;
  }
}

function prepare(database: Database) {
  return {
    insertLogged: database.prepare(
      `INSERT INTO logged_models (model_id, experiment, name, artifact_uri, creation_time, last_updated_time,
         status, lifecycle_stage, model_type, source_run_id)
       VALUES (@modelId, @experiment, @name, @artifactUri, @creationTime, @lastUpdatedTime,
         @status, @lifecycleStage, @modelType, @sourceRunId)`,
    ),
    insertModel: database.prepare(
      `INSERT OR IGNORE INTO registered_models (name, description, creation_time, last_updated_time)
       VALUES (?, ?, ?, ?)`,
    ),
    insertVersion: database.prepare(
      `INSERT OR IGNORE INTO model_versions (model, version, description, creation_time, last_updated_time,
         stage, source, storage_location, run_id, run_link, logged_model)
       VALUES (@model, @version, @description, @creationTime, @lastUpdatedTime,
         @stage, @source, @storageLocation, @runId, @runLink, @loggedModel)`,
    ),
    // Its number is not given again.
    countVersion: database.prepare(
      'UPDATE registered_models SET last_version = max(last_version, ?) WHERE id = ?',
    ),
  };
}
