import type { ColumnProfile, ColumnType, Histogram, NumberSummary } from '../../protocol/data.ts';
import { describeFewRows, fewRows } from './columnsInMemory.ts';
import { isNumeric, largest, readableEdges, shares, shortened, topValues } from './describeValues.ts';
import type { Cell } from './encodedTable.ts';
import { binsFor } from './histogramBins.ts';
import { numberSql } from './numberSql.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

type CopiedColumn = WorkingCopy['columns'][number];

const columnsAtOnce = 40;
/** Exact quantiles hold their columns in memory: not more values than this at a time, several bytes each. */
const valuesAtOnce = 10_000_000;
/** Beyond so many values a column alone is too large, and its quantiles are estimated. */
const mostExactValues = 20_000_000;

interface ColumnsWork extends WorkOptions {
  /** Also where there are few rows. */
  readonly alwaysByStatements?: boolean;
}

/** What each column is made of. Progress is told by columns. */
export async function profileColumns(
  table: Table,
  copy: WorkingCopy,
  { signal, onProgress, alwaysByStatements = false }: ColumnsWork,
): Promise<ColumnProfile[]> {
  if (copy.rowCount <= fewRows && !alwaysByStatements) {
    return describeFewRows(table, copy, { signal, onProgress });
  }
  const profiles: ColumnProfile[] = [];
  const step = Math.max(1, Math.min(columnsAtOnce, Math.floor(valuesAtOnce / Math.max(1, copy.rowCount))));
  for (let first = 0; first < copy.columns.length; first += step) {
    const columns = copy.columns.slice(first, first + step);
    const summaries = await summarise(table, copy, columns, { signal });
    for (const [at, column] of columns.entries()) {
      const values = await countValues(table, copy, column, { signal });
      const histogram = await countBins(table, copy, column, { ...summaries[at]!, ...values }, { signal });
      profiles.push({
        name: column.name,
        type: column.type,
        ...summaries[at]!.profile,
        ...values,
        ...histogram,
      });
      onProgress?.(profiles.length / copy.columns.length);
    }
  }
  return profiles;
}

interface Summary {
  readonly profile: Pick<ColumnProfile, 'missing' | 'minimum' | 'maximum' | 'numbers' | 'lengths'>;
  /** The ends as numbers, where the column has a place on a line. */
  readonly low?: number;
  readonly high?: number;
}

/** One reading for several columns; each adds the same count of values to the result's only row. */
async function summarise(
  table: Table,
  { relation, rowCount }: WorkingCopy,
  columns: readonly CopiedColumn[],
  options: WorkOptions,
): Promise<readonly Summary[]> {
  const estimated = rowCount > mostExactValues;
  const parts = columns.map((column) => summarySql(column, estimated));
  const [row] = await table.query(`SELECT ${parts.flat().join(', ')} FROM ${relation}`, options);
  return columns.map(({ type }, at) => {
    const width = parts[at]!.length;
    return summaryOf(type, rowCount, row!.slice(at * width, (at + 1) * width), estimated);
  });
}

/** In the order in which `summaryOf` takes them. */
function summarySql({ type, sql }: CopiedColumn, estimated: boolean): readonly string[] {
  const number = numberSql(type, sql);
  // The ends are those of its line, where infinity and what is no number have no place.
  const line = type === 'number' ? `CASE WHEN isfinite(${sql}) THEN ${sql} END` : sql;
  const quantile = estimated ? 'approx_quantile' : 'quantile_cont';
  const nothing = (count: number) => Array.from({ length: count }, () => 'NULL');
  return [
    `count(${sql})`,
    ...(type === 'nested' || type === 'binary' ? nothing(2) : [`min(${line})`, `max(${line})`]),
    ...(number ? [`min(${number})`, `max(${number})`] : nothing(2)),
    ...(isNumeric(type)
      ? [
          `avg(${number})`,
          `stddev_samp(CASE WHEN abs(${number}) < ${largest} THEN ${number} END)`,
          `to_json(${quantile}(${number}, [${shares.join(', ')}]))`,
        ]
      : nothing(3)),
    ...(type === 'text' ? [`min(length(${sql}))`, `avg(length(${sql}))`, `max(length(${sql}))`] : nothing(3)),
  ];
}

function summaryOf(type: ColumnType, rowCount: number, cells: readonly Cell[], estimated: boolean): Summary {
  const [present, minimum, maximum, low, high, mean, deviation, quantiles, shortest, length, longest] = cells;
  const missing = rowCount - Number(present);
  if (present === 0) {
    return { profile: { missing } };
  }
  const numbers: NumberSummary | undefined =
    isNumeric(type) && low !== null
      ? {
          mean: Number(mean),
          ...(deviation !== null && isSquarable(low!, high!) && { standardDeviation: Number(deviation) }),
          quantiles: (JSON.parse(String(quantiles)) as number[]).map((value, at) => ({
            share: shares[at]!,
            value,
          })),
          estimated,
        }
      : undefined;
  return {
    profile: {
      missing,
      ...(minimum !== null && { minimum: shortened(minimum!), maximum: shortened(maximum!) }),
      ...(numbers && { numbers }),
      ...(type === 'text' && {
        lengths: { minimum: Number(shortest), mean: Number(length), maximum: Number(longest) },
      }),
    },
    ...(low !== null && { low: Number(low), high: Number(high) }),
  };
}

/** How many different values there are, exactly, and the most frequent ones. */
async function countValues(
  table: Table,
  { relation }: WorkingCopy,
  { sql }: CopiedColumn,
  options: WorkOptions,
): Promise<Pick<ColumnProfile, 'distinct' | 'top'>> {
  const rows = await table.query(
    `WITH groups AS MATERIALIZED (SELECT ${sql} AS value, count(*) AS count FROM ${relation} WHERE ${sql} IS NOT NULL GROUP BY 1)
     SELECT (SELECT count(*) FROM groups), value, count FROM groups ORDER BY count DESC, value LIMIT ${topValues}`,
    options,
  );
  const top = rows.map(([, value, count]) => ({ value: shortened(value!), count: Number(count) }));
  // Where no value comes twice none is more frequent than another.
  return { distinct: Number(rows[0]?.[0] ?? 0), top: (top[0]?.count ?? 0) > 1 ? top : [] };
}

async function countBins(
  table: Table,
  { relation }: WorkingCopy,
  { type, sql }: CopiedColumn,
  { low, high }: Pick<Summary, 'low' | 'high'>,
  options: WorkOptions,
): Promise<{ histogram?: Histogram }> {
  const bins =
    low === undefined || high === undefined
      ? undefined
      : binsFor(low, high, type === 'integer' || type === 'date');
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
