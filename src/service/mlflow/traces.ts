import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import type { Trace, TraceState } from '../traces/store.ts';
import { decode } from './decode.ts';
import { list } from './encode.ts';
import { invalidParameter } from './errors.ts';
import {
  experimentId,
  integer,
  limits,
  listOf,
  maxResults,
  optional,
  plainPair,
  required,
  requiredTexts,
  searchPage,
  texts,
  traceTag,
} from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { decodeDuration, decodeTimestamp, encodeDuration, encodeTimestamp } from './protoTime.ts';
import { type Call, type Route, route } from './route.ts';

/** Version 2 and version 3 of the calls have the same addresses here; their messages tell them apart. */

const states = ['STATE_UNSPECIFIED', 'OK', 'ERROR', 'IN_PROGRESS'] as const;

const state = z
  .union([z.string(), integer])
  .nullish()
  .transform((value): TraceState => {
    const name = typeof value === 'number' ? states[value] : value;
    return states.find((known) => known === name) ?? 'STATE_UNSPECIFIED';
  });

const words = z
  .record(z.string(), z.coerce.string())
  .nullish()
  .transform((value) => value ?? {});

/** Lists of keys and values, as version 2 has them. */
const pairs = listOf(plainPair).transform((items) =>
  Object.fromEntries(items.map(({ key, value }) => [key, value])),
);

const location = z.object({ mlflow_experiment: z.object({ experiment_id: experimentId }) });

const one = { trace_id: required };

const messages = {
  begin: z.object({
    trace: z.object({
      trace_info: z.object({
        trace_id: required,
        trace_location: location,
        request_time: timed(decodeTimestamp, 'It must be a time such as 2026-01-02T03:04:05Z.'),
        execution_duration: timed(decodeDuration, 'It must be a duration such as 1.5s.').nullish(),
        state,
        client_request_id: optional,
        request_preview: optional,
        response_preview: optional,
        tags: words,
        trace_metadata: words,
        assessments: listOf(z.looseObject({})),
      }),
    }),
  }),
  beginOld: z.object({
    experiment_id: experimentId,
    timestamp_ms: integer,
    request_metadata: pairs,
    tags: pairs,
  }),
  endOld: z.object({
    ...one,
    timestamp_ms: integer,
    status: state,
    request_metadata: pairs,
    tags: pairs,
  }),
  one: z.object(one),
  several: z.object({ trace_ids: z.array(z.string()) }),
  search: z.object({
    ...searchPage,
    locations: z.array(z.unknown()),
    max_results: maxResults(100, limits.traceResults, 'ofWrongType'),
  }),
  searchOld: z.object({
    ...searchPage,
    experiment_ids: requiredTexts,
    max_results: maxResults(100, limits.traceResults, 'ofWrongType'),
  }),
  setTag: z.object({ ...one, ...traceTag.shape }),
  deleteTag: z.object({ ...one, key: required }),
  delete: z.object({
    experiment_id: experimentId,
    max_timestamp_millis: integer.nullish(),
    max_traces: integer.nullish(),
    request_ids: texts,
  }),
} as const;

export const traceRoutes: readonly Route[] = [
  {
    method: 'POST',
    path: 'traces',
    answer: (received, call) =>
      isOld(received)
        ? beginOld(decode(messages.beginOld, received), call)
        : begin(decode(messages.begin, received), call),
  },
  route('GET', 'traces', messages.searchOld, (message, call) => {
    const { found, ...page } = search(message.experiment_ids, message, call);
    return { ...list('traces', found.map(encodeOld)), ...page };
  }),
  route('POST', 'traces/search', messages.search, (message, call) => {
    const experiments = message.locations.flatMap((place) => {
      const read = location.safeParse(place);
      return read.success ? [read.data.mlflow_experiment.experiment_id] : [];
    });
    const { found, ...page } = search(experiments, message, call);
    return { ...list('traces', found.map(encode)), ...page };
  }),
  route('POST', 'traces/batchGetInfos', messages.several, ({ trace_ids }, { traces }) =>
    list('trace_infos', traces.getTraces(trace_ids).map(encode)),
  ),
  route('POST', 'traces/delete-traces', messages.delete, remove),
  route('GET', 'traces/:trace_id', messages.one, ({ trace_id }, { traces }) => ({
    trace: { trace_info: encode(traces.getTrace(trace_id)) },
  })),
  route('GET', 'traces/:trace_id/info', messages.one, ({ trace_id }, { traces }) => ({
    trace_info: encodeOld(traces.getTrace(trace_id)),
  })),
  route('PATCH', 'traces/:trace_id', messages.endOld, (message, { traces }) => ({
    trace_info: encodeOld(
      traces.endTrace(message.trace_id, {
        time: message.timestamp_ms,
        state: message.status,
        tags: message.tags,
        metadata: message.request_metadata,
      }),
    ),
  })),
  route('PATCH', 'traces/:trace_id/tags', messages.setTag, ({ trace_id, key, value }, { traces }) => {
    traces.setTag(trace_id, key, value);
    return {};
  }),
  route('DELETE', 'traces/:trace_id/tags', messages.deleteTag, ({ trace_id, key }, { traces }) => {
    traces.deleteTag(trace_id, key);
    return {};
  }),
];

