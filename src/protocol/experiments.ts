import type { WireNumber } from './numbers.ts';
import { notification, type Page, request } from './rpc.ts';

export const listExperiments = request<null, readonly ExperimentSummary[]>('experiments/listExperiments');
/** Running first, then the newest first, unless an order is asked for. */
export const searchRuns = request<RunQuery, Page<RunSummary>>('experiments/searchRuns');
/** In the order asked; a run that does not exist is left out. */
export const getRuns = request<{ runs: readonly RunId[] }, readonly RunDetails[]>('experiments/getRuns');
/** At most `points` per series; where there are more, the lowest and highest of each bucket of steps. */
export const getSeries = request<SeriesQuery, readonly Series[]>('experiments/getSeries');
/** What a run of this script would be: its parameters as found, and the interpreter. */
export const describeScript = request<DescribeScript, ScriptDescription>('experiments/describeScript');
/** Answers as soon as the run exists; it goes on by itself. */
export const startRun = request<StartRun, RunSummary>('experiments/startRun');
/** Ends the whole process tree: asks it to terminate, and kills what is left after the grace period. */
export const stopRun = request<{ run: RunId }, null>('experiments/stopRun');
export const renameRun = request<{ run: RunId; name: string }, null>('experiments/renameRun');
/** For all of the runs or for none. `null` removes a tag; one that is not there is no error. */
export const setRunTags = request<SetRunTags, null>('experiments/setRunTags');
/** All of them or none; their data stays until it is removed for good, and `restoreRuns` brings them back. */
export const deleteRuns = request<DeleteRuns, null>('experiments/deleteRuns');
export const restoreRuns = request<{ runs: readonly RunId[] }, null>('experiments/restoreRuns');
export const readLog = request<LogQuery, LogPart>('experiments/readLog');
export const listArtifacts = request<{ run: RunId; path: string }, readonly ArtifactEntry[]>(
  'experiments/listArtifacts',
);
/** Brings an artifact into the run's folder when it is kept elsewhere; whoever opens it asks for this first. */
export const loadArtifact = request<{ run: RunId; path: string }, null>('experiments/loadArtifact');

export const runsChanged = notification<RunsChanged>('experiments/runsChanged');
export const logChanged = notification<{ run: RunId; bytes: number }>('experiments/logChanged');

export type ExperimentId = string;
export type RunId = string;
export type RunState = 'scheduled' | 'running' | 'finished' | 'failed' | 'killed';

/** `version` grows with each change of that experiment; a reader that has seen it need not ask again. */
export interface RunsChanged {
  readonly experiment: ExperimentId;
  readonly runs: readonly RunId[];
  readonly version: number;
}

export interface ExperimentSummary {
  readonly id: ExperimentId;
  readonly name: string;
  readonly runCount: number;
  readonly runningCount: number;
  /** Of `runCount`. */
  readonly archivedCount: number;
  /** The best value of the headline metric over finished runs. */
  readonly best?: { readonly metric: string; readonly value: WireNumber };
  readonly lastStartTime?: number;
}

