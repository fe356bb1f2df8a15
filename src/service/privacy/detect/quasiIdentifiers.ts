import type { EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';

/** How well a set of columns tells rows apart. */
export interface Distinction {
  /** Names, in the order of the table. */
  readonly columns: readonly string[];
  /** α-distinction: distinct tuples by rows, 1 for a key. */
  readonly distinction: number;
  /** α-separation: the share of pairs of rows that differ in at least one of the columns. */
  readonly separation: number;
}

export interface DistinctionOptions {
  /** The most columns of a set; 3 unless told. */
  readonly largest?: number;
  /** The most sets to look at; 2,000 unless told, small sets first. */
  readonly budget?: number;
  /** Throws when the work is no longer wanted. */
  readonly checkCancelled?: () => void;
}

/**
 * α-distinction and α-separation (Motwani and Xu, "Efficient algorithms for masking and finding quasi-identifiers",
 * 2007) of every set of up to `largest` columns, small sets first. A sample of 10,000 rows is enough to order them.
 * Sets that hold a set which tells all rows apart are left out: they say nothing new.
 */
export function measureDistinction(
  table: EncodedTable,
  { largest = 3, budget = 2_000, checkCancelled }: DistinctionOptions = {},
): Distinction[] {
  const found: Distinction[] = [];
  const whole = { members: [], codes: new Int32Array(table.rowCount), groups: 1 };
  let level: readonly Grouping[] = table.rowCount === 0 ? [] : [whole];
  for (let size = 1; size <= largest; size += 1) {
    const next: Grouping[] = [];
    for (const refined of refinements(level, table)) {
      if (found.length >= budget) {
        return found;
      }
      checkCancelled?.();
      found.push(describe(refined, table));
      if (refined.groups < table.rowCount) {
        next.push(refined);
      }
    }
    level = next;
  }
  return found;
}

/** Each grouping split by each column after its own, so that no set comes twice. */
function* refinements(level: readonly Grouping[], table: EncodedTable): Generator<Grouping> {
  for (const grouping of level) {
    for (let column = (grouping.members.at(-1) ?? -1) + 1; column < table.columns.length; column += 1) {
      yield refine(grouping, column, table.columns[column]!);
    }
  }
}

/** Rows with the same tuple have the same code, 0 to `groups` − 1. */
interface Grouping {
  readonly members: readonly number[];
  readonly codes: Int32Array;
  readonly groups: number;
}

/** Groups split by one more column: a group and a value are one number, which gets a code when first met. */
function refine(grouping: Grouping, column: number, { codes, values }: EncodedColumn): Grouping {
  const known = new Map<number, number>();
  const refined = new Int32Array(codes.length);
  for (let row = 0; row < codes.length; row += 1) {
    const pair = grouping.codes[row]! * values.length + codes[row]!;
    let code = known.get(pair);
    if (code === undefined) {
      code = known.size;
      known.set(pair, code);
    }
    refined[row] = code;
  }
  return { members: [...grouping.members, column], codes: refined, groups: known.size };
}

function describe({ members, codes, groups }: Grouping, { rowCount, columns }: EncodedTable): Distinction {
  const sizes = new Float64Array(groups);
  for (const code of codes) {
    sizes[code]! += 1;
  }
  const alike = sizes.reduce((sum, size) => sum + (size * (size - 1)) / 2, 0);
  const pairs = (rowCount * (rowCount - 1)) / 2;
  return {
    columns: members.map((member) => columns[member]!.name),
    distinction: groups / rowCount,
    separation: pairs === 0 ? 1 : 1 - alike / pairs,
  };
}

/** What a column adds to what others tell. */
export interface QuasiIdentifierHint {
  readonly column: string;
  /** The share of rows that it tells apart in addition, on the average of all sets that it is in. */
  readonly gain: number;
  /** A sentence for a person. */
  readonly evidence: string;
}

/** More than a value for every second row: a key or a measurement, which nobody who looks for a person knows. */
const keyFrom = 0.5;

/**
 * Columns, the most telling first, that single rows out beside others whatever they mean: of those, the ones that no
 * detector knows are worth a question.
 * @param distinctions of all sets up to a size, as `measureDistinction` answers them
 * @param least gain for a column to be named; a twentieth of the rows unless told
 */
export function hintQuasiIdentifiers(
  distinctions: readonly Distinction[],
  least = 0.05,
): QuasiIdentifierHint[] {
  const known = new Map(distinctions.map(({ columns, distinction }) => [columns.join('\0'), distinction]));
  const isKey = (column: string) => (known.get(column) ?? 1) >= keyFrom;
  const gains = new Map<string, number[]>();
  for (const { columns, distinction } of distinctions) {
    for (const column of columns.some(isKey) ? [] : columns) {
      const others = columns.filter((other) => other !== column);
      const without = others.length === 0 ? 0 : (known.get(others.join('\0')) ?? distinction);
      gains.set(column, [...(gains.get(column) ?? []), distinction - without]);
    }
  }
  return [...gains]
    .map(([column, all]) => ({ column, gain: all.reduce((sum, gain) => sum + gain, 0) / all.length }))
    .filter(({ gain }) => gain >= least)
    .sort((a, b) => b.gain - a.gain)
    .map(({ column, gain }) => ({
      column,
      gain,
      evidence: `Beside other columns it tells ${(gain * 100).toFixed(0)} % more of the rows apart.`,
    }));
}
