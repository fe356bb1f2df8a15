import { notification, request } from './rpc.ts';

/** The whole of a file, exactly; reports progress. Kept by content, so that a second look is instant. */
export const profileData = request<ProfileData, DataProfile>('data/profile');
/** A first picture from the beginning of a file; the exact profile where it is kept already. */
export const sketchData = request<ProfileData, DataProfile>('data/sketch');
/** Rows in the order of the file, for a table that shows what is scrolled into view. */
export const readRows = request<ReadRows, TableRows>('data/readRows');

/** A profile was completed and is kept: whoever shows the file, or the version `of` it, may ask again. */
export const profileKept = notification<{ path: string; of?: number; version: number }>('data/profileKept');

export type TableKind = 'csv' | 'tsv' | 'json' | 'jsonLines' | 'parquet' | 'arrow';

export type ColumnType =
  | 'integer'
  | 'number'
  /** Digits beyond a double: exact. */
  | 'decimal'
  | 'boolean'
  | 'date'
  | 'time'
  | 'timestamp'
  | 'text'
  | 'nested'
  | 'binary';

/** Integers beyond 2^53, decimals, dates and nested values are text. */
export type DataValue = string | number | boolean | null;

export interface ProfileData {
  /** Absolute, or relative to the workspace folder; a `.dvc` file stands for the data that it names. */
  readonly path: string;
  /** The number of a version of the dataset; its data as it is now without it. */
  readonly version?: number;
  /** The column that a model is to predict: what gives it away is looked for. */
  readonly target?: string;
}

export interface ReadRows {
  readonly path: string;
  readonly version?: number;
  /** From 0. */
  readonly offset: number;
  /** At most 1,000. */
  readonly limit: number;
}

export interface TableRows {
  readonly columns: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly offset: number;
  readonly rows: readonly (readonly DataValue[])[];
}

export interface DataProfile {
  /** Relative to the workspace folder where it is inside it. */
  readonly path: string;
  /** Of a version of the dataset. */
  readonly version?: number;
  readonly kind: TableKind;
  readonly bytes: number;
  /** `sample`: the first `rows` rows. `whole`: all of them. */
  readonly basis: { readonly kind: 'sample' | 'whole'; readonly rows: number };
  readonly columnCount: number;
  /** Rows that are equal to one before them in every column. */
  readonly duplicateRows: number;
  readonly columns: readonly ColumnProfile[];
  /** Of a wide table: columns of which only this is known, of a first picture or of too many rows. */
  readonly undescribed?: readonly { readonly name: string; readonly type: ColumnType }[];
  readonly associations: Associations;
  readonly hints: readonly LeakageHint[];
  /** What a person should know about how the file was read. */
  readonly notices: readonly DataNotice[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  readonly missing: number;
  /** How many different values there are, without the missing ones. */
  readonly distinct: number;
  readonly minimum?: DataValue;
  readonly maximum?: DataValue;
  readonly numbers?: NumberSummary;
  /** In characters. */
  readonly lengths?: { readonly minimum: number; readonly mean: number; readonly maximum: number };
  readonly histogram?: Histogram;
  /** The most frequent values, most frequent first; values of equal count by their order. */
  readonly top: readonly { readonly value: DataValue; readonly count: number }[];
}

export interface NumberSummary {
  readonly mean: number;
  /** Of a sample: with n − 1; absent for fewer than two values. */
  readonly standardDeviation?: number;
  /** By linear interpolation between order statistics. */
  readonly quantiles: readonly { readonly share: number; readonly value: number }[];
}

/** `counts[i]` values lie from `edges[i]` to below `edges[i + 1]`; the last bin has its upper edge. */
export interface Histogram {
  readonly edges: readonly (number | string)[];
  readonly counts: readonly number[];
}

/** How strongly columns go together, from 0 to 1 (−1 to 1 for Pearson); only pairs of at least 0.1. */
export interface Associations {
  /** Computed from so many rows, taken fairly from all of them. */
  readonly rows: number;
  /** The columns compared; keys, constants and free text are left out. */
  readonly columns: readonly string[];
  /** Of a wide table: so many columns more could have been compared. */
  readonly leftOut?: number;
  readonly pairs: readonly Association[];
}

export interface Association {
  readonly a: string;
  readonly b: string;
  /** Two numeric columns, two categorical ones, or one of each. */
  readonly measure: 'pearson' | 'cramersV' | 'correlationRatio';
  readonly strength: number;
}

/**
 * - `determinesTarget`: knowing the column, the target is known in nearly all rows
 * - `nearlyTarget`: the column is the target in other words
 * - `redundant`: two columns say the same (where no target is named)
 */
export interface LeakageHint {
  readonly kind: 'determinesTarget' | 'nearlyTarget' | 'redundant';
  readonly column: string;
  readonly other: string;
  /** Share of the uncertainty about `other` that `column` takes away, 0 to 1. */
  readonly strength: number;
}

export interface DataNotice {
  readonly code:
    | 'emptyHeader'
    | 'duplicateHeader'
    | 'noHeader'
    | 'oneColumn'
    | 'typeChanged'
    | 'transcoded'
    | 'allMissing'
    | 'missingMarkers'
    | 'noRows'
    | 'nestedAsText'
    | 'someColumns';
  readonly message: string;
}
