import * as z from 'zod';
import { isPlainPath } from '../experiments/artifactStorage.ts';
import type { StoredExperiment } from '../experiments/store.ts';
import { experimentNameNotFound, experimentNotFound } from '../experiments/storeErrors.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import { encodeExperiment, list } from './encode.ts';
import { invalidParameter } from './errors.ts';
import {
  experimentId,
  experimentTag,
  key,
  limits,
  listOf,
  maxResults,
  optional,
  required,
  searchPage,
  upTo,
  viewType,
} from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Call, type Route, route } from './route.ts';

const messages = {
  create: z.object({
    name: upTo(limits.experimentName, 'name').min(1),
    artifact_location: optional,
    tags: listOf(experimentTag),
  }),
  one: z.object({ experiment_id: experimentId }),
  byName: z.object({ experiment_name: required }),
  search: z.object({
    ...searchPage,
    max_results: maxResults(1_000, limits.searchResults, 'inWords'),
    view_type: viewType,
  }),
  rename: z.object({
    experiment_id: experimentId,
    new_name: upTo(limits.experimentName, 'name').min(1),
  }),
  setTag: z.object({ experiment_id: experimentId, ...experimentTag.shape }),
  deleteTag: z.object({ experiment_id: experimentId, key }),
} as const;

type Message<Name extends keyof typeof messages> = z.output<(typeof messages)[Name]>;

export const experimentRoutes: readonly Route[] = [
  route('POST', 'experiments/create', messages.create, create),
  route('GET', 'experiments/get', messages.one, get),
  route('GET', 'experiments/get-by-name', messages.byName, getByName),
  route('POST', 'experiments/search', messages.search, search),
  route('GET', 'experiments/search', messages.search, search),
  route('POST', 'experiments/update', messages.rename, rename),
  route('POST', 'experiments/delete', messages.one, remove),
  route('POST', 'experiments/restore', messages.one, restore),
  route('POST', 'experiments/set-experiment-tag', messages.setTag, setTag),
  route('POST', 'experiments/delete-experiment-tag', messages.deleteTag, deleteTag),
];

function create(message: Message<'create'>, { store, scope }: Call): object {
  const artifactLocation = checkedLocation(message.artifact_location);
  const created = store.createExperiment({
    name: message.name,
    tags: message.tags,
    ...(artifactLocation && { artifactLocation }),
  });
  scope?.looksAtExperiment(created.id);
  return { experiment_id: created.id };
}

function get(message: Message<'one'>, { store, scope }: Call): object {
  const experiment = found(store.getExperiment(message.experiment_id), message);
  scope?.looksAtExperiment(experiment.id);
  return { experiment: encodeExperiment(experiment) };
}

function getByName(message: Message<'byName'>, { store, scope }: Call): object {
  const experiment = store.getExperimentByName(message.experiment_name);
  if (!experiment) {
    throw experimentNameNotFound(message.experiment_name);
  }
  scope?.looksAtExperiment(experiment.id);
  return { experiment: encodeExperiment(experiment) };
}

function search(message: Message<'search'>, { store }: Call): object {
  const limit = message.max_results;
  const offset = offsetOf(message.page_token);
  const found = store.listExperiments({
    lifecycle: message.view_type,
    filter: parseFilter(message.filter, 'mlflow'),
    orderBy: parseOrderBy(message.order_by),
    limit: limit + 1,
    offset,
  });
  const page = found.slice(0, limit);
  return {
    ...list('experiments', page.map(encodeExperiment)),
    ...nextPage(offset, page.length, found.length > limit),
  };
}

function rename(message: Message<'rename'>, { store }: Call): object {
  store.renameExperiment(message.experiment_id, message.new_name);
  return {};
}

function remove(message: Message<'one'>, { store }: Call): object {
  store.deleteExperiment(message.experiment_id);
  return {};
}

function restore(message: Message<'one'>, { store }: Call): object {
  store.restoreExperiment(message.experiment_id);
  return {};
}

function setTag(message: Message<'setTag'>, { store }: Call): object {
  store.setExperimentTag(message.experiment_id, { key: message.key, value: message.value });
  return {};
}

function deleteTag(message: Message<'deleteTag'>, { store }: Call): object {
  store.deleteExperimentTag(message.experiment_id, message.key);
  return {};
}

function found(experiment: StoredExperiment | undefined, message: Message<'one'>): StoredExperiment {
  if (!experiment) {
    throw experimentNotFound(message.experiment_id);
  }
  return experiment;
}

/** A place in our own artifact folder must be a plain path; other schemes are kept and never opened. */
function checkedLocation(location: string | null | undefined): string | undefined {
  if (!location) {
    return undefined;
  }
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(location)?.[1]?.toLowerCase();
  const own = scheme === undefined || scheme === 'mlflow-artifacts';
  const path = location.replace(/^[a-z][a-z0-9+.-]+:/i, '').replace(/^\/+/, '');
  if (scheme === 'runs') {
    throw invalidParameter(`Artifact location cannot be a runs:/ URI. Given: '${location}'`);
  }
  if (
    location.length > limits.artifactLocation ||
    !isPlainPath(path) ||
    (own && !location.startsWith('mlflow-artifacts:/'))
  ) {
    throw invalidParameter(
      `Invalid artifact location: '${location.slice(0, 200)}'. Use an address of the form mlflow-artifacts:/path ` +
        'or of a remote storage.',
    );
  }
  return location;
}
