import type { TrainingTask } from '../../../protocol/training.ts';

/** A trained model as numbers: what predicts, is written as ONNX and as TensorFlow.js, and is compared with both. */
export interface FittedModel {
  readonly task: TrainingTask;
  readonly target: string;
  /** The raw columns in their order; their features stand one behind the other in this order. */
  readonly columns: readonly FittedColumn[];
  readonly layers: readonly DenseLayer[];
  /**
   * Of a classification: the classes as the file writes them. `binary`: the last layer has one unit, whose sigmoid is the
   * probability of `classes[1]`. `multiclass`: one unit a class, whose softmax are the probabilities.
   * Of a regression, where the last layer has one unit: absent, and the prediction is `unit × deviation + mean`.
   */
  readonly classes?: readonly string[];
  readonly scale?: { readonly mean: number; readonly deviation: number };
}

/** `activation(input · weights + bias)`. */
export interface DenseLayer {
  readonly inputs: number;
  readonly units: number;
  /** inputs × units, row by row. */
  readonly weights: Float32Array;
  readonly bias: Float32Array;
  readonly activation: 'relu' | 'linear';
}

/**
 * How one raw column becomes features; everything in it was learned from training rows alone.
 * Numbers are computed in doubles and rounded to single precision at the end.
 */
export type FittedColumn = { readonly name: string } & (
  | NumberEncoding
  | BooleanEncoding
  | CategoryEncoding
  | DateEncoding
);

/** One feature `(value − mean) / deviation`, `fill` for a missing value; with `flag` a second one, 1 where it is missing. */
export interface NumberEncoding {
  readonly kind: 'number';
  readonly fill: number;
  readonly mean: number;
  /** Never 0. */
  readonly deviation: number;
  readonly flag: boolean;
}

/** One feature, 0 or 1, `fill` for a missing value; with `flag` a second one, 1 where it is missing. */
export interface BooleanEncoding {
  readonly kind: 'boolean';
  readonly fill: 0 | 1;
  readonly flag: boolean;
}

/**
 * One feature a value, 1 where the column has it. With `other`, one more for every value that is not listed; without it such
 * a value has only zeros. With `missing`, one more for a missing value; without it that has only zeros.
 */
export interface CategoryEncoding {
  readonly kind: 'category';
  readonly values: readonly string[];
  readonly other: boolean;
  readonly missing: boolean;
}

/**
 * Days since 1970 (with the share of the day) as a number encoding, then the sine and cosine of the day of the year
 * (2π · day / 365.25, day from 0) and seven features for the days of the week, Monday first.
 * A missing value is `fill` days; with `flag` a last feature is 1 where it is missing.
 */
export interface DateEncoding {
  readonly kind: 'date';
  readonly fill: number;
  readonly mean: number;
  readonly deviation: number;
  readonly flag: boolean;
}

/** How many features a column becomes. */
export function featureCount(column: FittedColumn): number {
  switch (column.kind) {
    case 'number':
    case 'boolean':
      return column.flag ? 2 : 1;
    case 'category':
      return column.values.length + Number(column.other) + Number(column.missing);
    case 'date':
      return column.flag ? 11 : 10;
  }
}
