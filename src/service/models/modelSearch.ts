import { Bindings } from '../search/bindings.ts';
import { compileFilter, compileOrder } from '../search/compile.ts';
import type { Noun } from '../search/noun.ts';
import type { Expression, OrderItem } from '../search/syntax.ts';
import type { Database } from '../storage/database.ts';
import { StatementCache } from '../storage/statementCache.ts';
import { orderOnlyByMetrics, unknownOrderField } from './errors.ts';
import type { LoggedModelRow } from './loggedModelTable.ts';
import type { ModelVersionRow } from './modelVersionTable.ts';
import type { RegisteredModelRow } from './registeredModelTable.ts';
import {
  asksForPrompts,
  loggedModelKeys,
  searchableLoggedModels,
  searchableRegisteredModels,
  searchableVersions,
} from './searchable.ts';
import type { DatasetChoice, Found, LoggedModelOrder, LoggedModelSearch, Page } from './store.ts';

const isPromptModel = `EXISTS (SELECT 1 FROM registered_model_tags AS prompt
  WHERE prompt.model = registered_models.id AND prompt.key = 'mlflow.prompt.is_prompt' AND prompt.value = 'true')`;

/** One version that says so makes a prompt of its model. */
const isPromptVersion = `EXISTS (SELECT 1 FROM model_version_tags AS prompt
  JOIN model_versions AS sibling ON sibling.id = prompt.version
  WHERE sibling.model = registered_models.id AND prompt.key = 'mlflow.prompt.is_prompt' AND prompt.value = 'true')`;

/** Which rows a search finds, in its order. */
export class ModelSearch {
  readonly #statements: StatementCache;

  constructor(database: Database) {
    this.#statements = new StatementCache(database);
  }

  registeredModels(page: Page): Found<RegisteredModelRow> {
    const bindings = new Bindings();
    const where = conditionOf(searchableRegisteredModels, page.filter, bindings);
    const { joins, terms } = compileOrder(searchableRegisteredModels, page.orderBy, bindings);
    return this.#page(
      `SELECT registered_models.* FROM registered_models ${joins}
       WHERE ${where} AND ${asksForPrompts(page.filter) ? '1' : `NOT ${isPromptModel}`} ORDER BY ${terms}`,
      bindings.values,
      page,
    );
  }

  versions(page: Page): Found<ModelVersionRow> {
    const bindings = new Bindings();
    const where = conditionOf(searchableVersions, page.filter, bindings);
    const { joins, terms } = compileOrder(searchableVersions, page.orderBy, bindings);
    return this.#page(
      `SELECT model_versions.*, registered_models.name FROM model_versions
       JOIN registered_models ON registered_models.id = model_versions.model ${joins}
       WHERE ${where} AND ${asksForPrompts(page.filter) ? '1' : `NOT ${isPromptVersion}`} ORDER BY ${terms}`,
      bindings.values,
      page,
    );
  }

  loggedModels(search: LoggedModelSearch): Found<LoggedModelRow> {
    const bindings = new Bindings();
    const chosen = search.datasets.length > 0 ? datasetCondition('metric', search.datasets, bindings) : '1';
    const filtered = searchableLoggedModels((alias, key) => ({
      from: `(SELECT metric.model, metric.key, metric.value FROM logged_model_metrics AS metric WHERE ${chosen}) AS ${alias}`,
      where: `${alias}.model = logged_models.id AND ${alias}.key = ${key}`,
      value: `${alias}.value`,
    }));
    const where = conditionOf(filtered, search.filter, bindings);
    const onDatasets =
      search.datasets.length > 0
        ? `EXISTS (SELECT 1 FROM logged_model_metrics AS metric WHERE metric.model = logged_models.id AND ${chosen})`
        : '1';
    const { joins, terms } = orderOf(search.orderBy, bindings);
    return this.#page(
      `SELECT logged_models.* FROM logged_models ${joins}
       WHERE logged_models.lifecycle_stage = 'active'
         AND logged_models.experiment IN (SELECT CAST(value AS INTEGER) FROM json_each(@experiments))
         AND ${where} AND ${onDatasets} ORDER BY ${terms}`,
      { ...bindings.values, experiments: JSON.stringify(search.experiments) },
      search,
    );
  }

  #page<Row>(
    sql: string,
    bound: Record<string, unknown>,
    { limit, offset }: { readonly limit: number; readonly offset: number },
  ): Found<Row> {
    const statement = this.#statements.get<Row>(`${sql} LIMIT @limit OFFSET @offset`);
    const rows = statement.all({ ...bound, limit: limit + 1, offset });
    return { items: rows.slice(0, limit), more: rows.length > limit };
  }
}

function conditionOf(noun: Noun, filter: Expression | undefined, bindings: Bindings): string {
  return filter ? compileFilter(noun, filter, bindings) : '1';
}

/** Each item may look at a dataset of its own; the alias of its rows ends in its number. */
function orderOf(orderBy: readonly LoggedModelOrder[], bindings: Bindings) {
  const conditions = orderBy.map(({ dataset }) =>
    dataset ? datasetCondition('metric', [dataset], bindings) : '1',
  );
  const noun = searchableLoggedModels((alias, key) => ({
    from: `(SELECT model, value FROM (
        SELECT metric.model, metric.value, row_number() OVER (
          PARTITION BY metric.model ORDER BY metric.timestamp DESC, metric.step DESC, metric.run_id
        ) AS nth
        FROM logged_model_metrics AS metric
        WHERE metric.key = ${key} AND ${conditions[Number(/\d+$/.exec(alias)![0])]}
      ) WHERE nth = 1) AS ${alias}`,
    where: `${alias}.model = logged_models.id`,
    value: `${alias}.value`,
  }));
  return compileOrder(noun, orderBy.map(orderItem), bindings);
}

function orderItem({ field, descending }: LoggedModelOrder): OrderItem {
  const range = { start: 0, end: field.length };
  const dot = field.indexOf('.');
  if (dot >= 0) {
    if (field.slice(0, dot) !== 'metrics') {
      throw orderOnlyByMetrics(field);
    }
    return {
      field: { entity: 'metrics', key: field.slice(dot + 1), text: field, ...range },
      descending,
      ...range,
    };
  }
  const known = Object.entries(loggedModelKeys).some(
    ([key, { aliases }]) => key === field || (aliases ?? []).includes(field),
  );
  if (!known) {
    throw unknownOrderField(field);
  }
  return { field: { key: field, text: field, ...range }, descending, ...range };
}

function datasetCondition(
  table: string,
  choices: readonly Partial<DatasetChoice>[],
  bindings: Bindings,
): string {
  const each = choices.map(({ name, digest }) =>
    [
      name === undefined ? '1' : `${table}.dataset_name = ${bindings.add(name)}`,
      digest === undefined ? '1' : `${table}.dataset_digest = ${bindings.add(digest)}`,
    ].join(' AND '),
  );
  return `(${each.map((condition) => `(${condition})`).join(' OR ')})`;
}
