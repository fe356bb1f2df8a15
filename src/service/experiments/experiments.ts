import path from 'node:path';
import { hasCode } from '../../base/errors.ts';
import type { Event } from '../../base/event.ts';
import { type Disposable, DisposableStore, toDisposable } from '../../base/lifecycle.ts';
import type {
  ArtifactEntry,
  DescribeScript,
  ExperimentSummary,
  LogPart,
  LogQuery,
  RunDetails,
  RunId,
  RunInput,
  RunLink,
  RunQuery,
  RunState,
  RunSummary,
  ScriptDescription,
  Series,
  SeriesQuery,
  StartRun,
} from '../../protocol/experiments.ts';
import { toWireNumber } from '../../protocol/numbers.ts';
import type { Page } from '../../protocol/rpc.ts';
import { parseFilter } from '../search/parseFilter.ts';
import { parseOrder } from '../search/parseOrder.ts';
import { adoptRuns } from './adopt.ts';
import { listStored, pathOfArtifactUri, type StoredArtifact } from './artifactStorage.ts';
import { describeScript } from './describeScript.ts';
import { notStoppable } from './launchErrors.ts';
import { Launcher, type LauncherOptions } from './launcher.ts';
import { readLogPart } from './logFile.ts';
import { OwnRuns } from './ownRuns.ts';
import { mergedParameters } from './recordedParameters.ts';
import { RunFolder } from './runFolder.ts';
import { RunLife } from './runLife.ts';
import {
  type DatasetInput,
  isUnderWay,
  type KeyValue,
  type RunStatus,
  type RunStore,
  type StoreChange,
  type StoredMetricSummary,
  type StoredRun,
  type StoredRunQuery,
} from './store.ts';
import { runNotFound, storeErrorCodes } from './storeErrors.ts';
import { Supervision } from './supervision.ts';

export interface ExperimentsOptions extends LauncherOptions {
  readonly origin?: RunOrigin;
  readonly runtime: LauncherOptions['runtime'] & { readonly supervisorScript: string };
}

/** Where runs are from that were not made here: asked for what is kept there alone. */
export interface RunOrigin {
  /** Fills the store as far as that succeeds in a moment. */
  loadHistories(query: Pick<SeriesQuery, 'runs' | 'metrics'>): Promise<void>;
  /** Undefined for a run whose artifacts are here. */
  listArtifacts(run: RunId, folder: string): Promise<readonly StoredArtifact[] | undefined>;
  loadArtifact(run: RunId, file: string): Promise<void>;
  /** Hears of a file that was put among the artifacts, relative to their folder. */
  artifactWritten?(relative: string): void;
}

/** Runs of the user's scripts: start, stop, watch and look up. */
export interface Experiments extends Disposable {
  /** Runs of which the service itself does the work. */
  readonly ownRuns: Pick<OwnRuns, 'begin' | 'isAlive'>;
  startRun(request: StartRun): Promise<RunSummary>;
  stopRun(runId: RunId): Promise<void>;
  describeScript(request: DescribeScript): Promise<ScriptDescription>;
  readonly life: Pick<RunLife, 'rename' | 'setTags' | 'delete' | 'restore'>;
  listExperiments(): readonly ExperimentSummary[];
  searchRuns(query: RunQuery): Page<RunSummary>;
  getRuns(runs: readonly RunId[]): readonly RunDetails[];
  getSeries(query: SeriesQuery): Promise<readonly Series[]>;
  readLog(query: LogQuery): LogPart;
  listArtifacts(runId: RunId, path: string): Promise<readonly ArtifactEntry[]>;
  loadArtifact(runId: RunId, path: string): Promise<void>;
  /** Takes over the runs of a service that is gone; to be called once, when the tracking server listens. */
  adoptRuns(): void;
  /** Runs whose script is alive, and runs of which something is still being captured. */
  readonly busyRuns: number;
  /** When nothing is being captured any more of the runs there are now. */
  captured(): Promise<void>;
  readonly onDidChange: Event<StoreChange>;
  readonly onDidChangeLog: Event<{ readonly run: RunId; readonly bytes: number }>;
}

export function createExperiments(options: ExperimentsOptions): Experiments {
  return new WorkspaceExperiments(options);
}

const defaultLimit = 500;
/** Of the runs under one, its page names this many. */
const childrenNamed = 50;
/** MLflow's clients say with it what a dataset was used for. */
const inputContextTag = 'mlflow.data.context';

