import type { EncodedTable } from '../../data/encodedTable.ts';
import { type Reshaping, reshape } from './constraints.ts';
import { tooFewRows } from './errors.ts';
import type { FitOptions } from './synthesiser.ts';

const usualRareBelow = 5;

/** What every synthesiser does first: a table that it can learn, with what is rare named. */
export function prepare(
  table: EncodedTable,
  options: FitOptions,
): {
  readonly reshaping: Reshaping;
  readonly reshaped: EncodedTable;
  readonly rareBelow: number;
  readonly rareLabel: string;
} {
  const rareBelow = Math.max(1, options.rareBelow ?? usualRareBelow);
  if (table.rowCount < 2 * rareBelow) {
    throw tooFewRows(table.rowCount, 2 * rareBelow);
  }
  const { table: reshaped, ...reshaping } = reshape(table, options.constraints ?? [], {
    kinds: options.kinds ?? {},
    rareBelow,
  });
  return { reshaping, reshaped, rareBelow, rareLabel: options.rareLabel ?? 'Other' };
}
