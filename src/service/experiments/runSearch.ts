import { runTags } from '../../protocol/runTags.ts';
import { Bindings } from '../search/bindings.ts';
import { compileFilter, compileOrder } from '../search/compile.ts';
import type { Database } from '../storage/database.ts';
import { StatementCache } from '../storage/statementCache.ts';
import { hasMark, type RunRow, type RunTable } from './runTable.ts';
import { searchableRuns } from './searchable.ts';
import type { StoredRunQuery } from './store.ts';

export interface RunRows {
  readonly rows: readonly RunRow[];
  readonly more: boolean;
  readonly total: number;
}

/** Every column but `details`, which can be long: a search carries rows around before it knows which it needs. */
const narrowColumns = [
  'id',
  'run_id',
  'experiment',
  'name',
  'user_id',
  'status',
  'start_time',
  'end_time',
  'artifact_uri',
  'lifecycle_stage',
  'version',
  'script',
];

/** Finds runs by filter and order; first their numbers, then the rows of the page. */
export class RunSearch {
  readonly #statements: StatementCache;
  readonly #runs: RunTable;

  constructor(database: Database, runs: RunTable) {
    this.#statements = new StatementCache(database);
    this.#runs = runs;
  }

  search(query: StoredRunQuery): RunRows {
    const { limit, offset, leaveOut = [] } = query;
    const { sql, values } = this.#matching(query);
    const wanted = { ...values, limit: limit + 1, offset };
    const found = this.#statements.get<{ id: number }>(sql).all(wanted);
    const more = found.length > limit;
    const endsHere = !more && (found.length > 0 || offset === 0);
    return {
      rows: this.#rows(found.slice(0, limit), leaveOut.includes('details')),
      more,
      total: endsHere || leaveOut.includes('total') ? offset + found.length : this.#count(query),
    };
  }

  #count(query: StoredRunQuery): number {
    const { where, bindings } = this.#conditions(query);
    const sql = `SELECT count(*) AS total FROM runs WHERE ${where}`;
    return this.#statements.get<{ total: number }>(sql).get(bindings.values)!.total;
  }

  /** Values to order by are looked up for the runs that match only. */
  #matching(query: StoredRunQuery) {
    const { where, bindings } = this.#conditions(query);
    const { joins, terms } = compileOrder(searchableRuns, query.orderBy ?? [], bindings);
    const underWayFirst =
      query.order === 'newestFirst' || query.orderBy?.length
        ? ''
        : `runs.status NOT IN ('SCHEDULED', 'RUNNING'), runs.status = 'SCHEDULED', `;
    const starredFirst = query.starredFirst ? `${hasMark(runTags.starred)} DESC, ` : '';
    const order = `ORDER BY ${starredFirst}${underWayFirst}${terms} LIMIT @limit OFFSET @offset`;
    const sql = joins
      ? `WITH matched AS MATERIALIZED (SELECT ${narrowColumns.join(', ')} FROM runs WHERE ${where})
         SELECT runs.id FROM matched AS runs ${joins} ${order}`
      : `SELECT runs.id FROM runs WHERE ${where} ${order}`;
    return { sql, values: bindings.values };
  }

  #rows(found: readonly { readonly id: number }[], withoutDetails: boolean): RunRow[] {
    const columns = [...narrowColumns, withoutDetails ? 'NULL AS details' : 'details'].join(', ');
    const sql = `SELECT ${columns} FROM runs WHERE id IN (SELECT value FROM json_each(@ids))`;
    const ids = JSON.stringify(found.map(({ id }) => id));
    const rows = new Map(
      this.#statements
        .get<RunRow>(sql)
        .all({ ids })
        .map((row) => [row.id, row]),
    );
    return found.map(({ id }) => rows.get(id)!);
  }

  #conditions(query: StoredRunQuery): { readonly where: string; readonly bindings: Bindings } {
    const bindings = new Bindings();
    const { experiments, statuses, runIds, lifecycle = 'active', filter, parent } = query;
    const oneOf = (values: readonly unknown[]) =>
      `IN (SELECT value FROM json_each(${bindings.add(JSON.stringify(values))}))`;
    const where = [
      // One alone is read in the order of its index, without sorting.
      experiments &&
        (experiments.length === 1
          ? `runs.experiment = ${bindings.add(experimentNumber(experiments[0]!))}`
          : `runs.experiment ${oneOf(experiments.map(experimentNumber))}`),
      statuses && `runs.status ${oneOf(statuses)}`,
      runIds && `runs.run_id ${oneOf(runIds)}`,
      lifecycle !== 'all' && `runs.lifecycle_stage = ${bindings.add(lifecycle)}`,
      parent !== undefined &&
        `${parent === null ? 'NOT ' : ''}runs.id ${oneOf(this.#runs.nested(parent, experiments))}`,
      query.hideArchived && `NOT ${hasMark(runTags.archived)}`,
      filter && compileFilter(searchableRuns, filter, bindings),
    ].filter((condition) => typeof condition === 'string');
    return { where: where.join(' AND ') || '1', bindings };
  }
}

function experimentNumber(id: string): number {
  return /^\d{1,15}$/.test(id) ? Number(id) : -1;
}
