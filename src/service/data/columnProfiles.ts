import type { ColumnProfile, ColumnType, Histogram, NumberSummary } from '../../protocol/data.ts';
import { describeFewRows, fewRows } from './columnsInMemory.ts';
import {
  comparison,
  isNumeric,
  largest,
  readableEdges,
  shares,
  shortened,
  topValues,
} from './describeValues.ts';
import type { Cell } from './encodedTable.ts';
import { binsFor } from './histogramBins.ts';
import { partsFor, queryInParts } from './inParts.ts';
import { numberSql } from './numberSql.ts';
import { exactQuantiles } from './quantiles.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

type CopiedColumn = WorkingCopy['columns'][number];

const columnsAtOnce = 40;
/** Of different values in memory, from measurements; texts come on top. */
const bytesPerValue = 64;
const usualBytes = 100_000_000;

interface ColumnsWork extends WorkOptions {
  /** Also where there are few rows. */
  readonly alwaysByStatements?: boolean;
  /** What the different values of a column may take in memory. */
  readonly mostBytes?: number;
}

/** What each column is made of. Progress is told by columns. */
export async function profileColumns(
  table: Table,
  copy: WorkingCopy,
  { signal, onProgress, alwaysByStatements = false, mostBytes = usualBytes }: ColumnsWork,
): Promise<ColumnProfile[]> {
  if (copy.rowCount <= fewRows && !alwaysByStatements) {
    return describeFewRows(table, copy, { signal, onProgress });
  }
  const profiles: ColumnProfile[] = [];
  for (let first = 0; first < copy.columns.length; first += columnsAtOnce) {
    const columns = copy.columns.slice(first, first + columnsAtOnce);
    const summaries = await summarise(table, copy, columns, { signal });
    for (const [at, column] of columns.entries()) {
      const summary = summaries[at]!;
      const numbers = await completeNumbers(table, copy, column, summary, { signal });
      const parts = partsFor(bytesOfValues(summary), mostBytes);
      const values = await countValues(table, copy, column, parts, { signal });
      const histogram = await countBins(table, copy, column, summary, { signal });
      profiles.push({
        name: column.name,
        type: column.type,
        ...summary.profile,
        ...numbers,
        ...values,
        ...histogram,
      });
      onProgress?.(profiles.length / copy.columns.length);
    }
  }
  return profiles;
}

interface Summary {
  readonly profile: Pick<ColumnProfile, 'missing' | 'minimum' | 'maximum' | 'lengths'>;
  /** The ends as numbers, where the column has a place on a line, and how many values have one. */
  readonly line?: { readonly low: number; readonly high: number; readonly count: number };
  readonly moments?: Pick<NumberSummary, 'mean' | 'standardDeviation'>;
  /** Different values, about. */
  readonly distinct: number;
}

/** One reading for several columns; each adds the same count of values to the result's only row. */
async function summarise(
  table: Table,
  { relation, rowCount }: WorkingCopy,
  columns: readonly CopiedColumn[],
  options: WorkOptions,
): Promise<readonly Summary[]> {
  const parts = columns.map(summarySql);
  const [row] = await table.query(`SELECT ${parts.flat().join(', ')} FROM ${relation}`, options);
  return columns.map(({ type }, at) => {
    const width = parts[at]!.length;
    return summaryOf(type, rowCount, row!.slice(at * width, (at + 1) * width));
  });
}

/** In the order in which `summaryOf` takes them. */
function summarySql({ type, sql }: CopiedColumn): readonly string[] {
  const number = numberSql(type, sql);
  // The ends are those of its line, where infinity and what is no number have no place.
  const line = type === 'number' ? `CASE WHEN isfinite(${sql}) THEN ${sql} END` : sql;
  const nothing = (count: number) => Array.from({ length: count }, () => 'NULL');
  return [
    `count(${sql})`,
    `approx_count_distinct(${sql})`,
    ...(type === 'nested' || type === 'binary' ? nothing(2) : [`min(${line})`, `max(${line})`]),
    ...(number ? [`min(${number})`, `max(${number})`, `count(${number})`] : nothing(3)),
    ...(isNumeric(type)
      ? [`avg(${number})`, `stddev_samp(CASE WHEN abs(${number}) < ${largest} THEN ${number} END)`]
      : nothing(2)),
    ...(type === 'text' ? [`min(length(${sql}))`, `avg(length(${sql}))`, `max(length(${sql}))`] : nothing(3)),
  ];
}

