import { errorShape } from '../../base/errors.ts';
import { searchErrorCodes } from '../../protocol/search.ts';
import { displayWidth } from './table.ts';

/** What was typed, and under the mistake in it a caret; undefined for errors about something else. */
export function pointedMistake(
  error: unknown,
  { filter, order }: { readonly filter?: string; readonly order?: string },
): string | undefined {
  const { code, range } = errorShape(error);
  const text =
    code === searchErrorCodes.filter ? filter : code === searchErrorCodes.order ? order : undefined;
  if (text === undefined || !range) {
    return undefined;
  }
  const line = text.replace(/\s/g, ' ');
  const before = displayWidth(line.slice(0, range.start));
  const under = Math.max(1, displayWidth(line.slice(range.start, range.end)));
  return `  ${line}\n  ${' '.repeat(before)}${'^'.repeat(under)}`;
}
