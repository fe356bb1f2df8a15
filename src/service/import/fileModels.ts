import path from 'node:path';
import * as z from 'zod';
import { artifactsOf, fields, foldersIn, readLines, readMeta, readValues } from './fileReading.ts';
import {
  deletedStage,
  readModelStatus,
  readStage,
  type SourceModel,
  type SourceRegisteredModel,
} from './source.ts';

const { text, time, lifecycle } = fields;

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

/** `folder` is the one of the model in its experiment. */
export function readModel(folder: string): SourceModel {
  const modelId = path.basename(folder);
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

export function readRegisteredModel(folder: string): SourceRegisteredModel {
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