function summaryOf(type: ColumnType, rowCount: number, cells: readonly Cell[]): Summary {
  const [present, distinct, minimum, maximum, low, high, count, mean, deviation, shortest, length, longest] =
    cells;
  const missing = rowCount - Number(present);
  if (present === 0) {
    return { profile: { missing }, distinct: 0 };
  }
  return {
    distinct: Number(distinct),
    profile: {
      missing,
      ...(minimum !== null && { minimum: shortened(minimum!), maximum: shortened(maximum!) }),
      ...(type === 'text' && {
        lengths: { minimum: Number(shortest), mean: Number(length), maximum: Number(longest) },
      }),
    },
    ...(low !== null && { line: { low: Number(low), high: Number(high), count: Number(count) } }),
    ...(isNumeric(type) &&
      low !== null && {
        moments: {
          mean: Number(mean),
          ...(deviation !== null && isSquarable(low!, high!) && { standardDeviation: Number(deviation) }),
        },
      }),
  };
}

async function completeNumbers(
  table: Table,
  { relation }: WorkingCopy,
  { type, sql }: CopiedColumn,
  { line, moments }: Summary,
  options: WorkOptions,
): Promise<{ readonly numbers?: NumberSummary }> {
  if (!line || !moments) {
    return {};
  }
  const numbers = { relation, sql: numberSql(type, sql)!, ...line };
  const values = await exactQuantiles(table, numbers, shares, options);
  const quantiles = shares.map((share, at) => ({ share, value: values[at]! }));
  return { numbers: { ...moments, quantiles } };
}

/** How many different values there are, exactly, and the most frequent ones. */
async function countValues(
  table: Table,
  { relation }: WorkingCopy,
  { type, sql }: CopiedColumn,
  parts: number,
  options: WorkOptions,
): Promise<Pick<ColumnProfile, 'distinct' | 'top'>> {
  const mostFrequent = `ORDER BY count DESC, value LIMIT ${topValues}`;
  const answers = await queryInParts(
    table,
    parts,
    (inPart) =>
      `WITH groups AS MATERIALIZED (
         SELECT ${sql} AS value, count(*) AS count FROM ${relation}
         WHERE ${sql} IS NOT NULL AND ${inPart(`hash(${sql})`)} GROUP BY 1
       )
       SELECT (SELECT count(*) FROM groups), value, count FROM groups ${mostFrequent}`,
    options,
  );
  const compare = comparison(type);
  const top = answers
    .flat()
    .map(([, value, count]) => ({ value: value!, count: Number(count) }))
    .sort((a, b) => b.count - a.count || compare(a.value, b.value))
    .slice(0, topValues);
  return {
    distinct: answers.reduce((sum, [first]) => sum + Number(first?.[0] ?? 0), 0),
    // Where no value comes twice none is more frequent than another.
    top: (top[0]?.count ?? 0) > 1 ? top.map(({ value, count }) => ({ value: shortened(value), count })) : [],
  };
}

/** Of the different values with their counts. */
function bytesOfValues({ distinct, profile }: Summary): number {
  return distinct * (bytesPerValue + (profile.lengths?.mean ?? 0));
}

async function countBins(
  table: Table,
  { relation }: WorkingCopy,
  { type, sql }: CopiedColumn,
  { line }: Summary,
  options: WorkOptions,
): Promise<{ histogram?: Histogram }> {
  const bins = line && binsFor(line.low, line.high, type === 'integer' || type === 'date');
  if (!bins) {
    return {};
  }
  const number = numberSql(type, sql)!;
  const place = `least(CAST(floor((${number} - ${bins.low}) / ${bins.width}) AS INTEGER), ${bins.count - 1})`;
  const rows = await table.query(
    `SELECT ${place}, count(*) FROM ${relation} WHERE ${number} IS NOT NULL GROUP BY 1`,
    options,
  );
  const counts = Array.from({ length: bins.count }, () => 0);
  for (const [at, count] of rows) {
    counts[Number(at)] = Number(count);
  }
  return { histogram: { edges: readableEdges(type, bins), counts } };
}

function isSquarable(low: Cell, high: Cell): boolean {
  return Math.max(Math.abs(Number(low)), Math.abs(Number(high))) < largest;
}
