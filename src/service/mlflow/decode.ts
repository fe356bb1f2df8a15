import path from 'node:path';
import * as z from 'zod';
import { invalidParameter, malformedJson } from './errors.ts';

/** Limits of MLflow's own server. */
export const limits = {
  key: 250,
  parameterValue: 6_000,
  tagValue: 8_000,
  experimentName: 500,
  experimentTagValue: 20_000,
  artifactLocation: 2_048,
  batchMetrics: 1_000,
  batchParameters: 100,
  batchTags: 100,
  batchTotal: 1_000,
  searchResults: 50_000,
} as const;

/** 64-bit integers come as numbers or as strings of digits; beyond 2^53 they would not be exact. */
const integer = z.union([
  z.number().refine(Number.isSafeInteger, 'It must be an integer.'),
  z
    .string()
    .regex(/^-?\d{1,16}$/, 'It must be an integer.')
    .transform(Number),
]);

const decimal = z.union([
  z.number(),
  z
    .string()
    .regex(/^(-?Infinity|NaN|-?\d+(\.\d*)?([eE][-+]?\d+)?)$/, 'It must be a number.')
    .transform(Number),
]);

const required = z.string().min(1);
const optional = z.string().nullish();

/** Names that were found good: a training logs the same few a million times. */
const goodNames = new Set<string>();
const goodNamesKept = 10_000;

/** Names may be treated as files by clients: no name may mean another one there. */
const key = required.superRefine((name, context) => {
  if (goodNames.has(name)) {
    return;
  }
  if (!/^[/\p{L}\p{N}_.\- :]*$/u.test(name)) {
    context.addIssue(
      'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), ' +
        'colon(:) and slashes (/).',
    );
  } else if (path.posix.normalize(name) !== name || /^(\/|\.\.|\.$)|\/$/.test(name)) {
    context.addIssue(
      'Names may be treated as files in certain cases, and must not resolve to other names when treated as such.',
    );
  } else if (name.length > limits.key) {
    context.addIssue(`It exceeds the maximum length of ${limits.key} characters`);
  } else if (goodNames.size < goodNamesKept) {
    goodNames.add(name);
  }
});

const cut = (length: number) => (text: string | null | undefined) => (text ?? '').slice(0, length);

const parameter = z.object({ key, value: optional.transform(cut(limits.parameterValue)) });
const tag = z.object({ key, value: optional.transform(cut(limits.tagValue)) });
const experimentTag = z.object({ key, value: z.string().max(limits.experimentTagValue) });
const metric = z.object({
  key,
  value: decimal,
  timestamp: integer.refine((time) => time >= 0, 'Timestamp must be a nonnegative long (64-bit integer) '),
  step: integer.nullish().transform((step) => step ?? 0),
});

type Metric = z.output<typeof metric>;

/** The many metrics of a batch mostly are as they should be, and are taken as they came. */
const metrics = z.optional(z.unknown()).transform((received, context): readonly Metric[] => {
  if (Array.isArray(received) && received.every(isPlainMetric)) {
    return received;
  }
  const parsed = listOf(metric).safeParse(received);
  for (const issue of parsed.error?.issues ?? []) {
    context.addIssue({ code: 'custom', path: issue.path, message: messageOf(issue) });
  }
  return parsed.data ?? z.NEVER;
});

function isPlainMetric(value: unknown): value is Metric {
  const { key, value: number, timestamp, step } = (value ?? {}) as Partial<Metric>;
  return (
    typeof number === 'number' &&
    Number.isSafeInteger(timestamp) &&
    timestamp! >= 0 &&
    Number.isSafeInteger(step) &&
    goodNames.has(key!)
  );
}

/** GET repeats a name for each element; once is a list as well. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => (value === undefined || value === null ? [] : Array.isArray(value) ? value : [value]),
    z.array(item),
  );
}

const ownRun = z
  .object({ run_id: optional, run_uuid: optional })
  .transform(({ run_id, run_uuid }, context) => {
    const id = run_id || run_uuid;
    if (!id) {
      context.addIssue({ code: 'custom', path: ['run_id'], message: missing });
      return z.NEVER;
    }
    return id;
  });

/** A message about one run: `runId` beside the fields of the message. */
function withRun<Shape extends z.ZodRawShape>(shape: Shape) {
  const fields = z.object(shape);
  return z.unknown().transform((value, context) => {
    const run = ownRun.safeParse(value);
    const rest = fields.safeParse(value);
    for (const issue of [...(run.error?.issues ?? []), ...(rest.error?.issues ?? [])]) {
      context.addIssue({ code: 'custom', path: issue.path, message: messageOf(issue) });
    }
    return run.success && rest.success ? { runId: run.data, ...rest.data } : z.NEVER;
  });
}

const status = z
  .union([
    z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']),
    z.literal([1, 2, 3, 4, 5]).transform((number) => statusByNumber[number]),
  ])
  .nullish();

const statusByNumber = { 1: 'RUNNING', 2: 'SCHEDULED', 3: 'FINISHED', 4: 'FAILED', 5: 'KILLED' } as const;

