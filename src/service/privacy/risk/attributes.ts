import type { EncodedColumn } from '../../data/encodedTable.ts';
import { noRows } from '../guarantee/errors.ts';
import { SubsetCounter, subsetsOf } from './subsetCounter.ts';

/** How well a set of columns tells rows apart (Motwani and Xu 2007). */
export interface AttributeRisk {
  readonly columns: readonly string[];
  /** α-distinction: distinct combinations / rows. */
  readonly distinction: number;
  /** α-separation: share of the pairs of rows that differ. */
  readonly separation: number;
}

/**
 * All sets of at most `largest` columns, those that separate least first; of equal ones the smaller set, then
 * the one that distinguishes less. One row has no pairs, so it separates by 1, as what identifies.
 */
export function attributeRisks(
  columns: readonly EncodedColumn[],
  largest = 3,
  checkCancelled?: () => void,
): AttributeRisk[] {
  const rowCount = columns[0]?.codes.length ?? 0;
  if (rowCount === 0) {
    throw noRows('Measuring how columns tell rows apart');
  }
  const counter = new SubsetCounter(columns, rowCount);
  const pairs = (rows: number) => (rows * (rows - 1)) / 2;
  const risks = subsetsOf(columns.length, largest).map((subset): AttributeRisk => {
    checkCancelled?.();
    const { count, sizes } = counter.count(subset);
    let alike = 0;
    for (let index = 0; index < count; index += 1) {
      alike += pairs(sizes[index]!);
    }
    return {
      columns: subset.map((index) => columns[index]!.name),
      distinction: count / rowCount,
      separation: rowCount > 1 ? (pairs(rowCount) - alike) / pairs(rowCount) : 1,
    };
  });
  return risks.sort(
    (a, b) =>
      a.separation - b.separation || a.columns.length - b.columns.length || a.distinction - b.distinction,
  );
}