class WorkspaceExperiments implements Experiments {
  readonly #options: ExperimentsOptions;
  readonly #store: RunStore;
  readonly #disposables = new DisposableStore();
  readonly #supervision: Supervision;
  readonly #launcher: Launcher;
  readonly life: RunLife;
  readonly ownRuns: OwnRuns;
  readonly onDidChange: Experiments['onDidChange'];
  readonly onDidChangeLog: Experiments['onDidChangeLog'];

  constructor(options: ExperimentsOptions) {
    this.#options = options;
    this.#store = options.store;
    this.#supervision = this.#disposables.add(new Supervision(options));
    this.#launcher = new Launcher(options, this.#supervision);
    this.ownRuns = new OwnRuns(options);
    this.life = new RunLife(options.store, (runId) => this.#isAlive(runId));
    this.onDidChange = options.store.onDidChange;
    this.onDidChangeLog = (listener) => {
      const heard = [this.#supervision.onDidChangeLog(listener), this.ownRuns.onDidChangeLog(listener)];
      return toDisposable(() => {
        for (const each of heard) {
          each.dispose();
        }
      });
    };
  }

  get busyRuns(): number {
    return this.#supervision.size + this.#launcher.capturing;
  }

  captured(): Promise<void> {
    return this.#launcher.captured();
  }

  dispose(): void {
    this.#disposables.dispose();
  }

  adoptRuns(): void {
    adoptRuns(this.#options.workspace, this.#store, this.#supervision);
  }

  async startRun(request: StartRun): Promise<RunSummary> {
    const run = await this.#launcher.start(request);
    return this.#summaries([this.#require(run.runId)])[0]!;
  }

  async stopRun(runId: RunId): Promise<void> {
    const run = this.#require(runId);
    if (this.#supervision.isAlive(runId)) {
      await this.#supervision.stop(runId);
    } else if (this.ownRuns.isAlive(runId)) {
      await this.ownRuns.stop(runId);
    } else if (isUnderWay(run.status)) {
      throw notStoppable(run.name);
    }
  }

  describeScript(request: DescribeScript): Promise<ScriptDescription> {
    const { workspace, runtime } = this.#options;
    return describeScript(request, { workspace, nodePath: runtime.nodePath });
  }

  listExperiments(): readonly ExperimentSummary[] {
    return this.#store.summarizeExperiments();
  }

  searchRuns(query: RunQuery): Page<RunSummary> {
    const { runs, total } = this.#store.searchRuns({
      ...this.#placesOf(query),
      ...(query.parent !== undefined && { parent: query.parent }),
      ...(query.hideArchived && { hideArchived: true }),
      ...(query.starredFirst && { starredFirst: true }),
      ...(query.states && { statuses: query.states.map((state) => state.toUpperCase() as RunStatus) }),
      filter: parseFilter(query.filter, 'workbench'),
      orderBy: parseOrder(query.order),
      limit: query.limit ?? defaultLimit,
      offset: query.offset ?? 0,
    });
    return { items: this.#summaries(runs), total };
  }

  getRuns(runs: readonly RunId[]): readonly RunDetails[] {
    const known = runs.flatMap((runId) => this.#store.getRun(runId) ?? []);
    const summaries = this.#summaries(known);
    return known.map((run, index) => this.#details(run, summaries[index]!));
  }

  async getSeries(query: SeriesQuery): Promise<readonly Series[]> {
    await this.#options.origin?.loadHistories(query);
    return this.#store.series(query);
  }

  readLog({ run, from, length }: LogQuery): LogPart {
    this.#require(run);
    return readLogPart(this.#folder(run).log, from, length, this.#isAlive(run));
  }

  async listArtifacts(runId: RunId, asked: string): Promise<readonly ArtifactEntry[]> {
    const own = pathOfArtifactUri(this.#require(runId).artifactUri);
    const root = path.join(this.#options.workspace, '.mlops', 'artifacts');
    const elsewhere = await this.#options.origin?.listArtifacts(runId, asked);
    const entries = elsewhere ?? (await listStored(root, `${own}/${asked}`));
    return entries.map(({ name, ...entry }) => ({ path: path.posix.join(asked, name), ...entry }));
  }

  async loadArtifact(runId: RunId, file: string): Promise<void> {
    this.#require(runId);
    await this.#options.origin?.loadArtifact(runId, file);
  }

  /** A deleted run of a deleted experiment comes back with its experiment, not by itself. */
  #placesOf({ experiment, deleted }: RunQuery): Pick<StoredRunQuery, 'experiments' | 'lifecycle'> {
    const experiments = experiment === undefined ? undefined : [experiment];
    return deleted
      ? {
          lifecycle: 'deleted',
          experiments: experiments ?? this.#store.listExperiments().map(({ id }) => id),
        }
      : { ...(experiments && { experiments }) };
  }

  #require(runId: RunId): StoredRun {
    const run = this.#store.getRun(runId);
    if (!run) {
      throw runNotFound(runId);
    }
    return run;
  }

  #isAlive(runId: RunId): boolean {
    return this.#supervision.isAlive(runId) || this.ownRuns.isAlive(runId);
  }

  #folder(runId: RunId): RunFolder {
    return new RunFolder(this.#options.workspace, runId);
  }

  /** A script that has ended its MLflow run is still running: it can be stopped, and may start the next. */
  #summaries(runs: readonly StoredRun[]): RunSummary[] {
    return this.#store.summarizeRuns(runs).map((summary, index) => {
      const { endTime: _, ...alive } = summary;
      return this.#supervision.isAlive(summary.id) && !isUnderWay(runs[index]!.status)
        ? { ...alive, state: 'running' }
        : summary;
    });
  }

  #details(run: StoredRun, summary: RunSummary): RunDetails {
    const { command, code, datasets, environment } = run.details ?? {};
    const previous = this.#store.previousRun(run);
    const parent = this.#store.parentRun(run.runId);
    return {
      ...summary,
      command: command ?? [],
      parameters: this.#parameters(run),
      metrics: this.#store.metrics(run.runId).map(metricSummary),
      tags: Object.fromEntries(this.#store.tags(run.runId).map(({ key, value }) => [key, value])),
      ...(code && { code }),
      datasets: datasets ?? [],
      inputs: this.#loggedInputs(run),
      ...(parent && { parent: this.#links([parent])[0]! }),
      children: summary.childCount ? this.#links(this.#childrenOf(run)) : [],
      ...(environment && { environment }),
      ...(previous && {
        previous: {
          id: previous.runId,
          name: previous.name,
          parameters: Object.fromEntries(this.#parameters(previous).map(({ key, value }) => [key, value])),
        },
      }),
      logBytes: this.#folder(run.runId).logBytes(),
      artifactFolder: artifactFolderName(run.artifactUri),
    };
  }

  /** Without those that were captured when the run started: they are its datasets already. */
  #loggedInputs({ runId, details }: StoredRun): RunInput[] {
    const captured = new Set(details?.datasets?.map(({ path, hash }) => `${hash} ${path}`));
    const { datasets } = this.#store.inputs(runId);
    return datasets.filter(({ name, digest }) => !captured.has(`${digest} ${name}`)).map(runInput);
  }

  #childrenOf({ runId }: StoredRun): readonly StoredRun[] {
    return this.#store.searchRuns({ parent: runId, limit: childrenNamed, offset: 0 }).runs;
  }

  #links(runs: readonly StoredRun[]): RunLink[] {
    return runs.map(({ runId, name, status }) => ({
      id: runId,
      name,
      state: this.#supervision.isAlive(runId) && !isUnderWay(status) ? 'running' : stateOf(status),
    }));
  }

  #parameters(run: StoredRun): readonly KeyValue[] {
    return mergedParameters(run.details?.parameters ?? [], this.#store.parameters(run.runId));
  }
}

function stateOf(status: RunStatus): RunState {
  return status.toLowerCase() as RunState;
}

function runInput({ name, digest, tags }: DatasetInput): RunInput {
  const context = tags.find(({ key }) => key === inputContextTag)?.value;
  return { name, digest, ...(context && { context }) };
}

function metricSummary({ key, latest, count, lowest, highest }: StoredMetricSummary) {
  return {
    key,
    latest: toWireNumber(latest.value),
    step: latest.step,
    count,
    lowest: toWireNumber(lowest),
    highest: toWireNumber(highest),
  };
}

/** Relative to the workspace folder; the address itself for artifacts that are kept elsewhere. */
function artifactFolderName(uri: string): string {
  try {
    return path.posix.join('.mlops', 'artifacts', pathOfArtifactUri(uri));
  } catch (error) {
    if (hasCode(error, storeErrorCodes.foreignArtifacts)) {
      return uri;
    }
    throw error;
  }
}
