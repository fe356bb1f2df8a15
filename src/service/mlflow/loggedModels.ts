import * as z from 'zod';
import type { LoggedModel, LoggedModelMetric } from '../models/store.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { listArtifactsOf } from './artifactList.ts';
import { encodeMetric, list } from './encode.ts';
import {
  experimentId,
  flag,
  integer,
  limits,
  listOf,
  optional,
  plainPair,
  required,
  requiredTexts,
} from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Route, route } from './route.ts';

const statuses = ['STATUS_UNSPECIFIED', 'PENDING', 'READY', 'UPLOAD_FAILED'] as const;

/** A name or a number; MLflow takes what it does not know for unspecified. */
const status = z.union([required, integer]).transform((value) => {
  const name = typeof value === 'number' ? statuses[value] : value.replace(/^LOGGED_MODEL_/, '');
  return statuses.find((known) => known === name) ?? 'STATUS_UNSPECIFIED';
});

const one = { model_id: required };

const messages = {
  create: z.object({
    experiment_id: experimentId,
    name: optional,
    model_type: optional,
    source_run_id: optional,
    params: listOf(plainPair),
    tags: listOf(plainPair),
  }),
  get: z.object({ ...one, allow_deleted: flag }),
  one: z.object(one),
  finalize: z.object({ ...one, status }),
  setTags: z.object({ ...one, tags: listOf(plainPair) }),
  deleteTag: z.object({ ...one, tag_key: required }),
  addParameters: z.object({ ...one, params: listOf(plainPair) }),
  search: z.object({
    experiment_ids: requiredTexts,
    filter: optional,
    datasets: listOf(z.object({ dataset_name: optional, dataset_digest: optional })).superRefine(
      (datasets, context) => {
        if (datasets.some((dataset) => !dataset.dataset_name)) {
          const message = '`dataset_name` in the `datasets` clause must be specified.';
          context.addIssue({ code: 'custom', message, params: { kind: 'whole' } });
        }
      },
    ),
    order_by: listOf(
      z.object({
        field_name: optional,
        ascending: z.boolean().nullish(),
        dataset_name: optional,
        dataset_digest: optional,
      }),
    ),
    max_results: integer.nullish(),
    page_token: optional,
  }),
  listArtifacts: z.object({ ...one, artifact_directory_path: optional }),
} as const;

export const loggedModelRoutes: readonly Route[] = [
  route('POST', 'logged-models', messages.create, (message, { models }) => ({
    model: encode(
      models.createLoggedModel({
        experiment: message.experiment_id,
        modelType: message.model_type ?? '',
        sourceRunId: message.source_run_id ?? '',
        parameters: message.params,
        tags: message.tags,
        ...(message.name && { name: message.name }),
      }),
    ),
  })),

  route('POST', 'logged-models/search', messages.search, (message, { models }) => {
    const offset = offsetOf(message.page_token);
    const { items, more } = models.searchLoggedModels({
      experiments: message.experiment_ids,
      filter: parseFilter(message.filter, 'mlflow'),
      datasets: message.datasets.map((dataset) => ({
        name: dataset.dataset_name ?? '',
        ...(dataset.dataset_digest && { digest: dataset.dataset_digest }),
      })),
      orderBy: message.order_by.map((order) => ({
        field: order.field_name ?? '',
        descending: order.ascending === false,
        dataset: {
          ...(order.dataset_name && { name: order.dataset_name }),
          ...(order.dataset_digest && { digest: order.dataset_digest }),
        },
      })),
      limit: pageSize(message.max_results),
      offset,
    });
    return { ...list('models', items.map(encode)), ...nextPage(offset, items.length, more) };
  }),

  route('GET', 'logged-models/:model_id', messages.get, ({ model_id, allow_deleted }, { models }) => ({
    model: encode(models.getLoggedModel(model_id, { allowDeleted: allow_deleted })),
  })),

  route('PATCH', 'logged-models/:model_id', messages.finalize, ({ model_id, status }, { models }) => ({
    model: encode(models.finalizeLoggedModel(model_id, status)),
  })),

  route('DELETE', 'logged-models/:model_id', messages.one, ({ model_id }, { models }) => {
    models.deleteLoggedModel(model_id);
    return {};
  }),

  route('PATCH', 'logged-models/:model_id/tags', messages.setTags, ({ model_id, tags }, { models }) => {
    models.setLoggedModelTags(model_id, tags);
    return {};
  }),

  route('DELETE', 'logged-models/:model_id/tags/:tag_key', messages.deleteTag, (message, { models }) => {
    models.deleteLoggedModelTag(message.model_id, message.tag_key);
    return {};
  }),

  route('POST', 'logged-models/:model_id/params', messages.addParameters, (message, { models }) => {
    models.addLoggedModelParameters(message.model_id, message.params);
    return {};
  }),

  route(
    'GET',
    'logged-models/:model_id/artifacts/directories',
    messages.listArtifacts,
    ({ model_id, artifact_directory_path }, { models, artifactRoot }) =>
      listArtifactsOf(
        models.getLoggedModel(model_id).artifactUri,
        artifact_directory_path ?? '',
        artifactRoot,
      ),
  ),
];

/** MLflow's server has neither a least nor a largest number; ours has both. */
function pageSize(wanted: number | null | undefined): number {
  return wanted && wanted > 0 ? Math.min(wanted, limits.searchResults) : 100;
}

function encode(model: LoggedModel) {
  return {
    info: {
      model_id: model.modelId,
      experiment_id: model.experiment,
      name: model.name,
      creation_timestamp_ms: model.creationTime,
      last_updated_timestamp_ms: model.lastUpdatedTime,
      artifact_uri: model.artifactUri,
      status: `LOGGED_MODEL_${model.status}`,
      model_type: model.modelType,
      source_run_id: model.sourceRunId,
      ...list('tags', model.tags),
      ...list(
        'registrations',
        model.registrations.map(({ name, version }) => ({ name, version: String(version) })),
      ),
    },
    data: {
      ...list('params', model.parameters),
      ...list('metrics', model.metrics.map(encodeModelMetric)),
    },
  };
}

function encodeModelMetric(metric: LoggedModelMetric) {
  return {
    ...encodeMetric(metric),
    ...(metric.datasetName && { dataset_name: metric.datasetName }),
    ...(metric.datasetDigest && { dataset_digest: metric.datasetDigest }),
    model_id: metric.modelId,
    run_id: metric.runId,
  };
}
