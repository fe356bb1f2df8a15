import * as z from 'zod';
import type { ModelVersion } from '../models/store.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import { list } from './encode.ts';
import { flag, integer, key, limits, listOf, modelTag, optional, required, searchPage } from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Route, route } from './route.ts';

/** Digits in text, as ids are. */
export const versionNumber = z
  .preprocess((value) => (typeof value === 'number' ? String(value) : value), required)
  .transform((text, context) => {
    if (!/^\s*[-+]?\d{1,15}\s*$/.test(text)) {
      const message = `Parameter 'version' must be an integer, got '${text}'.`;
      context.addIssue({ code: 'custom', message, params: { kind: 'whole' } });
    }
    return Number(text);
  });

const one = { name: required, version: versionNumber };

const messages = {
  create: z.object({
    name: required,
    source: required,
    run_id: optional,
    model_id: optional,
    run_link: optional,
    description: optional,
    tags: listOf(modelTag),
  }),
  one: z.object(one),
  describe: z.object({ ...one, description: optional }),
  moveToStage: z.object({ ...one, stage: required, archive_existing_versions: flag }),
  search: z.object({
    ...searchPage,
    max_results: integer
      .nullish()
      .transform((wanted) => wanted ?? 10_000)
      .superRefine((wanted, context) => {
        if (wanted < 1) {
          const message = `Invalid value for max_results. It must be a positive integer, but got ${wanted}`;
          context.addIssue({ code: 'custom', message, params: { kind: 'whole' } });
        } else if (wanted > limits.modelVersionResults) {
          context.addIssue({ code: 'custom', params: { kind: 'type' } });
        }
      }),
  }),
  setTag: z.object({ ...one, ...modelTag.shape }),
  deleteTag: z.object({ ...one, key }),
} as const;

export const modelVersionRoutes: readonly Route[] = [
  route('POST', 'model-versions/create', messages.create, (message, { models }) => {
    const { run_id: runId, model_id: loggedModel, run_link: runLink } = message;
    return {
      model_version: encodeVersion(
        models.createVersion({
          name: message.name,
          source: message.source,
          tags: message.tags,
          description: message.description ?? '',
          ...(typeof runId === 'string' && { runId }),
          ...(typeof loggedModel === 'string' && { loggedModel }),
          ...(runLink && { runLink }),
        }),
      ),
    };
  }),

  route('GET', 'model-versions/get', messages.one, ({ name, version }, { models }) => ({
    model_version: encodeVersion(models.getVersion(name, version)),
  })),

  route('PATCH', 'model-versions/update', messages.describe, (message, { models }) => ({
    model_version: encodeVersion(
      models.describeVersion(message.name, message.version, message.description ?? undefined),
    ),
  })),

  route('DELETE', 'model-versions/delete', messages.one, ({ name, version }, { models }) => {
    models.deleteVersion(name, version);
    return {};
  }),

  route('POST', 'model-versions/transition-stage', messages.moveToStage, (message, { models }) => ({
    model_version: encodeVersion(
      models.moveToStage(message.name, message.version, message.stage, message.archive_existing_versions),
    ),
  })),

  route('GET', 'model-versions/get-download-uri', messages.one, ({ name, version }, { models }) => ({
    artifact_uri: models.getVersion(name, version).storageLocation,
  })),

  route('GET', 'model-versions/search', messages.search, (message, { models }) => {
    const offset = offsetOf(message.page_token);
    const { items, more } = models.searchVersions({
      filter: parseFilter(message.filter, 'mlflow'),
      orderBy: parseOrderBy(message.order_by),
      limit: message.max_results,
      offset,
    });
    return { ...list('model_versions', items.map(encodeVersion)), ...nextPage(offset, items.length, more) };
  }),

  route('POST', 'model-versions/set-tag', messages.setTag, ({ name, version, ...tag }, { models }) => {
    models.setVersionTag(name, version, tag);
    return {};
  }),

  route('DELETE', 'model-versions/delete-tag', messages.deleteTag, (message, { models }) => {
    models.deleteVersionTag(message.name, message.version, message.key);
    return {};
  }),
];

/** MLflow shows run and link as empty text when there are none. */
export function encodeVersion(version: ModelVersion) {
  return {
    name: version.name,
    version: String(version.version),
    creation_timestamp: version.creationTime,
    last_updated_timestamp: version.lastUpdatedTime,
    current_stage: version.stage,
    ...(version.description !== undefined && { description: version.description }),
    source: version.source,
    run_id: version.runId,
    status: 'READY',
    ...list('tags', version.tags),
    run_link: version.runLink,
    ...list('aliases', version.aliases),
  };
}
