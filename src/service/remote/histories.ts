import { errorShape } from '../../base/errors.ts';
import type { SeriesQuery } from '../../protocol/experiments.ts';
import type { MetricPoint, RunStore, StoredMetricSummary } from '../experiments/store.ts';
import type { Log } from '../log.ts';
import type { RemoteApi } from './api.ts';
import type { Identities } from './identities.ts';
import { laneOfRun, type Outbox } from './outbox.ts';

export interface HistoriesOptions {
  readonly api: RemoteApi;
  readonly store: RunStore;
  readonly identities: Identities;
  readonly outbox: Outbox;
  readonly log: Log;
}

/** Histories that are fetched at the same time. */
const together = 6;
const pointsTogether = 5_000;

/**
 * Whole histories of metrics, fetched when somebody wants to see them: a pulled run comes with its latest values
 * only. Which were read is kept with the latest point of that time, so that one that has grown is read again.
 */
export class Histories {
  readonly #options: HistoriesOptions;
  readonly #loading = new Map<string, Promise<void>>();

  constructor(options: HistoriesOptions) {
    this.#options = options;
  }

  /** Resolves when they are here, or could not be fetched: then what is known is shown. */
  async load(query: Pick<SeriesQuery, 'runs' | 'metrics'>): Promise<void> {
    const wanted = query.runs.flatMap((run) => this.#missing(run, query.metrics));
    const queue = wanted.values();
    const work = async () => {
      for (const { run, remoteId, metric } of queue) {
        await this.#once(run, remoteId, metric);
      }
    };
    await Promise.all(Array.from({ length: Math.min(together, wanted.length) }, work));
  }

  #missing(run: string, metrics: readonly string[] | undefined) {
    const { store, identities, outbox } = this.#options;
    const known = identities.run(run);
    // What this folder logged is here whole; nothing is asked of a run that is still being sent.
    if (
      known?.remoteId === undefined ||
      known.isOwn ||
      outbox.isWaiting(laneOfRun(run)) ||
      !store.getRun(run)
    ) {
      return [];
    }
    const { remoteId } = known;
    return store
      .metrics(run)
      .filter(({ key }) => metrics === undefined || metrics.includes(key))
      .filter((metric) => identities.historyRead(run, metric.key) !== latestOf(metric))
      .map((metric) => ({ run, remoteId, metric }));
  }

  #once(run: string, remoteId: string, metric: StoredMetricSummary): Promise<void> {
    const id = JSON.stringify([run, metric.key]);
    const under = this.#loading.get(id);
    if (under) {
      return under;
    }
    const loading = this.#load(run, remoteId, metric)
      .catch((error: unknown) => {
        const { message } = errorShape(error);
        this.#options.log.write('warning', 'remote', `The history of ${metric.key} was not read: ${message}`);
      })
      .finally(() => this.#loading.delete(id));
    this.#loading.set(id, loading);
    return loading;
  }

  async #load(run: string, remoteId: string, metric: StoredMetricSummary): Promise<void> {
    const { api, store, identities } = this.#options;
    const read = await api.history(remoteId, metric.key);
    const points = read.slice(commonLength(read, store.metricHistory(run, metric.key, read.length, 0)));
    store.inOneTransaction(() => {
      for (let at = 0; at < points.length; at += pointsTogether) {
        store.logBatch(run, { metrics: points.slice(at, at + pointsTogether) });
      }
      identities.setHistoryRead(run, metric.key, latestOf(metric));
    });
  }
}

/** A history mostly grows at its end: what is here already is not written once more. */
function commonLength(read: readonly MetricPoint[], known: readonly MetricPoint[]): number {
  const differs = known.findIndex((point, at) => {
    const other = read[at]!;
    return (
      point.step !== other.step || point.timestamp !== other.timestamp || !Object.is(point.value, other.value)
    );
  });
  return differs < 0 ? known.length : differs;
}

function latestOf({ latest }: StoredMetricSummary): string {
  return `${latest.step} ${latest.timestamp} ${latest.value}`;
}
