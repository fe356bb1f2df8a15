import type { Table, WorkOptions } from './table.ts';

/** The finite numbers of a column, and what is known of all of them. */
export interface Numbers {
  readonly relation: string;
  /** SQL of a double; null where there is none. */
  readonly sql: string;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Exact quantiles of any count of numbers in little memory, between neighbours in proportion, as DuckDB's
 * `quantile_cont` has them, which would hold all values. Numbers are counted by their place on the line of all doubles,
 * roughly first and then more finely only where a wanted rank lies (radix selection), so the number of readings does not
 * depend on how the values are spread.
 */
export async function exactQuantiles(
  table: Table,
  numbers: Numbers,
  shares: readonly number[],
  options: WorkOptions = {},
): Promise<readonly number[]> {
  const places = shares.map((share) => share * (numbers.count - 1));
  const ranks = [...new Set(places.flatMap((place) => [Math.floor(place), Math.ceil(place)]))];
  const values = await valuesAtRanks(table, numbers, ranks, options);
  return places.map((place) => {
    const [low, high] = [values.get(Math.floor(place))!, values.get(Math.ceil(place))!];
    const share = place - Math.floor(place);
    return share === 0 ? low : low * (1 - share) + high * share;
  });
}

/** Numbers next to each other: all whose places begin with the same bits. */
interface Bin {
  readonly bits: number;
  /** How many numbers of the column are less than all of these. */
  readonly before: number;
  readonly count: number;
  readonly low: number;
  readonly high: number;
}

/** How many bits of a place are left out, reading after reading; what is left is a number that JavaScript has. */
const roughness = [44, 32, 22, 12];
/** So many are ordered at once. */
const fewValues = 50_000;

/** The numbers of some ranks, counted from 0. */
async function valuesAtRanks(
  table: Table,
  numbers: Numbers,
  ranks: readonly number[],
  options: WorkOptions,
): Promise<ReadonlyMap<number, number>> {
  const values = new Map<number, number>();
  let open: readonly Bin[] = [{ ...numbers, bits: 0, before: 0 }];
  for (let level = 0; open.length > 0; level += 1) {
    for (const { before, count, low } of open.filter((bin) => bin.low === bin.high)) {
      for (const rank of ranks.filter((each) => each >= before && each < before + count)) {
        values.set(rank, low);
      }
    }
    open = open.filter((bin) => bin.low !== bin.high);
    const left = open.reduce((sum, { count }) => sum + count, 0);
    const finer = left <= fewValues ? undefined : roughness[level];
    if (left > 0) {
      open = await divide(table, numbers, { bins: open, ranks, rough: roughness[level - 1], finer }, options);
    }
  }
  return values;
}

interface Division {
  readonly bins: readonly Bin[];
  readonly ranks: readonly number[];
  /** How many bits the bins leave out; undefined for one bin of all numbers. */
  readonly rough: number | undefined;
  /** How many their parts leave out; undefined where each number is to be a part of its own. */
  readonly finer: number | undefined;
}

/** The parts of some bins that hold one of the ranks, in one reading. */
async function divide(
  table: Table,
  { relation, sql }: Numbers,
  { bins, ranks, rough, finer }: Division,
  options: WorkOptions,
): Promise<readonly Bin[]> {
  const bin = rough === undefined ? '0' : `place >> ${rough}`;
  const part = finer === undefined ? 'number' : `place >> ${finer}`;
  const isOpen = rough === undefined ? 'true' : `${bin} IN (${bins.map(({ bits }) => bits).join(', ')})`;
  const counted = table.chunks(
    `SELECT ${bin}, ${part}, count(*), min(number), max(number)
     FROM (SELECT number, ${placeSql('number')} AS place FROM (SELECT ${sql} AS number FROM ${relation}))
     WHERE number IS NOT NULL AND ${isOpen} GROUP BY 1, 2 ORDER BY 2`,
    options,
  );
  const before = new Map(bins.map((each) => [each.bits, each.before]));
  const parts: Bin[] = [];
  for await (const { rowCount, columns } of counted) {
    const [of, bits, counts, lows, highs] = columns.map((cells) => cells.map(Number));
    for (let row = 0; row < rowCount; row += 1) {
      const [first, count] = [before.get(of![row]!)!, counts![row]!];
      before.set(of![row]!, first + count);
      if (ranks.some((rank) => rank >= first && rank < first + count)) {
        parts.push({ bits: bits![row]!, before: first, count, low: lows![row]!, high: highs![row]! });
      }
    }
  }
  return parts;
}

/** How many doubles lie between zero and a number: its bits, which of what is below zero rise as it falls. */
function placeSql(number: string): string {
  const bits = `CAST(CAST(${number} AS BIT) AS BIGINT)`;
  return `CASE WHEN ${number} > 0 THEN ${bits} WHEN ${number} = 0 THEN 0 ELSE xor(${bits}, 9223372036854775807) END`;
}
