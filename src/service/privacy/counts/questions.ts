import { createHash } from 'node:crypto';
import { columnTypeOf } from '../methods/columnType.ts';
import type { TableColumn } from '../planTypes.ts';
import type { ColumnWith } from '../recipe/columnSchema.ts';
import type { Counts } from '../recipe/countsSchema.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/*
 * What a differentially private answer is about, as a hash: all that decides its truth and its noise besides table, key
 * and release. Keyed noise comes from it. So the same question has the same answer, and two questions have nothing in
 * common but the truth, as adding up their ε takes for granted (basic composition); where only the scale of the same draws
 * differed, two answers would give the truth away.
 */

/** Of a noisy column. How it is rounded afterwards tells nothing more. */
export function columnQuestion(
  { name, type }: TableColumn,
  { epsilon, delta, lower, upper }: ColumnWith<'differentialPrivacy'>,
): string {
  return hashOf(['column', name, columnTypeOf(type).kind, epsilon, delta, lower, upper]);
}

/** Of a table of counts; `columns` are those of the table that is counted. Where it is written does not matter. */
export function countsQuestion(
  name: string,
  { by, epsilon, delta, rowsPerPerson, subject }: Counts,
  recipe: Pick<Recipe, 'subject'>,
  columns: readonly TableColumn[],
): string {
  const kindOf = (asked: string | undefined) => {
    const type = columns.find((column) => column.name === asked)?.type;
    return type === undefined ? null : columnTypeOf(type).kind;
  };
  const whom = subject ?? recipe.subject;
  const dimensions = Object.entries(by).map(([column, { categories, bins }]) => [
    column,
    kindOf(column),
    categories ?? null,
    bins ?? null,
  ]);
  return hashOf(['counts', name, dimensions, epsilon, delta, rowsPerPerson, whom ?? null, kindOf(whom)]);
}

function hashOf(question: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(question)).digest('hex');
}