function isOld(received: unknown): boolean {
  const has = (name: string) => Object.hasOwn(Object(received), name);
  return !has('trace') && (has('experiment_id') || has('experimentId'));
}

function begin({ trace }: z.output<typeof messages.begin>, { traces }: Call): object {
  const info = trace.trace_info;
  const recorded = traces.recordTrace({
    traceId: info.trace_id,
    experiment: info.trace_location.mlflow_experiment.experiment_id,
    requestTime: info.request_time,
    ...(typeof info.execution_duration === 'number' && { duration: info.execution_duration }),
    state: info.state,
    ...(typeof info.client_request_id === 'string' && { clientRequestId: info.client_request_id }),
    ...(typeof info.request_preview === 'string' && { requestPreview: info.request_preview }),
    ...(typeof info.response_preview === 'string' && { responsePreview: info.response_preview }),
    tags: info.tags,
    metadata: info.trace_metadata,
    assessments: info.assessments,
  });
  return { trace: { trace_info: encode(recorded) } };
}

function beginOld(message: z.output<typeof messages.beginOld>, { traces }: Call): object {
  const recorded = traces.recordTrace({
    traceId: randomUUID().replaceAll('-', ''),
    experiment: message.experiment_id,
    requestTime: message.timestamp_ms,
    state: 'IN_PROGRESS',
    tags: message.tags,
    metadata: message.request_metadata,
    assessments: [],
  });
  return { trace_info: encodeOld(recorded) };
}

function search(
  experiments: readonly string[],
  message: Pick<z.output<typeof messages.search>, 'filter' | 'order_by' | 'max_results' | 'page_token'>,
  { traces }: Call,
) {
  const offset = offsetOf(message.page_token);
  const { traces: found, more } = traces.searchTraces({
    experiments,
    filter: parseFilter(message.filter, 'mlflow'),
    orderBy: parseOrderBy(message.order_by),
    limit: message.max_results,
    offset,
  });
  return { found, ...nextPage(offset, found.length, more) };
}

function remove(message: z.output<typeof messages.delete>, { traces }: Call): object {
  const { max_timestamp_millis: until, max_traces: atMost, request_ids: traceIds } = message;
  const hasTime = typeof until === 'number';
  if (!hasTime && traceIds.length === 0) {
    throw invalidParameter('Either `max_timestamp_millis` or `trace_ids` must be specified.');
  }
  if (hasTime && traceIds.length > 0) {
    throw invalidParameter('Only one of `max_timestamp_millis` and `trace_ids` can be specified.');
  }
  if (typeof atMost === 'number' && traceIds.length > 0) {
    throw invalidParameter("`max_traces` can't be specified if `trace_ids` is specified.");
  }
  if (typeof atMost === 'number' && atMost <= 0) {
    throw invalidParameter(`\`max_traces\` must be a positive integer, received ${atMost}.`);
  }
  const traces_deleted = traces.deleteTraces({
    experiment: message.experiment_id,
    ...(hasTime ? { until } : { traceIds }),
    ...(typeof atMost === 'number' && { atMost }),
  });
  return { traces_deleted };
}

function encode(trace: Trace) {
  return {
    trace_id: trace.traceId,
    ...(trace.clientRequestId !== undefined && { client_request_id: trace.clientRequestId }),
    trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: trace.experiment } },
    ...(trace.requestPreview !== undefined && { request_preview: trace.requestPreview }),
    ...(trace.responsePreview !== undefined && { response_preview: trace.responsePreview }),
    request_time: encodeTimestamp(trace.requestTime),
    ...(trace.duration !== undefined && { execution_duration: encodeDuration(trace.duration) }),
    state: trace.state,
    ...(Object.keys(trace.metadata).length > 0 && { trace_metadata: trace.metadata }),
    tags: trace.tags,
    ...list('assessments', trace.assessments),
  };
}

function encodeOld(trace: Trace) {
  const asPairs = (entries: Trace['tags']) => Object.entries(entries).map(([key, value]) => ({ key, value }));
  return {
    request_id: trace.traceId,
    experiment_id: trace.experiment,
    timestamp_ms: trace.requestTime,
    execution_time_ms: trace.duration ?? 0,
    status: trace.state === 'STATE_UNSPECIFIED' ? 'TRACE_STATUS_UNSPECIFIED' : trace.state,
    ...list('request_metadata', asPairs(trace.metadata)),
    ...list('tags', asPairs(trace.tags)),
  };
}

function timed(read: (text: string) => number | undefined, message: string) {
  return required.transform((text, context) => {
    const milliseconds = read(text);
    if (milliseconds === undefined) {
      context.addIssue(message);
      return z.NEVER;
    }
    return milliseconds;
  });
}
