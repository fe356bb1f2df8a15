import type { DataValue, LeakageHint } from './data.ts';
import type { FeatureKind, TrainingChoices } from './training.ts';

/*
 * Files in a run's own folder, `.mlops/runs/<run>/`: the only sentences between the service and a trainer.
 */
export const trainerFiles = {
  /** The service writes it before the trainer starts: a `TrainerOrder`. */
  order: 'trainer.json',
  /** The service writes it: the values of the columns, one column behind the other, little-endian. Removed by the trainer at its end. */
  table: 'training-table.bin',
} as const;

export interface TrainerOrder {
  readonly choices: TrainingChoices;
  /** Of the data, as the run names it. */
  readonly dataset: { readonly path: string; readonly version?: number; readonly hash?: string };
  readonly rows: number;
  /** How many rows the table has when these are a sample of it. */
  readonly sampledFrom?: number;
  /** The features in the order of the choices, then the target, then the column of the split where it is none of these. */
  readonly columns: readonly TableColumn[];
  readonly hints: readonly LeakageHint[];
  /** What the run's log begins with. */
  readonly notices: readonly string[];
  /** A few rows as the file has them, for the model's input example: values in the order of the features. */
  readonly example: readonly (readonly DataValue[])[];
  /** Where the native backend was installed, when it is to be looked for. */
  readonly nativeBackend?: string;
  /** The extension's version. */
  readonly version: string;
}

/**
 * `float64`: 8 bytes a row, NaN where it is missing; truth values are 0 and 1, dates milliseconds since the epoch in UTC.
 * `codes`: Int32, 4 bytes a row, −1 where it is missing, else an index into `values`.
 * Columns begin at multiples of 8.
 */
export type TableColumn = {
  readonly name: string;
  /** Where its first value begins in the file, in bytes. */
  readonly offset: number;
} & (
  | { readonly kind: Exclude<FeatureKind, 'category'>; readonly layout: 'float64' }
  | { readonly kind: 'category'; readonly layout: 'codes'; readonly values: readonly string[] }
);