const viewType = z
  .union([
    z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']),
    z
      .literal([1, 2, 3])
      .transform((number) => (['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const)[number - 1]!),
  ])
  .nullish()
  .transform((view) => (view === 'ALL' ? 'all' : view === 'DELETED_ONLY' ? 'deleted' : 'active'));

function maxResults(fallback: number, largest: number) {
  return integer.nullish().transform((value, context) => {
    const wanted = value ?? fallback;
    if (wanted < 1 || wanted > largest) {
      context.addIssue(wanted < 1 ? 'It must be a positive integer' : `It must be at most ${largest}`);
    }
    return wanted;
  });
}

const searchPage = { page_token: optional, filter: optional, order_by: listOf(z.string()) };

export const messages = {
  nothing: z.object({}),
  createExperiment: z.object({
    name: required.max(
      limits.experimentName,
      `It exceeds the maximum length of ${limits.experimentName} characters`,
    ),
    artifact_location: optional,
    tags: listOf(experimentTag),
  }),
  experiment: z.object({ experiment_id: required }),
  experimentByName: z.object({ experiment_name: required }),
  searchExperiments: z.object({
    ...searchPage,
    max_results: maxResults(1_000, limits.searchResults),
    view_type: viewType,
  }),
  renameExperiment: z.object({ experiment_id: required, new_name: required.max(limits.experimentName) }),
  experimentTag: z.object({ experiment_id: required, ...experimentTag.shape }),
  deleteExperimentTag: z.object({ experiment_id: required, key }),

  createRun: z.object({
    experiment_id: optional,
    user_id: optional,
    run_name: optional,
    start_time: integer.nullish(),
    tags: listOf(tag),
  }),
  run: withRun({}),
  updateRun: withRun({ status, end_time: integer.nullish(), run_name: optional }),
  searchRuns: z.object({
    ...searchPage,
    experiment_ids: listOf(z.string()),
    max_results: maxResults(1_000, limits.searchResults),
    run_view_type: viewType,
  }),
  logMetric: withRun(metric.shape),
  logParameter: withRun(parameter.shape),
  setTag: withRun(tag.shape),
  deleteTag: withRun({ key }),
  logBatch: withRun({ metrics, params: listOf(parameter), tags: listOf(tag) }),
  logInputs: withRun({
    datasets: listOf(
      z.object({
        tags: listOf(z.object({ key: required.max(255), value: z.string().max(500) })),
        dataset: z.object({
          name: required.max(500),
          digest: required.max(36),
          source_type: required,
          source: required.max(65_535),
          schema: z.string().max(1_048_575).nullish(),
          profile: z.string().max(16_777_215).nullish(),
        }),
      }),
    ),
    models: listOf(z.object({ model_id: required })),
  }),
  logOutputs: withRun({ models: listOf(z.object({ model_id: required, step: integer })) }),
  metricHistory: withRun({
    metric_key: required,
    page_token: optional,
    max_results: integer.nullish(),
  }),
  listArtifacts: withRun({ path: optional }),
  listFolder: z.object({ path: optional }),
} as const;

const missing = 'missing';

/** The message as it should be, or MLflow's sentence about the first thing that is wrong with it. */
export function decode<Message extends z.ZodType>(message: Message, received: unknown): z.output<Message> {
  const input = withSnakeCase(received ?? {});
  if (typeof input !== 'object' || Array.isArray(input)) {
    throw malformedJson();
  }
  const parsed = message.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  throw invalidParameter(describe(parsed.error.issues[0]!, input));
}

function describe(issue: z.core.$ZodIssue, input: unknown): string {
  const name = issue.path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');
  const value = issue.path.reduce<unknown>(
    (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
    input,
  );
  const text =
    value === undefined || value === null || value === ''
      ? `Missing value for required parameter '${name}'.`
      : `Invalid value ${JSON.stringify(value).slice(0, 200)} for parameter '${name}' supplied: ${messageOf(issue)}`;
  return `${text} See the API docs for more information about request parameters.`;
}

function messageOf(issue: z.core.$ZodIssue): string {
  const inner = issue.code === 'invalid_union' ? issue.errors.at(0)?.at(0) : undefined;
  return inner ? messageOf(inner) : issue.message;
}

/** Protocol buffers read `runId` as well as `run_id`. What needs no change is not copied. */
function withSnakeCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !hasCamelCase(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(withSnakeCase);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      withSnakeCase(inner),
    ]),
  );
}

/** Names of fields that were seen to be in snake_case: they are few. */
const snakeNames = new Set<string>();

function hasCamelCase(value: object): boolean {
  if (Array.isArray(value)) {
    return value.some((item) => typeof item === 'object' && item !== null && hasCamelCase(item));
  }
  for (const name in value) {
    const inner = (value as Record<string, unknown>)[name];
    if (isCamelCase(name) || (typeof inner === 'object' && inner !== null && hasCamelCase(inner))) {
      return true;
    }
  }
  return false;
}

function isCamelCase(name: string): boolean {
  if (snakeNames.has(name)) {
    return false;
  }
  const isCamel = /[A-Z]/.test(name);
  if (!isCamel && snakeNames.size < goodNamesKept) {
    snakeNames.add(name);
  }
  return isCamel;
}

/** Python's json writes NaN and infinities as bare words, which are not JSON; they are taken by name. */
export function parseJson(text: string): unknown {
  if (text.trim() === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    return parseWithBareNumbers(text);
  }
}

function parseWithBareNumbers(text: string): unknown {
  const named = text.replace(/"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/g, (token) =>
    token.startsWith('"') ? token : `"${token}"`,
  );
  try {
    return JSON.parse(named);
  } catch {
    throw malformedJson();
  }
}
