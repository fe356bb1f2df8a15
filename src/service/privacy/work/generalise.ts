import type { GeneralisationSearch } from '../../../protocol/privacy.ts';
import type { EncodedColumn, EncodedTable } from '../../data/encodedTable.ts';
import { describeCriterion } from '../guarantee/criteria.ts';
import { nothingLeft } from '../guarantee/errors.ts';
import { type Label, labelOf } from '../guarantee/hierarchy/hierarchy.ts';
import { compileHierarchy, type LevelTable } from '../guarantee/hierarchy/levelTable.ts';
import type { SensitiveColumn } from '../guarantee/nodeCheck.ts';
import type { QuasiIdentifierCost } from '../guarantee/search.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import type { PlannedColumn, TransformPlan } from '../planTypes.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { criteriaOf, refuseUnchecked, sensitiveColumns } from './askedCriteria.ts';
import type { JobContext } from './context.ts';
import { findGeneralisation } from './findGeneralisation.ts';
import { type GeneralisedColumns, generalisedColumns, lookUpOf } from './generalisedColumns.ts';
import { levelsFromRecipe } from './hierarchies.ts';
import { type Dimension, readTuples, rowsOfCodes } from './readTuples.ts';
import { type Argument, argumentOf } from './rowFunctions.ts';
import { keptColumn, type Source } from './source.ts';

/** What the guarantee does to the rows. */
export interface AppliedGuarantee extends GeneralisedColumns {
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
  const found = findGeneralisation(
    { dimensions, quasiIdentifiers: levelTables, sensitive: sensitives, criteria, counts: tuples.counts },
    guarantee,
    { ...context, searchSeconds },
  );
  if (rowCount > 0 && found.suppressedRows === rowCount) {
    throw nothingLeft(criteria.map(describeCriterion).join(', '), rowCount);
  }
  const lookUp = lookUpOf(found.generalisation, quasi, dimensions.length);
  const isSuppressing = found.suppressedRows > 0;
  return {
    ...(await generalisedColumns(source, dimensions, lookUp, isSuppressing)),
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
