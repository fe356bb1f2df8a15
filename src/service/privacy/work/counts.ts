import { sqlName } from '../../storage/duckdb.ts';
import { countHalfWidth, countsText } from '../counts/countsText.ts';
import { privateHistogram } from '../methods/differential/mechanisms.ts';
import type { SqlExpression } from '../methods/sqlExpression.ts';
import type { PlannedCounts } from '../planTypes.ts';
import type { JobContext } from './context.ts';
import { runBound, type Source } from './source.ts';

/** Noisy counts that are ready to be written. */
export interface CountedTable {
  readonly name: string;
  /** CSV. */
  readonly text: string;
  readonly cells: number;
  /** Half of the width around the truth in which 95 of 100 counts lie. */
  readonly halfWidth: number;
}

/** Counts the rows of the input, not of the output: what is left out there depends on the data. */
export async function countTables(
  source: Source,
  planned: readonly PlannedCounts[],
  { signal, report, checkCancelled }: JobContext,
): Promise<readonly CountedTable[]> {
  const tables: CountedTable[] = [];
  for (const counts of planned) {
    report({ message: `Counting ${counts.name}` });
    const rows = await runBound(source.table, countSql(source, counts), { signal });
    checkCancelled();
    const truth = new Map(rows.map(([cell, count]) => [Number(cell), Number(count)]));
    const cells = Array.from({ length: counts.cells }, (_, cell) => cell);
    const noisy = privateHistogram(counts.bytes(), truth, cells, counts, counts.rowsPerPerson);
    tables.push({
      name: counts.name,
      text: countsText(counts, noisy),
      cells: counts.cells,
      halfWidth: countHalfWidth(counts),
    });
  }
  return tables;
}

/**
 * The number of rows in each cell, at most so many of one person: some of theirs, chosen by nothing but their own rows,
 * because a choice that others take part in would change more than their share when they leave. Rows that do not say
 * whom they are about are nobody's, so nobody's share of them can be bounded: they are not counted.
 */
export function countSql(
  { relation }: Pick<Source, 'relation'>,
  { by, subject, rowsPerPerson }: Pick<PlannedCounts, 'by' | 'subject' | 'rowsPerPerson'>,
): SqlExpression {
  const cell = by.reduce(
    (sum, { labels, place }) =>
      sum === '' ? `(${place.sql})` : `(${sum} * ${labels.length} + (${place.sql}))`,
    '',
  );
  const values = [...by.flatMap(({ place }) => place.values), ...relation.values];
  if (subject === undefined) {
    return { sql: `SELECT ${cell} AS cell, count(*) FROM ${relation.sql} GROUP BY 1`, values };
  }
  const whom = sqlName(subject);
  const rows = `SELECT ${cell} AS cell, CAST(${whom} AS VARCHAR) AS person FROM ${relation.sql} WHERE ${whom} IS NOT NULL`;
  const own = `SELECT cell, person, row_number() OVER (PARTITION BY person ORDER BY cell) AS place FROM (${rows})`;
  const mixed = `SELECT cell, row_number() OVER (PARTITION BY person ORDER BY md5(person || ':' || place), place) AS turn FROM (${own})`;
  return {
    sql: `SELECT cell, count(*) FROM (${mixed}) WHERE turn <= ${Math.trunc(rowsPerPerson)} GROUP BY 1`,
    values,
  };
}
