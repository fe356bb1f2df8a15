import type { CountsColumn, RecipeColumn } from '../../src/protocol/privacy.ts';

/** Numbers are counted in groups, all else by categories. */
export function isNumeric(column: RecipeColumn | undefined): boolean {
  return column !== undefined && ['integer', 'number', 'decimal'].includes(column.type);
}

/** What was typed, with commas, as the column of a table of counts; neither categories nor bins where it is nothing. */
export function countsColumnOf(column: string, numeric: boolean, text: string): CountsColumn {
  const parts = [
    ...new Set(
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    ),
  ];
  if (parts.length === 0) {
    return { column };
  }
  if (!numeric) {
    return { column, categories: parts };
  }
  const edges = parts.map(Number).filter((edge) => Number.isFinite(edge));
  return edges.length === 0 ? { column } : { column, bins: edges.sort((a, b) => a - b) };
}

/** The same as text; a category that has a comma itself is for the recipe. */
export function countsColumnText({ categories, bins }: CountsColumn): string | null {
  return (bins ?? categories)?.map(String).join(', ') ?? null;
}
