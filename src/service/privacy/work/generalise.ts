import { groupDigits } from '../../../base/format.ts';
import type { GeneralisationSearch } from '../../../protocol/privacy.ts';
import type { Progress } from '../../../protocol/rpc.ts';
import type { Cell, EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import { noSuchLevel, nothingSensitive, sensitiveIsGrouped } from '../errors.ts';
import { type Criterion, describeCriterion } from '../guarantee/criteria.ts';
import { nothingLeft } from '../guarantee/errors.ts';
import {
  fullDomainGeneralisation,
  type Generalisation,
  localGeneralisation,
} from '../guarantee/generalisation.ts';
import { type Label, labelOf } from '../guarantee/hierarchy/hierarchy.ts';
import { compileHierarchy, type LevelTable } from '../guarantee/hierarchy/levelTable.ts';
import { partitionByMondrian } from '../guarantee/mondrian.ts';
import type { MondrianColumn } from '../guarantee/mondrianDimension.ts';
import type { SensitiveColumn } from '../guarantee/nodeCheck.ts';
import {
  type QuasiIdentifierCost,
  type SearchProgress,
  type SearchResult,
  searchGeneralisation,
} from '../guarantee/search.ts';
import { columnSql, type SqlExpression } from '../methods/sqlExpression.ts';
import type { PlannedColumn, TransformPlan } from '../planTypes.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import type { Guarantee } from '../recipe/guaranteeSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { JobContext } from './context.ts';
import { levelsFromRecipe } from './hierarchies.ts';
import { type Dimension, readTuples, rowsOfCodes } from './readTuples.ts';
import { type Argument, argumentOf, call, cellOf } from './rowFunctions.ts';
import { searchOutcome } from './searchOutcome.ts';
import { keptColumn, type Source } from './source.ts';

/** What the guarantee does to the rows. */
export interface AppliedGuarantee {
  readonly generalised: ReadonlyMap<string, SqlExpression>;
  /** Rows for which it is true are released; undefined when all are. */
  readonly released: SqlExpression | undefined;
  readonly suppressedRows: number;
  readonly rowCount: number;
  /** Columns whose classes count. */
  readonly dimensions: readonly string[];
  /** Quasi-identifiers whose values are changed at random, which therefore form no classes. */
  readonly perturbed: readonly string[];
  readonly levels: Readonly<Record<string, number>>;
  readonly costs: readonly QuasiIdentifierCost[];
  /** Undefined where nothing was searched: groups are formed locally, or every level was chosen before. */
  readonly search: GeneralisationSearch | undefined;
  /** The distinct combinations of the dimensions before, with their rows. */
  readonly tuples: { readonly table: EncodedTable; readonly counts: Int32Array };
  /** The same after: labels for each combination; undefined where it is suppressed. */
  readonly labelsOfTuple: (tuple: number) => readonly Label[] | undefined;
}

/** Undefined when the recipe names no quasi-identifier that forms classes. */
export async function applyGuarantee(
  source: Source,
  recipe: Recipe,
  plan: TransformPlan,
  { folder, searchSeconds }: { readonly folder: string; readonly searchSeconds: number },
  context: JobContext,
): Promise<AppliedGuarantee | undefined> {
  const { dimensions, perturbed } = dimensionsOf(source, recipe, plan);
  if (dimensions.length === 0) {
    return undefined;
  }
  const { guarantee } = recipe;
  const sensitive = sensitiveColumns(recipe, guarantee);
  refuseUnchecked(guarantee, sensitive, dimensions);
  context.report({ message: 'Counting the combinations of quasi-identifiers' });
  const tuples = await readTuples(source, plan, dimensions, sensitive, context);
  const quasi = tuples.table.columns.slice(0, dimensions.length);
  const levelTables = dimensions.map((dimension, at) =>
    levelTableOf(dimension, quasi[at]!, tuples.counts, recipe, folder),
  );
  const sensitives = tuples.table.columns
    .slice(dimensions.length)
    .map((column) => sensitiveColumn(column, tuples.counts, recipe, folder));
  const rowCount = tuples.counts.reduce((sum, count) => sum + count, 0);
  const criteria = rowCount === 0 ? [] : criteriaOf(guarantee, sensitive);
  const found =
    criteria.length > 0 && guarantee?.search === 'mondrian'
      ? byMondrian(
          dimensions,
          levelTables,
          sensitives,
          criteria,
          tuples.counts,
          guarantee.levels ?? {},
          context,
        )
      : bySearch(dimensions, levelTables, sensitives, criteria, tuples.counts, guarantee, {
          ...context,
          searchSeconds,
        });
  if (rowCount > 0 && found.suppressedRows === rowCount) {
    throw nothingLeft(criteria.map(describeCriterion).join(', '), rowCount);
  }
  const lookUp = lookUpOf(found.generalisation, quasi, dimensions.length);
  const { generalised, released } = await expressions(source, dimensions, lookUp, found.suppressedRows > 0);
  return {
    generalised,
    released,
    suppressedRows: found.suppressedRows,
    rowCount,
    dimensions: dimensions.map(({ name }) => name),
    perturbed,
    levels: found.levels,
    costs: found.result?.costs ?? [],
    search: found.search,
    tuples: { table: { rowCount: tuples.table.rowCount, columns: quasi }, counts: tuples.counts },
    labelsOfTuple: (tuple) => lookUp.labels(quasi.map(({ values, codes }) => values[codes[tuple]!]!)),
  };
}

const randomMethods: readonly RecipeColumn['method'][] = [
  'noise',
  'dateShift',
  'differentialPrivacy',
  'rankSwap',
  'microaggregation',
];

function dimensionsOf(
  source: Source,
  recipe: Recipe,
  plan: TransformPlan,
): { dimensions: readonly Dimension[]; perturbed: readonly string[] } {
  const dimensions: Dimension[] = [];
  const perturbed: string[] = [];
  for (const column of plan.columns) {
    if (recipe.columns[column.name]?.role !== 'quasiIdentifier' && column.stage !== 'hierarchy') {
      continue;
    }
    if (randomMethods.includes(column.method)) {
      perturbed.push(column.name);
      continue;
    }
    dimensions.push({
      name: column.name,
      hierarchy: column.stage === 'hierarchy' ? column : undefined,
      argument: argumentOfDimension(source, column),
    });
  }
  return { dimensions, perturbed };
}

/** What JavaScript alone can compute counts as it was: its classes are at least as fine as those of the output. */
function argumentOfDimension(source: Source, column: PlannedColumn): Argument {
  const type = source.columns.find(({ name }) => name === column.name)!.type;
  if (column.method === 'keep') {
    // 7 and 7.0 are one number and two texts: what the output will have must be alike.
    const kept = keptColumn(source, column.name);
    return argumentOf(columnSql(kept), kept === column.name ? type : 'VARCHAR');
  }
  return column.stage === 'sql'
    ? argumentOf(column.expression, column.outputType)
    : argumentOf(columnSql(column.name), type);
}

/** The report says that sensitive values are diverse only where they were looked at. */
function refuseUnchecked(
  guarantee: Guarantee | undefined,
  sensitive: readonly string[],
  dimensions: readonly Dimension[],
): void {
  const isAsked = (guarantee?.l?.length ?? 0) > 0 || (guarantee?.t?.length ?? 0) > 0;
  if (isAsked && sensitive.length === 0) {
    throw nothingSensitive();
  }
  const generalised = sensitive.find((name) => dimensions.some((dimension) => dimension.name === name));
  if (generalised !== undefined) {
    throw sensitiveIsGrouped(generalised);
  }
}

export function sensitiveColumns(recipe: Recipe, guarantee: Guarantee | undefined): readonly string[] {
  const named = [...(guarantee?.l ?? []), ...(guarantee?.t ?? [])].flatMap(
    ({ columns }) => columns ?? columnsWithRole(recipe, 'sensitive'),
  );
  return [...new Set(named)];
}

function columnsWithRole(recipe: Recipe, role: string): readonly string[] {
  return Object.keys(recipe.columns).filter((name) => recipe.columns[name]!.role === role);
}

function criteriaOf(guarantee: Guarantee | undefined, all: readonly string[]): Criterion[] {
  const { k, l = [], t = [] } = guarantee ?? {};
  return [
    ...(k === undefined ? [] : [{ kind: 'kAnonymity', k } as const]),
    ...l.flatMap((one) => (one.columns ?? all).map((sensitive) => diversityOf(one, sensitive))),
    ...t.flatMap(({ columns, t: most, distance }) =>
      (columns ?? all).map((sensitive) => ({ kind: 'closeness', sensitive, t: most, distance }) as const),
    ),
  ];
}

function diversityOf({ kind, l, c = 1 }: NonNullable<Guarantee['l']>[number], sensitive: string): Criterion {
  if (kind === 'recursive') {
    return { kind: 'recursiveDiversity', sensitive, c, l };
  }
  return { kind: kind === 'entropy' ? 'entropyDiversity' : 'distinctDiversity', sensitive, l };
}

function levelTableOf(
  { hierarchy }: Dimension,
  column: EncodedColumn,
  counts: Int32Array,
  recipe: Recipe,
  folder: string,
): LevelTable {
  if (!hierarchy) {
    // One level: the search may not change it.
    const rows = column.values.map((value) => [labelOf(value)]);
    return compileHierarchy(column, { rows: rows.length === 0 ? [[null]] : rows });
  }
  const chosen = recipe.guarantee?.hierarchies[hierarchy.hierarchy] ?? { kind: 'automatic' };
  return levelsFromRecipe(chosen, column, rowsOfCodes(column, counts), folder);
}

/** With its hierarchy where the distance of its values comes from that. */
function sensitiveColumn(
  column: EncodedColumn,
  counts: Int32Array,
  { guarantee, columns }: Recipe,
  folder: string,
): SensitiveColumn {
  const isHierarchical = guarantee?.t?.some(
    ({ distance, columns: named }) =>
      distance === 'hierarchical' &&
      (named ? named.includes(column.name) : columns[column.name]?.role === 'sensitive'),
  );
  const chosen = guarantee?.hierarchies[column.name] ?? { kind: 'automatic' };
  return isHierarchical
    ? { column, tree: levelsFromRecipe(chosen, column, rowsOfCodes(column, counts), folder) }
    : { column };
}

interface Found {
  readonly generalisation: Generalisation;
  readonly suppressedRows: number;
  readonly levels: Readonly<Record<string, number>>;
  readonly result: SearchResult | undefined;
  readonly search: GeneralisationSearch | undefined;
}

function bySearch(
  dimensions: readonly Dimension[],
  quasiIdentifiers: readonly LevelTable[],
  sensitive: readonly SensitiveColumn[],
  criteria: readonly Criterion[],
  weights: Int32Array,
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
    weights,
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
  dimensions: readonly Dimension[],
  quasiIdentifiers: readonly LevelTable[],
  sensitive: readonly SensitiveColumn[],
  criteria: readonly Criterion[],
  counts: Int32Array,
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

interface LookUp {
  /** Labels of a combination of values; undefined when its rows are suppressed. */
  readonly labels: (values: readonly Cell[]) => readonly Label[] | undefined;
  /** Of each column alone, where one generalisation counts for the whole of it. */
  readonly ofColumn: readonly ReadonlyMap<Cell, Label>[] | undefined;
}

function lookUpOf(generalisation: Generalisation, quasi: readonly EncodedColumn[], width: number): LookUp {
  if (generalisation.kind === 'fullDomain') {
    const labelOfValue = generalisation.columns.map(
      ({ values, labels }) => new Map(values.map((value, index) => [value, labels[index]!])),
    );
    const lost = new Set(generalisation.suppressedClasses.map((labels) => JSON.stringify(labels)));
    return {
      ofColumn: labelOfValue,
      labels: (values) => {
        const labels = values.map((value, at) => labelOfValue[at]!.get(value) ?? null);
        return lost.size > 0 && lost.has(JSON.stringify(labels)) ? undefined : labels;
      },
    };
  }
  const { groups, tuples } = generalisation;
  if (!tuples || quasi.length !== width) {
    throw new Error('Equal rows were dealt to several groups');
  }
  const groupOf = new Map(tuples.map(({ values, group }) => [JSON.stringify(values), group]));
  return { ofColumn: undefined, labels: (values) => groups[groupOf.get(JSON.stringify(values))!] };
}

/** Columns of the output as functions over the row: in a stream, so that the rows stay in their order. */
async function expressions(
  { table }: Source,
  dimensions: readonly Dimension[],
  lookUp: LookUp,
  isSuppressing: boolean,
): Promise<Pick<AppliedGuarantee, 'generalised' | 'released'>> {
  const all = dimensions.map(({ argument }) => argument);
  // Combinations repeat within a batch and beyond it.
  const cached = cachedLookUp(lookUp.labels);
  const generalised = new Map<string, SqlExpression>();
  for (const [at, { name, hierarchy }] of dimensions.entries()) {
    if (hierarchy) {
      const own = lookUp.ofColumn?.[at];
      const expression = await call(table, {
        arguments: own ? [all[at]!] : all,
        result: 'VARCHAR',
        compute: own
          ? (_, [values]) => values!.map((value) => own.get(cellOf(value)) ?? null)
          : (rowCount, columns) =>
              Array.from({ length: rowCount }, (_, row) => cached(columns, row)?.[at] ?? null),
      });
      generalised.set(name, expression);
    }
  }
  const released = isSuppressing
    ? await call(table, {
        arguments: all,
        result: 'BOOLEAN',
        compute: (rowCount, columns) =>
          Array.from({ length: rowCount }, (_, row) => cached(columns, row) !== undefined),
      })
    : undefined;
  return { generalised, released };
}

function cachedLookUp(lookUp: LookUp['labels']) {
  const known = new Map<string, readonly Label[] | undefined>();
  return (columns: readonly (readonly (string | number | bigint | boolean | null)[])[], row: number) => {
    const key = columns.map((column) => `${typeof column[row]}${column[row]}`).join('\u0000');
    if (known.has(key)) {
      return known.get(key);
    }
    const labels = lookUp(columns.map((column) => cellOf(column[row]!)));
    if (known.size < 200_000) {
      known.set(key, labels);
    }
    return labels;
  };
}
