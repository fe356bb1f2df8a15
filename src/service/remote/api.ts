import type { z } from 'zod';
import { hasCode } from '../../base/errors.ts';
import { toWireNumber } from '../../protocol/numbers.ts';
import type {
  KeyValue,
  LogBatch,
  MetricPoint,
  ModelLink,
  RunInputs,
  RunStatus,
} from '../experiments/store.ts';
import type { RemoteConnection } from './connection.ts';
import { notMlflow, RemoteRefusal, tooOld } from './errors.ts';
import { type RemoteExperiment, type RemoteRun, replies } from './wire.ts';

const tracking = '/api/2.0/mlflow';
const artifactProxy = '/api/2.0/mlflow-artifacts/artifacts';

/** What a server before 1.28 is told apart by. */
const oldest = 2;

export interface RunPage {
  readonly runs: readonly RemoteRun[];
  readonly next: string | undefined;
}

export interface RemoteArtifact {
  /** Relative to the run's root. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly bytes?: number;
}

/** The calls of MLflow's REST API that the Workbench makes as a client, with checked answers. */
export class RemoteApi {
  readonly #connection: RemoteConnection;

  constructor(connection: RemoteConnection) {
    this.#connection = connection;
  }

  /** Whether this is a tracking server that can be used. */
  async greet(): Promise<void> {
    try {
      await this.#post('experiments/search', { max_results: 1 }, replies.experiments);
    } catch (error) {
      if (error instanceof RemoteRefusal || hasCode(error, 'remote.notMlflow')) {
        await this.#tellVersion(error);
      }
      throw error;
    }
  }

  /** Deleted ones as well. */
  async experiments(): Promise<RemoteExperiment[]> {
    const found: RemoteExperiment[] = [];
    let token: string | undefined;
    do {
      const message = { max_results: 1000, view_type: 'ALL', ...(token && { page_token: token }) };
      const page = await this.#post('experiments/search', message, replies.experiments);
      found.push(...page.experiments);
      token = page.next_page_token;
    } while (token);
    return found;
  }

  async experimentByName(name: string): Promise<RemoteExperiment | undefined> {
    try {
      const query = new URLSearchParams({ experiment_name: name });
      return (await this.#get(`experiments/get-by-name?${query}`, replies.experiment)).experiment;
    } catch (error) {
      if (error instanceof RemoteRefusal && error.errorCode === 'RESOURCE_DOES_NOT_EXIST') {
        return undefined;
      }
      throw error;
    }
  }

  async createExperiment(name: string, tags: readonly KeyValue[]): Promise<string> {
    return (await this.#post('experiments/create', { name, tags }, replies.createdExperiment)).experiment_id;
  }

  async changeExperiment(
    call: 'update' | 'delete' | 'restore',
    id: string,
    more: object = {},
  ): Promise<void> {
    await this.#connection.json('POST', `${tracking}/experiments/${call}`, { experiment_id: id, ...more });
  }

  async setExperimentTag(id: string, tag: KeyValue): Promise<void> {
    const message = { experiment_id: id, ...tag };
    await this.#connection.json('POST', `${tracking}/experiments/set-experiment-tag`, message);
  }

  async deleteExperimentTag(id: string, key: string): Promise<void> {
    const message = { experiment_id: id, key };
    await this.#connection.json('POST', `${tracking}/experiments/delete-experiment-tag`, message);
  }

  /** Newest first. */
  async runs(
    experiments: readonly string[],
    size: number,
    token?: string,
    deleted = false,
  ): Promise<RunPage> {
    const page = await this.#post(
      'runs/search',
      {
        experiment_ids: experiments,
        max_results: size,
        run_view_type: deleted ? 'ALL' : 'ACTIVE_ONLY',
        ...(token && { page_token: token }),
      },
      replies.runs,
    );
    return { runs: page.runs, next: page.next_page_token };
  }

  /** Undefined when there is none. */
  async run(id: string): Promise<RemoteRun | undefined> {
    try {
      return (await this.#get(`runs/get?${new URLSearchParams({ run_id: id, run_uuid: id })}`, replies.run))
        .run;
    } catch (error) {
      if (error instanceof RemoteRefusal && error.errorCode === 'RESOURCE_DOES_NOT_EXIST') {
        return undefined;
      }
      throw error;
    }
  }

  async createRun(run: {
    readonly experiment: string;
    readonly name: string;
    readonly userId: string;
    readonly startTime: number;
    readonly tags: readonly KeyValue[];
  }): Promise<RemoteRun> {
    const message = {
      experiment_id: run.experiment,
      user_id: run.userId,
      run_name: run.name,
      start_time: run.startTime,
      tags: run.tags,
    };
    return (await this.#post('runs/create', message, replies.run)).run;
  }

  async updateRun(
    id: string,
    change: { readonly status?: RunStatus; readonly endTime?: number; readonly name?: string },
  ): Promise<void> {
    await this.#changeRun('update', id, {
      ...(change.status && { status: change.status }),
      ...(change.endTime !== undefined && { end_time: change.endTime }),
      ...(change.name && { run_name: change.name }),
    });
  }

  async deleteRun(id: string): Promise<void> {
    await this.#changeRun('delete', id, {});
  }

  async restoreRun(id: string): Promise<void> {
    await this.#changeRun('restore', id, {});
  }

  async logBatch(id: string, { metrics = [], parameters = [], tags = [] }: LogBatch): Promise<void> {
    await this.#changeRun('log-batch', id, {
      // No more than these: a model that a metric belongs to is not known there.
      metrics: metrics.map(({ key, value, timestamp, step }) => ({
        key,
        value: toWireNumber(value),
        timestamp,
        step,
      })),
      params: parameters,
      tags,
    });
  }

