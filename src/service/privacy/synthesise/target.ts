import type { EncodedTable } from '../../data/encodedTable.ts';
import type { Recipe } from '../recipe/recipeSchema.ts';

/** What models would be trained to predict where nobody says it: a column of few values, a sensitive one first. */
export function targetOf(table: EncodedTable, { columns }: Recipe): string | undefined {
  const fits = table.columns
    .filter(({ values }) => {
      const present = values.filter((value) => value !== null).length;
      return present >= 2 && present <= 10;
    })
    .map(({ name }) => name);
  return fits.find((name) => columns[name]?.role === 'sensitive') ?? fits.at(-1);
}
