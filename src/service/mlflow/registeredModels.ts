import * as z from 'zod';
import type { RegisteredModel } from '../models/store.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import { list } from './encode.ts';
import { integer, key, limits, listOf, modelTag, optional, required, searchPage, texts } from './fields.ts';
import { encodeVersion, versionNumber } from './modelVersions.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Route, route } from './route.ts';

const named = { name: required };

/** Faults of names, aliases and stages are the domain's to tell. */
const messages = {
  create: z.object({ ...named, description: optional, tags: listOf(modelTag) }),
  one: z.object(named),
  describe: z.object({ ...named, description: optional }),
  rename: z.object({ ...named, new_name: required }),
  search: z.object({
    ...searchPage,
    max_results: integer
      .nullish()
      .transform((wanted) => wanted ?? 100)
      .refine((wanted) => wanted <= limits.registeredModelResults, { params: { kind: 'type' } }),
  }),
  latestVersions: z.object({ ...named, stages: texts }),
  setTag: z.object({ ...named, ...modelTag.shape }),
  deleteTag: z.object({ ...named, key }),
  setAlias: z.object({ ...named, alias: required, version: versionNumber }),
  alias: z.object({ ...named, alias: required }),
} as const;

export const registeredModelRoutes: readonly Route[] = [
  route('POST', 'registered-models/create', messages.create, ({ name, description, tags }, { models }) => ({
    registered_model: encode(
      models.createRegisteredModel({ name, tags, ...(description && { description }) }),
    ),
  })),

  route('GET', 'registered-models/get', messages.one, ({ name }, { models }) => ({
    registered_model: encode(models.getRegisteredModel(name)),
  })),

  route('PATCH', 'registered-models/update', messages.describe, ({ name, description }, { models }) => ({
    registered_model: encode(models.describeRegisteredModel(name, description ?? undefined)),
  })),

  route('POST', 'registered-models/rename', messages.rename, ({ name, new_name }, { models }) => ({
    registered_model: encode(models.renameRegisteredModel(name, new_name)),
  })),

  route('DELETE', 'registered-models/delete', messages.one, ({ name }, { models }) => {
    models.deleteRegisteredModel(name);
    return {};
  }),

  route('GET', 'registered-models/search', messages.search, (message, { models }) => {
    const offset = offsetOf(message.page_token);
    const { items, more } = models.searchRegisteredModels({
      filter: parseFilter(message.filter, 'mlflow'),
      orderBy: parseOrderBy(message.order_by),
      limit: message.max_results,
      offset,
    });
    return { ...list('registered_models', items.map(encode)), ...nextPage(offset, items.length, more) };
  }),

  ...(['POST', 'GET'] as const).map((method) =>
    route(
      method,
      'registered-models/get-latest-versions',
      messages.latestVersions,
      ({ name, stages }, { models }) =>
        list('model_versions', models.latestVersions(name, stages).map(encodeVersion)),
    ),
  ),

  route('POST', 'registered-models/set-tag', messages.setTag, ({ name, ...tag }, { models }) => {
    models.setRegisteredModelTag(name, tag);
    return {};
  }),

  route('DELETE', 'registered-models/delete-tag', messages.deleteTag, ({ name, key }, { models }) => {
    models.deleteRegisteredModelTag(name, key);
    return {};
  }),

  route('POST', 'registered-models/alias', messages.setAlias, ({ name, alias, version }, { models }) => {
    models.setAlias(name, alias, version);
    return {};
  }),

  route('DELETE', 'registered-models/alias', messages.alias, ({ name, alias }, { models }) => {
    models.deleteAlias(name, alias);
    return {};
  }),

  route('GET', 'registered-models/alias', messages.alias, ({ name, alias }, { models }) => ({
    model_version: encodeVersion(models.versionByAlias(name, alias)),
  })),
];

function encode(model: RegisteredModel) {
  return {
    name: model.name,
    creation_timestamp: model.creationTime,
    last_updated_timestamp: model.lastUpdatedTime,
    ...(model.description && { description: model.description }),
    ...list('latest_versions', model.latestVersions.map(encodeVersion)),
    ...list('tags', model.tags),
    ...list(
      'aliases',
      model.aliases.map(({ alias, version }) => ({ alias, version: String(version) })),
    ),
  };
}