  async deleteTag(id: string, key: string): Promise<void> {
    await this.#changeRun('delete-tag', id, { key });
  }

  async logInputs(id: string, inputs: RunInputs): Promise<void> {
    await this.#changeRun('log-inputs', id, {
      datasets: inputs.datasets.map(({ tags, sourceType, ...dataset }) => ({
        tags,
        dataset: { ...dataset, source_type: sourceType },
      })),
      models: inputs.models.map((model) => ({ model_id: model })),
    });
  }

  async logOutputs(id: string, models: readonly ModelLink[]): Promise<void> {
    await this.#changeRun('outputs', id, {
      models: models.map(({ modelId, step }) => ({ model_id: modelId, step })),
    });
  }

  /** All points of a metric. */
  async history(id: string, key: string): Promise<MetricPoint[]> {
    const points: MetricPoint[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ run_id: id, run_uuid: id, metric_key: key, max_results: '25000' });
      if (token) {
        query.set('page_token', token);
      }
      const page = await this.#get(`metrics/get-history?${query}`, replies.history);
      points.push(...page.metrics);
      token = page.next_page_token;
    } while (token);
    return points;
  }

  async artifacts(id: string, folder: string): Promise<RemoteArtifact[]> {
    const found: RemoteArtifact[] = [];
    let token: string | undefined;
    do {
      const query = new URLSearchParams({ run_id: id, run_uuid: id, ...(folder && { path: folder }) });
      if (token) {
        query.set('page_token', token);
      }
      const page = await this.#get(`artifacts/list?${query}`, replies.artifacts);
      for (const { path, is_dir, file_size } of page.files) {
        found.push({
          path,
          isFolder: is_dir,
          ...(file_size !== undefined && !is_dir && { bytes: file_size }),
        });
      }
      token = page.next_page_token;
    } while (token);
    return found;
  }

  /** Through the server's proxy when it keeps the artifacts itself; else it fetches them for us. */
  downloadArtifact(id: string, rootUri: string, path: string) {
    const below = proxyPath(rootUri);
    return this.#connection.download(
      below === undefined
        ? `/get-artifact?${new URLSearchParams({ run_id: id, run_uuid: id, path })}`
        : `${artifactProxy}/${encodedPath(`${below}/${path}`)}`,
    );
  }

  async uploadArtifact(below: string, path: string, file: string, bytes: number): Promise<void> {
    await this.#connection.upload(`${artifactProxy}/${encodedPath(`${below}/${path}`)}`, file, bytes);
  }

  async #changeRun(call: string, id: string, message: object): Promise<void> {
    await this.#connection.json('POST', `${tracking}/runs/${call}`, { run_id: id, run_uuid: id, ...message });
  }

  async #tellVersion(cause: unknown): Promise<void> {
    const version = await this.#connection.text('/version').catch(() => '');
    if (/^1\.\d/.test(version) || (/^\d+\./.test(version) && Number.parseInt(version, 10) < oldest)) {
      throw tooOld(this.#connection.host, version);
    }
    if (cause instanceof RemoteRefusal) {
      throw notMlflow(this.#connection.host, cause.message);
    }
  }

  async #get<Reply extends z.ZodType>(path: string, reply: Reply): Promise<z.output<Reply>> {
    return this.#checked(reply, await this.#connection.json('GET', `${tracking}/${path}`));
  }

  async #post<Reply extends z.ZodType>(
    path: string,
    message: object,
    reply: Reply,
  ): Promise<z.output<Reply>> {
    return this.#checked(reply, await this.#connection.json('POST', `${tracking}/${path}`, message));
  }

  #checked<Reply extends z.ZodType>(reply: Reply, received: unknown): z.output<Reply> {
    const result = reply.safeParse(received);
    if (!result.success) {
      const place = result.error.issues[0]?.path.join('.') || 'it';
      throw notMlflow(this.#connection.host, `in its reply, ${place} is not what MLflow sends`);
    }
    return result.data;
  }
}

/** Where below the server's artifact proxy an address points; undefined for storage that it only knows of. */
export function proxyPath(uri: string): string | undefined {
  return /^mlflow-artifacts:\/(?!\/)(.+)$/.exec(uri)?.[1]?.replace(/\/+$/, '');
}

function encodedPath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
