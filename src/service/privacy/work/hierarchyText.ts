import { tooManyForTable } from '../errors.ts';
import { writeHierarchyCsv } from '../guarantee/hierarchy/csv.ts';
import type { HierarchyRule } from '../guarantee/hierarchy/rule.ts';
import { columnSql } from '../methods/sqlExpression.ts';
import type { HierarchyRecipe } from '../recipe/guaranteeSchema.ts';
import { readRecipe } from '../recipe/readRecipe.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import type { JobContext } from './context.ts';
import { hierarchyName, levelsFromRecipe, proposedRule } from './hierarchies.ts';
import { type RecipeJob, typesOf } from './preview.ts';
import { readTuples, rowsOfCodes } from './readTuples.ts';
import { argumentOf } from './rowFunctions.ts';
import { openSource, type Source } from './source.ts';

export interface HierarchyJob extends RecipeJob {
  readonly columns: readonly string[];
}

/** A hierarchy as a person edits it. */
export interface HierarchyText {
  readonly column: string;
  /** As a section of the recipe; undefined where it is made from the data by no rule that a recipe knows. */
  readonly rule: HierarchyRecipe | undefined;
  /** As a table of all values: value;level 1;…;*. */
  readonly csv: string | undefined;
}

/** Longer tables nobody edits by hand. */
const mostValues = 10_000;

/** The hierarchies of columns, with all of their values. */
export async function writeHierarchies(
  { recipe: file, file: table, name, columns }: HierarchyJob,
  context: JobContext,
): Promise<readonly HierarchyText[]> {
  const { recipe } = readRecipe(file.text, file.name);
  const source = await openSource(table, name, typesOf(recipe.columns), context);
  try {
    const texts: HierarchyText[] = [];
    for (const column of columns) {
      context.report({ message: `Reading the values of ${column}` });
      texts.push(await writeHierarchy(source, recipe, file.folder, column, context));
    }
    return texts;
  } finally {
    source.table.dispose();
  }
}

async function writeHierarchy(
  source: Source,
  recipe: Recipe,
  folder: string,
  column: string,
  context: JobContext,
): Promise<HierarchyText> {
  const type = source.columns.find((each) => each.name === column)?.type ?? 'VARCHAR';
  const dimension = { name: column, hierarchy: undefined, argument: argumentOf(columnSql(column), type) };
  const { table: values, counts } = await readTuples(source, { columns: [] }, [dimension], [], context);
  const encoded = values.columns[0]!;
  const rows = rowsOfCodes(encoded, counts);
  const written = recipe.guarantee?.hierarchies[hierarchyName(recipe, column)] ?? { kind: 'automatic' };
  const { levels } = levelsFromRecipe(written, encoded, rows, folder);
  const isShort = encoded.values.length <= mostValues;
  const rule = written.kind === 'automatic' ? recipeOfRule(proposedRule(encoded, rows)) : written;
  if (!rule && !isShort) {
    throw tooManyForTable(column, encoded.values.length, mostValues);
  }
  const csv = writeHierarchyCsv({
    rows: [...encoded.values.keys()].map((code) =>
      levels.map(({ labels, labelOfCode }) => labels[labelOfCode[code]!]!),
    ),
  });
  return { column, rule, csv: isShort ? csv : undefined };
}

/** What a proposal says, as a recipe says it. */
function recipeOfRule(rule: HierarchyRule): HierarchyRecipe | undefined {
  switch (rule.kind) {
    case 'intervals':
      return rule.cuts.length > 0
        ? { kind: 'intervals', edges: [...rule.cuts], fanOut: [...rule.fanOuts] }
        : undefined;
    case 'dates':
      return { kind: 'dates', levels: [...rule.units] };
    case 'redaction':
      return rule.masked.length > 0
        ? { kind: 'redaction', side: rule.from, steps: [...rule.masked] }
        : undefined;
    case 'priority':
      return rule.priority.length > 0 && rule.priority.length <= mostInRecipe
        ? { kind: 'priority', order: [...rule.priority], kept: [...rule.kept] }
        : undefined;
    default:
      return undefined;
  }
}

const mostInRecipe = 200;
