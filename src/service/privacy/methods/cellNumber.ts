import type { Cell } from '../../data/encodedTable.ts';
import { notANumber } from './errors.ts';

/** A cell as a double; what is none is refused with its row, which counts from 0. */
export function cellNumber(value: Exclude<Cell, null>, column: string, row: number): number {
  const number = typeof value === 'boolean' || String(value).trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) {
    throw notANumber(column, row + 1);
  }
  return number;
}
