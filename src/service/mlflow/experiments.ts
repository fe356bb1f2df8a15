import type { z } from 'zod';
import { isPlainPath } from '../experiments/artifactStorage.ts';
import type { StoredExperiment } from '../experiments/store.ts';
import { experimentNameNotFound, experimentNotFound } from '../experiments/storeErrors.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import type { messages } from './decode.ts';
import { encodeExperiment, list } from './encode.ts';
import { invalidParameter } from './errors.ts';
import { limits } from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import type { Call } from './route.ts';

type Message<Name extends keyof typeof messages> = z.output<(typeof messages)[Name]>;

export function create(message: Message<'createExperiment'>, { store, scope }: Call): object {
  const artifactLocation = checkedLocation(message.artifact_location);
  const created = store.createExperiment({
    name: message.name,
    tags: message.tags,
    ...(artifactLocation && { artifactLocation }),
  });
  scope?.looksAtExperiment(created.id);
  return { experiment_id: created.id };
}

export function get(message: Message<'experiment'>, { store, scope }: Call): object {
  const experiment = found(store.getExperiment(message.experiment_id), message);
  scope?.looksAtExperiment(experiment.id);
  return { experiment: encodeExperiment(experiment) };
}

export function getByName(message: Message<'experimentByName'>, { store, scope }: Call): object {
  const experiment = store.getExperimentByName(message.experiment_name);
  if (!experiment) {
    throw experimentNameNotFound(message.experiment_name);
  }
  scope?.looksAtExperiment(experiment.id);
  return { experiment: encodeExperiment(experiment) };
}

export function search(message: Message<'searchExperiments'>, { store }: Call): object {
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

export function rename(message: Message<'renameExperiment'>, { store }: Call): object {
  store.renameExperiment(message.experiment_id, message.new_name);
  return {};
}

export function remove(message: Message<'experiment'>, { store }: Call): object {
  store.deleteExperiment(message.experiment_id);
  return {};
}

export function restore(message: Message<'experiment'>, { store }: Call): object {
  store.restoreExperiment(message.experiment_id);
  return {};
}

export function setTag(message: Message<'experimentTag'>, { store }: Call): object {
  store.setExperimentTag(message.experiment_id, { key: message.key, value: message.value });
  return {};
}

export function deleteTag(message: Message<'deleteExperimentTag'>, { store }: Call): object {
  store.deleteExperimentTag(message.experiment_id, message.key);
  return {};
}

function found(experiment: StoredExperiment | undefined, message: Message<'experiment'>): StoredExperiment {
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
