import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod';
import { errorShape } from '../../base/errors.ts';
import type { DatasetInput, MetricPoint, ModelLink } from '../experiments/store.ts';
import { notMlflow, recordsElsewhere } from './errors.ts';
import { readModel, readRegisteredModel } from './fileModels.ts';
import { artifactsOf, fields, foldersIn, metaFile, readLines, readMeta, readValues } from './fileReading.ts';
import {
  type ImportSource,
  isModelId,
  isRunId,
  readStatus,
  type SourceExperiment,
  type SourceRun,
} from './source.ts';

const { text, time, lifecycle } = fields;

const experimentMeta = z.object({ name: text.min(1), lifecycle_stage: lifecycle });

const runMeta = z.object({
  run_name: text.nullish(),
  name: text.nullish(),
  user_id: text.nullish(),
  status: z.union([z.number(), z.string()]),
  start_time: time,
  end_time: time.nullish(),
  lifecycle_stage: lifecycle,
  artifact_uri: z.string().default(''),
});

const inputMeta = z.object({
  source_type: z.string(),
  source_id: z.string(),
  destination_type: z.string(),
  destination_id: z.string(),
  step: z.number().int().default(0),
  tags: z.record(z.string(), text).nullish(),
});

const datasetMeta = z.object({
  name: text,
  digest: text,
  source_type: text,
  source: text,
  schema: text.nullish(),
  profile: text.nullish(),
});

/** A folder `mlruns` as MLflow's file store writes it: `<experiment>/<run>/{params,tags,metrics,inputs,outputs}`. */
export function openFileStore(folder: string): ImportSource {
  const unreadable: string[] = [];
  const tell = (place: string, error: unknown) => {
    unreadable.push(`${place}: ${errorShape(error).message.split('\n')[0]}`);
  };
  const folders = [folder, path.join(folder, '.trash')].flatMap((parent) =>
    foldersIn(parent).filter((each) => /^\d+$/.test(path.basename(each))),
  );
  const withMeta = folders.filter((each) => fs.existsSync(path.join(each, metaFile)));
  if (withMeta.length === 0) {
    const beside = path.join(folder, '..', 'mlflow.db');
    throw fs.existsSync(beside) ? recordsElsewhere(folder, path.resolve(beside)) : notMlflow(folder);
  }
  const experiments = withMeta.flatMap((each) => {
    try {
      return [readExperiment(each, tell)];
    } catch (error) {
      tell(path.join(each, metaFile), error);
      return [];
    }
  });
  const registeredModels = foldersIn(path.join(folder, 'models')).flatMap((each) => {
    try {
      return [readRegisteredModel(each)];
    } catch (error) {
      tell(path.join(each, metaFile), error);
      return [];
    }
  });
  return { experiments, registeredModels, unreadable, dispose: () => undefined };
}

function readExperiment(folder: string, tell: (place: string, error: unknown) => void): SourceExperiment {
  const { name, lifecycle_stage } = readMeta(folder, experimentMeta);
  const runs = foldersIn(folder).filter((each) => isRunId(path.basename(each)));
  const withMeta = runs.filter((each) => fs.existsSync(path.join(each, metaFile)));
  for (const each of runs) {
    // Folders of traces, models and datasets have no parameters.
    if (!withMeta.includes(each) && fs.existsSync(path.join(each, 'params'))) {
      tell(each, new Error(`it has no ${metaFile}`));
    }
  }
  return {
    name,
    lifecycle: lifecycle_stage,
    tags: readValues(path.join(folder, 'tags')),
    runIds: withMeta.map((each) => path.basename(each)),
    modelIds: foldersIn(path.join(folder, 'models'))
      .map((each) => path.basename(each))
      .filter(isModelId),
    readRun: (runId) => readRun(folder, runId),
    readModel: (modelId) => readModel(path.join(folder, 'models', modelId)),
  };
}

function readRun(experiment: string, runId: string): SourceRun {
  const folder = path.join(experiment, runId);
  const meta = readMeta(folder, runMeta);
  const tags = readValues(path.join(folder, 'tags'));
  const links = ['inputs', 'outputs'].flatMap((kind) =>
    foldersIn(path.join(folder, kind)).map((each) => readMeta(each, inputMeta)),
  );
  return {
    runId,
    name: tags.find(({ key }) => key === 'mlflow.runName')?.value || meta.run_name || meta.name || undefined,
    userId: meta.user_id ?? '',
    status: readStatus(meta.status),
    startTime: meta.start_time,
    ...(meta.end_time != null && { endTime: meta.end_time }),
    lifecycle: meta.lifecycle_stage,
    parameters: readValues(path.join(folder, 'params')),
    tags,
    inputs: {
      datasets: links
        .filter(({ source_type }) => source_type === 'DATASET')
        .map((link) => readDataset(experiment, link)),
      models: links
        .filter(({ destination_type }) => destination_type === 'MODEL_INPUT')
        .map((link) => link.destination_id),
    },
    outputs: links.filter(({ destination_type }) => destination_type === 'MODEL_OUTPUT').map(toOutput),
    points: () => readPoints(path.join(folder, 'metrics')),
    artifacts: artifactsOf(folder, meta.artifact_uri),
  };
}

function readDataset(experiment: string, link: z.output<typeof inputMeta>): DatasetInput {
  const folder = path.join(experiment, 'datasets', path.basename(link.source_id));
  const { name, digest, source_type, source, schema, profile } = readMeta(folder, datasetMeta);
  return {
    name,
    digest,
    sourceType: source_type,
    source,
    ...(schema && { schema }),
    ...(profile && { profile }),
    tags: Object.entries(link.tags ?? {}).map(([key, value]) => ({ key, value })),
  };
}

function toOutput({ destination_id, step }: z.output<typeof inputMeta>): ModelLink {
  return { modelId: destination_id, step };
}

function* readPoints(folder: string): Iterable<MetricPoint> {
  for (const { point } of readLines(folder)) {
    yield point;
  }
}
