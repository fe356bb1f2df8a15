import type { EncodedColumn } from '../../data/encodedTable.ts';
import type { ColumnBuilder } from '../tables/encode.ts';
import { type NumberStyle, placeOfSteps, stepsPerUnit, writePlace } from '../tables/numberStyle.ts';
import { missingName } from './copula/margin.ts';

/** The least and the greatest place that a number may have. */
export interface Limits {
  readonly low: number;
  readonly high: number;
}

/** Writes places on the number line as the real column's numbers are written, within the limits. */
export function placeWriter(
  builder: ColumnBuilder,
  style: NumberStyle,
  { low, high }: Limits = unlimited,
): (row: number, place: number) => void {
  const steps = stepsPerUnit(style);
  const codeOfSteps = new Map<number, number>();
  return (row, place) => {
    const rounded = stepsWithin(Math.min(Math.max(place, low), high) * steps, low * steps, high * steps);
    let code = codeOfSteps.get(rounded);
    if (code === undefined) {
      code = builder.codeOf(writePlace(placeOfSteps(rounded, style), style));
      codeOfSteps.set(rounded, code);
    }
    builder.setCode(row, code);
  };
}

/** The columns of a table, of which those that say where another has no value are taken into that one. */
export function withMissing(drawn: readonly EncodedColumn[]): EncodedColumn[] {
  const byName = new Map(drawn.map((column) => [column.name, column]));
  return drawn
    .filter(({ name }) => !name.endsWith(missingName('')))
    .map((column) => {
      const missing = byName.get(missingName(column.name));
      if (!missing) {
        return column;
      }
      const empty = column.values.length;
      const codes = column.codes.map((code, row) =>
        missing.values[missing.codes[row]!] === true ? empty : code,
      );
      return { ...column, values: [...column.values, null], codes };
    });
}

const unlimited: Limits = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** The nearest whole step, which rounding must not take out of the range that was asked for. */
function stepsWithin(steps: number, lowest: number, highest: number): number {
  const rounded = Math.round(steps);
  return rounded > highest + 1e-6 ? rounded - 1 : rounded < lowest - 1e-6 ? rounded + 1 : rounded;
}
