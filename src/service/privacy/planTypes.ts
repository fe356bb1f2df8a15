import type { Cell } from '../data/encodedTable.ts';
import type { TextCodes } from '../storage/textFunction.ts';
import type { MethodName } from './methods/descriptions.ts';
import type { TextPieces } from './methods/hmacBatch.ts';
import type { RandomBytes } from './methods/keystream.ts';
import type { SqlExpression } from './methods/sqlExpression.ts';

/** A column of a table with DuckDB's name of its type. */
export interface TableColumn {
  readonly name: string;
  readonly type: string;
}

/** Consecutive rows of the input. */
export interface Batch {
  /** How many rows of the table come before. */
  readonly firstRow: number;
  readonly rowCount: number;
  column(name: string): readonly Cell[];
}

interface Planned {
  readonly name: string;
  readonly method: MethodName;
  /** DuckDB's type of the output. */
  readonly outputType: string;
}

/** One expression over the row. */
export interface SqlColumn extends Planned {
  readonly stage: 'sql';
  readonly expression: SqlExpression;
}

/** JavaScript over a text that SQL makes of the row. */
export interface TextColumn extends Planned {
  readonly stage: 'text';
  /** Null for null, and never empty. */
  readonly text: SqlExpression;
  /** So many characters have the codes that come of it, behind the prefix. */
  readonly codeLength: number;
  readonly prefix: string;
  readonly transform: (texts: TextPieces) => TextCodes;
}

/** JavaScript over a batch; batches may come in any order. */
export interface BatchColumn extends Planned {
  readonly stage: 'batch';
  /** The columns that it reads. */
  readonly inputs: readonly string[];
  readonly transform: (batch: Batch) => Cell[];
  /**
   * By their numbers in the input, for what nobody restores: which rows are left out may be another choice next time,
   * and the noise of a row must not go to another. By those in the output without it.
   */
  readonly rows?: 'input';
  /**
   * The same on 64-bit counts of the last decimal place, many times faster; the index of a row that does not fit
   * instead when there is one.
   */
  readonly onWords?: ((units: BigInt64Array, firstRow: number) => BigInt64Array | number) | undefined;
  /** Of numbers that are exact as they are written: in a text file they are read from their text and written so. */
  readonly digits?: NumberDigits | undefined;
  /** Of restored dates: how the original ones were written, as a format of `strftime`; ISO 8601 without it. */
  readonly dateFormat?: string | undefined;
}

/** How exact numbers are written: with all decimals, or without zeros at their end. */
export interface NumberDigits {
  readonly decimals: number;
  readonly style: NumberStyle;
}

export type NumberStyle = 'fixed' | 'shortest';

/** All values of one or several columns at once, as doubles with NaN for null, dates as days or seconds. */
export interface WholeColumn extends Planned {
  readonly stage: 'whole';
  /** The same object for columns that are transformed together. */
  readonly step: WholeStep;
}

export type WholeStep =
  | {
      readonly kind: 'exchange';
      readonly column: string;
      /** For each row the row whose value it gets. */
      readonly sources: (values: Float64Array, checkCancelled: () => void) => Int32Array;
    }
  | {
      readonly kind: 'means';
      readonly columns: readonly string[];
      /** The new values of each column. */
      readonly means: (values: readonly Float64Array[], checkCancelled: () => void) => Float64Array[];
    };

/** What the search for k-anonymity changes later; until then the column is as it was. */
export interface HierarchyColumn extends Planned {
  readonly stage: 'hierarchy';
  /** Of the recipe's guarantee; one that does not stand there has the column's name and is made from the data. */
  readonly hierarchy: string;
  /** Undefined: the search chooses it. */
  readonly level: number | undefined;
}

export type PlannedColumn = SqlColumn | TextColumn | BatchColumn | WholeColumn | HierarchyColumn;

export interface CountedColumn {
  readonly column: string;
  /** Known before anything is read; that of all others is the last. */
  readonly labels: readonly string[];
  /** The place of a row's label, from 0. */
  readonly place: SqlExpression;
}

/** A table of counts met with its table and key: what is counted, and where its noise comes from. */
export interface PlannedCounts {
  readonly name: string;
  readonly by: readonly CountedColumn[];
  readonly cells: number;
  readonly epsilon: number;
  readonly delta: number;
  readonly rowsPerPerson: number;
  /** Undefined: that nobody has more rows is taken on trust. */
  readonly subject: string | undefined;
  readonly bytes: () => RandomBytes;
}

export interface TransformPlan {
  /** In the order of the table; dropped columns are not among them. */
  readonly columns: readonly PlannedColumn[];
  readonly dropped: readonly string[];
  /** For the recipe, which has none before it is first applied; undefined when no key is used. */
  readonly checkValue: string | undefined;
  /** Noise comes from the number of the row: the file must be read in its order. */
  readonly needsRowOrder: boolean;
  /** Tables of noisy counts, which are written beside the output. */
  readonly counts: readonly PlannedCounts[];
}

export interface RestorePlan {
  /** Columns that come back; all others stay as they are in the anonymised table. */
  readonly columns: readonly BatchColumn[];
  /** Of those, columns whose values come back while it is not known how each was written: 1.5 or 1.50. */
  readonly rewritten: readonly string[];
  /** Columns that do not come back, with a sentence that says why. */
  readonly notRestored: readonly { readonly name: string; readonly reason: string }[];
  readonly needsRowOrder: boolean;
}
