import type { NumberStyle, PlannedColumn } from '../planTypes.ts';
import type { JobContext } from './context.ts';
import { digitText } from './outputColumns.ts';
import { runBound, type Source } from './source.ts';

/**
 * How the numbers of columns with noise are written in a text file, where all of a column are written alike: the way
 * back then gives the same bytes. Nothing for columns in which 1.5 stands beside 1.50, or +1, or 1e5.
 */
export async function numberStyles(
  source: Source,
  columns: readonly PlannedColumn[],
  { signal }: JobContext,
): Promise<Readonly<Record<string, NumberStyle>>> {
  const asked = columns.flatMap((column) => {
    const digits = column.stage === 'batch' ? column.digits : undefined;
    const text = digits && digitText(source, column.name);
    return digits && text ? [{ name: column.name, decimals: digits.decimals, digits: text.sql }] : [];
  });
  if (asked.length === 0) {
    return {};
  }
  const whole = '(0|[1-9][0-9]*)';
  const tests = asked.flatMap(({ decimals, digits }) => {
    const fixed = decimals === 0 ? `-?${whole}` : `-?${whole}[.][0-9]{${Math.trunc(decimals)}}`;
    return [fixed, `-?${whole}([.][0-9]*[1-9])?`].map(
      // A nought below nothing comes back as one without a sign.
      (pattern) =>
        `coalesce(bool_and(regexp_full_match(${digits}, '${pattern}') AND NOT regexp_full_match(${digits}, '-0([.]0*)?')), true)`,
    );
  });
  const { relation, table } = source;
  const [row = []] = await runBound(
    table,
    { sql: `SELECT ${tests.join(', ')} FROM ${relation.sql}`, values: relation.values },
    { signal },
  );
  const styles = asked.flatMap(({ name }, at): [string, NumberStyle][] => {
    const [fixed, shortest] = [row[2 * at], row[2 * at + 1]];
    return fixed === true ? [[name, 'fixed']] : shortest === true ? [[name, 'shortest']] : [];
  });
  return Object.fromEntries(styles);
}
