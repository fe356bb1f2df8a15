import * as z from 'zod';
import {
  hasOnlyAllowedCharacters,
  longestEntityName,
  resolved,
  resolvesElsewhere,
} from '../experiments/entityNames.ts';

/** Limits of MLflow's own server. */
export const limits = {
  key: longestEntityName,
  parameterValue: 6_000,
  tagValue: 8_000,
  experimentName: 500,
  experimentTagValue: 20_000,
  modelTagValue: 100_000,
  artifactLocation: 2_048,
  batchMetrics: 1_000,
  batchParameters: 100,
  batchTags: 100,
  batchTotal: 1_000,
  searchResults: 50_000,
  registeredModelResults: 1_000,
  modelVersionResults: 200_000,
  traceResults: 500,
  bulkRuns: 100,
  bulkPoints: 25_000,
  bulkIntervalPoints: 2_500,
} as const;

/**
 * MLflow finds faults in two places, and words them differently: on reading a request, with a pointer to its
 * documentation, and on storing it, without. `decode.ts` makes the sentences; an issue without a fault is of
 * the first kind.
 */
export type Fault =
  /** Found on reading: not of the type that the field has. */
  | { readonly kind: 'type' }
  /** Found on storing: `Invalid value … for parameter '<name>' supplied: <message>`. */
  | { readonly kind: 'value'; readonly name?: FaultName }
  /** Found on storing: `'<name>' exceeds the maximum length of <limit> characters`. */
  | { readonly kind: 'length'; readonly limit: number; readonly name?: FaultName }
  /** Found on storing: the message is all there is to say. */
  | { readonly kind: 'whole' };

/** What is named in place of the field: another field beside it, or this text alone. */
type FaultName = { readonly field: string } | { readonly text: string };

function fault(message: string, params: Fault) {
  return { code: 'custom', message, params } as const;
}

/** 64-bit integers come as numbers or as strings of digits; beyond 2^53 they would not be exact. */
export const integer = z.union([
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

/** In an address a flag is a word. */
export const flag = z
  .union([z.boolean(), z.stringbool({ truthy: ['true'], falsy: ['false'] })])
  .nullish()
  .transform((value) => value ?? false);

export const required = z.string().min(1);
export const optional = z.string().nullish();

export const experimentId = required.superRefine((id, context) => {
  if (!/^\s*[-+]?\d+\s*$/.test(id)) {
    const message = `Invalid experiment ID '${id}'. Experiment ID must be a valid integer.`;
    context.addIssue(fault(message, { kind: 'whole' }));
  }
});

/** Names that were found good: a training logs the same few a million times. */
const goodNames = new Set<string>();
const goodNamesKept = 10_000;

/** Names may be treated as files by clients: no name may mean another one there. */
function nameAs(words: { readonly value?: FaultName; readonly length?: FaultName } = {}) {
  return required.superRefine((name, context) => {
    if (goodNames.has(name)) {
      return;
    }
    const called = words.value && { name: words.value };
    if (!hasOnlyAllowedCharacters(name)) {
      const message =
        'Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), ' +
        'colon(:) and slashes (/).';
      context.addIssue(fault(message, { kind: 'value', ...called }));
    } else if (resolvesElsewhere(name)) {
      const message =
        'Names may be treated as files in certain cases, and must not resolve to other names when treated as ' +
        `such. This name would resolve to '${resolved(name)}'`;
      context.addIssue(fault(message, { kind: 'value', ...called }));
    } else if (name.length > limits.key) {
      const counted = words.length && { name: words.length };
      context.addIssue(fault('', { kind: 'length', limit: limits.key, ...counted }));
    } else if (goodNames.size < goodNamesKept) {
      goodNames.add(name);
    }
  });
}

export const key = nameAs();

const cut = (length: number) => (text: string | null | undefined) => (text ?? '').slice(0, length);

/** Text that is refused, and not cut, when it is too long; `name` is what MLflow calls it then. */
export function upTo(limit: number, name: string) {
  return z.string().superRefine((text, context) => {
    if (text.length > limit) {
      context.addIssue(fault('', { kind: 'length', limit, name: { text: name } }));
    }
  });
}

function upToOrEmpty(limit: number, name: string) {
  return upTo(limit, name)
    .nullish()
    .transform((text) => text ?? '');
}

export const parameter = z.object({
  key: nameAs({ length: { text: 'Param key' } }),
  value: optional.transform(cut(limits.parameterValue)),
});
export const tag = z.object({ key, value: optional.transform(cut(limits.tagValue)) });
const wordedKey = nameAs({ value: { text: 'key' }, length: { text: 'key' } });
export const experimentTag = z.object({
  key: wordedKey,
  value: upToOrEmpty(limits.experimentTagValue, 'value'),
});
/** Of a registered model or a version of it. */
export const modelTag = z.object({ key: wordedKey, value: upToOrEmpty(limits.modelTagValue, 'value') });
export const traceTag = z.object({ key: wordedKey, value: optional.transform(cut(limits.tagValue)) });
/** Of a logged model, which MLflow takes as it comes. */
export const plainPair = z.object({
  key: required,
  value: optional.transform((text) => text ?? ''),
});

export const metric = z
  .object({
    key: nameAs({ value: { field: 'name' }, length: { text: 'Metric name' } }),
    value: decimal,
    timestamp: integer,
    step: integer.nullish().transform((step) => step ?? 0),
    model_id: optional,
    dataset_name: optional,
    dataset_digest: optional,
  })
  .superRefine(({ key, value, timestamp }, context) => {
    if (timestamp < 0) {
      const shown = Number.isInteger(value) ? value.toFixed(1) : value;
      const message = `metric '${key}' (value=${shown}). Timestamp must be a nonnegative long (64-bit integer) `;
      context.addIssue({ ...fault(message, { kind: 'value' }), path: ['timestamp'] });
    }
  });

export type Metric = z.output<typeof metric>;

/** The many metrics of a batch mostly are as they should be, and are taken as they came. */
export const metrics = z.optional(z.unknown()).transform((received, context): readonly Metric[] => {
  if (Array.isArray(received) && received.every(isPlainMetric)) {
    return received;
  }
  const parsed = listOf(metric).safeParse(received);
  pass(parsed.error?.issues ?? [], context);
  return parsed.data ?? z.NEVER;
});

function isPlainMetric(value: unknown): value is Metric {
  const {
    key,
    value: number,
    timestamp,
    step,
    model_id,
    dataset_name,
    dataset_digest,
  } = (value ?? {}) as Partial<Metric>;
  return (
    typeof number === 'number' &&
    Number.isSafeInteger(timestamp) &&
    timestamp! >= 0 &&
    Number.isSafeInteger(step) &&
    goodNames.has(key!) &&
    isTextIfAny(model_id) &&
    isTextIfAny(dataset_name) &&
    isTextIfAny(dataset_digest)
  );
}

function isTextIfAny(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

export function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess((value) => value ?? [], z.array(item));
}

/** GET repeats a name for each element; once is a list as well. */
export const texts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : (value ?? [])),
  z.array(z.string()),
);

