import { expect } from 'vitest';
import type { ClientName } from './mlflowScript.ts';

/*
 * Where ours deliberately answers other than MLflow's own server. Everything that is not told here must be equal.
 */

export interface Difference {
  readonly case: string;
  readonly why: string;
  /** Only for this client, whose server answers other than the newer one. */
  readonly client?: ClientName;
  /** What ours must answer, from what MLflow's server answered. */
  // biome-ignore lint/suspicious/noExplicitAny: the shape is that of the case.
  ours(theirs: any): unknown;
}

const infinite = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value)
      .replaceAll('1.7976931348623157e+308', 'inf')
      .replace(/-?\binf\b/g, '"$&"'),
  );

const refusal = { error_code: 'INVALID_PARAMETER_VALUE', message: expect.any(String) };

export const differences: readonly Difference[] = [
  {
    case: 'infinities_are_kept',
    why: 'MLflow makes an infinity the greatest finite number; ours keeps it',
    ours: infinite,
  },
  {
    case: 'infinities_as_text',
    why: 'the same on the wire',
    ours: (theirs) =>
      JSON.parse(
        JSON.stringify(theirs)
          .replaceAll('-1.7976931348623157e+308', '"-Infinity"')
          .replaceAll('1.7976931348623157e+308', '"Infinity"'),
      ),
  },
  {
    case: 'not_a_number_is_kept',
    why: 'at the same step and time MLflow orders a NaN as if it were 0; ours puts it after every number',
    ours: ([latest, history, { items, more }]) => [
      { ...latest, n: 'nan' },
      history,
      { items: items.toReversed(), more },
    ],
  },
  {
    case: 'what_cannot_be_understood_is_not_dropped_silently',
    why: 'MLflow stores 0 or nothing for what it cannot read and answers 200; ours refuses it',
    ours: (theirs) => theirs.map((status: unknown) => (typeof status === 'number' ? 400 : { status: 400 })),
  },
  {
    case: 'empty_files_and_folders',
    why: 'MLflow does not tell the size of an empty file; ours says 0',
    ours: ([files, content]) => [files.map(sized), content],
  },
  {
    case: 'types_of_files_follow_their_names',
    why: 'a stored page or drawing is never sent as something that a browser would run',
    ours: (theirs) => ({
      ...theirs,
      'a.html': ['application/octet-stream', ...theirs['a.html'].slice(1)],
      'a.svg': ['application/octet-stream', ...theirs['a.svg'].slice(1)],
    }),
  },
  {
    case: 'paths_that_lead_out_are_refused',
    why: 'MLflow takes backslashes and roots as parts of a name; ours refuses them, by every entrance',
    ours: (theirs) => ({
      ...theirs,
      '/etc/passwd': [400, 400, 400, theirs['/etc/passwd'][3]],
      'a\\..\\b': [400, 400, 400, 400],
    }),
  },
  {
    case: 'artifact_locations_that_hide_something_are_refused',
    why: 'MLflow stores a location that leads out of its folder; ours does not',
    ours: (theirs) => ({ ...theirs, 'mlflow-artifacts:/a/../../b': 'INVALID_PARAMETER_VALUE' }),
  },
  {
    case: 'artifacts_by_plain_http',
    why: 'a folder is no file: the client tries it as one first and expects a quick 404',
    ours: ([put, got, _folder, _missing, ...rest]) => [put, got, 404, 404, ...rest],
  },
  {
    case: 'artifacts_with_hostile_names_come_back',
    why: "MLflow 2's server cannot send a file with such a name",
    client: 'mlflow 2',
    ours: ([files, contents]) => [files, { ...contents, 'größe-数-🐧.txt': 'content 5' }],
  },
  {
    case: 'artifacts_with_names_the_client_spoils',
    why: "MLflow 2's server cuts a name at a question mark when it is read",
    client: 'mlflow 2',
    ours: (theirs) => ({
      ...theirs,
      'question?mark.txt': [...theirs['question?mark.txt'].slice(0, 2), 'HTTPError'],
    }),
  },
  {
    case: 'search_logged_models_with_filters',
    why: 'MLflow 3.17 compares the status with a number, so nothing is ever READY',
    ours: (theirs) => ({
      ...theirs,
      "status = 'READY'": ['ant', 'bee'],
      "status != 'READY'": ['cat', 'dog'],
    }),
  },
  {
    case: 'search_logged_models_by_metrics_of_a_dataset',
    why: 'without a digest MLflow finds nothing; ours takes every digest of the name',
    ours: (theirs) => theirs.toSpliced(1, 1, ['bee', 'cat']),
  },
  overlooked('search_experiments_refuses_what_it_does_not_understand', ["name = 'a' AND"]),
  overlooked('search_runs_refuses_unknown_names', ['metrics. = 1']),
  overlooked('search_runs_refuses_wrong_values', ["run_id IN ('a' 'b')"]),
  overlooked('search_runs_refuses_what_is_no_list_of_comparisons', [
    'AND metrics.acc > 1',
    'metrics.acc > 1 AND',
    'metrics.acc > 1 AND AND metrics.loss > 1',
    'metrics.acc > 1 metrics.loss > 1',
  ]),
  {
    case: 'search_runs_refuses_bad_orders',
    why: 'an order by nothing is a mistake; a name that a filter knows an order knows as well',
    ours: (theirs) => ({ ...theirs, 'metrics.': refusal, 'attributes.`Run Name`': 8 }),
  },
  {
    case: 'search_runs_combines_everything',
    why: 'a filter of blanks is none; MLflow cannot parse it',
    ours: (theirs) => ({ ...theirs, '   ': theirs[''] }),
  },
];

