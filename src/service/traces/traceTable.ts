import type { Database, Statement } from '../storage/database.ts';
import { type KeyedRow, KeyedTable } from '../storage/keyedTable.ts';
import { traceNotFound, traceTagNotFound } from './errors.ts';
import type { NewTrace, Trace, TraceChoice, TraceEnd, TraceState, Words } from './store.ts';

export interface TraceRow {
  readonly id: number;
  readonly trace_id: string;
  readonly experiment: number;
  readonly request_time: number;
  readonly duration: number | null;
  readonly state: TraceState;
  readonly client_request_id: string | null;
  readonly request_preview: string | null;
  readonly response_preview: string | null;
  readonly assessments: string;
}

/** The tables `traces`, `trace_tags` and `trace_metadata`. Transactions belong to the caller. */
export class TraceTable {
  readonly #statements: ReturnType<typeof prepare>;
  readonly #tags: KeyedTable;
  readonly #metadata: KeyedTable;

  constructor(database: Database) {
    this.#statements = prepare(database);
    this.#tags = new KeyedTable(database, 'trace_tags', 'trace');
    this.#metadata = new KeyedTable(database, 'trace_metadata', 'trace');
  }

  put(trace: NewTrace): Trace {
    const { id } = this.#statements.put.get({
      traceId: trace.traceId,
      experiment: Number(trace.experiment),
      requestTime: trace.requestTime,
      duration: trace.duration ?? null,
      state: trace.state,
      clientRequestId: trace.clientRequestId ?? null,
      requestPreview: trace.requestPreview ?? null,
      responsePreview: trace.responsePreview ?? null,
      assessments: JSON.stringify(trace.assessments),
    })!;
    this.setTags(id, trace.tags);
    this.#setMetadata(id, trace.metadata);
    return this.toTrace(this.require(trace.traceId));
  }

  end(row: TraceRow, end: TraceEnd): Trace {
    this.#statements.end.run(end.time - row.request_time, end.state, row.id);
    this.setTags(row.id, end.tags);
    this.#setMetadata(row.id, end.metadata);
    return this.toTrace(this.require(row.trace_id));
  }

  find(traceId: string): TraceRow | undefined {
    return this.#statements.byTraceId.get(traceId);
  }

  require(traceId: string): TraceRow {
    const row = this.find(traceId);
    if (!row) {
      throw traceNotFound(traceId);
    }
    return row;
  }

  setTags(id: number, tags: Words): void {
    for (const [key, value] of Object.entries(tags)) {
      this.#tags.set(id, key, value);
    }
  }

  deleteTag(row: TraceRow, key: string): void {
    if (!this.#tags.delete(row.id, key)) {
      throw traceTagNotFound(row.trace_id, key);
    }
  }

  delete({ experiment, traceIds, until, atMost }: TraceChoice): number {
    return this.#statements.delete.run({
      experiment: Number(experiment),
      traceIds: traceIds ? JSON.stringify(traceIds) : null,
      until: until ?? null,
      atMost: atMost ?? -1,
    }).changes;
  }

  toTrace(row: TraceRow): Trace {
    return {
      traceId: row.trace_id,
      experiment: String(row.experiment),
      requestTime: row.request_time,
      ...(row.duration !== null && { duration: row.duration }),
      state: row.state,
      ...(row.client_request_id !== null && { clientRequestId: row.client_request_id }),
      ...(row.request_preview !== null && { requestPreview: row.request_preview }),
      ...(row.response_preview !== null && { responsePreview: row.response_preview }),
      tags: asWords(this.#tags.all(row.id)),
      metadata: asWords(this.#metadata.all(row.id)),
      assessments: JSON.parse(row.assessments) as unknown[],
    };
  }

  #setMetadata(id: number, metadata: Words): void {
    for (const [key, value] of Object.entries(metadata)) {
      this.#metadata.set(id, key, value);
    }
  }
}

function asWords(rows: readonly KeyedRow[]): Words {
  return Object.fromEntries(rows.map(({ key, value }) => [key, value]));
}

function prepare(database: Database) {
  return {
    put: database.prepare(
      `INSERT INTO traces (trace_id, experiment, request_time, duration, state, client_request_id,
         request_preview, response_preview, assessments)
       VALUES (@traceId, @experiment, @requestTime, @duration, @state, @clientRequestId, @requestPreview,
         @responsePreview, @assessments)
       ON CONFLICT DO UPDATE SET experiment = excluded.experiment, request_time = excluded.request_time,
         duration = excluded.duration, state = excluded.state, client_request_id = excluded.client_request_id,
         request_preview = coalesce(excluded.request_preview, request_preview),
         response_preview = coalesce(excluded.response_preview, response_preview),
         assessments = excluded.assessments
       RETURNING id`,
    ) as Statement<[Record<string, unknown>], { id: number }>,
    end: database.prepare('UPDATE traces SET duration = ?, state = ? WHERE id = ?'),
    byTraceId: database.prepare('SELECT * FROM traces WHERE trace_id = ?') as Statement<[string], TraceRow>,
    delete: database.prepare(
      `DELETE FROM traces WHERE id IN (
         SELECT id FROM traces
         WHERE experiment = @experiment
           AND (@until IS NULL OR request_time <= @until)
           AND (@traceIds IS NULL OR trace_id IN (SELECT value FROM json_each(@traceIds)))
         ORDER BY request_time, trace_id LIMIT @atMost)`,
    ) as Statement<[Record<string, unknown>]>,
  };
}
