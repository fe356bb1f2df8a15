import * as z from 'zod';
import { pythonQuoted } from '../../base/pythonJson.ts';
import type { LogBatch, RunStore } from '../experiments/store.ts';
import { loggedModelNotFound } from '../models/errors.ts';
import type { LoggedModelMetric, ModelStore } from '../models/store.ts';
import { invalidParameter } from './errors.ts';
import {
  integer,
  key,
  limits,
  listOf,
  type Metric,
  metric,
  metrics,
  parameter,
  required,
  tag,
  upTo,
  withRun,
  withRunBeside,
} from './fields.ts';
import { type Call, type Route, route } from './route.ts';

/** What a script tells of a run while it lasts: metrics, parameters, tags, inputs and outputs. */
const messages = {
  logMetric: withRunBeside(metric),
  logParameter: withRun(parameter.shape),
  setTag: withRun(tag.shape),
  deleteTag: withRun({ key }),
  logBatch: withRun({ metrics, params: listOf(parameter), tags: listOf(tag) }),
  logInputs: withRun({
    datasets: listOf(
      z.object({
        tags: listOf(z.object({ key: upTo(255, 'key').min(1), value: upTo(500, 'value') })),
        dataset: z.object({
          name: upTo(500, 'name').min(1),
          digest: upTo(36, 'digest').min(1),
          source_type: required,
          source: upTo(65_535, 'source').min(1),
          schema: upTo(1_048_575, 'schema').nullish(),
          profile: upTo(16_777_215, 'profile').nullish(),
        }),
      }),
    ),
    models: listOf(z.object({ model_id: required })),
  }),
  logOutputs: withRun({
    models: z.array(z.object({ model_id: required, step: integer.nullish().transform((step) => step ?? 0) })),
  }),
} as const;

type Message<Name extends keyof typeof messages> = z.output<(typeof messages)[Name]>;

export const runLoggingRoutes: readonly Route[] = [
  route('POST', 'runs/log-metric', messages.logMetric, logMetric),
  route('POST', 'runs/log-parameter', messages.logParameter, logParameter),
  route('POST', 'runs/set-tag', messages.setTag, setTag),
  route('POST', 'runs/delete-tag', messages.deleteTag, deleteTag),
  route('POST', 'runs/log-batch', messages.logBatch, logBatch),
  route('POST', 'runs/log-inputs', messages.logInputs, logInputs),
  route('POST', 'runs/outputs', messages.logOutputs, logOutputs),
];

async function logMetric(
  { runId, ...metric }: Message<'logMetric'>,
  { store, models, writes }: Call,
): Promise<object> {
  await writes.run(() => logMetrics(runId, { metrics: [metric] }, store, models));
  return {};
}

async function logParameter(
  { runId, ...parameter }: Message<'logParameter'>,
  { store, writes }: Call,
): Promise<object> {
  await writes.run(() => store.logBatch(runId, { parameters: [parameter] }));
  return {};
}

async function setTag({ runId, ...tag }: Message<'setTag'>, { store, writes }: Call): Promise<object> {
  await writes.run(() => store.logBatch(runId, { tags: [tag] }));
  return {};
}

function deleteTag({ runId, key }: Message<'deleteTag'>, { store }: Call): object {
  store.deleteTag(runId, key);
  return {};
}

async function logBatch(message: Message<'logBatch'>, call: Call): Promise<object> {
  const { store, models, writes } = call;
  const { runId, metrics, params, tags } = message;
  atMost(limits.batchMetrics, 'metrics', metrics.length);
  atMost(limits.batchParameters, 'params', params.length);
  atMost(limits.batchTags, 'tags', tags.length);
  atMost(limits.batchTotal, 'metrics, params, and tags', metrics.length + params.length + tags.length);
  const twice = repeated(params.map((parameter) => parameter.key));
  if (twice.length > 0) {
    throw invalidParameter(
      `Duplicate parameter keys have been submitted: [${twice.map(pythonQuoted).join(', ')}]. ` +
        'Please ensure the request contains only one param value per param key.',
    );
  }
  await writes.run(() => logMetrics(runId, { parameters: params, metrics, tags }, store, models));
  return {};
}

function logInputs({ runId, datasets, models }: Message<'logInputs'>, { store }: Call): object {
  store.logInputs(runId, {
    datasets: datasets.map(({ tags, dataset }) => ({
      name: dataset.name,
      digest: dataset.digest,
      sourceType: dataset.source_type,
      source: dataset.source,
      ...(dataset.schema && { schema: dataset.schema }),
      ...(dataset.profile && { profile: dataset.profile }),
      tags,
    })),
    models: models.map((model) => model.model_id),
  });
  return {};
}

function logOutputs({ runId, models }: Message<'logOutputs'>, { store }: Call): object {
  store.logOutputs(
    runId,
    models.map((model) => ({ modelId: model.model_id, step: model.step })),
  );
  return {};
}

/** A metric of a logged model is one of the run as well; none is kept when there is no such model. */
function logMetrics(
  runId: string,
  batch: Omit<LogBatch, 'metrics'> & { readonly metrics: readonly Metric[] },
  store: RunStore,
  models: ModelStore,
): void {
  const ofModels = batch.metrics.filter((metric) => metric.model_id);
  for (const { model_id } of ofModels) {
    if (!models.hasLoggedModel(model_id!)) {
      throw loggedModelNotFound(model_id!);
    }
  }
  store.logBatch(runId, batch);
  if (ofModels.length > 0) {
    models.addLoggedModelMetrics(ofModels.map((metric) => metricOfModel(runId, metric)));
  }
}

function metricOfModel(
  runId: string,
  { model_id, dataset_name, dataset_digest, ...point }: Metric,
): LoggedModelMetric {
  return {
    ...point,
    modelId: model_id!,
    runId,
    datasetName: dataset_name ?? '',
    datasetDigest: dataset_digest ?? '',
  };
}

function repeated(keys: readonly string[]): string[] {
  const seen = new Set<string>();
  return keys.filter((key) => seen.size === seen.add(key).size);
}

function atMost(limit: number, what: string, count: number): void {
  if (count > limit) {
    throw invalidParameter(
      `A batch logging request can contain at most ${limit} ${what}. Got ${count} ${what}. ` +
        `Please split up ${what} across multiple requests and try again.`,
    );
  }
}
