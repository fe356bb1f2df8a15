import { sqlName } from '../../storage/duckdb.ts';
import type { NumberStyle, PlannedColumn } from '../planTypes.ts';
import type { JobContext } from './context.ts';
import { dateText, digitText } from './outputColumns.ts';
import { runBound, type Source } from './source.ts';

/**
 * How the values of columns that can be restored are written in a text file, where all of a column are written alike:
 * the way back then gives the same bytes. Nothing for columns in which 1.5 stands beside 1.50, or +1, or 1e5.
 */
export async function writtenStyles(
  source: Source,
  columns: readonly PlannedColumn[],
  { signal }: JobContext,
): Promise<Readonly<Record<string, string>>> {
  const asked = columns.flatMap((column) => [...numberTests(source, column), ...dateTests(source, column)]);
  if (asked.length === 0) {
    return {};
  }
  const { relation, table } = source;
  const tests = asked.map(({ holds }) => `coalesce(bool_and(${holds}), true)`);
  const [row = []] = await runBound(
    table,
    { sql: `SELECT ${tests.join(', ')} FROM ${relation.sql}`, values: relation.values },
    { signal },
  );
  const styles: Record<string, string> = {};
  for (const [at, { name, style }] of asked.entries()) {
    if (row[at] === true) {
      styles[name] ??= style;
    }
  }
  return styles;
}

/** `holds` is SQL of a row that is written so. */
interface StyleTest {
  readonly name: string;
  readonly style: string;
  readonly holds: string;
}

function numberTests(source: Source, column: PlannedColumn): StyleTest[] {
  const { name } = column;
  const digits = column.stage === 'batch' ? column.digits : undefined;
  const text = digits && digitText(source, name);
  if (!text) {
    return [];
  }
  const whole = '(0|[1-9][0-9]*)';
  const fraction = digits.decimals === 0 ? '' : `[.][0-9]{${Math.trunc(digits.decimals)}}`;
  const test = (style: NumberStyle, pattern: string) => ({
    name,
    style,
    // A nought below nothing comes back as one without a sign.
    holds: `regexp_full_match(${text.sql}, '${pattern}') AND NOT regexp_full_match(${text.sql}, '-0([.]0*)?')`,
  });
  return [test('fixed', `-?${whole}${fraction}`), test('shortest', `-?${whole}([.][0-9]*[1-9])?`)];
}

/** Of points in time without a zone, the usual ones first. */
export const stampFormats = [
  '%Y-%m-%dT%H:%M:%S',
  '%Y-%m-%dT%H:%M:%SZ',
  '%Y-%m-%dT%H:%M:%S.%gZ',
  '%Y-%m-%dT%H:%M:%S.%g',
  '%Y-%m-%d %H:%M:%S.%g',
  '%Y-%m-%dT%H:%M:%S.%f',
  '%Y-%m-%dT%H:%M',
  '%Y-%m-%d %H:%M',
  '%Y-%m-%d',
];

function dateTests(source: Source, column: PlannedColumn): StyleTest[] {
  const { name } = column;
  const text = dateText(source, column);
  if (!text) {
    return [];
  }
  const formats = text.format === undefined ? stampFormats : [text.format];
  return formats.map((style) => ({
    name,
    style,
    holds: `${sqlName(name)} IS NULL OR strftime(${sqlName(name)}, '${style}') = ${text.kept}`,
  }));
}
