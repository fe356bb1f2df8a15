import type { ColumnProfile, ColumnType, Histogram, NumberSummary } from '../../protocol/data.ts';
import { type Cell, sayableCell } from './encodedTable.ts';
import { type Bins, binsFor, edgesOf } from './histogramBins.ts';
import type { Table, WorkOptions } from './table.ts';
import type { WorkingCopy } from './workingCopy.ts';

type CopiedColumn = WorkingCopy['columns'][number];

const shares = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99];
const topValues = 10;
const columnsAtOnce = 40;
/** Exact quantiles hold their columns in memory: not more values than this at a time, several bytes each. */
const valuesAtOnce = 10_000_000;
/** Beyond so many values a column alone is too large, and its quantiles are estimated. */
const mostExactValues = 20_000_000;
/** The square of anything larger is beyond a double, and DuckDB refuses it. */
const largest = 1e150;

/** What each column is made of. Progress is told by columns. */
export async function profileColumns(
  table: Table,
  copy: WorkingCopy,
  { signal, onProgress }: WorkOptions,
): Promise<ColumnProfile[]> {
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
  const numbers: NumberSummary | undefined = isNumeric(type)
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
    `SELECT ${place}, count(*) FROM ${relation} WHERE ${sql} IS NOT NULL GROUP BY 1`,
    options,
  );
  const counts = Array.from({ length: bins.count }, () => 0);
  for (const [at, count] of rows) {
    counts[Number(at)] = Number(count);
  }
  return { histogram: { edges: readableEdges(type, bins), counts } };
}

function readableEdges(type: ColumnType, bins: Bins): readonly (number | string)[] {
  if (type !== 'date' && type !== 'timestamp') {
    return edgesOf(bins);
  }
  const unit = type === 'date' ? 86_400_000 : 1000;
  return edgesOf(bins).map((edge) => {
    const text = new Date(edge * unit).toISOString();
    return type === 'date' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
  });
}

function isSquarable(low: Cell, high: Cell): boolean {
  return Math.max(Math.abs(Number(low)), Math.abs(Number(high))) < largest;
}

function isNumeric(type: ColumnType): boolean {
  return type === 'integer' || type === 'number' || type === 'decimal';
}

/** The place of a value on a line: numbers as they are, dates in days and moments in seconds since 1970. */
export function numberSql(type: ColumnType, sql: string): string | undefined {
  if (isNumeric(type)) {
    // What is not finite has no place.
    return type === 'number'
      ? `CASE WHEN isfinite(${sql}) THEN CAST(${sql} AS DOUBLE) END`
      : `CAST(${sql} AS DOUBLE)`;
  }
  if (type === 'date') {
    return `CAST(${sql} - DATE '1970-01-01' AS DOUBLE)`;
  }
  return type === 'timestamp' ? `CAST(epoch(${sql}) AS DOUBLE)` : undefined;
}

/** A profile is looked at: nobody reads a whole document in it. */
function shortened(value: Cell): Cell {
  return typeof value === 'string' && value.length > 200 ? `${value.slice(0, 199)}…` : sayableCell(value);
}
