import path from 'node:path';
import { planCounts } from './counts/planCounts.ts';
import { emptyInGroup, invalidOption } from './methods/errors.ts';
import { groupMeans, mdavGroups } from './methods/microaggregation.ts';
import { planColumn } from './planColumn.ts';
import { PlanContext, type PlanOptions } from './planContext.ts';
import { nothingKept, outputIsInput, unlistedColumns } from './planErrors.ts';
import type { PlannedColumn, TransformPlan, WholeStep } from './planTypes.ts';
import type { ColumnWith } from './recipe/columnSchema.ts';
import type { Recipe } from './recipe/recipeSchema.ts';

/**
 * What to do with each column, in the order of the table. The same recipe, key and input give the same output.
 *
 * Throws before anything is read or written: a column that is missing or that the recipe does not name, a key that is
 * not there or is another one (`privacy.noSuchKey`, `privacy.wrongKey`), a method that is impossible for its column,
 * an output path that is the input path.
 */
export function planTransform(options: PlanOptions): TransformPlan {
  const { recipe, columns } = options;
  if (path.posix.normalize(recipe.output.path) === path.posix.normalize(recipe.input.path)) {
    throw outputIsInput(recipe.input.path);
  }
  const context = new PlanContext(options);
  for (const name of namedColumns(recipe)) {
    context.column(name);
  }
  const unlisted = columns.map(({ name }) => name).filter((name) => !Object.hasOwn(recipe.columns, name));
  if (unlisted.length > 0 && recipe.otherColumns === 'refuse') {
    throw unlistedColumns(unlisted);
  }
  const left = new Set(recipe.otherColumns === 'drop' ? unlisted : []);
  const kept = columns.filter(({ name }) => !left.has(name) && context.optionsOf(name).method !== 'drop');
  if (kept.length === 0) {
    throw nothingKept();
  }
  const planned = kept.map((column) => planColumn(context, column, context.optionsOf(column.name)));
  const counts = planCounts(context);
  return {
    columns: withGroups(planned, context),
    dropped: columns.filter((column) => !kept.includes(column)).map(({ name }) => name),
    checkValue: context.checkValue,
    needsRowOrder: needsRowOrder(recipe, planned),
    counts,
  };
}

function namedColumns(recipe: Recipe): readonly string[] {
  return [
    ...Object.keys(recipe.columns),
    ...(recipe.rowKey ?? []),
    ...(recipe.subject === undefined ? [] : [recipe.subject]),
  ];
}

/** Where the number of a row decides what it gets. */
export function needsRowOrder(recipe: Recipe, columns: readonly PlannedColumn[]): boolean {
  return columns.some(
    ({ method }) =>
      (method === 'noise' && recipe.rowKey === undefined) ||
      method === 'differentialPrivacy' ||
      method === 'rankSwap' ||
      method === 'microaggregation',
  );
}

/** Columns of one group of microaggregation share one step, which gives them their means together. */
function withGroups(planned: readonly PlannedColumn[], context: PlanContext): readonly PlannedColumn[] {
  const groups = new Map<string, { readonly names: string[]; k: number }>();
  for (const { name, method } of planned) {
    if (method === 'microaggregation') {
      const { group, k } = context.optionsOf(name) as ColumnWith<'microaggregation'>;
      const found = groups.get(group) ?? { names: [], k };
      found.names.push(name);
      // The strictest of the group.
      found.k = Math.max(found.k, k);
      groups.set(group, found);
    }
  }
  const steps = new Map<string, WholeStep>();
  for (const { names, k } of groups.values()) {
    const step = meansStep(names, k);
    for (const name of names) {
      steps.set(name, step);
    }
  }
  return planned.map((column) =>
    column.stage === 'whole' ? { ...column, step: steps.get(column.name) ?? column.step } : column,
  );
}

function meansStep(names: readonly string[], k: number): WholeStep {
  return {
    kind: 'means',
    columns: names,
    means: (values, checkCancelled) => {
      for (const [index, column] of values.entries()) {
        const empty = column.findIndex(Number.isNaN);
        if (empty >= 0) {
          throw emptyInGroup(names[index]!, empty + 1);
        }
      }
      const rows = values[0]!.length;
      if (rows > 0 && rows < k) {
        throw invalidOption(names[0]!, 'k', `a group needs ${k} rows, and there are only ${rows}.`);
      }
      const groups = mdavGroups(values, { k }, checkCancelled);
      return values.map((column) => groupMeans(column, groups));
    },
  };
}
