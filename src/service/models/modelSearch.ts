import type { Database, Statement } from '../storage/database.ts';
import type { LoggedModelRow } from './loggedModelTable.ts';
import type { ModelVersionRow } from './modelVersionTable.ts';
import type { RegisteredModelRow } from './registeredModelTable.ts';
import type { Found, LoggedModelSearch, Page } from './store.ts';

/** Which rows a search finds, in its order. */
export class ModelSearch {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  registeredModels(page: Page): Found<RegisteredModelRow> {
    return this.#page(
      `SELECT m.* FROM registered_models m WHERE NOT EXISTS (
         SELECT 1 FROM registered_model_tags t
         WHERE t.model = m.id AND t.key = 'mlflow.prompt.is_prompt' AND t.value = 'true')
       ORDER BY m.name`,
      {},
      page,
    );
  }

  versions(page: Page): Found<ModelVersionRow> {
    return this.#page(
      `SELECT v.*, m.name FROM model_versions v JOIN registered_models m ON m.id = v.model
       WHERE NOT EXISTS (
         SELECT 1 FROM model_version_tags t JOIN model_versions p ON p.id = t.version
         WHERE p.model = m.id AND t.key = 'mlflow.prompt.is_prompt' AND t.value = 'true')
       ORDER BY v.last_updated_time DESC, m.name, v.version DESC`,
      {},
      page,
    );
  }

  loggedModels(search: LoggedModelSearch): Found<LoggedModelRow> {
    return this.#page(
      `SELECT l.* FROM logged_models l
       WHERE l.lifecycle_stage = 'active'
         AND l.experiment IN (SELECT CAST(value AS INTEGER) FROM json_each(@experiments))
       ORDER BY l.creation_time DESC, l.model_id`,
      { experiments: JSON.stringify(search.experiments) },
      search,
    );
  }

  #page<Row>(
    sql: string,
    bound: Record<string, unknown>,
    page: { readonly limit: number; readonly offset: number },
  ): Found<Row> {
    const statement = this.#database.prepare(`${sql} LIMIT @limit OFFSET @offset`) as Statement<
      [Record<string, unknown>],
      Row
    >;
    const rows = statement.all({ ...bound, limit: page.limit + 1, offset: page.offset });
    return { items: rows.slice(0, page.limit), more: rows.length > page.limit };
  }
}
