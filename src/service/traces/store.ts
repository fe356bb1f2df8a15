import type { Event } from '../../base/event.ts';
import type { Expression, OrderItem } from '../search/syntax.ts';

/**
 * What MLflow's tracing tells about each trace; its spans are a file among the artifacts, written by the client.
 * Every write is one transaction. Methods throw the named errors of `errors.ts`, also for what does not exist.
 */
export interface TraceStore {
  /** A trace that is there already gets the new fields; its tags and metadata are added to. */
  recordTrace(trace: NewTrace): Trace;
  /** Ends a trace that was begun with another request. */
  endTrace(traceId: string, end: TraceEnd): Trace;
  getTrace(traceId: string): Trace;
  /** Those of these ids that exist, in their order. */
  getTraces(traceIds: readonly string[]): readonly Trace[];
  searchTraces(search: TraceSearch): { readonly traces: readonly Trace[]; readonly more: boolean };
  setTag(traceId: string, key: string, value: string): void;
  deleteTag(traceId: string, key: string): void;
  /** Answers how many there were. Their files stay. */
  deleteTraces(choice: TraceChoice): number;

  /** After each committed write. */
  readonly onDidChange: Event<TraceChange>;
}

export interface TraceChange {
  readonly experiment: string;
  /** Grows with each change of any trace, also over restarts of the service. */
  readonly version: number;
}

export type TraceState = 'STATE_UNSPECIFIED' | 'OK' | 'ERROR' | 'IN_PROGRESS';

export type Words = Readonly<Record<string, string>>;

export interface NewTrace {
  /** Comes from the client, and ends in a path. */
  readonly traceId: string;
  readonly experiment: string;
  /** Milliseconds since the epoch. */
  readonly requestTime: number;
  /** Milliseconds. */
  readonly duration?: number;
  readonly state: TraceState;
  readonly clientRequestId?: string;
  readonly requestPreview?: string;
  readonly responsePreview?: string;
  readonly tags: Words;
  readonly metadata: Words;
  /** As the client sent them. */
  readonly assessments: readonly unknown[];
}

/** The tag `mlflow.artifactLocation` says where the client puts the file of the spans. */
export type Trace = NewTrace;

export interface TraceEnd {
  readonly time: number;
  readonly state: TraceState;
  readonly tags: Words;
  readonly metadata: Words;
}

export interface TraceSearch {
  readonly experiments: readonly string[];
  readonly filter?: Expression | undefined;
  readonly orderBy: readonly OrderItem[];
  readonly limit: number;
  readonly offset: number;
}

export interface TraceChoice {
  readonly experiment: string;
  /** These, or those up to a time. */
  readonly traceIds?: readonly string[];
  readonly until?: number;
  /** The oldest first. */
  readonly atMost?: number;
}