/** With the client of MLflow 2 ours answers these as the server of MLflow 3 does, which has changed since. */
export const answeredAsByMlflow3: readonly string[] = [
  'a_registered_model_is_deleted_with_everything',
  'aliases_move_and_go',
  'dataset_inputs_have_their_limits',
  'foreign_pages_are_refused',
  'missing_experiments_are_told',
  'missing_fields_are_told',
  'models_that_are_not_there',
  'names_of_models',
  'search_model_versions_refuses_what_it_does_not_understand',
  'search_registered_models_refuses_what_it_does_not_understand',
  'search_runs_by_metrics',
  'search_runs_by_run_ids',
  'search_runs_by_what_is_not_there',
  'search_runs_of_several_and_of_missing_experiments',
  'search_runs_refuses_what_is_no_list_of_comparisons',
  'sources_of_versions_are_checked',
  'tags_of_experiments_have_their_limits',
  'tags_of_registered_models',
  'the_history_of_a_metric_page_by_page',
  'traces_that_are_not_there',
  'versions_are_described_and_tagged',
  'what_is_not_registered_is_told',
  'where_the_server_says_who_it_is',
];

function overlooked(name: string, filters: readonly string[]): Difference {
  return {
    case: name,
    why: 'MLflow overlooks half a comparison or half a list; ours says where it is',
    ours: (theirs) => ({ ...theirs, ...Object.fromEntries(filters.map((filter) => [filter, refusal])) }),
  };
}

function sized(file: readonly [string, boolean, number | null]): readonly unknown[] {
  return file[1] ? file : [file[0], false, file[2] ?? 0];
}

/** What ours is expected to answer where MLflow's own server gave `theirs`. */
export function expected(name: string, client: ClientName, theirs: unknown): unknown {
  const difference = differences.find(
    (candidate) => candidate.case === name && (candidate.client ?? client) === client,
  );
  return allowing(difference ? difference.ours(structuredClone(theirs)) : theirs);
}

/** Fields that only the newest server sends, and clients of every age do without. */
const fieldsOfNewerServers: ReadonlySet<string> = new Set(['workspace', 'error_class', 'sqlstate']);

/** Leaves out what only one generation of MLflow's server sends. */
export function common(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(common);
  }
  if (!isPlainObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !fieldsOfNewerServers.has(key) && !(key === 'outputs' && isEmpty(item)))
      .map(([key, item]) => [key, common(item)]),
  );
}

/**
 * - MLflow's server breaks down over some mistakes of a caller: it answers 500, which clients repeat for four minutes,
 *   or tells SQLite's own words. Ours refuses them at once in words.
 * - Refusals begin with MLflow's first line. Ours may go on with what to do about it.
 * - A mistake in a filter or an order ours names in its own words and with its place.
 */
function allowing(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(allowing);
  }
  if (!isPlainObject(value)) {
    return value;
  }
  if (value.status === 500 || /^BAD_REQUEST:? *$/.test(String(value.message))) {
    return expect.toSatisfy(isRefusal, 'a refusal in words');
  }
  const entries = Object.entries(value).map(([key, item]) => [
    key,
    key === 'message' && typeof item === 'string' && 'error_code' in value
      ? expect.toSatisfy((message: unknown) => saysTheSame(message, item), JSON.stringify(item))
      : allowing(item),
  ]);
  return Object.fromEntries(entries);
}

function isRefusal(value: unknown): boolean {
  const { error_code, status } = Object(value) as { error_code?: string; status?: number };
  return status === undefined ? error_code !== undefined : status >= 400 && status < 500;
}

function saysTheSame(ours: unknown, theirs: string): boolean {
  const firstLine = theirs.split('\n', 1)[0]!.replace(/\.$/, '');
  return typeof ours === 'string' && (ours.startsWith(firstLine) || / \(at character \d+\)$/.test(ours));
}

function isEmpty(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).length === 0;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !('asymmetricMatch' in value)
  );
}
