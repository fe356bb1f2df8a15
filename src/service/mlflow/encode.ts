import { toWireNumber, type WireNumber } from '../../protocol/numbers.ts';
import type {
  DatasetInput,
  KeyValue,
  MetricPoint,
  ModelLink,
  RunContents,
  StoredExperiment,
  StoredRun,
} from '../experiments/store.ts';

/** MLflow's JSON: snake_case, times as numbers, unset fields and empty lists left out. */

export interface WireExperiment {
  readonly experiment_id: string;
  readonly name: string;
  readonly artifact_location: string;
  readonly lifecycle_stage: string;
  readonly creation_time: number;
  readonly last_update_time: number;
  readonly tags?: readonly KeyValue[];
}

export interface WireRunInfo {
  readonly run_id: string;
  readonly run_uuid: string;
  readonly run_name: string;
  readonly experiment_id: string;
  readonly user_id: string;
  readonly status: string;
  readonly start_time: number;
  readonly end_time?: number;
  readonly artifact_uri: string;
  readonly lifecycle_stage: string;
}

export interface WireMetric {
  readonly key: string;
  readonly value: WireNumber;
  readonly timestamp: number;
  readonly step: number;
}

export function encodeExperiment(experiment: StoredExperiment): WireExperiment {
  return {
    experiment_id: experiment.id,
    name: experiment.name,
    artifact_location: experiment.artifactLocation,
    lifecycle_stage: experiment.lifecycleStage,
    creation_time: experiment.creationTime,
    last_update_time: experiment.lastUpdateTime,
    ...list('tags', experiment.tags),
  };
}

export function encodeRunInfo(run: StoredRun): WireRunInfo {
  return {
    run_id: run.runId,
    run_uuid: run.runId,
    run_name: run.name,
    experiment_id: run.experiment,
    user_id: run.userId,
    status: run.status,
    start_time: run.startTime,
    ...(run.endTime !== undefined && { end_time: run.endTime }),
    artifact_uri: run.artifactUri,
    lifecycle_stage: run.lifecycleStage,
  };
}

export function encodeRun(run: StoredRun, { metrics, parameters, tags, inputs, outputs }: RunContents) {
  return {
    info: encodeRunInfo(run),
    data: {
      ...list('metrics', metrics.map(encodeMetric)),
      ...list('params', parameters),
      ...list('tags', tags),
    },
    inputs: {
      ...list('dataset_inputs', inputs.datasets.map(encodeDatasetInput)),
      ...list(
        'model_inputs',
        inputs.models.map((model) => ({ model_id: model })),
      ),
    },
    outputs: list('model_outputs', outputs.map(encodeModelOutput)),
  };
}

export function encodeMetric(metric: MetricPoint): WireMetric {
  return {
    key: metric.key,
    value: toWireNumber(metric.value),
    timestamp: metric.timestamp,
    step: metric.step,
  };
}

function encodeDatasetInput({ tags, ...dataset }: DatasetInput) {
  return {
    ...list('tags', tags),
    dataset: {
      name: dataset.name,
      digest: dataset.digest,
      source_type: dataset.sourceType,
      source: dataset.source,
      ...(dataset.schema !== undefined && { schema: dataset.schema }),
      ...(dataset.profile !== undefined && { profile: dataset.profile }),
    },
  };
}

function encodeModelOutput(link: ModelLink) {
  return { model_id: link.modelId, step: link.step };
}

/** A field that is there only when it has elements. */
export function list<Name extends string, Item>(
  name: Name,
  items: readonly Item[],
): { readonly [key in Name]?: readonly Item[] } {
  return items.length > 0 ? ({ [name]: items } as { [key in Name]: readonly Item[] }) : {};
}
