import type { DataNotice, LeakageHint } from './data.ts';
import type { RunId, StartRun } from './experiments.ts';
import type { WireNumber } from './numbers.ts';
import { request } from './rpc.ts';

/*
 * Training without code: a table, a target, and what to learn. A training is a run of an experiment in a process of its
 * own, so it goes on when nobody watches it, and `stopRun` ends it.
 */

/** What could be trained on a table, from its profile. Reports progress; cancellable. */
export const describeTraining = request<DescribeTraining, TrainingDescription>('training/describe');
/**
 * Everything that can be refused is refused before anything is written. Then the rows are laid out for the trainer, with
 * progress, and the run starts: cancelled before that, nothing is left. Answers when the run exists.
 */
export const startTraining = request<StartTraining, StartedTraining>('training/start');
/** What a finished training found; refused with `training.noResults` for a run that has none. */
export const getTrainingResults = request<{ run: RunId }, TrainingResults>('training/results');
/** Writes a readable scikit-learn script with the same choices beside the data; never over a file that is there. */
export const writeTrainingScript = request<WriteTrainingScript, WrittenScript>('training/writeScript');

export const trainingTasks = ['regression', 'binary', 'multiclass'] as const;
export type TrainingTask = (typeof trainingTasks)[number];

export const trainingModels = ['linear', 'network'] as const;
export type TrainingModel = (typeof trainingModels)[number];

export const trainingBackends = ['auto', 'native', 'wasm', 'cpu'] as const;
export type TrainingBackend = (typeof trainingBackends)[number];

export const splitKinds = ['stratified', 'random', 'group', 'time'] as const;
export type SplitKind = (typeof splitKinds)[number];

/** How a column is read. A number, a truth value and a category become features; what is ignored is not even read. */
export type FeatureKind = 'number' | 'boolean' | 'category' | 'date';

export interface DescribeTraining {
  /** Absolute, or relative to the workspace folder. */
  readonly path: string;
  readonly version?: number;
  /** Guessed when absent: a column whose name says so, else the last one that can be predicted. */
  readonly target?: string;
}

export interface TrainingDescription {
  /** As profiles name it: relative to the workspace folder where it is inside it. */
  readonly path: string;
  readonly version?: number;
  readonly rows: number;
  readonly bytes: number;
  readonly columns: readonly TrainingColumn[];
  /** What would be done if nothing were chosen; null where no column can be predicted, and `problems` say why. */
  readonly proposed: TrainingChoices | null;
  /** Classes of the proposed target, most frequent first; empty for a regression. */
  readonly classes: readonly { readonly value: string; readonly count: number }[];
  /** Columns that give the target away. */
  readonly hints: readonly LeakageHint[];
  readonly problems: readonly TrainingProblem[];
  readonly notices: readonly DataNotice[];
  /** More rows than this are drawn from, evenly by chance, and the run says so. */
  readonly mostRows: number;
}

export interface TrainingColumn {
  readonly name: string;
  /** Null: it cannot be a feature, and `reason` says why in a few words. */
  readonly kind: FeatureKind | null;
  readonly missing: number;
  readonly distinct: number;
  /** Why it is not proposed as a feature, such as "different in every row". */
  readonly reason?: string;
  /** The tasks for which it could be the target. */
  readonly tasks: readonly TrainingTask[];
}

/** `error`: it cannot be trained like this. `warning`: it can, and the user should know. */
export interface TrainingProblem {
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly column?: string;
  readonly message: string;
}

export interface TrainingChoices {
  readonly target: string;
  readonly task: TrainingTask;
  /** In the order of the table. */
  readonly features: readonly string[];
  /** The class of a binary task whose probability is told, as a text; the rarer one when absent. */
  readonly positive?: string;
  readonly split: TrainingSplit;
  readonly model: TrainingModel;
  readonly settings: TrainingSettings;
  readonly backend: TrainingBackend;
  /** By name; `train/NAME-OF-TABLE` when absent. */
  readonly experiment?: string;
}

export interface TrainingSplit {
  readonly kind: SplitKind;
  /** Rows with the same value stay together, or the order of time. Needed for `group` and `time`. */
  readonly column?: string;
  /** Of all rows, above 0 and below 1. The test part is looked at once, at the end. */
  readonly testShare: number;
  /** Of all rows: on what early stopping decides. */
  readonly validationShare: number;
  /** More than 1: k-fold cross-validation of the training part first, whose mean and spread are told. */
  readonly folds: number;
}

export interface TrainingSettings {
  /** Units of each hidden layer; a linear model has none. */
  readonly hiddenUnits: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  /** Weight of the sum of squared weights in the loss. */
  readonly l2: number;
  /** Ends after so many epochs without a better validation loss; 0: never. */
  readonly patience: number;
  readonly classWeights: 'none' | 'balanced';
  /** Values of a category that fewer training rows have are one value together. */
  readonly rareBelow: number;
  readonly seed: number;
}

export interface StartTraining extends Pick<StartRun, 'environment' | 'systemMetricsSeconds'> {
  readonly path: string;
  readonly version?: number;
  readonly choices: TrainingChoices;
}

export interface StartedTraining {
  readonly run: RunId;
  readonly name: string;
  readonly experiment: string;
  /** What the user should know, such as that a sample is trained on. */
  readonly notices: readonly TrainingProblem[];
}

export interface WriteTrainingScript {
  readonly path: string;
  readonly version?: number;
  readonly choices: TrainingChoices;
}

export interface WrittenScript {
  /** Relative to the workspace folder. */
  readonly script: string;
}

/** The artifact `results.json` of a training. Numbers of the test part unless said otherwise. */
export interface TrainingResults {
  readonly schema: 1;
  readonly task: TrainingTask;
  readonly target: string;
  readonly model: TrainingModel;
  /** Which one it was in the end. */
  readonly backend: Exclude<TrainingBackend, 'auto'>;
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  readonly epochs: { readonly run: number; readonly best: number };
  readonly metrics: readonly MeasuredMetric[];
  readonly folds?: readonly { readonly metric: string; readonly mean: number; readonly deviation: number }[];
  /** Of a classification. Rows are the true classes, columns the predicted ones, both in the order of `classes`. */
  readonly confusion?: {
    readonly classes: readonly string[];
    readonly counts: readonly (readonly number[])[];
  };
  /** Of each class against the rest, or of the positive one alone. */
  readonly roc?: readonly Curve[];
  /** Predicted probability against observed share, in up to ten groups of equal size. */
  readonly calibration?: readonly Curve[];
  readonly residuals?: Residuals;
  /** How much the first metric gets worse when the column is shuffled; the most important one first. */
  readonly importance: readonly {
    readonly column: string;
    readonly mean: number;
    readonly deviation: number;
  }[];
  readonly hints: readonly LeakageHint[];
  readonly notices: readonly string[];
}

export interface MeasuredMetric {
  /** The name under which the run logs it, such as `accuracy`, with `test/` before it. */
  readonly name: string;
  readonly value: WireNumber;
  /** 95 % percentile bootstrap of the test rows. */
  readonly interval?: readonly [number, number];
  /** Of the trivial model: the most frequent class or the mean. */
  readonly baseline: WireNumber;
  readonly higherIsBetter: boolean;
}

export interface Curve {
  /** A class. */
  readonly name: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** Area under it, of a ROC curve. */
  readonly area?: number;
}

/** Up to 2,000 test rows. */
export interface Residuals {
  readonly predicted: readonly number[];
  readonly residual: readonly number[];
}
