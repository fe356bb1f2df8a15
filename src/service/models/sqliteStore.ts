import type { KeyValue, RunStore } from '../experiments/store.ts';
import { experimentDeleted, experimentNotFound } from '../experiments/storeErrors.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import { Writer } from '../storage/writer.ts';
import { aliasNotFound, latestVersionNotFound, stageNotActive } from './errors.ts';
import { ImportedModels } from './importedModels.ts';
import { type LoggedModelRow, LoggedModelTable } from './loggedModelTable.ts';
import { ModelSearch } from './modelSearch.ts';
import { type ModelVersionRow, ModelVersionTable } from './modelVersionTable.ts';
import { isPrompt, type Known, originOf } from './origin.ts';
import { type RegisteredModelRow, RegisteredModelTable } from './registeredModelTable.ts';
import { checkAlias, checkFreeAlias, latestAlias, stageOf } from './rules.ts';
import type {
  Found,
  ImportedVersion,
  LoggedModel,
  LoggedModelMetric,
  LoggedModelSearch,
  LoggedModelStatus,
  ModelChange,
  ModelStore,
  ModelVersion,
  NewLoggedModel,
  NewModelVersion,
  NewRegisteredModel,
  Page,
  RegisteredModel,
} from './store.ts';
import { withRegistration } from './versionsTag.ts';

export interface ModelStoreOptions {
  /** Opened with `migrations/all.ts`; this store is the only writer of its tables. */
  readonly database: Database;
  readonly runs: RunStore;
  readonly log: Log;
}

export function createModelStore(options: ModelStoreOptions): ModelStore {
  return new SqliteModelStore(options);
}

/** MLflow's clients and pages read from this tag which versions were made of a logged model. */
const versionsTag = 'mlflow.modelVersions';

/** A training may log a metric of its model at each step; a page of models would carry them all. */
const foundMetrics = 1_000;

class SqliteModelStore implements ModelStore {
  readonly #runs: RunStore;
  readonly #models: RegisteredModelTable;
  readonly #versions: ModelVersionTable;
  readonly #logged: LoggedModelTable;
  readonly #search: ModelSearch;
  readonly #imported: ImportedModels;
  readonly #writer: Writer<Omit<ModelChange, 'version'>>;
  readonly onDidChange: ModelStore['onDidChange'];

  constructor({ database, runs, log }: ModelStoreOptions) {
    this.#runs = runs;
    this.#models = new RegisteredModelTable(database);
    this.#versions = new ModelVersionTable(database);
    this.#logged = new LoggedModelTable(database);
    this.#search = new ModelSearch(database);
    this.#imported = new ImportedModels(database, this.#models, this.#versions, this.#logged);
    this.#writer = new Writer(database, log, 'models');
    this.onDidChange = this.#writer.onDidChange;
  }

  createRegisteredModel(model: NewRegisteredModel): RegisteredModel {
    const row = this.#writer.write(() => this.#models.create(model));
    this.#writer.tell({ registeredModel: row.name });
    return this.#toRegisteredModel(row);
  }

  getRegisteredModel(name: string): RegisteredModel {
    return this.#toRegisteredModel(this.#models.require(name));
  }

  describeRegisteredModel(name: string, description: string | undefined): RegisteredModel {
    this.#changeModel(name, (row) => this.#models.describe(row, description));
    return this.getRegisteredModel(name);
  }