export interface RunQuery {
  readonly experiment?: ExperimentId;
  readonly states?: readonly RunState[];
  /**
   * MLflow's search language with OR, NOT and parentheses: `metrics.accuracy > 0.9 and not tags.stage = 'old'`.
   * A mistake is an error of `searchErrorCodes` whose range says where in this text it is.
   */
  readonly filter?: string;
  /** Fields with commas between them: `metrics.accuracy desc, start_time`. */
  readonly order?: string;
  /** Those directly under this run; `null`: those under none. Needs `experiment`. */
  readonly parent?: RunId | null;
  readonly hideArchived?: boolean;
  /** Before all others, those under way included. */
  readonly starredFirst?: boolean;
  /** Only deleted runs, of experiments that are not; else none of them. */
  readonly deleted?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

export interface SetRunTags {
  readonly runs: readonly RunId[];
  readonly tags: Readonly<Record<string, string | null>>;
}

export interface DeleteRuns {
  readonly runs: readonly RunId[];
  /** Also those that were started outside the Workbench and have not said that they ended: their script may be gone. */
  readonly evenUnderWay?: boolean;
}

export interface RunSummary {
  readonly id: RunId;
  readonly name: string;
  readonly experiment: ExperimentId;
  readonly experimentName: string;
  readonly state: RunState;
  /** Milliseconds since the epoch. */
  readonly startTime: number;
  readonly endTime?: number;
  /** Relative to the workspace folder. */
  readonly script?: string;
  /** The metric shown beside the run's name, with up to 12 values for a small line. */
  readonly headline?: {
    readonly metric: string;
    readonly value: WireNumber;
    readonly history: readonly WireNumber[];
  };
  /** One sentence about why it failed: the last line of a Python traceback, or the exit code. */
  readonly failure?: string;
  readonly exitCode?: number;
  readonly starred?: boolean;
  readonly archived?: boolean;
  /** Milliseconds since the epoch; absent for a run that is not deleted. */
  readonly deletedTime?: number;
  /** How many runs there are directly under it. */
  readonly childCount?: number;
  /** Of these. */
  readonly archivedChildCount?: number;
  /** Grows with every change of the run. */
  readonly version: number;
}

export interface MetricSummary {
  readonly key: string;
  /** The value with the greatest (step, timestamp, value). */
  readonly latest: WireNumber;
  readonly step: number;
  readonly count: number;
  readonly lowest: WireNumber;
  readonly highest: WireNumber;
}

export interface RunDetails extends RunSummary {
  readonly command: readonly string[];
  readonly parameters: readonly Parameter[];
  readonly metrics: readonly MetricSummary[];
  readonly tags: Readonly<Record<string, string>>;
  readonly code?: CodeState;
  readonly datasets: readonly RunDataset[];
  /** What the script said that it reads, with `log_input`. */
  readonly inputs: readonly RunInput[];
  readonly environment?: RunEnvironment;
  /** The run that this one is under, when it exists and is in the same experiment. */
  readonly parent?: RunLink;
  /** The first of those directly under it, as lists order them; `childCount` says how many there are. */
  readonly children: readonly RunLink[];
  /** The run of the same script before this one, to say what was changed. */
  readonly previous?: {
    readonly id: RunId;
    readonly name: string;
    readonly parameters: Readonly<Record<string, string>>;
  };
  readonly logBytes: number;
  /** Relative to the workspace folder. */
  readonly artifactFolder: string;
}

export interface RunLink {
  readonly id: RunId;
  readonly name: string;
  readonly state: RunState;
}

export interface RunInput {
  readonly name: string;
  readonly digest: string;
  /** What it was used for, such as `training`. */
  readonly context?: string;
}

export interface Parameter {
  readonly key: string;
  readonly value: string;
}

export interface CodeState {
  readonly commit: string;
  readonly branch?: string;
  readonly changedFiles: number;
  /** The artifact that holds the uncommitted changes as a patch. */
  readonly patchArtifact?: string;
}

export interface RunDataset {
  readonly path: string;
  /** The md5 that its pointer names, with `.dir` for a folder. */
  readonly hash: string;
  readonly version?: number;
  /** The data on disk differed from the pointer when the run started. */
  readonly modified: boolean;
}

export interface RunEnvironment {
  readonly interpreter: string;
  readonly interpreterVersion: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

export interface SeriesQuery {
  readonly runs: readonly RunId[];
  /** All metrics when absent. */
  readonly metrics?: readonly string[];
  /** The most points wanted per series, at least 2. */
  readonly points: number;
  readonly fromStep?: number;
  readonly toStep?: number;
}

/** Arrays of one length, in the order of steps. */
export interface Series {
  readonly run: RunId;
  readonly metric: string;
  /** How many points there are in the range, before any were left out. */
  readonly count: number;
  readonly steps: readonly number[];
  /** Milliseconds since the epoch. */
  readonly times: readonly number[];
  readonly values: readonly WireNumber[];
}

export type DescribeScript = Pick<StartRun, 'interpreter' | 'environment'> & { readonly script: string };

/** How a changed value reaches the script. */
export type ParameterDelivery = 'environment' | 'arguments' | 'file';

export interface ScriptDescription {
  readonly script: string;
  readonly interpreter: string;
  /** Where parameters were read from, relative to the workspace folder. */
  readonly parametersFile?: string;
  readonly parameters: readonly Parameter[];
  readonly delivery: ParameterDelivery;
}

export interface StartRun {
  /** A file of the workspace, absolute or relative to it; or `command` for any program. */
  readonly script?: string;
  readonly command?: readonly string[];
  readonly arguments?: readonly string[];
  /** By name; created when there is none. The script's folder or name when absent. */
  readonly experiment?: string;
  /** Values that differ from `params.yaml`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Allows changed values to be written into the user's own params.yaml, when the script reads only that. */
  readonly writeParametersFile?: boolean;
  readonly interpreter?: string;
  /** Between two samples of the machine and the run's processes; 0: none are taken. */
  readonly systemMetricsSeconds?: number;
  /** For `command`: where it was typed, and where paths in it start. The workspace folder when absent. */
  readonly workingFolder?: string;
  /**
   * The asker's own environment, which the script gets in place of the service's.
   * It may hold secrets, so it is never logged and never written to disk.
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** Bytes of the run's output; negative `from` counts from the end. */
export interface LogQuery {
  readonly run: RunId;
  readonly from: number;
  readonly length: number;
}

export interface LogPart {
  /** Bytes that are not UTF-8 are shown as U+FFFD. */
  readonly text: string;
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

export interface ArtifactEntry {
  /** Relative to the run's artifact folder, with `/`. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly bytes?: number;
}
