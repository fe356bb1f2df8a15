import type { z } from 'zod';
import { pythonQuoted } from '../../base/pythonJson.ts';
import type { LogBatch, RunChange, RunStore, StoredRun } from '../experiments/store.ts';
import { runNotFound } from '../experiments/storeErrors.ts';
import { loggedModelNotFound } from '../models/errors.ts';
import type { LoggedModelMetric, ModelStore } from '../models/store.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import { listArtifactsOf } from './artifactList.ts';
import type { messages } from './decode.ts';
import { encodeRun, encodeRunInfo, list } from './encode.ts';
import { invalidParameter } from './errors.ts';
import { limits, type Metric } from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import type { Call } from './route.ts';

type Message<Name extends keyof typeof messages> = z.output<(typeof messages)[Name]>;

const runNameTag = 'mlflow.runName';

export function create(message: Message<'createRun'>, { store, scope }: Call): object {
  const name = chosenName(message);
  const run = {
    experiment: message.experiment_id || '0',
    status: 'RUNNING',
    startTime: message.start_time ?? Date.now(),
    userId: message.user_id ?? '',
    tags: message.tags,
    ...(name && { name }),
  } as const;
  return { run: encoded(scope ? scope.createRun(run) : store.createRun(run), store) };
}

export function get({ runId }: Message<'run'>, { store, scope }: Call): object {
  scope?.looksAtRun(runId);
  return { run: encoded(required(store, runId), store) };
}

export function update(message: Message<'updateRun'>, { store, scope }: Call): object {
  const change: RunChange = {
    ...(message.status && { status: message.status }),
    // Protocol buffers send 0 for an end that was never set.
    ...(message.end_time && { endTime: message.end_time }),
    ...(message.run_name && { name: message.run_name }),
  };
  const permitted = scope ? scope.permitted(message.runId, change) : change;
  return { run_info: encodeRunInfo(store.updateRun(message.runId, permitted)) };
}

export function remove({ runId }: Message<'run'>, { store }: Call): object {
  store.deleteRun(runId);
  return {};
}

export function restore({ runId }: Message<'run'>, { store }: Call): object {
  store.restoreRun(runId);
  return {};
}

export function search(message: Message<'searchRuns'>, { store }: Call): object {
  const offset = offsetOf(message.page_token);
  const { runs, more } = store.searchRuns({
    experiments: message.experiment_ids,
    lifecycle: message.run_view_type,
    filter: parseFilter(message.filter, 'mlflow'),
    orderBy: parseOrderBy(message.order_by),
    order: 'newestFirst',
    limit: message.max_results,
    offset,
    leaveOut: ['total', 'details'],
  });
  const contents = store.contents(runs.map(({ runId }) => runId));
  return {
    ...list(
      'runs',
      runs.map((run, index) => encodeRun(run, contents[index]!)),
    ),
    ...nextPage(offset, runs.length, more),
  };
}

export async function logMetric(
  { runId, ...metric }: Message<'logMetric'>,
  { store, models, writes }: Call,
): Promise<object> {
  await writes.run(() => logMetrics(runId, { metrics: [metric] }, store, models));
  return {};
}

export async function logParameter(
  { runId, ...parameter }: Message<'logParameter'>,
  { store, writes }: Call,
): Promise<object> {
  await writes.run(() => store.logBatch(runId, { parameters: [parameter] }));
  return {};
}

export async function setTag({ runId, ...tag }: Message<'setTag'>, { store, writes }: Call): Promise<object> {
  await writes.run(() => store.logBatch(runId, { tags: [tag] }));
  return {};
}

export function deleteTag({ runId, key }: Message<'deleteTag'>, { store }: Call): object {
  store.deleteTag(runId, key);
  return {};
}

export async function logBatch(message: Message<'logBatch'>, call: Call): Promise<object> {
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

export function logInputs({ runId, datasets, models }: Message<'logInputs'>, { store }: Call): object {
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

export function logOutputs({ runId, models }: Message<'logOutputs'>, { store }: Call): object {
  store.logOutputs(
    runId,
    models.map((model) => ({ modelId: model.model_id, step: model.step })),
  );
  return {};
}

export async function listArtifacts(message: Message<'listArtifacts'>, call: Call): Promise<object> {
  const run = required(call.store, message.runId);
  const folder = message.path ?? '';
  const elsewhere = await call.origin?.listArtifacts(run.runId, folder);
  return listArtifactsOf(run.artifactUri, folder, call.artifactRoot, elsewhere);
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

function encoded(run: StoredRun, store: RunStore) {
  return encodeRun(run, store.contents([run.runId])[0]!);
}

function required(store: RunStore, runId: string): StoredRun {
  const run = store.getRun(runId);
  if (!run) {
    throw runNotFound(runId);
  }
  return run;
}

function chosenName(message: Message<'createRun'>): string | undefined {
  const tagged = message.tags.find((tag) => tag.key === runNameTag)?.value;
  if (message.run_name && tagged && message.run_name !== tagged) {
    throw invalidParameter(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
        `(run_name='${message.run_name}', mlflow.runName='${tagged}').`,
    );
  }
  return message.run_name || tagged;
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