/** The same where MLflow wants the field to be there. */
export const requiredTexts = z.preprocess(
  (value) => (typeof value === 'string' ? [value] : value),
  z.array(z.string()),
);

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
export function withRun<Shape extends z.ZodRawShape>(shape: Shape) {
  return withRunBeside(z.object(shape));
}

export function withRunBeside<Fields extends z.ZodType<object>>(fields: Fields) {
  return z.unknown().transform((value, context) => {
    const run = ownRun.safeParse(value);
    const rest = fields.safeParse(value);
    pass([...(run.error?.issues ?? []), ...(rest.error?.issues ?? [])], context);
    return run.success && rest.success ? { runId: run.data, ...rest.data } : z.NEVER;
  });
}

/** Hands on what an inner reading found. */
function pass(issues: readonly z.core.$ZodIssue[], context: z.RefinementCtx): void {
  for (const issue of issues) {
    const params = faultOf(issue);
    context.addIssue({
      code: 'custom',
      path: issue.path,
      message: messageOf(issue),
      ...(params && { params }),
    });
  }
}

export const status = z
  .union([
    z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']),
    z.literal([1, 2, 3, 4, 5]).transform((number) => statusByNumber[number]),
  ])
  .nullish();

const statusByNumber = { 1: 'RUNNING', 2: 'SCHEDULED', 3: 'FINISHED', 4: 'FAILED', 5: 'KILLED' } as const;

export const viewType = z
  .union([
    z.enum(['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL']),
    z
      .literal([1, 2, 3])
      .transform((number) => (['ACTIVE_ONLY', 'DELETED_ONLY', 'ALL'] as const)[number - 1]!),
  ])
  .nullish()
  .transform((view) => (view === 'ALL' ? 'all' : view === 'DELETED_ONLY' ? 'deleted' : 'active'));

/** MLflow tells of too many in different words here and there. */
export function maxResults(fallback: number, largest: number, tooMany: 'inWords' | 'ofWrongType') {
  return integer
    .nullish()
    .transform((wanted) => wanted ?? fallback)
    .superRefine((wanted, context) => {
      const refused = `Invalid value ${wanted} for parameter 'max_results' supplied.`;
      if (wanted < 1) {
        context.addIssue(fault(`${refused} It must be a positive integer`, { kind: 'whole' }));
      } else if (wanted > largest) {
        context.addIssue(
          tooMany === 'inWords'
            ? fault(`${refused} It must be at most ${largest}`, { kind: 'whole' })
            : fault('', { kind: 'type' }),
        );
      }
    });
}

export const searchPage = { page_token: optional, filter: optional, order_by: texts };

const missing = 'missing';

export function faultOf(issue: z.core.$ZodIssue): Fault | undefined {
  if (issue.code === 'custom') {
    return issue.params as Fault | undefined;
  }
  return ['invalid_type', 'invalid_union', 'invalid_value'].includes(issue.code)
    ? { kind: 'type' }
    : undefined;
}

export function messageOf(issue: z.core.$ZodIssue): string {
  const inner = issue.code === 'invalid_union' ? issue.errors.at(0)?.at(0) : undefined;
  return inner ? messageOf(inner) : issue.message;
}
