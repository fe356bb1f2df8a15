import type { ColumnContext, ColumnKind } from './columnContext.ts';
import type { EntityId } from './entities.ts';

/**
 * One row of the table of detectors. A value counts when it has the form and passes the check; a column is what
 * its values are more often than chance allows, so that 1,000 random numbers of which a tenth pass Luhn's check
 * are no cards.
 */
export interface Detector {
  /** Unique: `us.ssn`. */
  readonly id: string;
  readonly entity: EntityId;
  /** Plain words for many of them: "US social security numbers". */
  readonly title: string;
  /** Kinds of columns that can hold it; text and whole numbers unless told. */
  readonly kinds?: readonly ColumnKind[];
  /** The form of a whole value; a cheap filter before `valid`. Leave out when `valid` is cheap itself. */
  readonly pattern?: RegExp;
  readonly valid?: (value: string, column: ColumnContext) => boolean;
  /** Where the check is slow: so many values are looked at, which is a fair sample of them. */
  readonly enough?: number;
  /** What must hold of the column as a whole before its values are looked at. */
  readonly column?: (column: ColumnContext) => boolean;
  /** The share of random values of this form that pass the check. */
  readonly chance: number;
  /** The share of passing values that convinces fully; below 1 where a dictionary knows only some. */
  readonly coverage?: number;
  /**
   * The most that values alone can give, without a word of the header: 0 where the form is too weak to mean
   * anything by itself, so that the header is required.
   */
  readonly alone: number;
  /** The most that values and header can give together; 0.99 unless told. */
  readonly withHeader?: number;
  /** Words of headers, in several languages, without accents; a `*` at the end stands for any ending. */
  readonly headers: readonly string[];
  /** Words beside which those of `headers` mean something else: the `product` of `product name`. */
  readonly otherHeaders?: readonly string[];
  /** One more sentence of evidence. */
  readonly note?: (column: ColumnContext) => string | undefined;
  /** Two-letter code of the country whose numbers these are. */
  readonly country?: string;
  /** Digits; a whole number that lost its leading zeros gets them back. */
  readonly width?: number;
}

export interface Candidate {
  readonly detector: Detector;
  readonly confidence: number;
  readonly evidence: readonly string[];
}
