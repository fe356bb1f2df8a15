import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { errorShape } from '../../base/errors.ts';
import type { DatasetInput, KeyValue, MetricPoint, ModelLink } from '../experiments/store.ts';
import { localPath, storageOf } from './artifactFolders.ts';
import { notMlflow, recordsElsewhere } from './errors.ts';
import {
  deletedStage,
  type ImportSource,
  isModelId,
  isRunId,
  readModelStatus,
  readStage,
  readStatus,
  type SourceArtifacts,
  type SourceExperiment,
  type SourceModel,
  type SourceRegisteredModel,
  type SourceRun,
} from './source.ts';

const metaFile = 'meta.yaml';

const lifecycle = z.enum(['active', 'deleted']).default('active');

const experimentMeta = z.object({ name: z.coerce.string().min(1), lifecycle_stage: lifecycle });

const time = z.number().int().nonnegative();

const runMeta = z.object({
  run_name: z.coerce.string().nullish(),
  name: z.coerce.string().nullish(),
  user_id: z.coerce.string().nullish(),
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
  tags: z.record(z.string(), z.coerce.string()).nullish(),
});

const text = z.coerce.string();

const modelMeta = z.object({
  name: text,
  artifact_location: z.string().default(''),
  creation_timestamp: time,
  last_updated_timestamp: time,
  status: z.number(),
  lifecycle_stage: lifecycle,
  model_type: text.nullish(),
  source_run_id: text.nullish(),
});

const registeredMeta = z.object({
  name: text,
  description: text.nullish(),
  creation_timestamp: time,
  last_updated_timestamp: time,
});

const versionMeta = z.object({
  version: z.coerce.number().int().positive(),
  description: text.nullish(),
  creation_timestamp: time,
  last_updated_timestamp: time,
  current_stage: text.nullish(),
  source: z.string().default(''),
  storage_location: z.string().nullish(),
  run_id: text.nullish(),
  run_link: text.nullish(),
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
    readModel: (modelId) => readModel(folder, modelId),
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

function readModel(experiment: string, modelId: string): SourceModel {
  const folder = path.join(experiment, 'models', modelId);
  const meta = readMeta(folder, modelMeta);
  return {
    model: {
      modelId,
      name: meta.name,
      creationTime: meta.creation_timestamp,
      lastUpdatedTime: meta.last_updated_timestamp,
      status: readModelStatus(meta.status),
      lifecycleStage: meta.lifecycle_stage,
      modelType: meta.model_type ?? '',
      sourceRunId: meta.source_run_id ?? '',
      tags: readValues(path.join(folder, 'tags')),
      parameters: readValues(path.join(folder, 'params')),
      metrics: [...readLines(path.join(folder, 'metrics'))].map(({ point, rest }) => {
        const [runId = '', datasetName = '', datasetDigest = ''] = rest;
        return { ...point, modelId, runId, datasetName, datasetDigest };
      }),
    },
    artifacts: artifactsOf(folder, meta.artifact_location),
  };
}

function readRegisteredModel(folder: string): SourceRegisteredModel {
  const meta = readMeta(folder, registeredMeta);
  const versions = foldersIn(folder)
    .filter((each) => /^version-\d+$/.test(path.basename(each)))
    .map((each) => ({ meta: readMeta(each, versionMeta), tags: readValues(path.join(each, 'tags')) }))
    .filter((version) => version.meta.current_stage !== deletedStage);
  return {
    model: {
      name: meta.name,
      ...(meta.description && { description: meta.description }),
      creationTime: meta.creation_timestamp,
      lastUpdatedTime: meta.last_updated_timestamp,
      tags: readValues(path.join(folder, 'tags')),
      aliases: readValues(path.join(folder, 'aliases')).map(({ key, value }) => ({
        alias: key,
        version: Number(value),
      })),
    },
    versions: versions.map(({ meta: version, tags }) => ({
      version: version.version,
      ...(version.description && { description: version.description }),
      creationTime: version.creation_timestamp,
      lastUpdatedTime: version.last_updated_timestamp,
      stage: readStage(version.current_stage),
      source: version.source,
      storageLocation: version.storage_location || version.source,
      runId: version.run_id ?? '',
      runLink: version.run_link ?? '',
      tags,
    })),
  };
}

/** Where the address says, else beside the records: a folder that was moved took them along. */
function artifactsOf(folder: string, uri: string): SourceArtifacts {
  const local = localPath(uri, path.join(folder, '..', '..', '..'));
  return {
    owner: path.basename(folder),
    uri,
    folders: [...(local === undefined ? [] : [local]), path.join(folder, 'artifacts')],
    storage: local && storageOf(local),
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

/** One file a metric, one line a point: time, value, step, and perhaps more. A key with slashes is a path. */
function* readLines(folder: string): Iterable<{ point: MetricPoint; rest: string[] }> {
  for (const file of filesBelow(folder)) {
    const key = keyOf(folder, file);
    for (const line of linesOf(file)) {
      const [timestamp, value, step = '0', ...rest] = line.trim().split(/\s+/);
      if (value === undefined) {
        throw new Error(`${file} has a line that is no point: “${line.slice(0, 80)}”`);
      }
      const point = { key, value: readNumber(value), timestamp: Number(timestamp), step: Number(step) };
      if (!Number.isInteger(point.timestamp) || !Number.isInteger(point.step)) {
        throw new Error(`${file} has a line that is no point: “${line.slice(0, 80)}”`);
      }
      yield { point, rest };
    }
  }
}

/** As Python writes numbers. */
function readNumber(text: string): number {
  const [, sign, special] = /^([+-]?)(inf|infinity|nan)$/i.exec(text) ?? [];
  if (special !== undefined) {
    return /^nan$/i.test(special) ? Number.NaN : sign === '-' ? -Infinity : Infinity;
  }
  const value = Number(text);
  if (Number.isNaN(value)) {
    throw new Error(`“${text.slice(0, 40)}” is no number`);
  }
  return value;
}

function readValues(folder: string): KeyValue[] {
  return filesBelow(folder).map((file) => ({
    key: keyOf(folder, file),
    value: fs.readFileSync(file, 'utf8'),
  }));
}

function keyOf(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/');
}

function readMeta<Meta extends z.ZodType>(folder: string, shape: Meta): z.output<Meta> {
  const file = path.join(folder, metaFile);
  const read = shape.safeParse(parse(fs.readFileSync(file, 'utf8')));
  if (!read.success) {
    const [issue] = read.error.issues;
    throw new Error(`${metaFile}: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`);
  }
  return read.data;
}

function foldersIn(folder: string): string[] {
  return entriesOf(folder)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(folder, name));
}

function filesBelow(folder: string): string[] {
  return entriesOf(folder).flatMap((entry) => {
    const place = path.join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(place) : entry.isFile() ? [place] : [];
  });
}

function entriesOf(folder: string): fs.Dirent[] {
  try {
    return fs.readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      return [];
    }
    throw error;
  }
}

/** A part of the file at a time: a metric may have millions of lines. */
function* linesOf(file: string): Iterable<string> {
  const descriptor = fs.openSync(file, 'r');
  try {
    const part = Buffer.alloc(1024 * 1024);
    let rest = '';
    for (;;) {
      const length = fs.readSync(descriptor, part);
      // Lines of this file are plain ASCII, so no character is cut.
      const lines = (rest + part.toString('latin1', 0, length)).split('\n');
      rest = length === 0 ? '' : lines.pop()!;
      yield* lines.filter((line) => line.trim() !== '');
      if (length === 0) {
        return;
      }
    }
  } finally {
    fs.closeSync(descriptor);
  }
}