  renameRegisteredModel(name: string, newName: string): RegisteredModel {
    this.#changeModel(name, (row) => {
      const now = Date.now();
      this.#models.rename(row, newName, now);
      this.#versions.touchAll(row.id, now);
    });
    this.#writer.tell({ registeredModel: newName });
    return this.getRegisteredModel(newName);
  }

  deleteRegisteredModel(name: string): void {
    this.#changeModel(name, (row) => this.#models.delete(row));
  }

  setRegisteredModelTag(name: string, tag: KeyValue): void {
    this.#changeModel(name, (row) => this.#models.setTag(row, tag));
  }

  deleteRegisteredModelTag(name: string, key: string): void {
    this.#changeModel(name, (row) => this.#models.deleteTag(row, key));
  }

  searchRegisteredModels(page: Page): Found<RegisteredModel> {
    const { items, more } = this.#search.registeredModels(page);
    return { items: items.map((row) => this.#toRegisteredModel(row)), more };
  }

  setAlias(name: string, alias: string, version: number): void {
    checkFreeAlias(alias);
    this.#changeVersion(name, version, (row, model) => this.#models.setAlias(model, alias, row.id));
  }

  deleteAlias(name: string, alias: string): void {
    checkAlias(alias);
    this.#changeModel(name, (row) => this.#models.deleteAlias(row, alias));
  }

  versionByAlias(name: string, alias: string): ModelVersion {
    checkAlias(alias);
    const model = this.#models.require(name);
    if (alias.toLowerCase() === latestAlias) {
      return this.#highest(model);
    }
    const row = this.#versions.byAlias(model.id, alias);
    if (!row) {
      throw aliasNotFound(alias);
    }
    return this.#withAliases(row);
  }

  createVersion(version: NewModelVersion): ModelVersion {
    const row = this.#writer.write(() => {
      const model = this.#models.require(version.name);
      const origin = originOf(version, this.#known);
      const number = this.#models.nextVersion(model);
      const now = Date.now();
      this.#versions.create(model.id, number, version, origin, now);
      this.#models.touch(model, now);
      if (version.loggedModel) {
        this.#noteRegistration(version.loggedModel, version.name, number);
      }
      return this.#versions.require(version.name, number);
    });
    this.#writer.tell({ registeredModel: version.name });
    if (row.logged_model !== null) {
      this.#writer.tell({ loggedModel: row.logged_model });
    }
    return this.#withAliases(row);
  }

  getVersion(name: string, version: number): ModelVersion {
    return this.#withAliases(this.#versions.require(name, version));
  }

  describeVersion(name: string, version: number, description: string | undefined): ModelVersion {
    this.#changeVersion(name, version, (row) => this.#versions.describe(row, description, Date.now()));
    return this.getVersion(name, version);
  }

  deleteVersion(name: string, version: number): void {
    this.#changeVersion(name, version, (row, model) => {
      this.#versions.delete(row);
      this.#models.touch(model, Date.now());
    });
  }

  moveToStage(name: string, version: number, text: string, archiveOthers: boolean): ModelVersion {
    const stage = stageOf(text);
    if (archiveOthers && stage !== 'Staging' && stage !== 'Production') {
      throw stageNotActive(text);
    }
    this.#changeVersion(name, version, (row, model) => {
      const now = Date.now();
      if (archiveOthers) {
        this.#versions.archiveOthers(model.id, version, stage, now);
      }
      this.#versions.setStage(row, stage, now);
      this.#models.touch(model, now);
    });
    return this.getVersion(name, version);
  }

  latestVersions(name: string, stages: readonly string[]): readonly ModelVersion[] {
    const wanted = stages.map(stageOf);
    return this.#versions
      .latest(this.#models.require(name).id)
      .filter((row) => wanted.length === 0 || wanted.includes(row.stage))
      .map((row) => this.#withAliases(row));
  }

  setVersionTag(name: string, version: number, tag: KeyValue): void {
    this.#changeVersion(name, version, (row) => this.#versions.setTag(row, tag));
  }

  deleteVersionTag(name: string, version: number, key: string): void {
    this.#changeVersion(name, version, (row) => this.#versions.deleteTag(row, key));
  }

  searchVersions(page: Page): Found<ModelVersion> {
    const { items, more } = this.#search.versions(page);
    return { items: items.map((row) => this.#versions.toModelVersion(row, [])), more };
  }

  createLoggedModel(model: NewLoggedModel): LoggedModel {
    const row = this.#writer.write(() => {
      const experiment = this.#runs.getExperiment(model.experiment);
      if (!experiment) {
        throw experimentNotFound(model.experiment);
      }
      if (experiment.lifecycleStage !== 'active') {
        throw experimentDeleted(model.experiment);
      }
      return this.#logged.create(model, experiment);
    });
    this.#writer.tell({ loggedModel: row.model_id });
    return this.#logged.toLoggedModel(row);
  }

  getLoggedModel(modelId: string, { allowDeleted = false } = {}): LoggedModel {
    const row = allowDeleted ? this.#logged.require(modelId) : this.#logged.requireActive(modelId);
    return this.#logged.toLoggedModel(row);
  }

  hasLoggedModel(modelId: string): boolean {
    return this.#logged.has(modelId);
  }

  finalizeLoggedModel(modelId: string, status: LoggedModelStatus): LoggedModel {
    this.#changeLogged(modelId, (row) => this.#logged.setStatus(row, status));
    return this.#logged.toLoggedModel(this.#logged.require(modelId));
  }

  deleteLoggedModel(modelId: string): void {
    this.#changeLogged(modelId, (row) => this.#logged.delete(row));
  }

  setLoggedModelTags(modelId: string, tags: readonly KeyValue[]): void {
    this.#changeLogged(modelId, (row) => this.#logged.setTags(row, tags));
  }

  deleteLoggedModelTag(modelId: string, key: string): void {
    this.#changeLogged(modelId, (row) => this.#logged.deleteTag(row, key));
  }

  addLoggedModelParameters(modelId: string, parameters: readonly KeyValue[]): void {
    this.#changeLogged(modelId, (row) => this.#logged.addParameters(row, parameters));
  }

  addLoggedModelMetrics(metrics: readonly LoggedModelMetric[]): void {
    this.#writer.write(() => {
      for (const metric of metrics) {
        this.#logged.addMetric(this.#logged.require(metric.modelId), metric);
      }
    });
    for (const loggedModel of new Set(metrics.map((metric) => metric.modelId))) {
      this.#writer.tell({ loggedModel });
    }
  }

  searchLoggedModels(search: LoggedModelSearch): Found<LoggedModel> {
    const { items, more } = this.#search.loggedModels(search);
    return { items: items.map((row) => this.#logged.toLoggedModel(row, foundMetrics)), more };
  }

  importLoggedModel(model: Omit<LoggedModel, 'registrations'>): void {
    this.#writer.write(() => this.#imported.addLoggedModel(model));
    this.#writer.tell({ loggedModel: model.modelId });
  }

  importRegisteredModel(
    model: Omit<RegisteredModel, 'latestVersions'>,
    versions: readonly ImportedVersion[],
  ): number {
    const added = this.#writer.write(() => this.#imported.addRegisteredModel(model, versions));
    this.#writer.tell({ registeredModel: model.name });
    return added;
  }

  get #known(): Known {
    return {
      runs: this.#runs,
      loggedModel: (modelId) => this.getLoggedModel(modelId),
      hasLoggedModel: (modelId) => this.hasLoggedModel(modelId),
      version: (name, which) => this.#versionNamed(name, which),
      isPrompt: (name) => isPrompt(this.#models.tags(this.#models.require(name))),
    };
  }

  #versionNamed(name: string, which: Parameters<Known['version']>[1]): ModelVersion {
    const model = this.#models.require(name);
    if ('number' in which) {
      return this.getVersion(name, which.number);
    }
    if ('alias' in which) {
      return this.versionByAlias(name, which.alias);
    }
    const [latest] =
      which.stage.toLowerCase() === latestAlias
        ? [this.#highest(model)]
        : this.latestVersions(name, [which.stage]);
    if (!latest) {
      throw latestVersionNotFound(name);
    }
    return latest;
  }

  #highest(model: RegisteredModelRow): ModelVersion {
    const rows = this.#versions.latest(model.id).sort((a, b) => b.version - a.version);
    if (!rows[0]) {
      throw latestVersionNotFound(model.name);
    }
    return this.#withAliases(rows[0]);
  }

  #noteRegistration(modelId: string, name: string, version: number): void {
    const row = this.#logged.requireActive(modelId);
    const value = withRegistration(this.#logged.tag(row, versionsTag), { name, version });
    this.#logged.setTags(row, [{ key: versionsTag, value }]);
  }

  #toRegisteredModel(row: RegisteredModelRow): RegisteredModel {
    return {
      name: row.name,
      ...(row.description !== null && { description: row.description }),
      creationTime: row.creation_time,
      lastUpdatedTime: row.last_updated_time,
      tags: this.#models.tags(row),
      aliases: this.#models.aliases(row),
      latestVersions: this.#versions
        .latest(row.id)
        .map((version) => this.#versions.toModelVersion(version, [])),
    };
  }

  #withAliases(row: ModelVersionRow): ModelVersion {
    return this.#versions.toModelVersion(row, this.#versions.aliases(row));
  }

  #changeModel(name: string, work: (row: RegisteredModelRow) => void): void {
    this.#writer.write(() => work(this.#models.require(name)));
    this.#writer.tell({ registeredModel: name });
  }

  #changeVersion(
    name: string,
    version: number,
    work: (row: ModelVersionRow, model: RegisteredModelRow) => void,
  ): void {
    this.#writer.write(() => work(this.#versions.require(name, version), this.#models.require(name)));
    this.#writer.tell({ registeredModel: name });
  }

  #changeLogged(modelId: string, work: (row: LoggedModelRow) => void): void {
    this.#writer.write(() => work(this.#logged.require(modelId)));
    this.#writer.tell({ loggedModel: modelId });
  }
}
