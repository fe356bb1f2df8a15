import { partsFor, queryInParts } from './inParts.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

const hashesAtOnce = 4_000_000;
/** Half of them are different ones at most, with 16 bytes each and more. */
const valuesAtOnce = 12_000_000;

interface DuplicatesWork extends WorkOptions {
  /** So many of them may be held in memory. */
  readonly atOnce?: { readonly hashes: number; readonly values: number };
}

/**
 * How many rows equal one before them. Rows are first told apart by hashes; only those that share one are compared by
 * their values, so that the count is exact and few rows are held.
 */
export async function countDuplicates(
  table: Table,
  { relation, rowKey, rowHash, rowCount, columns }: WorkingCopy,
  { atOnce = { hashes: hashesAtOnce, values: valuesAtOnce }, ...options }: DuplicatesWork,
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
    partsFor(rowCount, atOnce.hashes),
    (isIn) =>
      `SELECT count(*) AS count FROM ${relation} WHERE ${isIn} GROUP BY ${rowHash} HAVING count(*) > 1`,
  );
  if (suspects === 0) {
    return 0;
  }
  return sumOf(partsFor(suspects * columns.length, atOnce.values), (isIn) => {
    const shared = `SELECT ${rowHash} FROM ${relation} WHERE ${isIn} GROUP BY 1 HAVING count(*) > 1`;
    return `SELECT count(*) - 1 AS count FROM ${relation} WHERE ${isIn} AND ${rowHash} IN (${shared}) GROUP BY ${rowKey}`;
  });
}
