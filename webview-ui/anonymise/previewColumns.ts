import type { DataValue } from '../../src/protocol/data.ts';
import type { RecipePreview } from '../../src/protocol/privacy.ts';

/** The preview with at most so many columns, the chosen one in the middle of them: a table may have ten thousand. */
export function columnsAround(preview: RecipePreview, chosen: string, most: number): RecipePreview {
  const { columns, rows } = preview;
  if (columns.length <= most) {
    return preview;
  }
  const middle = Math.max(0, columns.indexOf(chosen));
  const first = Math.min(Math.max(0, middle - Math.floor(most / 2)), columns.length - most);
  const some = <T>(all: readonly T[]) => all.slice(first, first + most);
  return {
    ...preview,
    columns: some(columns),
    rows: rows.map(({ before, after }) => ({ before: some(before), after: after && some(after) })),
  };
}

/** "mail, phone"; many are cut short. */
export function namesInShort(names: readonly string[], most: number): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** A method that makes text of a column leaves a value the same when it reads the same. */
export function isSameValue(before: DataValue, after: DataValue): boolean {
  return before === after || (before !== null && after !== null && String(before) === String(after));
}
