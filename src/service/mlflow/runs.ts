import * as z from 'zod';
import { scriptOfTags } from '../experiments/scriptOfTags.ts';
import type { RunChange, RunStore, StoredRun } from '../experiments/store.ts';
import { runNotFound } from '../experiments/storeErrors.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrderBy } from '../search/parseOrder.ts';
import { listArtifactsOf } from './artifactList.ts';
import { encodeRun, encodeRunInfo, list } from './encode.ts';
import { invalidParameter } from './errors.ts';
import {
  experimentId,
  integer,
  limits,
  listOf,
  maxResults,
  optional,
  required,
  searchPage,
  status,
  tag,
  viewType,
  withRun,
} from './fields.ts';
import { nextPage, offsetOf } from './paging.ts';
import { type Call, type Route, route } from './route.ts';

const messages = {
  create: z.object({
    experiment_id: optional,
    user_id: optional,
    run_name: optional,
    start_time: integer.nullish(),
    // MLflow looks at the names of tags only when they are set later.
    tags: listOf(z.object({ key: required, value: tag.shape.value })),
  }),
  one: withRun({}),
  update: withRun({ status, end_time: integer.nullish(), run_name: optional }),
  search: z.object({
    ...searchPage,
    experiment_ids: listOf(experimentId),
    order_by: listOf(z.string()),
    max_results: maxResults(1_000, limits.searchResults, 'ofWrongType'),
    run_view_type: viewType,
  }),
  listArtifacts: withRun({ path: optional }),
} as const;

type Message<Name extends keyof typeof messages> = z.output<(typeof messages)[Name]>;

export const runRoutes: readonly Route[] = [
  route('POST', 'runs/create', messages.create, create),
  route('GET', 'runs/get', messages.one, get),
  route('POST', 'runs/update', messages.update, update),
  route('POST', 'runs/delete', messages.one, remove),
  route('POST', 'runs/restore', messages.one, restore),
  route('POST', 'runs/search', messages.search, search),
  route('GET', 'artifacts/list', messages.listArtifacts, listArtifacts),
];

const runNameTag = 'mlflow.runName';

function create(message: Message<'create'>, { store, scope, workspace }: Call): object {
  const name = chosenName(message);
  const run = {
    experiment: message.experiment_id || '0',
    status: 'RUNNING',
    startTime: message.start_time ?? Date.now(),
    userId: message.user_id ?? '',
    tags: message.tags,
    ...(name && { name }),
  } as const;
  // What a supervised run is a run of, is known already.
  const script = scope || workspace === undefined ? undefined : scriptOfTags(message.tags ?? [], workspace);
  const created = scope ? scope.createRun(run) : store.createRun({ ...run, ...(script && { script }) });
  return { run: encoded(created, store) };
}

function get({ runId }: Message<'one'>, { store, scope }: Call): object {
  scope?.looksAtRun(runId);
  return { run: encoded(requireRun(store, runId), store) };
}

function update(message: Message<'update'>, { store, scope }: Call): object {
  const change: RunChange = {
    ...(message.status && { status: message.status }),
    // Protocol buffers send 0 for an end that was never set.
    ...(message.end_time && { endTime: message.end_time }),
    ...(message.run_name && { name: message.run_name }),
  };
  const permitted = scope ? scope.permitted(message.runId, change) : change;
  return { run_info: encodeRunInfo(store.updateRun(message.runId, permitted)) };
}

function remove({ runId }: Message<'one'>, { store }: Call): object {
  if (requireRun(store, runId).lifecycleStage === 'active') {
    store.deleteRun(runId);
  }
  return {};
}

function restore({ runId }: Message<'one'>, { store }: Call): object {
  store.restoreRun(runId);
  return {};
}

function search(message: Message<'search'>, { store }: Call): object {
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

async function listArtifacts(message: Message<'listArtifacts'>, call: Call): Promise<object> {
  const run = requireRun(call.store, message.runId);
  const folder = message.path ?? '';
  const elsewhere = await call.origin?.listArtifacts(run.runId, folder);
  return listArtifactsOf(run.artifactUri, folder, call.artifactRoot, elsewhere);
}

function encoded(run: StoredRun, store: RunStore) {
  return encodeRun(run, store.contents([run.runId])[0]!);
}

function requireRun(store: RunStore, runId: string): StoredRun {
  const run = store.getRun(runId);
  if (!run) {
    throw runNotFound(runId);
  }
  return run;
}

function chosenName(message: Message<'create'>): string | undefined {
  const tagged = message.tags.find((tag) => tag.key === runNameTag)?.value;
  if (message.run_name && tagged && message.run_name !== tagged) {
    throw invalidParameter(
      "Both 'run_name' argument and 'mlflow.runName' tag are specified, but with different values " +
        `(run_name='${message.run_name}', mlflow.runName='${tagged}').`,
    );
  }
  return message.run_name || tagged;
}
