import type { CellTransform, MethodDescription } from './method.ts';
import { columnSql, type SqlExpression } from './sqlExpression.ts';

export const maskDescription: MethodDescription = {
  title: 'Mask',
  sentence: 'Keeps some characters at the beginning or the end and writes a sign for each of the others.',
  limit: 'What is kept can be read, and so can the length.',
  reversible: 'no',
};

export interface MaskOptions {
  readonly keepFirst: number;
  readonly keepLast: number;
  /** One character. */
  readonly sign: string;
  /** Leaves spaces, hyphens, dots and whatever else is neither letter nor digit where it is. */
  readonly keepSeparators: boolean;
}

/** A value too short for both kept parts is masked whole: else it would be kept whole. */
export function mask(options: MaskOptions): CellTransform {
  const { keepFirst, keepLast, sign, keepSeparators } = options;
  return (value) => {
    if (value === null) {
      return null;
    }
    const characters = Array.from(String(value));
    const [first, last] = characters.length > keepFirst + keepLast ? [keepFirst, keepLast] : [0, 0];
    return characters
      .map((character, at) => {
        const kept = at < first || at >= characters.length - last;
        return kept || (keepSeparators && !/[\p{L}\p{N}\p{M}]/u.test(character)) ? character : sign;
      })
      .join('');
  };
}

/** The same as SQL. */
export function maskSql(options: MaskOptions, column: string): SqlExpression {
  const { keepFirst, keepLast, sign, keepSeparators } = options;
  const text = `CAST(${columnSql(column).sql} AS VARCHAR)`;
  const pattern = keepSeparators ? '[\\p{L}\\p{N}\\p{M}]' : '(?s:.)';
  const masked = (part: string) => `regexp_replace(${part}, '${pattern}', ?, 'g')`;
  const kept = keepFirst + keepLast;
  // In a replacement a backslash begins the number of a group.
  const replacement = sign.replaceAll('\\', '\\\\');
  // DuckDB counts characters of Unicode in substring, and clusters of them in left and right.
  const start = `substring(${text}, 1, ${keepFirst})`;
  const middle = `substring(${text}, ${keepFirst + 1}, length(${text}) - ${kept})`;
  const end = `substring(${text}, length(${text}) - ${keepLast} + 1, ${keepLast})`;
  return {
    sql: `CASE WHEN length(${text}) > ${kept} THEN ${start} || ${masked(middle)} || ${end} ELSE ${masked(text)} END`,
    values: [replacement, replacement],
  };
}
