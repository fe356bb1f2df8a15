import type { Table, WorkOptions } from './table.ts';

type Answer = Awaited<ReturnType<Table['query']>>;

/** SQL that is true for the rows of a part, of SQL of a hash: rows with the same hash are in the same part. */
type InPart = (hash: string) => string;

/** Asks the same of one part of the rows after another, so that what is grouped by a hash fits in memory. */
export async function queryInParts(
  table: Table,
  parts: number,
  statement: (inPart: InPart, part: number) => string,
  { signal, onProgress }: WorkOptions,
): Promise<readonly Answer[]> {
  // DuckDB's own tables of groups go by the lowest bits of the same hash, which differ within a part of an odd count.
  const count = parts | 1;
  const answers: Answer[] = [];
  for (let part = 0; part < count; part += 1) {
    const sql = statement((hash) => (count === 1 ? 'true' : `${hash} % ${count} = ${part}`), part);
    const options = {
      signal,
      ...(onProgress && { onProgress: (fraction: number) => onProgress((part + fraction) / count) }),
    };
    answers.push(await table.query(sql, options));
  }
  return answers;
}

/** How many parts there are to be for each to have no more than `most` of what there is. */
export function partsFor(total: number, most: number): number {
  return Math.min(mostParts, Math.max(1, Math.ceil(total / most)));
}

/** Each is one more reading; what still is too much goes to disk. */
const mostParts = 63;
