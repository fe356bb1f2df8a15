import * as z from 'zod';
import { pythonJson } from '../../base/pythonJson.ts';
import { invalidParameter } from './errors.ts';
import { required, withRun } from './fields.ts';
import { type Call, type Route, route } from './route.ts';

/** Clients of MLflow 2 tell the run what they have logged; there is no logged model of its own. */
const historyTag = 'mlflow.log-model.history';

const mandatory = ['artifact_path', 'flavors', 'utc_time_created', 'run_id'] as const;

const model = z.looseObject({
  run_id: z.unknown(),
  artifact_path: z.unknown(),
  utc_time_created: z.unknown(),
  model_uuid: z.unknown().optional(),
  flavors: z.record(z.string(), z.unknown()),
});

type Model = z.output<typeof model>;

const message = withRun({ model_json: required });

export const logModelRoute: Route = route('POST', 'runs/log-model', message, logModel);

async function logModel(
  { runId, model_json }: z.output<typeof message>,
  { store, writes }: Call,
): Promise<object> {
  const entry = entryOf(modelIn(model_json));
  await writes.run(() => {
    const known = store.getRun(runId) ? store.tags(runId).find((tag) => tag.key === historyTag) : undefined;
    const value = pythonJson([...entriesIn(known?.value), entry]);
    store.logBatch(runId, { tags: [{ key: historyTag, value }] });
  });
  return {};
}

function modelIn(text: string): Model {
  const value = parsed(text);
  if (value === undefined) {
    throw invalidParameter(`Malformed model info. \n ${text} \n is not a valid JSON.`);
  }
  const missing = mandatory.filter((field) => !Object.hasOwn(Object(value), field));
  if (missing.length > 0) {
    throw invalidParameter(
      `Model json is missing mandatory fields: {${missing.map((field) => `'${field}'`).join(', ')}}`,
    );
  }
  const read = model.safeParse(value);
  if (!read.success) {
    throw invalidParameter(`Malformed model info. \n ${text} \n has no object of flavors.`);
  }
  return read.data;
}

/** What of a model the history keeps: neither its signature nor the configuration of its flavors. */
function entryOf({ run_id, artifact_path, utc_time_created, model_uuid, flavors }: Model): object {
  return {
    run_id,
    artifact_path,
    utc_time_created,
    model_uuid: model_uuid ?? null,
    flavors: Object.fromEntries(
      Object.entries(flavors).map(([name, flavor]) => [name, withoutConfiguration(flavor)]),
    ),
  };
}

function withoutConfiguration(flavor: unknown): unknown {
  if (typeof flavor !== 'object' || flavor === null || Array.isArray(flavor)) {
    return flavor;
  }
  const { config: _configuration, ...rest } = flavor as Record<string, unknown>;
  return rest;
}

function entriesIn(text: string | undefined): unknown[] {
  const value = parsed(text ?? '[]');
  return Array.isArray(value) ? value : [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
