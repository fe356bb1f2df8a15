import type { Cell } from '../../data/encodedTable.ts';
import { cellNumber } from './cellNumber.ts';
import type { CellTransform, MethodDescription } from './method.ts';
import { columnSql, type SqlExpression } from './sqlExpression.ts';

export const codingDescription: MethodDescription = {
  title: 'Top and bottom coding',
  sentence:
    'Replaces the few very large or very small numbers, by which somebody could be recognised, by a limit.',
  limit: 'Numbers between the limits stay as they are.',
  reversible: 'no',
};

export interface CodingOptions {
  /** Numbers below it are replaced. */
  readonly bottom?: number | undefined;
  readonly bottomBy?: number | undefined;
  /** Numbers above it are replaced. */
  readonly top?: number | undefined;
  /** What replaces them, for instance the mean of the tail, which keeps the total; the limit itself by default. */
  readonly topBy?: number | undefined;
}

export function coding(options: CodingOptions, column: string): CellTransform {
  const { bottom, top, bottomBy = bottom, topBy = top } = options;
  return (value, row) => {
    if (value === null) {
      return null;
    }
    const number = cellNumber(value, column, row);
    if (top !== undefined && number > top) {
      return topBy!;
    }
    return bottom !== undefined && number < bottom ? bottomBy! : value;
  };
}

/** The same as SQL, in the type that the column has: a limit with decimals makes whole numbers doubles. */
export function codingSql(options: CodingOptions, column: string): SqlExpression {
  const { bottom, top, bottomBy = bottom, topBy = top } = options;
  const name = columnSql(column).sql;
  const cases: string[] = [];
  const values: number[] = [];
  const replacement = (number: number) => (Number.isSafeInteger(number) ? '?::BIGINT' : '?::DOUBLE');
  if (top !== undefined) {
    cases.push(`WHEN ${name} > ${replacement(top)} THEN ${replacement(topBy!)}`);
    values.push(top, topBy!);
  }
  if (bottom !== undefined) {
    cases.push(`WHEN ${name} < ${replacement(bottom)} THEN ${replacement(bottomBy!)}`);
    values.push(bottom, bottomBy!);
  }
  return cases.length === 0 ? columnSql(column) : { sql: `CASE ${cases.join(' ')} ELSE ${name} END`, values };
}

/** The limit above which a share of `share` of the numbers lies, and the mean of those, for a page's proposal. */
export function topOf(
  numbers: readonly Cell[],
  share: number,
): { readonly top: number; readonly mean: number } {
  const sorted = numbers
    .filter((value) => value !== null)
    .map(Number)
    .sort((a, b) => a - b);
  const top = sorted[Math.max(0, Math.ceil(sorted.length * (1 - share)) - 1)] ?? 0;
  const tail = sorted.filter((number) => number > top);
  return { top, mean: tail.length === 0 ? top : tail.reduce((sum, number) => sum + number, 0) / tail.length };
}
