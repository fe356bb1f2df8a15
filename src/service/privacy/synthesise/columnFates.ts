import { nearestWord } from '../../../base/nearestWord.ts';
import type { SynthesisFate } from '../../../protocol/synthesis.ts';
import { columnTypeOf } from '../methods/columnType.ts';
import { missingColumn, unlistedColumns } from '../planErrors.ts';
import type { TableColumn } from '../planTypes.ts';
import type { RecipeColumn } from '../recipe/columnSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';
import { noSuchColumn, notLearned } from './errors.ts';

/** What becomes of a column of the table, and why, in one sentence. */
export interface ColumnFate {
  readonly name: string;
  readonly fate: SynthesisFate;
  readonly sentence: string;
}

/** In the order of the table. Throws for a column that the table or the recipe does not have. */
export function columnFates(recipe: Recipe, columns: readonly TableColumn[]): ColumnFate[] {
  const names = columns.map(({ name }) => name);
  const missing = Object.keys(recipe.columns).find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw missingColumn(missing, nearestWord(missing, names));
  }
  const unlisted = names.filter((name) => !Object.hasOwn(recipe.columns, name));
  if (unlisted.length > 0 && recipe.otherColumns === 'refuse') {
    throw unlistedColumns(unlisted);
  }
  return columns.map((column) => {
    const method = recipe.otherColumns === 'drop' ? 'drop' : 'keep';
    const options = Object.hasOwn(recipe.columns, column.name) ? recipe.columns[column.name]! : undefined;
    return { name: column.name, ...fateOf(options ?? { method }, column.type) };
  });
}

function fateOf({ method, role }: RecipeColumn, type: string): Omit<ColumnFate, 'name'> {
  if (method === 'drop') {
    return { fate: 'dropped', sentence: 'The recipe drops it.' };
  }
  if (method === 'pseudonym' || method === 'formatPreserving') {
    const { kind } = columnTypeOf(type);
    if (kind === 'integer') {
      return {
        fate: 'new',
        sentence: 'It names people, so it is never learned: rows are numbered from 1 instead.',
      };
    }
    if (kind === 'text') {
      return {
        fate: 'new',
        sentence: 'It names people, so it is never learned: each row gets a code that stands for nobody.',
      };
    }
  }
  if (role === 'directIdentifier') {
    return { fate: 'dropped', sentence: 'It names people by itself, so it is never learned, and left out.' };
  }
  return { fate: 'learned', sentence: 'How it is distributed, and how it goes with other columns.' };
}

/** Throws where the target, a constraint or a condition names a column that is not there or not learned. */
export function requireLearned(recipe: Recipe, fates: readonly ColumnFate[]): void {
  const { target, constraints = [], conditions = [] } = recipe.synthesise ?? {};
  const named: (readonly [what: string, column: string])[] = [
    ...(target === undefined ? [] : [['The target', target] as const]),
    ...constraints.flatMap((constraint) =>
      columnsOf(constraint).map((column) => ['A constraint', column] as const),
    ),
    ...conditions.map(({ column }) => ['A condition', column] as const),
  ];
  for (const [what, column] of named) {
    const found = fates.find(({ name }) => name === column);
    if (!found) {
      throw noSuchColumn(column, what);
    }
    if (found.fate !== 'learned') {
      throw notLearned(column, what);
    }
  }
}

function columnsOf(constraint: NonNullable<Recipe['synthesise']>['constraints'][number]): readonly string[] {
  switch (constraint.kind) {
    case 'range':
      return [constraint.column];
    case 'inequality':
      return [constraint.low, constraint.high];
    default:
      return constraint.columns;
  }
}
