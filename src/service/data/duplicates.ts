import { partsFor, queryInParts } from './inParts.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

const usualAtOnce = 4_000_000;

interface DuplicatesWork extends WorkOptions {
  /** So many hashes, or values, are held in memory. */
  readonly mostAtOnce?: number;
}

/**
 * How many rows equal one before them. Rows are first told apart by hashes; only those that share one are compared by
 * their values, so that the count is exact and few rows are held.
 */
export async function countDuplicates(
  table: Table,
  { relation, rowKey, rowHash, rowCount, columns }: WorkingCopy,
  { mostAtOnce = usualAtOnce, ...options }: DuplicatesWork,
): Promise<number> {
  const sumOf = async (parts: number, counted: (isIn: string) => string) => {
    const answers = await queryInParts(
      table,
      parts,
      (inPart) => `SELECT coalesce(sum(count), 0) FROM (${counted(inPart(rowHash))})`,
      options,
    );
    return answers.reduce((sum, [row]) => sum + Number(row![0]), 0);
  };
  const suspects = await sumOf(
    partsFor(rowCount, mostAtOnce),
    (isIn) =>
      `SELECT count(*) AS count FROM ${relation} WHERE ${isIn} GROUP BY ${rowHash} HAVING count(*) > 1`,
  );
  if (suspects === 0) {
    return 0;
  }
  return sumOf(partsFor(suspects * columns.length, mostAtOnce), (isIn) => {
    const shared = `SELECT ${rowHash} FROM ${relation} WHERE ${isIn} GROUP BY 1 HAVING count(*) > 1`;
    return `SELECT count(*) - 1 AS count FROM ${relation} WHERE ${isIn} AND ${rowHash} IN (${shared}) GROUP BY ${rowKey}`;
  });
}
