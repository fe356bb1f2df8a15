import type { RunStore } from '../experiments/store.ts';
import { experimentDeleted, experimentNotFound } from '../experiments/storeErrors.ts';
import type { Log } from '../log.ts';
import { Bindings } from '../search/bindings.ts';
import { compileFilter, compileOrder } from '../search/compile.ts';
import type { Database } from '../storage/database.ts';
import { StatementCache } from '../storage/statementCache.ts';
import { Writer } from '../storage/writer.ts';
import { invalidTraceId } from './errors.ts';
import { searchableTraces } from './searchable.ts';
import type {
  NewTrace,
  Trace,
  TraceChange,
  TraceChoice,
  TraceEnd,
  TraceSearch,
  TraceStore,
} from './store.ts';
import { type TraceRow, TraceTable } from './traceTable.ts';

export interface TraceStoreOptions {
  /** Opened with `migrations/all.ts`; this store is the only writer of its tables. */
  readonly database: Database;
  readonly runs: RunStore;
  readonly log: Log;
}

export function createTraceStore(options: TraceStoreOptions): TraceStore {
  return new SqliteTraceStore(options);
}

const locationTag = 'mlflow.artifactLocation';

class SqliteTraceStore implements TraceStore {
  readonly #runs: RunStore;
  readonly #table: TraceTable;
  readonly #statements: StatementCache;
  readonly #writer: Writer<Omit<TraceChange, 'version'>>;
  readonly onDidChange: TraceStore['onDidChange'];

  constructor({ database, runs, log }: TraceStoreOptions) {
    this.#runs = runs;
    this.#table = new TraceTable(database);
    this.#statements = new StatementCache(database);
    this.#writer = new Writer(database, log, 'traces');
    this.onDidChange = this.#writer.onDidChange;
  }

  recordTrace(trace: NewTrace): Trace {
    // Its id becomes a folder (CVE-2026-53995).
    if (!/^[A-Za-z0-9][\w-]{0,99}$/.test(trace.traceId)) {
      throw invalidTraceId(trace.traceId);
    }
    return this.#write(() => {
      const artifacts = `${this.#locationOf(trace.experiment)}/traces/${trace.traceId}/artifacts`;
      return this.#table.put({ ...trace, tags: { ...trace.tags, [locationTag]: artifacts } });
    });
  }

  endTrace(traceId: string, end: TraceEnd): Trace {
    return this.#write(() => this.#table.end(this.#table.require(traceId), end));
  }

  getTrace(traceId: string): Trace {
    return this.#table.toTrace(this.#table.require(traceId));
  }

  getTraces(traceIds: readonly string[]): readonly Trace[] {
    return traceIds.flatMap((traceId) => {
      const row = this.#table.find(traceId);
      return row ? [this.#table.toTrace(row)] : [];
    });
  }

  searchTraces({ experiments, filter, orderBy, limit, offset }: TraceSearch) {
    const bindings = new Bindings();
    const where = filter ? compileFilter(searchableTraces, filter, bindings) : '1';
    const { joins, terms } = compileOrder(searchableTraces, orderBy, bindings);
    const rows = this.#statements
      .get<TraceRow>(
        `SELECT traces.* FROM traces ${joins}
         WHERE traces.experiment IN (SELECT CAST(value AS INTEGER) FROM json_each(@experiments)) AND ${where}
         ORDER BY ${terms} LIMIT @limit OFFSET @offset`,
      )
      .all({ ...bindings.values, experiments: JSON.stringify(experiments), limit: limit + 1, offset });
    return {
      traces: rows.slice(0, limit).map((row) => this.#table.toTrace(row)),
      more: rows.length > limit,
    };
  }

  setTag(traceId: string, key: string, value: string): void {
    this.#write(() => {
      const row = this.#table.require(traceId);
      this.#table.setTags(row.id, { [key]: value });
      return this.#table.toTrace(row);
    });
  }

  deleteTag(traceId: string, key: string): void {
    this.#write(() => {
      const row = this.#table.require(traceId);
      this.#table.deleteTag(row, key);
      return this.#table.toTrace(row);
    });
  }

  deleteTraces(choice: TraceChoice): number {
    const deleted = this.#writer.write(() => this.#table.delete(choice));
    if (deleted > 0) {
      this.#writer.tell({ experiment: choice.experiment });
    }
    return deleted;
  }

  #locationOf(id: string): string {
    const experiment = this.#runs.getExperiment(id);
    if (!experiment) {
      throw experimentNotFound(id);
    }
    if (experiment.lifecycleStage !== 'active') {
      throw experimentDeleted(id);
    }
    return experiment.artifactLocation.replace(/\/$/, '');
  }

  #write(work: () => Trace): Trace {
    const trace = this.#writer.write(work);
    this.#writer.tell({ experiment: trace.experiment });
    return trace;
  }
}
