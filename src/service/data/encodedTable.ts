import { formatNumber } from '../../base/format.ts';

/** A value of a table as pure code sees it: integers beyond 2^53 and decimals are text in exact digits. */
export type Cell = string | number | boolean | null;

/** A column whose distinct values are written once. */
export interface EncodedColumn {
  readonly name: string;
  /** Distinct values, in any order; at most one is null. */
  readonly values: readonly Cell[];
  /** For each row the index of its value in `values`. */
  readonly codes: Int32Array;
}

/** Columns of equal length. */
export interface EncodedTable {
  readonly rowCount: number;
  readonly columns: readonly EncodedColumn[];
}

/** A cell as JSON can say it: what is no finite number would arrive there as missing. */
export function sayableCell(cell: Cell): Cell {
  return typeof cell === 'number' && !Number.isFinite(cell) ? formatNumber(cell) : cell;
}
