import type { KeyValue, LogBatch, MetricPoint } from '../experiments/store.ts';

/** What MLflow takes in one log-batch. */
export const batchLimits = { metrics: 1000, parameters: 100, tags: 100, total: 1000 } as const;

/**
 * Several batches of one run as the fewest that the server takes, in the order in which they would have arrived.
 * A repeated parameter or tag is sent once: the first of a parameter, which never changes, the last of a tag.
 */
export function joinBatches(batches: readonly LogBatch[]): LogBatch[] {
  const parameters = new Map<string, KeyValue>();
  const tags = new Map<string, KeyValue>();
  const metrics: MetricPoint[] = [];
  for (const batch of batches) {
    for (const parameter of batch.parameters ?? []) {
      if (!parameters.has(parameter.key)) {
        parameters.set(parameter.key, parameter);
      }
    }
    for (const tag of batch.tags ?? []) {
      tags.set(tag.key, tag);
    }
    metrics.push(...(batch.metrics ?? []));
  }
  return chunks([...parameters.values()], metrics, [...tags.values()]);
}

function chunks(
  parameters: readonly KeyValue[],
  metrics: readonly MetricPoint[],
  tags: readonly KeyValue[],
): LogBatch[] {
  const joined: LogBatch[] = [];
  let left = { parameters, metrics, tags };
  while (left.parameters.length + left.metrics.length + left.tags.length > 0) {
    const taken = {
      parameters: left.parameters.slice(0, batchLimits.parameters),
      tags: left.tags.slice(0, batchLimits.tags),
    };
    const room = batchLimits.total - taken.parameters.length - taken.tags.length;
    const points = left.metrics.slice(0, Math.min(batchLimits.metrics, room));
    joined.push({ ...taken, metrics: points });
    left = {
      parameters: left.parameters.slice(taken.parameters.length),
      metrics: left.metrics.slice(points.length),
      tags: left.tags.slice(taken.tags.length),
    };
  }
  return joined;
}
