import * as z from 'zod';
import type { MetricPoint, RunStore } from '../experiments/store.ts';
import { encodeMetric, list, type WireMetric } from './encode.ts';
import { invalidParameter } from './errors.ts';
import { integer, limits, optional, required, requiredTexts, texts, withRun } from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Call, type Route, route } from './route.ts';

const messages = {
  one: withRun({ metric_key: required, page_token: optional, max_results: integer.nullish() }),
  bulk: z.object({ run_id: texts, metric_key: optional, max_results: integer.nullish() }),
  interval: z.object({
    run_ids: requiredTexts,
    metric_key: required,
    start_step: integer.nullish(),
    end_step: integer.nullish(),
    max_results: integer
      .nullish()
      .transform((wanted) => wanted ?? limits.bulkIntervalPoints)
      .superRefine((wanted, context) => {
        if (wanted < 1 || wanted > limits.bulkIntervalPoints) {
          context.addIssue({
            code: 'custom',
            message:
              `max_results must be between 1 and ${limits.bulkIntervalPoints}. ` +
              'See the API docs for more information about request parameters.',
            params: { kind: 'whole' },
          });
        }
      }),
  }),
} as const;

export const metricHistoryRoutes: readonly Route[] = [
  route('GET', 'metrics/get-history', messages.one, oneHistory),
  route('GET', 'metrics/get-history-bulk', messages.bulk, bulkHistory),
  route('GET', 'metrics/get-history-bulk-interval', messages.interval, sampledHistories),
];

/** Everything when `max_results` is absent. */
async function oneHistory(message: z.output<typeof messages.one>, { store, origin }: Call): Promise<object> {
  const offset = offsetOf(message.page_token);
  const limit = message.max_results ?? Number.MAX_SAFE_INTEGER - 1;
  if (limit < 1) {
    throw invalidParameter(
      `Invalid value ${limit} for parameter 'max_results' supplied. It must be a positive integer.`,
    );
  }
  await origin?.loadHistories({ runs: [message.runId], metrics: [message.metric_key] });
  const points = historyOf(store, message.runId, message.metric_key, limit + 1, offset);
  const page = points.slice(0, limit);
  return {
    ...list('metrics', page.map(encodeMetric)),
    ...nextPage(offset, page.length, points.length > limit),
  };
}

/** The runs by their ids, each in the order of its history, up to a number of points for all together. */
async function bulkHistory(
  message: z.output<typeof messages.bulk>,
  { store, origin }: Call,
): Promise<object> {
  const { run_id: runIds, metric_key: key } = message;
  if (runIds.length === 0) {
    throw invalidParameter('GetMetricHistoryBulk request must specify at least one run_id.');
  }
  if (runIds.length > limits.bulkRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulk request cannot specify more than ${limits.bulkRuns} run_ids. ` +
        `Received ${runIds.length} run_ids.`,
    );
  }
  if (key === null || key === undefined) {
    throw invalidParameter('GetMetricHistoryBulk request must specify a metric_key.');
  }
  await origin?.loadHistories({ runs: runIds, metrics: [key] });
  const metrics: RunMetric[] = [];
  const most = Math.max(0, Math.min(message.max_results ?? limits.bulkPoints, limits.bulkPoints));
  for (const runId of [...new Set(runIds)].sort()) {
    const points = historyOf(store, runId, key, most - metrics.length, 0);
    metrics.push(...points.map((point) => ofRun(runId, point)));
  }
  return { metrics };
}

/** At most `max_results` points of each run, evenly spread, its first and its last one among them. */
async function sampledHistories(
  message: z.output<typeof messages.interval>,
  { store, origin }: Call,
): Promise<object> {
  const { run_ids: runIds, start_step: first, end_step: last } = message;
  if (runIds.length > limits.bulkRuns) {
    throw invalidParameter(
      `GetMetricHistoryBulkInterval request must specify at most ${limits.bulkRuns} run_ids. ` +
        `Received ${runIds.length} run_ids. See the API docs for more information about request parameters.`,
    );
  }
  if (typeof first !== typeof last) {
    throw invalidParameter('If either start step or end step are specified, both must be specified.');
  }
  const range = typeof first === 'number' && typeof last === 'number' ? { first, last } : undefined;
  if (range && range.first > range.last) {
    throw invalidParameter(
      `end_step must be greater than start_step. Found start_step=${range.first} and end_step=${range.last}.`,
    );
  }
  await origin?.loadHistories({ runs: runIds, metrics: [message.metric_key] });
  return list(
    'metrics',
    runIds
      .filter((runId) => store.getRun(runId))
      .flatMap((runId) =>
        store
          .sampleMetricHistory(runId, message.metric_key, message.max_results, range)
          .map((point) => ofRun(runId, point)),
      ),
  );
}

interface RunMetric extends WireMetric {
  readonly run_id: string;
}

function ofRun(runId: string, point: MetricPoint): RunMetric {
  return { ...encodeMetric(point), run_id: runId };
}

/** Empty for a run that is not there, as in MLflow. */
function historyOf(store: RunStore, runId: string, key: string, limit: number, offset: number) {
  return store.getRun(runId) ? store.metricHistory(runId, key, limit, offset) : [];
}
