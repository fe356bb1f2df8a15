import { groupDigits } from '../../../base/format.ts';
import type { GeneralisationSearch } from '../../../protocol/privacy.ts';
import type { Progress } from '../../../protocol/rpc.ts';
import type { EncodedColumn } from '../../data/encodedTable.ts';
import { noSuchLevel } from '../errors.ts';
import type { Criterion } from '../guarantee/criteria.ts';
import {
  fullDomainGeneralisation,
  type Generalisation,
  localGeneralisation,
} from '../guarantee/generalisation.ts';
import type { LevelTable } from '../guarantee/hierarchy/levelTable.ts';
import { partitionByMondrian } from '../guarantee/mondrian.ts';
import type { MondrianColumn } from '../guarantee/mondrianDimension.ts';
import type { SensitiveColumn } from '../guarantee/nodeCheck.ts';
import { type SearchProgress, type SearchResult, searchGeneralisation } from '../guarantee/search.ts';
import type { Guarantee } from '../recipe/guaranteeSchema.ts';
import type { JobContext } from './context.ts';
import type { Dimension } from './readTuples.ts';
import { searchOutcome } from './searchOutcome.ts';

/** The columns whose classes count, and those in which every class has to be diverse. */
export interface Grouped {
  readonly dimensions: readonly Dimension[];
  readonly quasiIdentifiers: readonly LevelTable[];
  readonly sensitive: readonly SensitiveColumn[];
  readonly criteria: readonly Criterion[];
  /** Rows of each combination. */
  readonly counts: Int32Array;
}

export interface Found {
  readonly generalisation: Generalisation;
  readonly suppressedRows: number;
  readonly levels: Readonly<Record<string, number>>;
  readonly result: SearchResult | undefined;
  readonly search: GeneralisationSearch | undefined;
}

/** What the guarantee makes of the columns. Throws where it cannot be had. */
export function findGeneralisation(
  grouped: Grouped,
  guarantee: Guarantee | undefined,
  context: JobContext & { readonly searchSeconds: number },
): Found {
  return grouped.criteria.length > 0 && guarantee?.search === 'mondrian'
    ? byMondrian(grouped, guarantee.levels ?? {}, context)
    : bySearch(grouped, guarantee, context);
}

/** One generalisation for each whole column, the best that is found in that time. */
function bySearch(
  { dimensions, quasiIdentifiers, sensitive, criteria, counts }: Grouped,
  guarantee: Guarantee | undefined,
  { checkCancelled, report, searchSeconds }: JobContext & { readonly searchSeconds: number },
): Found {
  const kept = guarantee?.levels ?? {};
  refuseUnknownLevels(kept, dimensions, quasiIdentifiers);
  const fixed = dimensions.map(({ name, hierarchy }) => kept[name] ?? hierarchy?.level);
  const highest = quasiIdentifiers.map(({ levels }, at) =>
    Math.min(fixed[at] ?? levels.length, levels.length - 1),
  );
  const lowest = fixed.map((level, at) => (level === undefined ? 0 : highest[at]!));
  const task = {
    quasiIdentifiers,
    // Without a guarantee every class is good enough.
    criteria: criteria.length > 0 ? criteria : [{ kind: 'kAnonymity', k: 1 } as const],
    sensitive,
    suppressionLimit: guarantee?.suppressionLimit ?? 0,
    weights: counts,
    lowest,
    highest,
    checkCancelled,
    timeLimit: searchSeconds * 1000,
    kept,
    onProgress: (progress: SearchProgress) => report(searchProgress(progress)),
  };
  const result = searchGeneralisation(task);
  return {
    generalisation: fullDomainGeneralisation(task, result),
    suppressedRows: result.suppressedRows,
    levels: Object.fromEntries(dimensions.map(({ name }, at) => [name, result.levels[at]!])),
    result,
    search: dimensions.every((_, at) => fixed[at] !== undefined || quasiIdentifiers[at]!.levels.length === 1)
      ? undefined
      : searchOutcome(result, searchSeconds),
  };
}

function searchProgress({ checks, nodes, left }: SearchProgress): Progress {
  const message = 'Searching the best generalisation';
  return left === undefined
    ? { message: `${message}: ${groupDigits(checks)} tried` }
    : {
        message: `${message}: ${groupDigits(left)} of ${groupDigits(nodes)} left`,
        fraction: 1 - left / nodes,
      };
}

/** A level that is kept must be one of its column now. */
function refuseUnknownLevels(
  kept: Readonly<Record<string, number>>,
  dimensions: readonly Dimension[],
  quasiIdentifiers: readonly LevelTable[],
): void {
  for (const [name, level] of Object.entries(kept)) {
    const at = dimensions.findIndex((dimension) => dimension.name === name);
    const highest = at < 0 ? undefined : quasiIdentifiers[at]!.levels.length - 1;
    if (highest === undefined || level > highest) {
      throw noSuchLevel(name, level, highest);
    }
  }
}

/** Equal rows always fall into one group, so the groups of combinations are those of rows. */
function byMondrian(
  { dimensions, quasiIdentifiers, sensitive, criteria, counts }: Grouped,
  kept: Readonly<Record<string, number>>,
  { checkCancelled, report }: JobContext,
): Found {
  const tupleOfRow = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  for (const [tuple, count] of counts.entries()) {
    tupleOfRow.fill(tuple, at, at + count);
    at += count;
  }
  const byRow = (column: EncodedColumn): EncodedColumn => ({
    ...column,
    codes: tupleOfRow.map((tuple) => column.codes[tuple]!),
  });
  refuseUnknownLevels(kept, dimensions, quasiIdentifiers);
  const chosen = dimensions.map(({ name, hierarchy }) => kept[name] ?? hierarchy?.level);
  const columns = quasiIdentifiers.map(({ column }) => byRow(column));
  const result = partitionByMondrian({
    quasiIdentifiers: quasiIdentifiers.map((table, index): MondrianColumn => {
      const column = columns[index]!;
      const level = chosen[index];
      if (level !== undefined) {
        return { kind: 'hierarchy', levels: onlyLevel({ ...table, column }, level) };
      }
      return column.values.every((value) => typeof value === 'number')
        ? { kind: 'numeric', column }
        : { kind: 'hierarchy', levels: { ...table, column } };
    }),
    // What its own method or a chosen level decides stands in the output as it is: rows that differ in it are not alike.
    fixed: dimensions.flatMap(({ hierarchy }, index) =>
      hierarchy && chosen[index] === undefined ? [] : [index],
    ),
    criteria,
    sensitive: sensitive.map(({ column, ...rest }) => ({ ...rest, column: byRow(column) })),
    checkCancelled,
    onProgress: (fraction) => report({ message: 'Grouping the rows', fraction }),
  });
  return {
    generalisation: localGeneralisation(columns, result),
    suppressedRows: 0,
    levels: {},
    result: undefined,
    search: undefined,
  };
}

/** A column as one of its levels has it, which is then the only one. */
function onlyLevel({ column, levels }: LevelTable, level: number): LevelTable {
  const { labels, labelOfCode, leaves } = levels[Math.min(level, levels.length - 1)]!;
  return {
    column: { ...column, values: labels, codes: column.codes.map((code) => labelOfCode[code]!) },
    levels: [{ labels, labelOfCode: Int32Array.from(labels.keys()), leaves }],
    leafCount: leaves.reduce((sum, count) => sum + count, 0),
  };
}
