import type { Table } from '../../data/table.ts';
import { outputWrong } from '../errors.ts';
import type { AppliedGuarantee } from './generalise.ts';

interface Verify {
  /** As it was written, opened again. */
  readonly written: Table;
  /** Of its columns, in their order. */
  readonly names: readonly string[];
  readonly guarantee: Pick<AppliedGuarantee, 'dimensions'>;
  readonly k: number;
  /** As a person knows it. */
  readonly output: string;
}

/**
 * Counts the groups of rows that look alike once more, in the file itself and by its texts: what was computed before
 * saw values, and could be wrong. Throws `privacy.outputWrong`.
 */
export async function verifyClasses(
  { written, names, guarantee, k, output }: Verify,
  signal: AbortSignal,
): Promise<void> {
  const quasi = written.columns
    .filter((_, at) => guarantee.dimensions.includes(names[at]!))
    .map(({ kept }) => `CAST(${kept} AS VARCHAR)`);
  const [row] = await written.query(
    `SELECT min(size) FROM (
       SELECT ${[...quasi, 'count(*) AS size'].join(', ')} FROM ${written.relation} GROUP BY ${quasi.map((_, at) => at + 1).join(', ')}
     )`,
    { signal },
  );
  const smallest = row![0];
  if (smallest !== null && Number(smallest) < k) {
    throw outputWrong(
      output,
      `the smallest group of rows that are alike in ${guarantee.dimensions.join(', ')} has ${smallest} instead of ${k}`,
    );
  }
}
