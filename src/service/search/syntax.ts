import type { TextRange } from '../../base/errors.ts';

/** A filter as a tree; each part knows where in the text it was written. */
export type Expression = Comparison | Joined | Negation;

export interface Comparison extends TextRange {
  readonly kind: 'comparison';
  readonly field: FieldName;
  readonly operator: Operator;
  readonly operatorRange: TextRange;
  /** Absent for IS NULL and IS NOT NULL. */
  readonly value?: Value;
}

export interface Joined extends TextRange {
  readonly kind: 'and' | 'or';
  readonly parts: readonly Expression[];
}

export interface Negation extends TextRange {
  readonly kind: 'not';
  readonly part: Expression;
}

/** `metrics.accuracy`: `entity` is what stands before the first dot, and absent when there is none. */
export interface FieldName extends TextRange {
  readonly entity?: string;
  readonly key: string;
  /** As it was written, quotes included. */
  readonly text: string;
}

export const operators = [
  '=',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
  'LIKE',
  'ILIKE',
  'IN',
  'NOT IN',
  'IS NULL',
  'IS NOT NULL',
] as const;

export type Operator = (typeof operators)[number];

export type Value = TextValue | NumberValue | ListValue | WordValue;

/** What stands in quotes, without them. */
export interface TextValue extends TextRange {
  readonly kind: 'text';
  readonly value: string;
  readonly text: string;
}

export interface NumberValue extends TextRange {
  readonly kind: 'number';
  readonly value: number;
  readonly text: string;
}

export interface ListValue extends TextRange {
  readonly kind: 'list';
  readonly values: readonly string[];
  readonly text: string;
}

/** A word without quotes, which is no value of most fields. */
export interface WordValue extends TextRange {
  readonly kind: 'word';
  readonly value: string;
  readonly text: string;
}

export interface OrderItem extends TextRange {
  readonly field: FieldName;
  readonly descending: boolean;
}

/** `mlflow` joins comparisons with AND only, as its REST API does; `workbench` has OR, NOT and parentheses too. */
export type Dialect = 'mlflow' | 'workbench';
