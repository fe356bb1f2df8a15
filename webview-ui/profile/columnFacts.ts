import { formatNumber, groupDigits } from '../../src/base/format.ts';
import type { ColumnProfile, DataValue } from '../../src/protocol/data.ts';
import { shortValue } from './columnText.ts';

export interface Fact {
  readonly label: string;
  readonly text: string;
  /** The whole value, for the tooltip. */
  readonly title?: string;
}

/** In the order of their values, as far as they are numbers. */
export function factsOf(
  { numbers, lengths, minimum, maximum, missing }: ColumnProfile,
  rows: number,
): Fact[] {
  const number = (label: string, value: number): Fact => ({
    label,
    text: formatNumber(value),
    title: String(value),
  });
  const value = (label: string, cell: DataValue | undefined): Fact[] =>
    cell === undefined || cell === null ? [] : [{ label, text: shortValue(cell), title: String(cell) }];
  return [
    { label: 'present', text: groupDigits(rows - missing) },
    { label: 'missing', text: groupDigits(missing) },
    ...value('minimum', minimum),
    ...(numbers?.quantiles ?? []).map(({ share, value: at }) => number(quantileName(share), at)),
    ...value('maximum', maximum),
    ...(numbers ? [number('mean', numbers.mean)] : []),
    ...(numbers?.standardDeviation === undefined
      ? []
      : [number('standard deviation', numbers.standardDeviation)]),
    ...(lengths
      ? [
          number('shortest, characters', lengths.minimum),
          number('mean length', lengths.mean),
          number('longest, characters', lengths.maximum),
        ]
      : []),
  ];
}

function quantileName(share: number): string {
  return share === 0.5 ? 'median' : `${Number((share * 100).toFixed(1))} % quantile`;
}
