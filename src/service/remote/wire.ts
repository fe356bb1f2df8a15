import * as z from 'zod';

/** What an MLflow server answers, as far as it is read here. Fields that are not named are left out. */

/** 64-bit integers come as numbers or as strings of digits. */
const integer = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+$/)
    .transform(Number),
]);

const decimal = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity']).transform(Number)]);

const optional = z
  .string()
  .nullish()
  .transform((text) => text ?? undefined);

const keyValue = z.object({
  key: z.string(),
  value: z
    .string()
    .nullish()
    .transform((text) => text ?? ''),
});

function listOf<Item extends z.ZodType>(item: Item) {
  return z
    .array(item)
    .nullish()
    .transform((items) => items ?? []);
}

/** It becomes part of paths. */
const runId = z.string().regex(/^[A-Za-z0-9][\w-]{0,255}$/);

const lifecycle = z.enum(['active', 'deleted']).catch('active');

const experiment = z.object({
  experiment_id: z.string().min(1).max(64),
  name: z.string().min(1),
  lifecycle_stage: lifecycle,
  tags: listOf(keyValue),
});

const metric = z.object({
  key: z.string(),
  value: decimal,
  timestamp: integer,
  step: integer.nullish().transform((step) => step ?? 0),
});

const datasetInput = z.object({
  tags: listOf(keyValue),
  dataset: z.object({
    name: z.string(),
    digest: z.string(),
    source_type: z
      .string()
      .nullish()
      .transform((text) => text ?? ''),
    source: z
      .string()
      .nullish()
      .transform((text) => text ?? ''),
    schema: optional,
    profile: optional,
  }),
});

const run = z.object({
  info: z.object({
    run_id: runId,
    run_name: optional,
    experiment_id: z.string(),
    user_id: optional,
    status: z.enum(['RUNNING', 'SCHEDULED', 'FINISHED', 'FAILED', 'KILLED']).catch('RUNNING'),
    start_time: integer.nullish().transform((time) => time ?? 0),
    end_time: integer.nullish().transform((time) => time || undefined),
    artifact_uri: optional,
    lifecycle_stage: lifecycle,
  }),
  data: z
    .object({ metrics: listOf(metric), params: listOf(keyValue), tags: listOf(keyValue) })
    .nullish()
    .transform((data) => data ?? { metrics: [], params: [], tags: [] }),
  inputs: z
    .object({
      dataset_inputs: listOf(datasetInput),
      model_inputs: listOf(z.object({ model_id: z.string() })),
    })
    .nullish()
    .transform((inputs) => inputs ?? { dataset_inputs: [], model_inputs: [] }),
  outputs: z
    .object({
      model_outputs: listOf(
        z.object({ model_id: z.string(), step: integer.nullish().transform((step) => step ?? 0) }),
      ),
    })
    .nullish()
    .transform((outputs) => outputs ?? { model_outputs: [] }),
});

export const replies = {
  experiments: z.object({ experiments: listOf(experiment), next_page_token: optional }),
  experiment: z.object({ experiment }),
  createdExperiment: z.object({ experiment_id: z.string().min(1) }),
  runs: z.object({ runs: listOf(run), next_page_token: optional }),
  run: z.object({ run }),
  history: z.object({ metrics: listOf(metric), next_page_token: optional }),
  artifacts: z.object({
    root_uri: optional,
    files: listOf(
      z.object({
        path: z.string(),
        is_dir: z
          .boolean()
          .nullish()
          .transform((is) => is ?? false),
        file_size: integer.nullish().transform((size) => size ?? undefined),
      }),
    ),
    next_page_token: optional,
  }),
} as const;

export type RemoteExperiment = z.output<typeof experiment>;
export type RemoteRun = z.output<typeof run>;
